import { ADMINISTRATORS, AUTHENTICATED_USERS, GUESTS, LOCAL_ACCOUNT_AND_ADMINISTRATOR } from "./sids";
import { AUDIT_POLICY } from "./defaults-logging";
import { mergeKey } from "./policy";
import { folded, registryKey, type HostState, type RegistryValue } from "./state";

/**
 * A machine that somebody has hardened before, as ansible-lockdown/Windows-2022-CIS (benchmark v4.0.0) has it, level 2 and
 * what its authors call breaking included: the rows say which number.
 */

const WINRM = "SOFTWARE\\Policies\\Microsoft\\Windows\\WinRM";
const POWERSHELL = "SOFTWARE\\Policies\\Microsoft\\Windows\\PowerShell";
const SYSTEM = "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System";
const EVENT_LOG = "SOFTWARE\\Policies\\Microsoft\\Windows\\EventLog";

const POLICIES: readonly (readonly [id: string, path: string, name: string, value: number | string])[] = [
  ["18.10.89.1.1", `${WINRM}\\Client`, "AllowBasic", 0],
  ["18.10.89.1.2", `${WINRM}\\Client`, "AllowUnencryptedTraffic", 0],
  ["18.10.89.1.3", `${WINRM}\\Client`, "AllowDigest", 0],
  ["18.10.89.2.1", `${WINRM}\\Service`, "AllowBasic", 0],
  ["18.10.89.2.2", `${WINRM}\\Service`, "AllowAutoConfig", 0],
  ["18.10.89.2.3", `${WINRM}\\Service`, "AllowUnencryptedTraffic", 0],
  ["18.10.89.2.4", `${WINRM}\\Service`, "DisableRunAs", 1],
  ["18.10.90.1", `${WINRM}\\Service\\WinRS`, "AllowRemoteShellAccess", 0],
  ["18.10.87.1", `${POWERSHELL}\\ScriptBlockLogging`, "EnableScriptBlockLogging", 1],
  ["18.10.87.2", `${POWERSHELL}\\Transcription`, "EnableTranscripting", 1],
  ["18.4.1", SYSTEM, "LocalAccountTokenFilterPolicy", 0],
  ["2.3.17.1", SYSTEM, "FilterAdministratorToken", 1],
  ["18.9.3.1", `${SYSTEM}\\Audit`, "ProcessCreationIncludeCmdLine_Enabled", 1],
  ["18.10.26.1.2", `${EVENT_LOG}\\Application`, "MaxSize", 32768],
  ["18.10.26.2.2", `${EVENT_LOG}\\Security`, "MaxSize", 196608],
  ["18.10.26.3.2", `${EVENT_LOG}\\Setup`, "MaxSize", 32768],
  ["18.10.26.4.2", `${EVENT_LOG}\\System`, "MaxSize", 32768],
];

const LSA = "SYSTEM\\CurrentControlSet\\Control\\Lsa";

/** Security options: in the registry, and in no policy tree. */
const OPTIONS: readonly (readonly [id: string, path: string, name: string, value: number])[] = [
  ["2.3.2.1", LSA, "SCENoApplyLegacyAuditPolicy", 1],
  ["2.3.11.7", LSA, "LmCompatibilityLevel", 5],
  ["2.3.11.10", `${LSA}\\MSV1_0`, "NTLMMinClientSec", 537395200],
  ["2.3.11.11", `${LSA}\\MSV1_0`, "NTLMMinServerSec", 537395200],
  ["1.1", "SYSTEM\\CurrentControlSet\\Control\\SAM", "RelaxMinimumPasswordLengthLimits", 1],
];

/** 1.1 and 1.2. */
const ACCOUNT_POLICY: Readonly<Record<string, number>> = {
  PasswordHistorySize: 24,
  MaximumPasswordAge: 365,
  MinimumPasswordAge: 1,
  MinimumPasswordLength: 14,
  PasswordComplexity: 1,
  ClearTextPassword: 0,
  LockoutDuration: 15,
  LockoutBadCount: 5,
  ResetLockoutCount: 15,
  AllowAdministratorLockout: 1,
};

/** 2.2.3, 2.2.8, 2.2.22 and 2.2.25, for a member server. */
const RIGHTS: Readonly<Record<string, readonly string[]>> = {
  SeNetworkLogonRight: [ADMINISTRATORS, AUTHENTICATED_USERS],
  SeInteractiveLogonRight: [ADMINISTRATORS],
  SeDenyNetworkLogonRight: [GUESTS, LOCAL_ACCOUNT_AND_ADMINISTRATOR],
  SeDenyInteractiveLogonRight: [GUESTS],
};

const valueOf = (value: number | string): RegistryValue => ({ type: typeof value === "string" ? "String" : "DWord", value });

/** @param gpo whose policies these are; left out: the local one's */
export function benchmarked(state: HostState, gpo?: string): HostState {
  const host = structuredClone(state);
  const policies = Object.fromEntries(POLICIES.map(([, path, name, value]) => [registryKey(path, name), valueOf(value)]));
  // 9.3.4: rules of the machine's own store are dead where a machine outside of a domain is.
  policies[mergeKey("Public")] = { type: "DWord", value: 0 };
  if (gpo === undefined) Object.assign(host.localPolicy, structuredClone(policies));
  else host.gpos.push({ id: gpo, values: structuredClone(policies) });
  Object.assign(host.registry, structuredClone(policies));
  for (const [, path, name, value] of OPTIONS) host.registry[registryKey(path, name)] = valueOf(value);
  for (const [key, value] of Object.entries(policies)) if (key.startsWith(folded(WINRM))) host.policyInForce[key] = { ...value };
  Object.assign(host.accountPolicy, ACCOUNT_POLICY);
  for (const [right, sids] of Object.entries(RIGHTS)) host.rights[right] = [...sids];
  for (const { about: subcategory } of AUDIT_POLICY) host.auditPolicy[subcategory] = 3;
  for (const log of Object.values(host.firewallLogs)) Object.assign(log, { blocked: true, allowed: true, kilobytes: 16384 });
  return host;
}

/** What Windows in another language calls its groups and its first account. The names: unverified; that they differ is the point. */
const JAPANESE: Readonly<Record<string, string>> = {
  Administrator: "管理者",
  Guest: "ゲスト",
  Administrators: "管理者グループ",
  Users: "ユーザー",
  Guests: "ゲストグループ",
  "Backup Operators": "バックアップ オペレーター",
  "Remote Management Users": "リモート管理ユーザー",
};

export function japanese(state: HostState): HostState {
  const host = structuredClone(state);
  for (const one of [...host.accounts, ...host.groups]) one.name = JAPANESE[one.name] ?? one.name;
  return host;
}
