import { vendorWsman, POLICY_OF } from "./defaults-wsman";
import type { ResourceOf } from "./handler";
import { registryKey, folded, wsmanKey, type HostState, type RegistryValue } from "./state";
import type { Ways } from "./spoil";

/** Values: directories, WSMan, the registry, policies, logs, tasks, updates. */

export const folder: Ways<"folder"> = {
  "users may write": (state, { path, sddl }) => {
    state.folders[folded(path)] = `${sddl}(A;OICI;FA;;;BU)`;
  },
};

const OPPOSITE: Readonly<Record<string, string>> = { true: "false", false: "true" };

function opposite({ path, value }: ResourceOf<"wsman">): string {
  const vendor = vendorWsman(path);
  return OPPOSITE[value.toLowerCase()] ?? (vendor !== undefined && vendor.toLowerCase() !== value.toLowerCase() ? vendor : "spoiled");
}

/** Where a policy holds the setting: as if another policy had been in force when the service started. */
function put(state: HostState, path: string, value: string): void {
  const policy = POLICY_OF.get(wsmanKey(path)) ?? "";
  if (!state.policyInForce[policy]) state.wsman[wsmanKey(path)] = value;
  else state.policyInForce[policy] = OPPOSITE[value] === undefined ? { type: "String", value } : { type: "DWord", value: value === "true" ? 1 : 0 };
}

/** Values of settings that make listeners, or say where they listen: one that changes nothing there, and one that does (for documentation only). */
const LISTENING: Readonly<Record<string, readonly [still: string, acts: string]>> = {
  "service/enablecompatibilityhttplistener": ["", "true"],
  "service/enablecompatibilityhttpslistener": ["", "true"],
  "service/ipv4filter": ["0.0.0.0-255.255.255.255", "192.0.2.0-192.0.2.255"],
  "service/ipv6filter": ["::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db8::-2001:db8::ffff"],
};

export const wsman: Ways<"wsman"> = {
  "another value": (state, resource) => put(state, resource.path, LISTENING[wsmanKey(resource.path)]?.[0] ?? opposite(resource)),
  "one by which it listens elsewhere, or none": (state, { path }) => put(state, path, LISTENING[wsmanKey(path)]?.[1] ?? ""),
};

type Value = Pick<ResourceOf<"registry">, "type" | "op" | "value">;

/** A value of the declared type that does not comply. */
function other({ type, op, value }: Value): RegistryValue {
  if (type === "String") return { type, value: `spoiled-${String(value)}` };
  const numbers = typeof value === "object" ? value : [Number(value ?? 0)];
  const worse = op === "ge" ? Math.min(...numbers) - 1 : op === "between" ? (numbers[1] ?? 0) + 1 : Math.max(...numbers) + 1;
  return { type, value: worse };
}

const keyOf = ({ path, name }: { path: string; name: string }): string => registryKey(path, name);

export const registry: Ways<"registry"> = {
  "gone, or there": (state, resource) => {
    if (resource.op === "absent") state.registry[keyOf(resource)] = other(resource);
    else delete state.registry[keyOf(resource)];
  },
  "another value": (state, resource) => {
    state.registry[keyOf(resource)] = other(resource);
  },
  "another type": (state, resource) => {
    state.registry[keyOf(resource)] = resource.type === "DWord" ? { type: "String", value: String(resource.value) } : { type: "DWord", value: 1 };
  },
};

export const policy: Ways<"policy"> = {
  /** The value stays, and nothing brings it back any more. */
  "not in the policy, or in it": (state, resource) => {
    if (resource.op === "absent") state.localPolicy[keyOf(resource)] = other(resource);
    else delete state.localPolicy[keyOf(resource)];
  },
  "another value in the registry": (state, resource) => {
    state.registry[keyOf(resource)] = other(resource);
  },
  "another value in both": (state, resource) => {
    state.localPolicy[keyOf(resource)] = other(resource);
    state.registry[keyOf(resource)] = other(resource);
  },
  "gone from both, or there in both": (state, resource) => {
    for (const values of [state.localPolicy, state.registry]) {
      if (resource.op === "absent") values[keyOf(resource)] = other(resource);
      else delete values[keyOf(resource)];
    }
  },
};

export const accountPolicy: Ways<"accountPolicy"> = {
  "weaker": (state, { name, op, value }) => {
    const [least, most] = typeof value === "number" ? [value, value] : value;
    state.accountPolicy[name] = op === "ge" ? least - 1 : op === "between" ? most + 1 : 1 - least;
  },
};

export const auditPolicy: Ways<"auditPolicy"> = {
  "nothing is audited": (state, { subcategory }) => {
    state.auditPolicy[subcategory.toUpperCase()] = 0;
  },
  "one of what is wanted is not": (state, { subcategory, success }) => {
    state.auditPolicy[subcategory.toUpperCase()] = success ? 2 : 1;
  },
};

const channelOf = (state: HostState, name: string): HostState["channels"][string] => {
  const channel = state.channels[folded(name)] ?? { enabled: true, bytes: 1 };
  state.channels[folded(name)] = channel;
  return channel;
};

export const eventLog: Ways<"eventLog"> = {
  "off": (state, { channel }) => {
    channelOf(state, channel).enabled = false;
  },
  "too small": (state, { channel, minimumBytes }) => {
    channelOf(state, channel).bytes = minimumBytes - 1;
  },
};

export const scheduledTask: Ways<"scheduledTask"> = {
  "gone": (state, { name }) => {
    delete state.tasks[folded(name)];
  },
  "disabled": (state, { name }) => {
    const task = state.tasks[folded(name)];
    if (task) task.enabled = false;
  },
  "with another script": ({ kept }) => {
    kept.text += "exit 0";
  },
  "not on renewal": (state, { name }) => {
    const task = state.tasks[folded(name)];
    if (task) task.onRenewal = false;
  },
  "seldom, as somebody else": (state, { name, everyMinutes, atStartup, onRenewal }) => {
    state.tasks[folded(name)] = { everyMinutes: everyMinutes * 96, atStartup, onRenewal, enabled: true, user: "S-1-5-20" };
  },
};

const YEAR = 365 * 86_400_000;

export const updates: Ways<"updates"> = {
  "not patched for a year": (state, _resource, now) => {
    state.updates = { build: "20348.1", installed: new Date(Date.parse(now) - YEAR).toISOString() };
  },
};

export const service: Ways<"service"> = {
  "disabled": (state, { name }) => {
    state.services[folded(name)] = { startup: "Disabled", state: state.services[folded(name)]?.state ?? "Stopped" };
  },
};
