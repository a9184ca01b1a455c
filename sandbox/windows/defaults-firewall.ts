import type { FirewallLog, FirewallProfile, FirewallRule, ProfileName } from "./state";

/** Windows firewall before anybody touched it. */

const builtin = (name: string, port: number, enabled: boolean, rest: Partial<FirewallRule>): FirewallRule => ({
  name,
  enabled,
  action: "Allow",
  ports: [port],
  local: "Any",
  remote: "Any",
  profiles: "Any",
  store: "PersistentStore",
  ...rest,
});

/** Dumps of the built-in rules of Server 2016 to 2022; display names are translated, these names are not. */
export const RULES: readonly FirewallRule[] = [
  builtin("WINRM-HTTP-In-TCP", 5985, true, { profiles: ["Domain", "Private"] }),
  builtin("WINRM-HTTP-In-TCP-PUBLIC", 5985, true, { profiles: ["Public"], remote: "LocalSubnet" }),
  builtin("WINRM-HTTP-Compat-In-TCP", 80, false, {}),
];

/** Output of Get-NetFirewallProfile on untouched servers: on, inbound not configured (which acts as Block). */
const PROFILE: FirewallProfile = { enabled: true, inbound: "NotConfigured" };

/** MicrosoftDocs/windows-powershell-docs, Set-NetFirewallProfile: 4096 KB by default; that nothing is logged then: unverified. */
const LOG: FirewallLog = { blocked: false, allowed: false, kilobytes: 4096 };

const each = <T>(value: T): Record<ProfileName, T> => ({ Domain: structuredClone(value), Private: structuredClone(value), Public: structuredClone(value) });
export const profiles = (): Record<ProfileName, FirewallProfile> => each(PROFILE);
export const firewallLogs = (): Record<ProfileName, FirewallLog> => each(LOG);
