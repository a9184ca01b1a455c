import { ref, type GuestResource } from "../../../components/guest/kinds";
import { resourceKey } from "../../../components/guest/resource-key";
import { ADDRESS, ENTRIES, gate, gateOf, HOST, booted, type Asked, type Entry, type Outcome } from "./lab";
import { found, type HostState } from "../../../sandbox/windows";
import { NOW } from "./lab";

/** A document by hand of every kind that goes beyond listener and firewall, and a host with two addresses for it. */

const WINRM = "SOFTWARE\\Policies\\Microsoft\\Windows\\WinRM";
const SERVER = "SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\TLS 1.0\\Server";
const SYSTEM_POLICIES = "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System";
const ADMINISTRATORS = "S-1-5-32-544";

const policy = (path: string, name: string, value: number | string | undefined): GuestResource => ({
  kind: "policy",
  path,
  name,
  type: typeof value === "string" ? "String" : "DWord",
  ...(value === undefined ? { op: "absent" as const } : { op: "eq" as const, value }),
});

const accountPolicy = (name: string, op: "eq" | "ge" | "between", value: number | readonly [number, number], write: number): GuestResource => ({ kind: "accountPolicy", name, op, value, write });

/** The ones that the door waits for. */
const GATED: readonly GuestResource[] = [
  policy(`${WINRM}\\Service`, "AllowBasic", 0),
  policy(`${WINRM}\\Service`, "CbtHardeningLevel", "Strict"),
  policy(`${WINRM}\\Service`, "AllowAutoConfig", undefined),
  policy(`${WINRM}\\Service\\WinRS`, "AllowRemoteShellAccess", 1),
  policy(`${WINRM}\\Client`, "AllowDigest", 0),
  policy(SYSTEM_POLICIES, "FilterAdministratorToken", 1),
  { kind: "policy", path: "SOFTWARE\\Policies\\Microsoft\\Windows\\EventLog\\Security", name: "MaxSize", type: "DWord", op: "ge", value: 196608 },
  { kind: "registry", path: SERVER, name: "Enabled", type: "DWord", op: "eq", value: 0, after: "boot" },
  { kind: "registry", path: SERVER, name: "DisabledByDefault", type: "DWord", op: "eq", value: 1, after: "boot" },
  { kind: "registry", path: "SYSTEM\\CurrentControlSet\\Control\\Lsa", name: "SCENoApplyLegacyAuditPolicy", type: "DWord", op: "eq", value: 1 },
  accountPolicy("PasswordHistorySize", "ge", 24, 24),
  accountPolicy("MaximumPasswordAge", "between", [1, 365], 365),
  accountPolicy("MinimumPasswordLength", "ge", 14, 14),
  accountPolicy("PasswordComplexity", "eq", 1, 1),
  accountPolicy("LockoutDuration", "ge", 15, 15),
  accountPolicy("LockoutBadCount", "between", [1, 5], 5),
  accountPolicy("ResetLockoutCount", "ge", 15, 15),
  { kind: "account", role: "connection", name: "svc-ansible", memberOf: [ADMINISTRATORS], secret: "accounts/connection" },
  { kind: "account", role: "become", name: "ops-admin", memberOf: [ADMINISTRATORS], secret: "accounts/become" },
  { kind: "group", group: "S-1-5-32-580", members: [] },
  { kind: "group", group: "WinRMRemoteWMIUsers__", members: [] },
  { kind: "userRight", right: "SeNetworkLogonRight", holds: ["account.connection"], lacks: [] },
  { kind: "userRight", right: "SeDenyNetworkLogonRight", holds: ["account.become"], lacks: ["account.connection"] },
  { kind: "userRight", right: "SeInteractiveLogonRight", holds: ["account.become"], lacks: [] },
  { kind: "auditPolicy", subcategory: "{0CCE9215-69AE-11D9-BED3-505054503030}", success: true, failure: true },
  { kind: "auditPolicy", subcategory: "{0CCE922B-69AE-11D9-BED3-505054503030}", success: true, failure: false },
  { kind: "eventLog", channel: "Microsoft-Windows-WinRM/Operational", minimumBytes: 33_554_432 },
  { kind: "sessionConfiguration", name: "microsoft.powershell", ensure: "access", allow: ["account.connection"] },
  { kind: "otherSessionConfigurations", except: ["microsoft.powershell", "jea.operators"] },
  { kind: "rootDescriptor", allow: [{ trustee: ADMINISTRATORS, access: "full" }, { trustee: "account.connection", access: "shell" }] },
  { kind: "foreignRules", ports: [5985, 5986, 47001], except: ["secure-winrm-allow-https"] },
  { kind: "addresses", addresses: ref("host.interface") },
  { kind: "service", name: "seclogon", startup: "Manual", state: "Any" },
];

