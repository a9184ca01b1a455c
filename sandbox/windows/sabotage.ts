import type { GuestResource } from "../../components/guest/kinds";
import { POLICY_OF, vendorWsman } from "./defaults";
import { FILES } from "./document";
import { ruleNamed } from "./firewall";
import { distrust } from "./handle-certificate";
import { folded, registryKey, wsmanKey, type HostState } from "./state";
import { answerOn } from "./winrm";

/** Spoils the state of a resource as an administrator, an installer or an attacker would, and nothing else. */
export function sabotage(state: HostState, resource: GuestResource, now: string): HostState {
  const spoiled = structuredClone(state);
  spoil(spoiled, resource, now);
  return spoiled;
}

const FOREIGN_THUMBPRINT = "0".repeat(40);
const HTTP_LISTENER = { address: "*", transport: "HTTP", port: 5985, hostname: "", thumbprint: "", source: "" } as const;

export function spoil(state: HostState, resource: GuestResource, now: string): void {
  switch (resource.kind) {
    case "folder":
      state.folders[folded(resource.path)] = `${resource.sddl}(A;OICI;FA;;;BU)`;
      return;
    case "wsman":
      spoilWsman(state, resource.path, resource.value);
      return;
    case "registry":
      spoilRegistry(state, resource);
      return;
    case "certificate":
      distrust(state, now);
      return;
    case "listener":
      if (resource.ensure === "absent") state.listeners.push(resource.transport === "HTTP" ? { ...HTTP_LISTENER } : { ...HTTP_LISTENER, transport: "HTTPS", port: 5986 });
      else state.listeners = state.listeners.map((known) => (known.transport === resource.transport ? { ...known, hostname: `old-${known.hostname}` } : known));
      return;
    case "sslBinding":
      // A binding that somebody left behind, on an address that the machine no longer has (TEST-NET-1).
      state.bindings.push({ address: "192.0.2.1", port: resource.port, thumbprint: FOREIGN_THUMBPRINT, appId: "{00000000-0000-0000-0000-000000000000}" });
      return;
    case "firewallRule":
      spoilRule(state, resource.name, resource.action);
      return;
    case "builtinRule":
      spoilBuiltin(state, resource.name);
      return;
    case "firewallProfile":
      state.profiles[resource.profile] = { enabled: !resource.enabled, inbound: "Allow" };
      return;
    case "service":
      state.services[folded(resource.name)] = { startup: "Disabled", state: state.services[folded(resource.name)]?.state ?? "Stopped" };
      return;
    case "nodeList":
      delete state.files[FILES.nodes];
      return;
    case "answer":
      spoilAnswer(state, resource);
      return;
    default: {
      const never: never = resource;
      return never;
    }
  }
}

/** Where a policy holds the setting: as if another policy had been in force when the service started. */
function spoilWsman(state: HostState, path: string, wanted: string): void {
  const flip: Readonly<Record<string, string>> = { true: "false", false: "true" };
  const vendor = vendorWsman(path);
  const other = flip[wanted.toLowerCase()] ?? (vendor !== undefined && vendor.toLowerCase() !== wanted.toLowerCase() ? vendor : "spoiled");
  const policy = POLICY_OF.get(wsmanKey(path)) ?? "";
  if (state.policyInForce[policy]) {
    state.policyInForce[policy] = flip[other] === undefined ? { type: "String", value: other } : { type: "DWord", value: other === "true" ? 1 : 0 };
  } else {
    state.wsman[wsmanKey(path)] = other;
  }
}

function spoilRegistry(state: HostState, { path, name, op, type }: Extract<GuestResource, { kind: "registry" }>): void {
  const key = registryKey(path, name);
  if (op === "absent") state.registry[key] = { type, value: type === "DWord" ? 1 : "spoiled" };
  else delete state.registry[key];
}

/** An allow rule made wide, a block rule switched off. */
function spoilRule(state: HostState, name: string, action: "Allow" | "Block"): void {
  const rule = ruleNamed(state, name);
  if (!rule) return;
  if (action === "Allow") rule.remote = "Any";
  else rule.enabled = false;
}

function spoilBuiltin(state: HostState, name: string): void {
  const rule = ruleNamed(state, name);
  if (rule) rule.enabled = true;
  else state.rules.push({ name, enabled: true, action: "Allow", ports: [5985], local: "Any", remote: "Any", profiles: ["Domain"], store: "PersistentStore" });
}

/** A port proxy answers where nobody should; a listen list of http.sys silences where somebody should. */
function spoilAnswer(state: HostState, { scheme, port, addresses, expect }: Extract<GuestResource, { kind: "answer" }>): void {
  if (expect === "wsman") {
    state.ipListen = ["127.0.0.1"];
    return;
  }
  const own = "ref" in addresses ? ["127.0.0.1"] : addresses;
  const silent = own.find((address) => answerOn(state, scheme, port, address).speaks === "nothing");
  if (silent !== undefined) state.relays.push({ address: silent, port });
}

/** Further ways in which hosts are found in the field. */
export const found = {
  stoppedService: (state: HostState): HostState => changed(state, (host) => {
    host.services["winrm"] = { startup: "Disabled", state: "Stopped" };
    host.sessions = 0;
  }),
  /** A policy that makes an HTTP listener which cannot be removed on the machine. */
  policyListener: (state: HostState): HostState => changed(state, (host) => {
    host.policyInForce["software\\policies\\microsoft\\windows\\winrm\\service\\allowautoconfig"] = { type: "DWord", value: 1 };
    host.registry["software\\policies\\microsoft\\windows\\winrm\\service\\allowautoconfig"] = { type: "DWord", value: 1 };
  }),
  compatibilityListener: (state: HostState): HostState => changed(state, (host) => {
    host.wsman["service/enablecompatibilityhttplistener"] = "true";
  }),
  /** A binding of another program on the place that the listener needs. */
  foreignBinding: (state: HostState, address: string, port: number): HostState => changed(state, (host) => {
    host.bindings.push({ address, port, thumbprint: FOREIGN_THUMBPRINT, appId: "{00000000-0000-0000-0000-000000000000}" });
  }),
  sessions: (state: HostState, count: number): HostState => changed(state, (host) => {
    host.sessions = count;
  }),
};

function changed(state: HostState, change: (host: HostState) => void): HostState {
  const copy = structuredClone(state);
  change(copy);
  return copy;
}
