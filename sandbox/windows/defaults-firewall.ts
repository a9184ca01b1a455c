import { from, type Fact } from "./facts";
import type { FirewallLog, FirewallProfile, FirewallRule, ProfileName } from "./state";

/** Windows firewall before anybody touched it. */

const builtin = (name: string, port: number, enabled: boolean, rest: Partial<FirewallRule>): Record<string, FirewallRule> => ({
  [name]: { name, enabled, action: "Allow", ports: [port], local: "Any", remote: "Any", profiles: "Any", store: "PersistentStore", ...rest },
});

/** Display names are translated, these names are not. */
export const RULES: readonly Fact<FirewallRule>[] = from("dumps of the built-in rules of Server 2016 to 2022", {
  ...builtin("WINRM-HTTP-In-TCP", 5985, true, { profiles: ["Domain", "Private"] }),
  ...builtin("WINRM-HTTP-In-TCP-PUBLIC", 5985, true, { profiles: ["Public"], remote: "LocalSubnet" }),
  ...builtin("WINRM-HTTP-Compat-In-TCP", 80, false, {}),
});

const each = <T>(value: T): Record<ProfileName, T> => ({ Domain: value, Private: value, Public: value });

/** Not configured acts as Block. */
export const PROFILES: readonly Fact<FirewallProfile>[] = from("output of Get-NetFirewallProfile on untouched servers", each<FirewallProfile>({ enabled: true, inbound: "NotConfigured" }));

/** That nothing is logged with this size is assumed. */
export const FIREWALL_LOGS: readonly Fact<FirewallLog>[] = from(
  "MicrosoftDocs/windows-powershell-docs, Set-NetFirewallProfile: 4096 KB; that nothing is logged: unverified",
  each({ blocked: false, allowed: false, kilobytes: 4096 }),
);
