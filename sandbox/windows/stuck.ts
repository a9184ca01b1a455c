import type { GuestResource } from "../../components/guest/kinds";
import type { Entry } from "./audit";
import { rulesNamed } from "./firewall";
import type { Bound } from "./handlers";
import type { Machine } from "./machine";
import { spoil } from "./sabotage";

/** The fault "one resource of this control cannot be brought to its declared state": its set does nothing, and it is never right. */
export class Stuck {
  private readonly key: string | undefined;
  private readonly victim: Bound | undefined;

  constructor(
    private readonly machine: Machine,
    entries: readonly Entry[],
  ) {
    const { stuck } = machine.cloud;
    const own = stuck === undefined ? [] : entries.filter(({ controls, bound: { key } }) => controls.includes(stuck) || key === stuck);
    // A control of which the document can only look at something fails by that.
    this.victim = (own.find(({ bound }) => bound.settable) ?? own[0])?.bound;
    this.key = this.victim?.key;
  }

  readonly holds = (one: Bound): boolean => one.key === this.key;

  spoil(): void {
    const { victim, machine } = this;
    // What the script only looks at is called wrong by the audit; spoiling it would outlive the fault.
    if (!victim?.settable || victim.judge(machine).verdict !== "pass") return;
    spoilShut(machine, victim.resource);
    machine.log.push(`fault of the sandbox: ${victim.key} does not stay in its state`);
  }
}

/** A fault must never open the door: what would let somebody in is left in a state that is wrong and shut. */
function spoilShut({ state, cloud }: Machine, resource: GuestResource): void {
  const rules = resource.kind === "firewallRule" ? rulesNamed(state, resource.name) : [];
  const before = state.rules.length;
  if (rules.length > 0) for (const rule of rules) rule.enabled = false;
  else if (resource.kind === "firewallProfile") state.profiles[resource.profile] = { enabled: resource.enabled, inbound: "NotConfigured" };
  else spoil(state, resource, cloud.now);
  // A rule that others have added lets in nobody but an address for documentation.
  if (resource.kind === "foreignRules") for (const rule of state.rules.slice(before)) rule.remote = ["192.0.2.1"];
}
