import { found } from "../../../../sandbox/windows";
import { heldByPolicy } from "../../../../sandbox/windows/found";
import { folded, registryKey } from "../../../../sandbox/windows/state";
import { GPO, known, type Starts } from "./start";

/** Values: directories, WSMan, the registry, policies, logs, tasks, updates, services. */

const SERVICE = "SOFTWARE\\Policies\\Microsoft\\Windows\\WinRM\\Service";
const LSA = "SYSTEM\\CurrentControlSet\\Control\\Lsa";
const basic = known("policy", `${SERVICE}\\AllowBasic`);
const BASIC = registryKey(SERVICE, "AllowBasic");
const OTHER = registryKey("SOFTWARE\\Policies\\Microsoft\\Windows\\Explorer", "NoAutoplayfornonVolume");
const held = (value: number) => ({ [BASIC]: { type: "DWord" as const, value } });

const directory = known("folder", "C:\\ProgramData\\secure-winrm");
export const folder: Starts<"folder"> = [
  { found: "as the vendor delivers it", resource: directory, before: "fail", after: "pass" },
  { found: "made by a user before", resource: directory, start: (host) => { host.folders[folded(directory.path)] = "O:BUG:BUD:(A;OICI;FA;;;WD)"; }, before: "fail", after: "pass" },
];

export const wsman: Starts<"wsman"> = [
  { found: "as the vendor delivers it", resource: known("wsman", "Service/Auth/CbtHardeningLevel"), before: "fail", after: "pass" },
  { found: "held by a GPO as another value", resource: known("wsman", "Service/Auth/Basic"), start: (host) => heldByPolicy(host, held(1), GPO), before: "fail", after: "fail", says: /held by policy/, keeps: ({ gpos, wsman: values }) => [gpos, values] },
  { found: "with the service stopped and disabled", resource: known("wsman", "Service/Auth/CbtHardeningLevel"), beside: [known("service", "WinRM")], start: found.stoppedService, before: "unknown", after: "pass" },
];

const lm = known("registry", `${LSA}\\LmCompatibilityLevel`);
const enabled = known("registry", "SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\TLS 1.0\\Server\\Enabled");
export const registry: Starts<"registry"> = [
  { found: "as the vendor delivers it", resource: lm, before: "fail", after: "pass" },
  { found: "of another type", resource: lm, start: (host) => { host.registry[registryKey(lm.path, lm.name)] = { type: "String", value: "5" }; }, before: "fail", after: "pass" },
  { found: "as CIS has it", resource: lm, start: found.benchmarked, before: "pass", after: "pass", keeps: ({ registry: values }) => values },
  { found: "written by somebody else before the machine started", resource: enabled, start: (host) => { host.registry[registryKey(enabled.path, enabled.name)] = { type: "DWord", value: 0 }; }, before: "pass", after: "pass", keeps: ({ boots }) => boots },
];

const autoConfig = known("policy", `${SERVICE}\\AllowAutoConfig`);
export const policy: Starts<"policy"> = [
  { found: "as the vendor delivers it", resource: basic, before: "fail", after: "pass", makes: ({ localPolicy }) => localPolicy, made: { [BASIC]: { type: "DWord", value: 0 } } },
  { found: "held by a GPO as another value", resource: basic, start: (host) => heldByPolicy(host, held(1), GPO), before: "fail", after: "fail", says: new RegExp(`1, held by GPO ${GPO}`), keeps: ({ gpos, registry: values, localPolicy, localPolicyVersion }) => [gpos, values, localPolicy, localPolicyVersion] },
  { found: "held by a GPO as it must be", resource: basic, start: (host) => heldByPolicy(host, held(0), GPO), before: "pass", after: "pass", keeps: ({ localPolicy, localPolicyVersion }) => [localPolicy, localPolicyVersion] },
  { found: "in the registry, and held by nobody", resource: basic, start: (host) => { host.registry[BASIC] = { type: "DWord", value: 0 }; }, before: "fail", after: "pass" },
  { found: "beside values of others, which stay", resource: basic, start: (host) => heldByPolicy(host, { [OTHER]: { type: "DWord", value: 1 } }), before: "fail", after: "pass", keeps: ({ localPolicy }) => localPolicy[OTHER] },
  { found: "as CIS has it", resource: basic, start: found.benchmarked, before: "pass", after: "pass", keeps: ({ localPolicy, localPolicyVersion }) => [localPolicy, localPolicyVersion] },
  { found: "there, as CIS level 2 has it, where it must not be", resource: autoConfig, start: found.benchmarked, before: "fail", after: "pass" },
  { found: "there by a GPO, as CIS level 2 has it, where it must not be", resource: autoConfig, start: (host) => found.benchmarked(host, GPO), before: "fail", after: "fail", says: /held by GPO/ },
];

