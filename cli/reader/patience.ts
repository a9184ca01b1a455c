import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

/** Longest time for a single request: an answer that takes longer is lost, and asked for again. */
export const CALL_MS = 30_000;

const broken = new AbortController();
const NEVER = new AbortController().signal;
// Hundreds of hosts wait by it at a time: no leak, and no warning of Node's among the failure's text.
setMaxListeners(0, broken.signal, NEVER);

/** All patience ends at once: somebody wants the process to end, and what it has started must be taken away first. */
export const breakOff = (): void => broken.abort();

/** How long something may take altogether. */
export class Patience {
  readonly #end: number;
  /** Ends it before its time. */
  readonly broken: AbortSignal;

  /** @param toTheEnd for what must be done even when somebody wants the process to end */
  constructor(
    public readonly minutes: number,
    toTheEnd = false,
  ) {
    this.#end = performance.now() + minutes * 60_000;
    this.broken = toTheEnd ? NEVER : broken.signal;
  }

  get left(): number {
    return this.broken.aborted ? 0 : Math.max(0, this.#end - performance.now());
  }

  get over(): boolean {
    return this.left === 0;
  }

  /** Ends a single request. */
  signal(): AbortSignal {
    // Not AbortSignal.any: it holds a timeout weakly, and one that was collected never ends anything (nodejs/node#57736).
    const controller = new AbortController();
    const { signal } = controller;
    const end = (): void => controller.abort(new DOMException("no answer in time", "TimeoutError"));
    if (this.broken.aborted) end();
    this.broken.addEventListener("abort", end, { once: true, signal });
    setTimeout(end, Math.ceil(Math.max(1, Math.min(this.left, CALL_MS)))).unref();
    return signal;
  }

  /** `30 minutes`, for messages. */
  get text(): string {
    if (this.broken.aborted) return "the time until it was stopped";
    if (this.minutes === 1) return "1 minute";
    return this.minutes >= 1 ? `${this.minutes} minutes` : `${Math.round(this.minutes * 60)} seconds`;
  }
}

const FIRST_MS = 150;
const LONGEST_MS = 5_000;

/** Pauses that grow, and that differ from host to host so that hundreds do not ask in the same moment. */
export class Backoff {
  #next = FIRST_MS;

  /** @param least what the other side has asked for */
  async pause(patience: Patience, least = 0): Promise<void> {
    const wanted = Math.max(least, this.#next) * (0.75 + Math.random() / 2);
    // Not sooner than asked for, and not past the end.
    await sleep(Math.min(Math.max(least, wanted), patience.left), undefined, { signal: patience.broken }).catch(() => undefined);
    this.#next = Math.min(this.#next * 1.5, LONGEST_MS);
  }
}