/** The ones that are only reported. */
const REPORTED: readonly GuestResource[] = [
  {
    kind: "jeaEndpoint",
    name: "jea.operators",
    accounts: ["S-1-5-32-547", "operators@CORP.EXAMPLE"],
    commands: [{ name: "Restart-Service", parameters: [{ name: "Name", values: ["Spooler"] }] }],
    transcripts: "C:\\ProgramData\\secure-winrm\\transcripts",
  },
  { kind: "scheduledTask", name: "secure-winrm-keeper", everyMinutes: 15, atStartup: true, onRenewal: true },
  { kind: "firewallLog", profile: "Public", minimumKilobytes: 16384, blocked: true, allowed: false },
  { kind: "updates", maximumAgeDays: 45, minimumBuild: "" },
  { kind: "service", name: "wuauserv", startup: "Manual", state: "Any" },
];

/** What the other document already has under the same key stands there as another kind or not at all. */
const OLD = ENTRIES.filter(([control]) => control !== "no-auto");
export const resources: readonly GuestResource[] = [...OLD.map(([, resource]) => resource), ...GATED, ...REPORTED];

/** Each resource is a control of its own, named by its key, so that a finding names exactly what was spoiled. */
export const keys: readonly string[] = resources.map(resourceKey);
export const isGate = (resource: GuestResource): boolean => !REPORTED.includes(resource);

interface Written {
  readonly controls: readonly string[];
  readonly gate?: boolean;
  readonly resource: GuestResource;
}

export const written = (list: readonly GuestResource[] = resources): Written[] =>
  list.map((resource) => ({ controls: [resourceKey(resource)], ...(isGate(resource) ? {} : { gate: false }), resource }));

const DOCUMENT_GATE = "b".repeat(64);
export const documentFrom = (entries: readonly Written[]): string => JSON.stringify({ schema: 1, gate: DOCUMENT_GATE, resources: entries });
export const DOCUMENT = documentFrom(written());

/** A document of only these. */
export const only = (...list: readonly GuestResource[]): string => documentFrom(written(list));
export const entries = (...list: readonly GuestResource[]): readonly Entry[] => list.map((resource) => [resourceKey(resource), resource]);

export const SECOND = "10.0.1.20";
export const TWO_ADDRESSES = { ...HOST, interface: [ADDRESS, SECOND] };

/** The same host, asked with the whole document. */
export const whole = (change: Asked = {}): Asked => ({ document: DOCUMENT, host: TWO_ADDRESSES, ...change, cloud: { addresses: [ADDRESS, SECOND], ...change.cloud } });

export const fresh = (): HostState => found.patched(booted(), NOW);
export const first = (change: Asked = {}): Outcome => gate(fresh(), whole(change));

let state: HostState | undefined;
/** A host that has passed the gate with all of it. */
export const ready = (): HostState => structuredClone((state ??= passed(first())));

function passed({ state: result, verdict }: Outcome): HostState {
  if (verdict.verdict !== "pass") throw new Error(JSON.stringify(verdict.findings, undefined, 1));
  return result;
}

export { gateOf };
