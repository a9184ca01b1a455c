import type { Ref } from "../../components/guest/kinds";
import { canonical } from "./address";
import { disableRules, isActive, rulesNamed, writeRule, type OwnRule } from "./firewall";
import { judged, type Handler, type ResourceOf } from "./handler";
import type { Machine } from "./machine";
import type { FirewallLog, FirewallProfile, FirewallRule, HostState } from "./state";
import { WindowsError } from "./winrm";

/** Firewall rules of ours, of Windows and of others, profiles, and what is logged. Written to both local stores, judged by the active one. */

type RuleResource = ResourceOf<"firewallRule">;

/** The rule that keeps the door shut in Windows while a gate run works, whatever else the firewall says. */
export const GATE_RULE = "secure-winrm-gate";

const addresses = (machine: Machine, from: Ref | "Any"): string[] | "Any" => (from === "Any" ? "Any" : machine.addressesOf(from));

function declared(machine: Machine, { name, action, ports, local, remote }: RuleResource): OwnRule {
  return { name, enabled: true, action, ports: [...ports], local: addresses(machine, local), remote: addresses(machine, remote) };
}

function text({ enabled, action, ports, local, remote }: OwnRule): string {
  const list = (values: readonly (string | number)[] | string): string => (typeof values === "string" ? values : values.join(","));
  return `${enabled ? "" : "disabled "}${action} ${list(ports)} on ${list(local)} from ${list(remote)}`;
}

/** Windows gives addresses back in another spelling and order, so sets are compared, not texts. */
function normal({ ports, local, remote, ...rest }: OwnRule): string {
  const portList = ports === "Any" ? "Any" : [...ports].sort((a, b) => a - b).join(",");
  return [rest.enabled, rest.action, portList, canonical(local), remote === "LocalSubnet" ? remote : canonical(remote)].join(" ");
}

const from = ({ store, gpo }: FirewallRule): string => (store === "GPO" ? `GPO ${gpo ?? ""}` : store);
const described = (rule: FirewallRule): string => `${text(rule)}${rule.store === "GPO" ? ` from ${from(rule)}` : ""}`;

export const firewallRule: Handler<RuleResource, readonly FirewallRule[]> = {
  get: ({ state }, { name }) => rulesNamed(state, name),
  test: (machine, resource, found) => {
    const { state } = machine;
    const wanted = declared(machine, resource);
    const wrong = found.find((rule) => isActive(state, rule) && (rule.profiles !== "Any" || normal(rule) !== normal(wanted)));
    const stands = found.some((rule) => rule.store !== "PersistentStore" && isActive(state, rule));
    const good = wrong === undefined && stands;
    if (good && resource.action === "Allow" && gateHolds(machine)) return judged(false, text(wanted), "held back: the gate run has not passed");
    const [first] = found;
    const what = wrong ? described(wrong) : first === undefined ? "absent" : stands ? text(first) : `${text(first)}, in ${first.store} only`;
    return judged(good, text(wanted), what);
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

/** And the one by which a host shuts itself. */
export const QUARANTINE_RULE = "secure-winrm-quarantine";

export const gateHolds = ({ state }: Machine): boolean => rulesNamed(state, GATE_RULE).some((rule) => rule.enabled && isActive(state, rule));

export const builtinRule: Handler<ResourceOf<"builtinRule">, readonly FirewallRule[]> = {
  get: ({ state }, { name }) => rulesNamed(state, name),
  test: (_machine, _resource, found) => {
    const on = found.find(({ enabled }) => enabled) ?? found[0];
    return judged(on?.enabled !== true, "absent or disabled", on ? described(on) : "absent");
  },
  set: ({ state }, { name }) => {
    if (disableRules(state, name)) throw new WindowsError("the rule comes from a policy and cannot be disabled here");
  },
};

type ForeignResource = ResourceOf<"foreignRules">;

/** A rule for any port is beaten by our block rule, which names the port; one for a program of its own opens nothing of WinRM's. */
function foreign(state: HostState, { ports, except }: ForeignResource): FirewallRule[] {
  const ours = except.map((name) => name.toLowerCase());
  return state.rules.filter(
    (rule) =>
      rule.enabled &&
      rule.action === "Allow" &&
      isActive(state, rule) &&
      (rule.program === undefined || rule.program === "System") &&
      rule.ports !== "Any" &&
      rule.ports.some((port) => ports.includes(port)) &&
      !ours.includes(rule.name.toLowerCase()),
  );
}

export const foreignRules: Handler<ForeignResource, readonly FirewallRule[]> = {
  get: ({ state }, resource) => foreign(state, resource),
  test: (_machine, { ports, except }, found) =>
    judged(found.length === 0, `no rule allows ${ports.join(", ")} but ${except.join(", ") || "none"}`, found.map((rule) => `${rule.name} from ${from(rule)}`).join(", ") || "none"),
  set: ({ state }, resource) => {
    for (const rule of foreign(state, resource)) if (rule.store !== "GPO") rule.enabled = false;
    const left = foreign(state, resource);
    if (left.length > 0) throw new WindowsError(`${left.map((rule) => `${rule.name} comes from ${from(rule)}`).join(", ")} and cannot be disabled here`);
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

const logText = ({ blocked, allowed, kilobytes }: FirewallLog): string => `blocked ${blocked ? "yes" : "no"}, allowed ${allowed ? "yes" : "no"}, ${kilobytes} KB`;

export const firewallLog: Handler<ResourceOf<"firewallLog">, FirewallLog> = {
  get: ({ state }, { profile }) => state.firewallLogs[profile],
  test: (_machine, { blocked, allowed, minimumKilobytes }, found) => {
    const good = (found.blocked || !blocked) && (found.allowed || !allowed) && found.kilobytes >= minimumKilobytes;
    return judged(good, `at least ${logText({ blocked, allowed, kilobytes: minimumKilobytes })}`, logText(found));
  },
  set: ({ state }, { profile, blocked, allowed, minimumKilobytes }) => {
    const found = state.firewallLogs[profile];
    state.firewallLogs[profile] = { blocked: found.blocked || blocked, allowed: found.allowed || allowed, kilobytes: Math.max(found.kilobytes, minimumKilobytes) };
  },
};
