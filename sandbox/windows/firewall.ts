import { EVERYWHERE, holds, rangesOf, subnetOf, subtracted, type Range } from "./address";
import { LOCAL_POLICY_OFF, mergeKey } from "./policy";
import { LOOPBACK, type FirewallRule, type HostState } from "./state";

/** Whether Windows firewall admits: blocked beats allowed, allowed beats the profile's default. */

/**
 * Is it in the store that Windows lives by? Where policies do not merge with the machine's own rules, those are dead; where a
 * domain has the local policy not looked at, that one's are (assumed to hold for rules as for everything else in it).
 */
export function isActive(state: HostState, { store }: Pick<FirewallRule, "store">): boolean {
  if (store === "PersistentStore") return state.registry[mergeKey(state.network)]?.value !== 0;
  return store === "GPO" || state.registry[LOCAL_POLICY_OFF]?.value !== 1;
}

/** The rules that count on the machine's network and speak of this port on this address of the machine. */
function inForce(state: HostState, port: number, local: string): FirewallRule[] {
  return state.rules.filter(
    (rule) =>
      rule.enabled &&
      isActive(state, rule) &&
      (rule.program === undefined || rule.program === "System") &&
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

/** One name may stand in several stores. */
export const rulesNamed = (state: HostState, name: string): FirewallRule[] => state.rules.filter((rule) => rule.name.toLowerCase() === name.toLowerCase());

export type OwnRule = Omit<FirewallRule, "profiles" | "store">;

/** The machine's own store, and the one of the local policy, which counts whatever the policies say about merging. */
const OWN_STORES = ["PersistentStore", "LocalPolicy"] as const;

/** Writes a rule of ours: by name, for every profile. First boot has only the machine's own store. */
export function writeRule(state: HostState, rule: OwnRule, stores: readonly FirewallRule["store"][] = OWN_STORES): void {
  for (const store of stores) {
    const written: FirewallRule = { ...structuredClone(rule), profiles: "Any", store };
    const at = state.rules.findIndex((known) => known.store === store && known.name.toLowerCase() === rule.name.toLowerCase());
    if (at < 0) state.rules.push(written);
    else state.rules[at] = written;
  }
}

/** @returns whether there is one left that is on, because it comes from a GPO */
export function disableRules(state: HostState, name: string): boolean {
  const rules = rulesNamed(state, name).filter(({ enabled }) => enabled);
  for (const rule of rules) if (rule.store !== "GPO") rule.enabled = false;
  return rules.some(({ enabled }) => enabled);
}

export function removeRule(state: HostState, name: string): void {
  state.rules = state.rules.filter((rule) => rule.store === "GPO" || rule.name.toLowerCase() !== name.toLowerCase());
}