const trio = ["LockoutBadCount", "LockoutDuration", "ResetLockoutCount"].map((name) => known("accountPolicy", name));
const age = known("accountPolicy", "MaximumPasswordAge");
const length = known("accountPolicy", "MinimumPasswordLength");
export const accountPolicy: Starts<"accountPolicy"> = [
  { found: "as the vendor delivers it", resource: length, before: "fail", after: "pass" },
  { found: "with passwords that never end", resource: age, start: (host) => { host.accountPolicy["MaximumPasswordAge"] = -1; }, before: "fail", after: "pass", makes: (host) => host.accountPolicy["MaximumPasswordAge"], made: 365 },
  { found: "stricter than is asked", resource: length, start: (host) => { host.accountPolicy["MinimumPasswordLength"] = 20; }, before: "pass", after: "pass", keeps: (host) => host.accountPolicy },
  { found: "as CIS has it", resource: age, start: found.benchmarked, before: "pass", after: "pass", keeps: (host) => host.accountPolicy },
  { found: "without a threshold, which Windows wants in the same template", resource: known("accountPolicy", "ResetLockoutCount"), beside: trio.slice(0, 2), before: "fail", after: "pass" },
];

const logon = known("auditPolicy", "{0CCE9215-69AE-11D9-BED3-505054503030}");
const creation = known("auditPolicy", "{0CCE922B-69AE-11D9-BED3-505054503030}");
export const auditPolicy: Starts<"auditPolicy"> = [
  { found: "as the vendor delivers it", resource: logon, before: "fail", after: "pass" },
  { found: "auditing the other half", resource: creation, start: (host) => { host.auditPolicy[creation.subcategory] = 2; }, before: "fail", after: "pass", makes: (host) => host.auditPolicy[creation.subcategory], made: 3 },
  { found: "auditing more than is asked", resource: creation, start: found.benchmarked, before: "pass", after: "pass", keeps: (host) => host.auditPolicy },
  { found: "on a Windows that knows no such subcategory", resource: logon, start: (host) => { delete host.auditPolicy[logon.subcategory]; }, before: "unknown", after: "unknown", says: /no subcategory/ },
];

const winrmLog = known("eventLog", "Microsoft-Windows-WinRM/Operational");
export const eventLog: Starts<"eventLog"> = [
  { found: "as the vendor delivers it", resource: winrmLog, before: "fail", after: "pass" },
  { found: "off, and larger than is asked", resource: winrmLog, start: (host) => { host.channels[folded(winrmLog.channel)] = { enabled: false, bytes: 1_000_000_000 }; }, before: "fail", after: "pass", makes: (host) => host.channels[folded(winrmLog.channel)], made: { enabled: true, bytes: 1_000_000_000 } },
  { found: "without the channel", resource: winrmLog, start: (host) => { delete host.channels[folded(winrmLog.channel)]; }, before: "fail", after: "fail", says: /absent/ },
];

const keeper = known("scheduledTask", "secure-winrm-keeper");
export const scheduledTask: Starts<"scheduledTask"> = [
  { found: "as the vendor delivers it", resource: keeper, before: "fail", after: "pass" },
  { found: "with one of that name, in other letters, of somebody else's", resource: keeper, start: (host) => { host.tasks["secure-winrm-keeper"] = { everyMinutes: 15, atStartup: true, onRenewal: true, enabled: true, user: "S-1-5-20" }; }, before: "fail", after: "pass", makes: (host) => host.tasks["secure-winrm-keeper"]?.user, made: "S-1-5-18" },
];

const secondary = known("service", "seclogon");
export const service: Starts<"service"> = [
  { found: "as the vendor delivers it", resource: secondary, before: "pass", after: "pass", keeps: (host) => host.services },
  { found: "disabled, as hardening guides have it", resource: secondary, start: (host) => { host.services["seclogon"] = { startup: "Disabled", state: "Stopped" }; }, before: "fail", after: "pass", makes: (host) => host.services["seclogon"], made: { startup: "Manual", state: "Stopped" } },
  { found: "started by itself, which is more than is asked", resource: secondary, start: (host) => { host.services["seclogon"] = { startup: "Automatic", state: "Running" }; }, before: "pass", after: "pass", keeps: (host) => host.services },
  { found: "not installed", resource: secondary, start: (host) => { delete host.services["seclogon"]; }, before: "fail", after: "fail", says: /Disabled, Stopped/ },
  { found: "of WinRM itself, stopped and disabled", resource: known("service", "WinRM"), start: found.stoppedService, before: "fail", after: "pass" },
];

const byAge = known("updates", "");
export const updates: Starts<"updates"> = [
  { found: "as the vendor delivers it", resource: byAge, start: (host) => { host.updates = { build: "20348.169", installed: "2021-08-18T00:00:00Z" }; }, before: "fail", after: "fail", says: /days, build 20348\.169/ },
  { found: "with a number that is larger only as text", resource: { ...byAge, minimumBuild: "20348.2700" }, start: (host) => { host.updates.build = "20348.300"; }, before: "fail", after: "fail", says: /build 20348\.300/ },
  { found: "newer than is asked", resource: { ...byAge, minimumBuild: "20348.2700" }, start: (host) => { host.updates = { build: "26100.1", installed: "2020-01-01T00:00:00Z" }; }, before: "pass", after: "pass" },
];
