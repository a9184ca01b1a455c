import { EVERYWHERE, holds, rangesOf, subnetOf, subtracted, type Range } from "./address";
import { LOOPBACK, type FirewallRule, type HostState } from "./state";

/** Whether Windows firewall admits: blocked beats allowed, allowed beats the profile's default. */

/** The rules that count on the machine's network and speak of this port on this address of the machine. */
function inForce(state: HostState, port: number, local: string): FirewallRule[] {
  return state.rules.filter(
    (rule) =>
      rule.enabled &&
      (rule.profiles === "Any" || rule.profiles.includes(state.network)) &&
      (rule.ports === "Any" || rule.ports.includes(port)) &&
      holds(rangesOf(rule.local), local),
  );
}

function remotes(rule: FirewallRule, local: string): readonly Range[] {
  return rule.remote === "LocalSubnet" ? [subnetOf(local)] : rangesOf(rule.remote);
}

/** Everybody who is let in to this address and port. */
function admitted(state: HostState, port: number, local: string): readonly Range[] {
  const profile = state.profiles[state.network];
  if (!profile.enabled) return EVERYWHERE;
  const rules = inForce(state, port, local);
  const of = (action: "Allow" | "Block") => rules.filter((rule) => rule.action === action).flatMap((rule) => remotes(rule, local));
  return subtracted(profile.inbound === "Allow" ? EVERYWHERE : of("Allow"), of("Block"));
}

/** Does the firewall let anybody at all reach this port, whether something listens there or not? */
export function opens(state: HostState, port: number): boolean {
  return state.addresses.some((local) => admitted(state, port, local).length > 0);
}

export function admits(state: HostState, port: number, local: string, from: string): boolean {
  // Traffic of the machine to itself never meets the firewall.
  const isLocal = [...LOOPBACK, ...state.addresses].includes(from);
  return isLocal || holds(admitted(state, port, local), from);
}

export const ruleNamed = (state: HostState, name: string): FirewallRule | undefined =>
  state.rules.find((rule) => rule.name.toLowerCase() === name.toLowerCase());

/** Writes a rule of ours: by name, in the local store, for every profile. */
export function writeRule(state: HostState, rule: Omit<FirewallRule, "profiles" | "store">): void {
  const written: FirewallRule = { ...rule, profiles: "Any", store: "PersistentStore" };
  const at = state.rules.findIndex((known) => known.name.toLowerCase() === rule.name.toLowerCase());
  if (at < 0) state.rules.push(written);
  else state.rules[at] = written;
}

export function removeRule(state: HostState, name: string): void {
  state.rules = state.rules.filter((rule) => rule.name.toLowerCase() !== name.toLowerCase());
}
