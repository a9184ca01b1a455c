import type { VirtualMachineRunCommand } from "@azure/arm-compute";
import type { ArmCalls, Said } from "./arm-calls";
import { ChannelError, type Answer, type Order } from "./channel";
import { Backoff, Patience } from "./patience";
import type { VmId } from "./request";
import { answerOf, didNotStart, hasEnded, isSame, runOf, runText, secondsFor, type Source } from "./run";

/** Azure does not show everywhere at once what was made a moment ago. */
const SETTLING_MS = 60_000;
/** A new right of the machine's identity takes minutes until storage knows it. */
const STARTING_MINUTES = 10;
/** For taking a run command away, when patience has ended already. */
const REMOVING_MINUTES = 1 / 6;

/** One run command on one machine, from the request to the answer. It leaves nothing behind on the machine. */
export class CommandRun {
  readonly #command: string;
  /** Something of ours may stand on the machine. */
  #made = false;
  /** Azure's last word of the kind that passes, for when it did not. */
  #trouble = "";

  constructor(
    private readonly calls: ArmCalls,
    private readonly vm: VmId,
    private readonly source: Source,
    private readonly order: Order,
  ) {
    this.#command = `secure-winrm-${order.task}`;
  }

  async answer(patience: Patience): Promise<Answer> {
    let answer: Answer;
    let left: string | undefined;
    try {
      answer = await this.#attempts(patience);
    } catch (error) {
      if (!(error instanceof ChannelError)) throw error;
      answer = { kind: "silent", reason: error.message };
    } finally {
      left = await this.#remove();
    }
    if (left === undefined || answer.kind === "answered") return answer;
    return { kind: "silent", reason: `${answer.reason}; the run command ${this.#command} could not be deleted, delete it by hand (${left})` };
  }

  /** Again while the machine's agent cannot start the script: it cannot download it until storage knows the identity's right. */
  async #attempts(patience: Patience): Promise<Answer> {
    const backoff = new Backoff();
    const starting = new Patience(STARTING_MINUTES);
    const seconds = secondsFor(patience.left);
    let failed: VirtualMachineRunCommand | undefined;
    for (let attempt = 1; ; attempt += 1) {
      // Azure does nothing when it is asked for the same once more; a second less makes it another request.
      const body = runOf(this.source, this.order, seconds + 1 - attempt);
      const ended = (await this.#put(body, patience)) ? await this.#end(body, patience) : undefined;
      if (ended !== undefined && !didNotStart(ended)) return answerOf(this.#command, ended);
      failed = ended ?? failed;
      if (failed === undefined) return { kind: "silent", reason: `no answer within ${patience.text}; the run command ${this.#command} was cancelled${this.#trouble}` };
      if (patience.over || starting.over) return { kind: "silent", reason: `the script did not start in ${attempt === 1 ? "1 try" : `${attempt} tries`}: ${runText(this.#command, failed)}` };
      await backoff.pause(patience);
    }
  }

  /** False when patience ended before Azure took it. */
  async #put(body: VirtualMachineRunCommand, patience: Patience): Promise<boolean> {
    const backoff = new Backoff();
    while (!patience.over) {
      // From here on: an answer that is lost may be that of a success.
      this.#made = true;
      const said = this.#heard(await this.calls.put(this.vm, this.#command, body, patience));
      if (said.kind === "value") return true;
      if (said.kind === "missing") throw new ChannelError(`Azure has no virtual machine ${this.vm.name} in ${this.vm.resourceGroup}`);
      await backoff.pause(patience, waitOf(said));
      const there = this.#heard(await this.calls.look(this.vm, this.#command, patience));
      if (there.kind === "value" && isSame(there.value, body)) return true;
      // Left behind by somebody who was killed: nobody waits for its answer.
      if (said.kind === "busy" && !patience.over) this.#heard(await this.calls.remove(this.vm, this.#command, patience));
    }
    return false;
  }

  /** Undefined when patience ended first. */
  async #end(body: VirtualMachineRunCommand, patience: Patience): Promise<VirtualMachineRunCommand | undefined> {
    const backoff = new Backoff();
    const start = performance.now();
    let wait = 0;
    while (!patience.over) {
      await backoff.pause(patience, wait);
      const said = this.#heard(await this.calls.look(this.vm, this.#command, patience));
      wait = waitOf(said);
      if (said.kind === "value" && isSame(said.value, body)) {
        if (hasEnded(said.value)) return said.value;
      } else if ((said.kind === "value" || said.kind === "missing") && performance.now() - start > SETTLING_MS) {
        this.#made = false;
        throw new ChannelError(`somebody has deleted or overwritten the run command ${this.#command}; run up again when nobody else is at work`);
      }
    }
    return undefined;
  }

  /** Why it could not be taken away, or undefined. A run that is still going on ends with it. */
  async #remove(): Promise<string | undefined> {
    if (!this.#made) return undefined;
    const patience = new Patience(REMOVING_MINUTES, true);
    const backoff = new Backoff();
    let why = "no answer";
    while (!patience.over) {
      try {
        const said = await this.calls.remove(this.vm, this.#command, patience);
        if (said.kind === "value" || said.kind === "missing") return undefined;
        why = said.why ?? why;
        await backoff.pause(patience, waitOf(said));
      } catch (error) {
        if (error instanceof ChannelError) return error.message;
        throw error;
      }
    }
    return why;
  }

  #heard<T>(said: Said<T>): Said<T> {
    if ("why" in said && said.why !== undefined) this.#trouble = `; Azure's last word was ${said.why}`;
    return said;
  }
}

const waitOf = (said: Said<unknown>): number => (said.kind === "later" ? said.wait : 0);
