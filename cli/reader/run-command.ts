import type { VirtualMachine } from "@azure/arm-compute";
import { ArmCalls, type Said } from "./arm-calls";
import { armClient } from "./arm";
import { ChannelError, type Answer, type Channel, type Managed, type Order } from "./channel";
import { CommandRun } from "./command-run";
import { bears, stateOf } from "./machine";
import { Backoff, Patience } from "./patience";
import { vmOf, type AzurePlace, type VmId } from "./request";

/** Azure does not show everywhere at once what was made a moment ago, and who is switched off may be on its way up. */
const SETTLING_MS = 60_000;
/** An agent that starts takes this long at the most until it reports. */
const AGENT_MINUTES = 3;

export interface Options extends AzurePlace {
  /** The machine of a request about one host: its ARM id. */
  readonly vm?: string;
  /** Where the machines of a request about many are. */
  readonly resourceGroup?: string;
  /** Container for whole outputs, with the host's folder. @default - nowhere */
  readonly output?: string;
}

type Settled = { readonly kind: "ready" | "gone" } | { readonly kind: "silent"; readonly reason: string };

/** Azure's managed run commands as control channel, on the SDK alone. */
export class RunCommandChannel implements Channel {
  readonly #known = new Map<string, VmId>();

  readonly #calls: ArmCalls;

  /** @param endpoint a sandbox's, on this machine */
  constructor(
    private readonly options: Options,
    endpoint: string | undefined,
  ) {
    this.#calls = new ArmCalls(armClient(options, endpoint));
  }

  async waitUntilManaged(instance: string, patience: Patience): Promise<void> {
    const vm = this.#machine(instance);
    const settled = await this.#settled(vm, instance, patience, SETTLING_MS);
    if (settled.kind === "gone") throw new ChannelError(`Azure has no virtual machine ${vm.name} in ${vm.resourceGroup}`);
    if (settled.kind === "silent") throw new ChannelError(settled.reason);
  }

  /** An answer that was lost may have been that of a success: asked for once more, the machine starts twice. */
  async restart(instance: string, patience: Patience): Promise<void> {
    const vm = this.#machine(instance);
    const backoff = new Backoff();
    for (let last = ""; ; ) {
      const said = await this.#calls.restart(vm, patience);
      if (said.kind === "value") return;
      if (said.kind === "missing") throw new ChannelError(`Azure has no virtual machine ${vm.name} in ${vm.resourceGroup}`);
      last = whyOf(said) ?? last;
      if (patience.over) throw new ChannelError(`Azure did not restart ${vm.name} within ${patience.text}: ${last}`);
      await backoff.pause(patience, said.kind === "later" ? said.wait : 0);
    }
  }

  async find(tags: Readonly<Record<string, string>>, patience: Patience): Promise<readonly Managed[]> {
    const machines = (await this.#listed(patience)).filter((machine) => bears(machine, tags));
    const managed = await Promise.all(machines.map(async ({ id = "", vmId = "", name }): Promise<Managed[]> => {
      const [vm, instance] = [vmOf(id), vmId.toLowerCase()];
      const settled = await this.#settled(vm, instance, new Patience(Math.min(patience.left / 60_000, AGENT_MINUTES)), 0);
      // Deleted since it was listed: no host any more.
      if (settled.kind === "gone") return [];
      this.#known.set(instance, vm);
      return [{ instance, name, ...(settled.kind === "silent" && { silent: settled.reason }) }];
    }));
    return managed.flat();
  }

  async run(order: Order, patience: Patience): Promise<ReadonlyMap<string, Answer>> {
    const answers = order.instances.map(async (instance): Promise<[string, Answer]> => {
      return [instance, await new CommandRun(this.#calls, this.#machine(instance), this.options, order).answer(patience)];
    });
    return new Map(await Promise.all(answers));
  }

  #machine(instance: string): VmId {
    return this.#known.get(instance) ?? vmOf(this.options.vm ?? "");
  }

  /** Waits until the machine is up and its agent ready; for so long it may be missing, or switched off. */
  async #settled(vm: VmId, instance: string, patience: Patience, settling: number): Promise<Settled> {
    const backoff = new Backoff();
    const start = performance.now();
    let last = "Azure does not show it";
    while (!patience.over) {
      const said = await this.#calls.machine(vm, patience);
      const settled = performance.now() - start >= settling;
      if (said.kind === "missing" && settled) return { kind: "gone" };
      if (said.kind === "value") {
        const found = said.value.vmId?.toLowerCase() ?? "none";
        if (found !== instance) return { kind: "silent", reason: `another machine bears the name ${vm.name} now: expected vmId ${instance}, found ${found}; run up again, which asks about that one` };
        const state = stateOf(said.value);
        if (state.kind === "ready") return { kind: "ready" };
        if (state.kind === "off" && settled) return { kind: "silent", reason: state.text };
        last = state.text;
      }
      last = whyOf(said) ?? last;
      await backoff.pause(patience, said.kind === "later" ? said.wait : 0);
    }
    return { kind: "silent", reason: `not ready for run commands after ${patience.text}: ${last}` };
  }

  async #listed(patience: Patience): Promise<readonly VirtualMachine[]> {
    const group = this.options.resourceGroup ?? "";
    const backoff = new Backoff();
    let last = "no answer";
    while (!patience.over) {
      const said = await this.#calls.machines(group, patience);
      if (said.kind === "value") return said.value;
      if (said.kind === "missing") throw new ChannelError(`Azure has no resource group ${group} in the subscription ${this.options.subscription}`);
      last = said.why ?? last;
      await backoff.pause(patience, said.kind === "later" ? said.wait : 0);
    }
    throw new ChannelError(`Azure did not list the machines of ${group} within ${patience.text}: ${last}`);
  }
}

const whyOf = (said: Said<unknown>): string | undefined => ("why" in said ? said.why : undefined);
