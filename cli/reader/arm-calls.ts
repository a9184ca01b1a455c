import type { ComputeManagementClient as Client, VirtualMachine, VirtualMachineRunCommand } from "@azure/arm-compute";
import { armText, isAtWork, isMissing, isTooMany, isTransient, retryAfter } from "./arm-errors";
import { ChannelError } from "./channel";
import { Lanes } from "./lanes";
import { Backoff, type Patience } from "./patience";
import type { VmId } from "./request";

/**
 * What came of one request. `missing`: there is no such thing. `busy`: somebody is at work on it. `later`: an answer was
 * lost, or Azure wants to be left alone for so long; whether the request was heeded is not known.
 */
export type Said<T> =
  | { readonly kind: "value"; readonly value: T }
  | { readonly kind: "missing" }
  | { readonly kind: "busy"; readonly why: string }
  /** No reason where it was our own patience that ended. */
  | { readonly kind: "later"; readonly why?: string; readonly wait: number };

/** Requests in flight while many hosts are asked. */
const ABREAST = 10;

/** The few requests that a run command takes, each tried once and bounded. What will not mend itself is a `ChannelError`. */
export class ArmCalls {
  readonly #lanes = new Lanes(ABREAST);

  constructor(private readonly client: Client) {}

  machine({ resourceGroup, name }: VmId, patience: Patience): Promise<Said<VirtualMachine>> {
    return this.#call("virtualMachines/read", patience, (abortSignal) => this.client.virtualMachines.get(resourceGroup, name, { expand: "instanceView", abortSignal }));
  }

  machines(resourceGroup: string, patience: Patience): Promise<Said<VirtualMachine[]>> {
    return this.#call("virtualMachines/list", patience, async (abortSignal) => {
      const all: VirtualMachine[] = [];
      for await (const machine of this.client.virtualMachines.list(resourceGroup, { abortSignal })) all.push(machine);
      return all;
    });
  }

  /** Ends when the machine has been started anew, or with patience. */
  restart({ resourceGroup, name }: VmId, patience: Patience): Promise<Said<void>> {
    return this.#call("virtualMachines/restart", patience, async () => {
      const poller = this.client.virtualMachines.restart(resourceGroup, name);
      await poller.submitted();
      const backoff = new Backoff();
      while (!poller.isDone && !patience.over) {
        await backoff.pause(patience);
        await poller.poll({ abortSignal: patience.signal() });
      }
    });
  }

  /** Whether Azure has taken it; not that it has run. */
  put({ resourceGroup, name }: VmId, command: string, body: VirtualMachineRunCommand, patience: Patience): Promise<Said<void>> {
    return this.#call("virtualMachines/runCommands/write", patience, (abortSignal) => this.client.virtualMachineRunCommands.createOrUpdate(resourceGroup, name, command, body, { abortSignal }).submitted());
  }

  look({ resourceGroup, name }: VmId, command: string, patience: Patience): Promise<Said<VirtualMachineRunCommand>> {
    return this.#call("virtualMachines/runCommands/read", patience, (abortSignal) => this.client.virtualMachineRunCommands.getByVirtualMachine(resourceGroup, name, command, { expand: "instanceView", abortSignal }));
  }

  /** A run that is still going on ends with it. */
  remove({ resourceGroup, name }: VmId, command: string, patience: Patience): Promise<Said<void>> {
    return this.#call("virtualMachines/runCommands/delete", patience, (abortSignal) => this.client.virtualMachineRunCommands.delete(resourceGroup, name, command, { abortSignal }).submitted());
  }

  async #call<T>(operation: string, patience: Patience, send: (abortSignal: AbortSignal) => Promise<T>): Promise<Said<T>> {
    try {
      return { kind: "value", value: await this.#lanes.run(() => send(patience.signal())) };
    } catch (error) {
      if (isMissing(error)) return { kind: "missing" };
      if (isAtWork(error)) return { kind: "busy", why: armText(error) };
      if (isTransient(error)) return { kind: "later", wait: retryAfter(error), ...(!patience.over && { why: armText(error) }) };
      if (isTooMany(error)) throw new ChannelError("the machine has all the 25 run commands that Azure allows; delete those that nobody needs (az vm run-command list, az vm run-command delete) and run up again");
      throw new ChannelError(`Microsoft.Compute/${operation}: ${armText(error)}`);
    }
  }
}
