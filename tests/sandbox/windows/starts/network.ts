import { ref } from "../../../../components/guest/kinds";
import { found, type HostState } from "../../../../sandbox/windows";
import { ADDRESS, gate, supplied, booted } from "../lab";
import { SECOND } from "../kinds-lab";
import { SECRETS } from "../pki";
import { CERTIFICATE, GPO, known, LISTENER, type Starts } from "./start";

/** What the network meets. */

const BESIDE = [CERTIFICATE, LISTENER] as const;
const FOREIGN = "0".repeat(40);
const https = known("listener", "HTTPS");
const http = known("listener", "HTTP");

/** A machine whose listener has been made already, with a certificate that has ended since. */
const withExpired = (): HostState => supplied(booted(), SECRETS.expired);

export const certificate: Starts<"certificate"> = [
  { found: "as the vendor delivers it", resource: CERTIFICATE, before: "fail", after: "pass" },
  { found: "with an expired one of that name", resource: CERTIFICATE, start: withExpired, before: "fail", after: "pass", makes: ({ certificates }) => certificates.my.length, made: 2 },
  { found: "with a secret of another host's name", resource: CERTIFICATE, asked: { secret: () => SECRETS.wrongName }, before: "fail", after: "fail", says: /web-2/, keeps: ({ certificates }) => certificates.my },
];

export const listener: Starts<"listener"> = [
  { found: "as the vendor delivers it", resource: https, beside: [CERTIFICATE], before: "fail", after: "pass" },
  { found: "as the vendor delivers it, with HTTP", resource: http, before: "fail", after: "pass" },
  { found: "several", resource: https, beside: [CERTIFICATE], start: (host) => found.severalListeners(host, ["*", "IP:127.0.0.1", "IP:192.0.2.1"]), before: "fail", after: "pass", makes: ({ listeners }) => listeners.flatMap(({ transport, address }) => (transport === "HTTPS" ? [address] : [])), made: [`IP:${ADDRESS}`] },
  { found: "with a certificate that is no longer there", resource: https, beside: [CERTIFICATE], start: (host) => found.boundTo(gate(host).state, FOREIGN), before: "fail", after: "pass" },
  { found: "made by a policy", resource: http, start: found.policyListener, before: "fail", after: "fail", says: /from GPO/ },
  { found: "made by the compatibility switch", resource: http, start: found.compatibilityListener, before: "fail", after: "fail", says: /from Compatibility/ },
];

const binding = known("sslBinding", "5986");
export const sslBinding: Starts<"sslBinding"> = [
  { found: "as the vendor delivers it", resource: binding, beside: BESIDE, before: "fail", after: "pass" },
  { found: "of another program's, on every address", resource: binding, beside: BESIDE, start: (host) => found.foreignBinding(host, "0.0.0.0", 5986), before: "fail", after: "pass", makes: ({ bindings }) => bindings.map(({ address }) => address), made: [ADDRESS] },
  { found: "with another certificate than the listener's", resource: binding, beside: BESIDE, start: (host) => withBinding(gate(host).state), before: "fail", after: "pass" },
];

function withBinding(host: HostState): HostState {
  for (const one of host.bindings) one.thumbprint = FOREIGN;
  return host;
}

const block = known("firewallRule", "secure-winrm-block-http");
export const firewallRule: Starts<"firewallRule"> = [
  { found: "as the vendor delivers it", resource: block, before: "fail", after: "pass", makes: ({ rules }) => rules.flatMap(({ name, store }) => (name === block.name ? [store] : [])), made: ["PersistentStore", "LocalPolicy"] },
  { found: "where rules of the machine's own store are dead", resource: block, start: (host) => found.noLocalRules(host, "Public"), before: "fail", after: "pass" },
  { found: "under a GPO's rule of the same name that says something else", resource: block, start: (host) => found.gpoRule(host, block.name, 5985, GPO), before: "fail", after: "fail", says: /from GPO/ },
  { found: "only in the machine's own store, as first boot makes it", resource: block, start: (host) => { host.rules.push({ name: block.name, enabled: true, action: "Block", ports: [5985, 47001], local: "Any", remote: "Any", profiles: "Any", store: "PersistentStore" }); }, before: "fail", after: "pass" },
];

const builtin = known("builtinRule", "WINRM-HTTP-In-TCP");
export const builtinRule: Starts<"builtinRule"> = [
  { found: "as the vendor delivers it", resource: builtin, before: "fail", after: "pass" },
  { found: "brought by a GPO", resource: builtin, start: (host) => found.gpoRule(host, builtin.name, 5985, GPO), before: "fail", after: "fail", says: /from GPO/, keeps: ({ rules }) => rules.filter(({ store }) => store === "GPO") },
];

