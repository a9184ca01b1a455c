import { createHash } from "node:crypto";
import { ref, type GuestResource } from "../../../components/guest/kinds";
import { parseVerdict, type GuestVerdict } from "../../../components/evidence/verdict";
import { bootHost, freshHost, installFromVault, reboot, runGuest, type GuestCloud, type GuestParameters, type HistoryEntry, type HostState } from "../../../sandbox/windows";
import { ROOT_DER, SECRETS } from "./pki";

/** A small document by hand, a cloud around one host, and short ways to run it. */

export const NOW = "2027-01-01T00:00:00Z";
export const ADDRESS = "10.0.1.10";
export const NODE = "10.0.9.5";
export const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

export const POLICY = "SOFTWARE\\Policies\\Microsoft\\Windows\\WinRM\\Service";

export type Entry = readonly [control: string, resource: GuestResource];

/** One control for each, so that a finding names exactly what was spoiled. The allow rule stands first: order must not matter. */
export const ENTRIES: readonly Entry[] = [
  ["allow", { kind: "firewallRule", name: "secure-winrm-allow-https", action: "Allow", ports: [5986], local: ref("host.listen"), remote: ref("nodes.allow") }],
  ["answer-https", { kind: "answer", scheme: "https", port: 5986, addresses: ref("host.listen"), expect: "wsman" }],
  ["answer-loopback", { kind: "answer", scheme: "https", port: 5986, addresses: ref("host.otherAddresses"), expect: "none" }],
  ["listener-https", { kind: "listener", transport: "HTTPS", ensure: "present", port: 5986, addresses: ref("host.listen"), hostname: ref("host.name") }],
  ["binding", { kind: "sslBinding", port: 5986, addresses: ref("host.listen") }],
  ["no-http", { kind: "listener", transport: "HTTP", ensure: "absent" }],
  ["builtin", { kind: "builtinRule", name: "WINRM-HTTP-In-TCP" }],
  ["builtin-absent", { kind: "builtinRule", name: "WINRM-HTTP-In-TCP-NoScope" }],
  ["service", { kind: "service", name: "WinRM", startup: "Automatic", state: "Running" }],
  ["certificate", { kind: "certificate", from: "secret", name: ref("host.name"), secret: ref("host.secret"), eku: "1.3.6.1.5.5.7.3.1", minimumKeyBits: 2048, minimumDaysLeft: 14, trustedRoots: [ROOT_DER] }],
  ["cbt", { kind: "wsman", path: "Service/Auth/CbtHardeningLevel", op: "eq", value: "Strict" }],
  ["basic", { kind: "wsman", path: "Service/Auth/Basic", op: "eq", value: "false" }],
  ["policy", { kind: "registry", path: POLICY, name: "DisableRunAs", type: "DWord", op: "eq", value: 1 }],
  ["lm", { kind: "registry", path: "SYSTEM\\CurrentControlSet\\Control\\Lsa", name: "LmCompatibilityLevel", type: "DWord", op: "ge", value: 5 }],
  ["no-auto", { kind: "registry", path: POLICY, name: "AllowAutoConfig", type: "DWord", op: "absent" }],
  ["profile", { kind: "firewallProfile", profile: "Public", enabled: true, inbound: "Block" }],
  ["block", { kind: "firewallRule", name: "secure-winrm-block-https", action: "Block", ports: [5986], local: "Any", remote: ref("nodes.others") }],
  ["block-http", { kind: "firewallRule", name: "secure-winrm-block-http", action: "Block", ports: [5985, 47001], local: "Any", remote: "Any" }],
  ["nodes", { kind: "nodeList", hash: ref("nodes.hash") }],
  ["folder", { kind: "folder", path: "C:\\ProgramData\\secure-winrm", sddl: "O:SYG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)" }],
];

export const CONTROLS: readonly string[] = ENTRIES.map(([control]) => control);
export const resourceOf = (control: string): GuestResource => {
  const entry = ENTRIES.find(([known]) => known === control);
  if (!entry) throw new Error(control);
  return entry[1];
};

/** The same for a cloud whose agent keeps the store supplied. */
export const STORE_ENTRIES: readonly Entry[] = ENTRIES.map(([control, resource]) => [control, resource.kind === "certificate" ? { ...resource, from: "store" } : resource]);

const DOCUMENT_GATE = "a".repeat(64);
export const documentOf = (entries: readonly Entry[] = ENTRIES, gate = DOCUMENT_GATE): string =>
  JSON.stringify({ schema: 1, gate, resources: entries.map(([control, resource]) => ({ controls: [control], resource })) });

