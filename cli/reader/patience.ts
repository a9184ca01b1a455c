import { setTimeout as sleep } from "node:timers/promises";

/** Longest time for a single request: an answer that takes longer is lost, and asked for again. */
const CALL_MS = 30_000;

/** How long something may take altogether. */
export class Patience {
  readonly #end: number;

  constructor(public readonly minutes: number) {
    this.#end = performance.now() + minutes * 60_000;
  }

  get left(): number {
    return Math.max(0, this.#end - performance.now());
  }

  get over(): boolean {
    return this.left === 0;
  }

  /** Ends a single request. */
  signal(): AbortSignal {
    return AbortSignal.timeout(Math.ceil(Math.max(1, Math.min(this.left, CALL_MS))));
  }

  /** `30 minutes`, for messages. */
  get text(): string {
    if (this.minutes === 1) return "1 minute";
    return this.minutes >= 1 ? `${this.minutes} minutes` : `${Math.round(this.minutes * 60)} seconds`;
  }
}

const FIRST_MS = 150;
const LONGEST_MS = 5_000;

/** Pauses that grow, and that differ from host to host so that hundreds do not ask in the same moment. */
export class Backoff {
  #next = FIRST_MS;

  async pause(patience: Patience): Promise<void> {
    await sleep(Math.min(this.#next * (0.75 + Math.random() / 2), patience.left));
    this.#next = Math.min(this.#next * 1.5, LONGEST_MS);
  }
}