const foreign = known("foreignRules", "");
export const foreignRules: Starts<"foreignRules"> = [
  { found: "as the vendor delivers it", resource: foreign, before: "fail", after: "pass" },
  { found: "with one of a tutorial's", resource: foreign, start: (host) => found.vendorRule(host, "WinRM HTTPS", 5986), before: "fail", after: "pass" },
  { found: "with one of a GPO's", resource: foreign, start: (host) => found.gpoRule(host, "Allow management", 5986, GPO), before: "fail", after: "fail", says: new RegExp(`Allow management from GPO ${GPO}`) },
  { found: "with one for any port, and one for another program", resource: foreign, start: withBystanders, before: "pass", after: "pass", keeps: ({ rules }) => rules.filter(({ enabled, action }) => enabled && action === "Allow") },
];

/** Neither opens a port of ours: our block beats the one, and the other is for a program of its own. */
function withBystanders(host: HostState): void {
  const rule = { enabled: true, action: "Allow", local: "Any", remote: "Any", profiles: "Any", store: "PersistentStore" } as const;
  host.rules = [{ ...rule, name: "any port", ports: "Any" }, { ...rule, name: "its own", ports: [5986], program: "C:\\agent.exe" }];
}

const publicly = known("firewallProfile", "Public");
export const firewallProfile: Starts<"firewallProfile"> = [
  { found: "as the vendor delivers it", resource: publicly, before: "fail", after: "pass" },
  { found: "off, and letting in by default", resource: publicly, start: (host) => { host.profiles.Public = { enabled: false, inbound: "Allow" }; }, before: "fail", after: "pass" },
];

const publicLog = known("firewallLog", "Public");
export const firewallLog: Starts<"firewallLog"> = [
  { found: "as the vendor delivers it", resource: publicLog, before: "fail", after: "pass" },
  { found: "as CIS has it, with more than is asked", resource: publicLog, start: found.benchmarked, before: "pass", after: "pass", keeps: ({ firewallLogs }) => firewallLogs },
  { found: "large, and logging what is allowed only", resource: publicLog, start: (host) => { host.firewallLogs.Public = { blocked: false, allowed: true, kilobytes: 32767 }; }, before: "fail", after: "pass", makes: ({ firewallLogs }) => firewallLogs.Public, made: { blocked: true, allowed: true, kilobytes: 32767 } },
];

const nodes = known("nodeList", "");
const NODES_FILE = "C:\\ProgramData\\secure-winrm\\nodes.json";
export const nodeList: Starts<"nodeList"> = [
  { found: "as the vendor delivers it", resource: nodes, before: "fail", after: "pass" },
  { found: "with a list of somebody else's on the disk", resource: nodes, start: (host) => { host.files[NODES_FILE] = '{"schema":1,"nodes":["0.0.0.0/0"],"others":["::/0"]}'; }, before: "fail", after: "pass" },
  { found: "with a stored list that cannot be read", resource: nodes, asked: { nodeList: () => undefined }, before: "unknown", after: "unknown", says: /cannot be read/ },
];

const silence = known("answer", "https:5986 host.otherAddresses");
const reply = known("answer", "https:5986 host.listen");
export const answer: Starts<"answer"> = [
  { found: "as the vendor delivers it", resource: reply, beside: BESIDE, before: "fail", after: "pass" },
  { found: "with a port proxy on loopback", resource: silence, beside: BESIDE, start: (host) => { host.relays.push({ address: "127.0.0.1", port: 5986 }); }, before: "fail", after: "fail", says: /on 127\.0\.0\.1/, keeps: ({ relays }) => relays },
  { found: "with a listen list of http.sys that leaves the address out", resource: reply, beside: BESIDE, start: (host) => { host.ipListen = ["127.0.0.1"]; }, before: "fail", after: "fail", says: /nothing on/, keeps: ({ ipListen }) => ipListen },
];

const all = known("addresses", "");
const two = { addresses: ref("host.interface"), kind: "addresses" } as const;
export const addresses: Starts<"addresses"> = [
  { found: "as the vendor delivers it", resource: all, before: "fail", after: "pass", makes: ({ entered }) => entered, made: [SECOND] },
  { found: "losing the way to the cloud with the second", resource: two, asked: { reachable: (list) => list.length < 2 }, before: "fail", after: "fail", says: new RegExp(`^${ADDRESS.replaceAll(".", "\\.")}$`), keeps: ({ addresses: own, entered }) => [own, entered] },
];
