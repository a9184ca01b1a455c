import { FILES } from "./document";
import { rulesNamed } from "./firewall";
import { distrust } from "./handle-certificate";
import { FOREIGN_APP, FOREIGN_THUMBPRINT, type Ways } from "./spoil";
import type { HostState } from "./state";
import { answerOn } from "./winrm";

/** What the network meets: listeners, bindings, firewall, addresses. */

export const certificate: Ways<"certificate"> = {
  "no longer trusted": (state, _resource, now) => distrust(state, now),
};

const HTTP_LISTENER = { address: "*", transport: "HTTP", port: 5985, hostname: "", thumbprint: "", source: "" } as const;

export const listener: Ways<"listener"> = {
  "one too many, or under another name": (state, { ensure, transport }) => {
    if (ensure === "absent") state.listeners.push(transport === "HTTP" ? { ...HTTP_LISTENER } : { ...HTTP_LISTENER, transport: "HTTPS", port: 5986 });
    else state.listeners = state.listeners.map((known) => (known.transport === transport ? { ...known, hostname: `old-${known.hostname}` } : known));
  },
  "one too many where nobody looks, or on another port": (state, { ensure, transport }) => {
    if (ensure === "absent") state.listeners.push({ ...HTTP_LISTENER, transport, port: 8585 });
    else state.listeners.push({ address: "IP:192.0.2.1", transport, port: 8586, hostname: "old", thumbprint: FOREIGN_THUMBPRINT, source: "" });
  },
};

export const sslBinding: Ways<"sslBinding"> = {
  /** On an address that the machine no longer has (TEST-NET-1). */
  "one left behind": (state, { port }) => {
    state.bindings.push({ address: "192.0.2.1", port, thumbprint: FOREIGN_THUMBPRINT, appId: FOREIGN_APP });
  },
};

export const firewallRule: Ways<"firewallRule"> = {
  "wide, or off": (state, { name, action }) => {
    for (const rule of rulesNamed(state, name)) {
      if (action === "Allow") rule.remote = "Any";
      else rule.enabled = false;
    }
  },
  "only in the machine's own store": (state, { name }) => {
    state.rules = state.rules.filter((rule) => rule.store !== "LocalPolicy" || rule.name.toLowerCase() !== name.toLowerCase());
  },
};

function enable(state: HostState, name: string, port?: number): void {
  const rules = rulesNamed(state, name);
  for (const rule of rules) Object.assign(rule, { enabled: true }, port === undefined ? {} : { ports: [port] });
  if (rules.length === 0) state.rules.push({ name, enabled: true, action: "Allow", ports: [port ?? 5985], local: "Any", remote: "Any", profiles: ["Domain"], store: "PersistentStore" });
}

export const builtinRule: Ways<"builtinRule"> = {
  "on, for the port of the compatibility listener": (state, { name }) => enable(state, name, 80),
  "on": (state, { name }) => enable(state, name),
};

export const foreignRules: Ways<"foreignRules"> = {
  "a rule of an installer's": (state, { ports }) => {
    state.rules.push({ name: "{5E7A2F31-0B7C-4C55-9E0B-7C1D0A5B9F10}", enabled: true, action: "Allow", ports: [...ports], local: "Any", remote: "Any", profiles: "Any", store: "PersistentStore" });
  },
  "one in the local policy": (state, { ports }) => {
    state.rules.push({ name: "Allow remote management", enabled: true, action: "Allow", ports: ports.slice(0, 1), local: "Any", remote: "Any", profiles: ["Public"], store: "LocalPolicy" });
  },
};

export const firewallProfile: Ways<"firewallProfile"> = {
  "turned round": (state, { profile, enabled }) => {
    state.profiles[profile] = { enabled: !enabled, inbound: "Allow" };
  },
};

export const firewallLog: Ways<"firewallLog"> = {
  "nothing is logged": (state, { profile }) => {
    state.firewallLogs[profile] = { blocked: false, allowed: false, kilobytes: 1 };
  },
  "too small": (state, { profile, minimumKilobytes }) => {
    state.firewallLogs[profile].kilobytes = minimumKilobytes - 1;
  },
};

export const nodeList: Ways<"nodeList"> = {
  "gone": (state) => {
    delete state.files[FILES.nodes];
  },
};

export const addresses: Ways<"addresses"> = {
  /** The first one comes back by DHCP; whatever was entered stays gone. */
  "only what DHCP gives": (state) => {
    state.addresses = state.addresses.filter((address) => !state.entered.includes(address));
    state.entered = [];
  },
};

/** A port proxy answers where nobody should; a listen list of http.sys silences where somebody should. */
export const answer: Ways<"answer"> = {
  "a relay, or silence": (state, { scheme, port, addresses: on, expect }) => {
    if (expect === "wsman") {
      state.ipListen = ["127.0.0.1"];
      return;
    }
    const own = "ref" in on ? ["127.0.0.1"] : on;
    const silent = own.find((address) => answerOn(state, scheme, port, address).speaks === "nothing");
    if (silent !== undefined) state.relays.push({ address: silent, port });
  },
};
