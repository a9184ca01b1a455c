import { ACCOUNT_POLICY, ACCOUNTS, GROUPS, RIGHTS } from "./defaults-accounts";
import { FIREWALL_LOGS, PROFILES, RULES } from "./defaults-firewall";
import { AUDIT_POLICY, CHANNELS } from "./defaults-logging";
import { SESSION_CONFIGURATIONS } from "./defaults-sessions";
import { WSMAN } from "./defaults-wsman";
import { from, listOf, UNVERIFIED, valuesOf, type Fact } from "./facts";
import { folded, wsmanKey, type HostState, type Listener, type ProfileName, type RegistryValue, type Service } from "./state";

/**
 * What Windows Server 2022 is like before anybody touched it, from published text and never from our own controls:
 * a mistake in a control must not be repeated by the model that tests it. Each row bears its source, here and in the
 * files beside this one; `unverified` where none was found.
 */

/** Of policies and of the Lsa nothing else is there until somebody sets it. */
const REGISTRY: readonly Fact<RegistryValue>[] = from("security option \"Minimum session security for NTLM SSP based servers\" and the like: 128 bits since Windows Server 2008 R2", {
  "SYSTEM\\CurrentControlSet\\Control\\Lsa\\MSV1_0\\NTLMMinServerSec": { type: "DWord", value: 0x20000000 },
  "SYSTEM\\CurrentControlSet\\Control\\Lsa\\MSV1_0\\NTLMMinClientSec": { type: "DWord", value: 0x20000000 },
});

const REMOTE_REQUIREMENTS = "MicrosoftDocs/PowerShell-Docs, about_Remote_Requirements: on since Server 2012, and started by itself";

const SERVICES: readonly Fact<Service>[] = [
  ...from<Service>(REMOTE_REQUIREMENTS, { winrm: { startup: "Automatic", state: "Running" } }),
  ...from<Service>("ansible/ansible plugins/become/runas.py: Secondary Logon is there, and started on demand", { seclogon: { startup: "Manual", state: "Stopped" } }),
  ...from<Service>(UNVERIFIED, { wuauserv: { startup: "Manual", state: "Stopped" } }),
];

const LISTENERS: readonly Fact<Listener>[] = from<Listener>(REMOTE_REQUIREMENTS, { "*+HTTP": { address: "*", transport: "HTTP", port: 5985, hostname: "", thumbprint: "", source: "" } });

/** The first build that was sold, and no update since: what an image is like that nobody looks after. */
const UPDATES: readonly Fact<HostState["updates"]>[] = from(UNVERIFIED, { "the last update": { build: "20348.169", installed: "2021-08-18T00:00:00Z" } });

/** All of it, for whoever wants to see what rests on nothing. */
export const VENDOR: Readonly<Record<string, readonly Fact<unknown>[]>> = {
  wsman: WSMAN,
  registry: REGISTRY,
  services: SERVICES,
  listeners: LISTENERS,
  updates: UPDATES,
  accounts: ACCOUNTS,
  groups: GROUPS,
  rights: RIGHTS,
  accountPolicy: ACCOUNT_POLICY,
  auditPolicy: AUDIT_POLICY,
  channels: CHANNELS,
  sessionConfigurations: SESSION_CONFIGURATIONS,
  rules: RULES,
  profiles: PROFILES,
  firewallLogs: FIREWALL_LOGS,
};

const byProfile = <T>(facts: readonly Fact<T>[]): Record<ProfileName, T> => valuesOf(facts);

export function freshHost(image = "windows-2022"): HostState {
  return {
    image,
    // What Windows gives itself while no DHCP server has answered.
    addresses: ["169.254.1.10"],
    entered: [],
    network: "Public",
    sessions: 0,
    wsman: valuesOf(WSMAN, wsmanKey),
    policyInForce: {},
    registry: valuesOf(REGISTRY, folded),
    localPolicy: {},
    localPolicyVersion: 0,
    gpos: [],
    boots: 1,
    starts: 1,
    written: {},
    accounts: listOf(ACCOUNTS),
    groups: listOf(GROUPS),
    unresolvable: [],
    rights: valuesOf(RIGHTS),
    accountPolicy: valuesOf(ACCOUNT_POLICY),
    auditPolicy: valuesOf(AUDIT_POLICY),
    channels: valuesOf(CHANNELS, folded),
    sessionConfigurations: listOf(SESSION_CONFIGURATIONS),
    tasks: {},
    updates: listOf(UPDATES)[0] ?? { build: "", installed: "" },
    listeners: listOf(LISTENERS),
    bindings: [],
    ipListen: [],
    relays: [],
    rules: listOf(RULES),
    profiles: byProfile(PROFILES),
    firewallLogs: byProfile(FIREWALL_LOGS),
    services: valuesOf(SERVICES),
    certificates: { my: [], intermediate: [], root: [] },
    folders: {},
    files: {},
    kept: { text: "", hash: "", given: {} },
    events: [],
    runs: 0,
    happened: 0,
    history: [],
  };
}
