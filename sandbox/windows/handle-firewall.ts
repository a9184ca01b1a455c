import type { Ref } from "../../components/guest/kinds";
import { canonical } from "./address";
import { ruleNamed, writeRule } from "./firewall";
import { judged, type Handler, type ResourceOf } from "./handler";
import type { Machine } from "./machine";
import type { FirewallProfile, FirewallRule } from "./state";
import { WindowsError } from "./winrm";

/** Firewall rules of ours, rules that Windows brings, profiles. */

type RuleResource = ResourceOf<"firewallRule">;

/** The rule that keeps the door shut in Windows while a gate run works, whatever else the firewall says. */
export const GATE_RULE = "secure-winrm-gate";

const addresses = (machine: Machine, from: Ref | "Any"): string[] | "Any" => (from === "Any" ? "Any" : machine.addressesOf(from));

function declared(machine: Machine, { name, action, ports, local, remote }: RuleResource): Omit<FirewallRule, "profiles" | "store"> {
  return { name, enabled: true, action, ports: [...ports], local: addresses(machine, local), remote: addresses(machine, remote) };
}

function text({ enabled, action, ports, local, remote }: Omit<FirewallRule, "profiles" | "store">): string {
  const list = (values: readonly (string | number)[] | string): string => (typeof values === "string" ? values : values.join(","));
  return `${enabled ? "" : "disabled "}${action} ${list(ports)} on ${list(local)} from ${list(remote)}`;
}

/** Windows gives addresses back in another spelling and order, so sets are compared, not texts. */
function normal({ ports, local, remote, ...rest }: Omit<FirewallRule, "profiles" | "store">): string {
  const portList = ports === "Any" ? "Any" : [...ports].sort((a, b) => a - b).join(",");
  return [rest.enabled, rest.action, portList, canonical(local), remote === "LocalSubnet" ? remote : canonical(remote)].join(" ");
}

export const firewallRule: Handler<RuleResource, FirewallRule | undefined> = {
  get: ({ state }, { name }) => ruleNamed(state, name),
  test: (machine, resource, found) => {
    const wanted = declared(machine, resource);
    const good = found !== undefined && found.profiles === "Any" && normal(found) === normal(wanted);
    if (good && resource.action === "Allow" && gateHolds(machine)) return judged(false, text(wanted), "held back: the gate run has not passed");
    return judged(good, text(wanted), found ? text(found) : "absent");
  },
  set: (machine, resource) => {
    const wanted = declared(machine, resource);
    if (wanted.remote !== "Any" && wanted.remote.length === 0) throw new WindowsError("a rule without remote addresses would mean Any");
    if (wanted.local !== "Any" && wanted.local.length === 0) throw new WindowsError("a rule without local addresses would mean Any");
    // Throws on what is no address, as Windows would refuse it.
    normal(wanted);
    writeRule(machine.state, wanted);
  },
};

export const gateHolds = ({ state }: Machine): boolean => ruleNamed(state, GATE_RULE)?.enabled === true;

export const builtinRule: Handler<ResourceOf<"builtinRule">, FirewallRule | undefined> = {
  get: ({ state }, { name }) => ruleNamed(state, name),
  test: (_machine, _resource, found) => judged(found?.enabled !== true, "absent or disabled", found ? text(found) : "absent"),
  set: ({ state }, { name }) => {
    const rule = ruleNamed(state, name);
    if (rule?.store === "GPO") throw new WindowsError("the rule comes from a policy and cannot be disabled here");
    if (rule) rule.enabled = false;
  },
};

export const firewallProfile: Handler<ResourceOf<"firewallProfile">, FirewallProfile> = {
  get: ({ state }, { profile }) => state.profiles[profile],
  test: (_machine, { enabled, inbound }, found) => {
    const words = (profile: { enabled: boolean; inbound: string }): string => `${profile.enabled ? "on" : "off"}, inbound ${profile.inbound}`;
    return judged(found.enabled === enabled && found.inbound === inbound, words({ enabled, inbound }), words(found));
  },
  set: ({ state }, { profile, enabled, inbound }) => {
    state.profiles[profile] = { enabled, inbound };
  },
};