/** `10.0.9.5/32` and everything else. */
export const nodesText = (last = 5): string =>
  JSON.stringify({
    schema: 1,
    nodes: [`10.0.9.${last}/32`],
    others: [`0.0.0.0-10.0.9.${last - 1}`, `10.0.9.${last + 1}-255.255.255.255`, "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  });

export const cloud = (change: Partial<GuestCloud> = {}): GuestCloud => ({
  instanceId: "i-0abc",
  addresses: [ADDRESS],
  nodeList: () => ({ text: nodesText() }),
  secret: () => SECRETS.good,
  now: NOW,
  ...change,
});

export const HOST = { host: "web-1", name: "web-1.corp.example", addresses: [ADDRESS], listen: [ADDRESS], interface: [ADDRESS], secret: "winrm/web-1" };
export const gateOf = (host: unknown, documentGate = DOCUMENT_GATE): string => sha256(`${documentGate}\n${JSON.stringify(host)}`);
export const GATE = gateOf(HOST);
const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64");

export interface Outcome {
  readonly state: HostState;
  readonly verdict: GuestVerdict;
  readonly output: string;
  readonly exitCode: number;
  /** Does the run want the machine to start again, so that only the next gate run goes on? */
  readonly reboot: boolean;
  /** What this run wrote into the history. */
  readonly history: readonly HistoryEntry[];
}

export interface Asked {
  readonly cloud?: Partial<GuestCloud>;
  readonly document?: string;
  readonly parameters?: Partial<GuestParameters>;
  readonly host?: unknown;
}

function run(state: HostState, mode: "Apply" | "Audit", order: GuestVerdict["run"], asked: Asked): Outcome {
  const { host = HOST, document = documentOf() } = asked;
  const Gate = order === "Gate" ? gateOf(host, (JSON.parse(document) as { gate?: string }).gate) : "";
  const parameters = { Mode: mode, Run: order, Nonce: NONCE, Gate, Host: order === "Maintenance" ? "" : base64(host), NodesHash: "", Pause: "", ...asked.parameters };
  const result = runGuest(state, { document, parameters, cloud: cloud(asked.cloud) });
  const verdict = parseVerdict(result.output);
  if (!verdict) throw new Error(`no verdict in: ${result.output}`);
  return { ...result, verdict, reboot: /"reboot":true[,}]/.test(result.output), history: result.state.history.slice(state.history.length) };
}

/** Each question has its own. */
let questions = 0;
export const NONCE = "0123";

/** One gate run. */
export const gateOnce = (state: HostState, asked: Asked = {}): Outcome => run(state, "Apply", "Gate", asked);

/** As the clouds do it: where a run wants a start of the machine it gets one, and a second run goes on. */
export function gate(state: HostState, given: Asked = {}): Outcome {
  questions += 1;
  const asked = { ...given, parameters: { Nonce: questions.toString(16).padStart(8, "0"), ...given.parameters } };
  const first = gateOnce(state, asked);
  if (!first.reboot) return first;
  reboot(first.state);
  const second = gateOnce(first.state, asked);
  return { ...second, history: [...first.history, ...second.history] };
}

export const gateAudit = (state: HostState, asked: Asked = {}): Outcome => run(state, "Audit", "Gate", asked);
export const maintain = (state: HostState, asked: Asked = {}): Outcome => run(state, "Apply", "Maintenance", asked);
export const prepare = (state: HostState, asked: Asked = {}): Outcome => run(state, "Apply", "Prepare", asked);
export const look = (state: HostState, asked: Asked = {}): Outcome => run(state, "Audit", "Maintenance", asked);

export const booted = (): HostState => bootHost(freshHost(), "", [ADDRESS]);
/** What the cloud's agent brings from its vault. */
export function supplied(state: HostState, secret: string): HostState {
  const { pfx, password } = JSON.parse(secret) as { pfx: string; password: string };
  return installFromVault(state, pfx, password);
}

/** A host that has passed its gate. */
export const proven = (asked: Asked = {}): HostState => gate(booted(), asked).state;

export const failed = ({ verdict }: Outcome): string[] => Object.entries(verdict.controls).flatMap(([control, outcome]) => (outcome === "pass" ? [] : [control]));
export const changes = ({ history }: Outcome): HistoryEntry[] => history.filter(({ what }) => !["run", "audit", "verdict"].includes(what));
/** The host without what every run writes: history, events, counters (which start this is, what was written in which), the report, the last question. */
export const settings = (state: HostState): unknown => {
  const { "C:\\ProgramData\\secure-winrm\\report.json": _report, "C:\\ProgramData\\secure-winrm\\restarted.txt": _restarted, ...files } = state.files;
  return { ...state, files, history: [], events: [], runs: 0, happened: 0, starts: 0, boots: 0, written: {}, localPolicyVersion: 0 };
};
