import { ACCOUNT_POLICY, ACCOUNTS, GROUPS, RIGHTS } from "./defaults-accounts";
import { firewallLogs, profiles, RULES } from "./defaults-firewall";
import { AUDIT_POLICY, CHANNELS } from "./defaults-logging";
import { SESSION_CONFIGURATIONS } from "./defaults-sessions";
import { WSMAN } from "./defaults-wsman";
import { folded, registryKey, wsmanKey, type HostState, type RegistryValue } from "./state";

/**
 * What Windows Server 2022 is like before anybody touched it, from published text and never from our own controls:
 * a mistake in a control must not be repeated by the model that tests it. Sources stand beside each row, here and in
 * the files beside this one; "unverified" where none was found.
 */

/** WindowsRemoteManagement.admx: no policy value exists until somebody sets one. The Lsa values: absent, Windows falls back to NTLMv2 answers. */
const REGISTRY: readonly (readonly [path: string, name: string, value: RegistryValue])[] = [
  // Security option "Minimum session security for NTLM SSP based servers": 128-bit encryption since Windows Server 2008 R2.
  ["SYSTEM\\CurrentControlSet\\Control\\Lsa\\MSV1_0", "NTLMMinServerSec", { type: "DWord", value: 0x20000000 }],
  ["SYSTEM\\CurrentControlSet\\Control\\Lsa\\MSV1_0", "NTLMMinClientSec", { type: "DWord", value: 0x20000000 }],
];

const SERVICES: HostState["services"] = {
  // MicrosoftDocs/PowerShell-Docs, about_Remote_Requirements: the service starts by itself on servers.
  winrm: { startup: "Automatic", state: "Running" },
  // ansible `plugins/become/runas.py` and its issues: Secondary Logon is there, and started on demand.
  seclogon: { startup: "Manual", state: "Stopped" },
  // unverified
  wuauserv: { startup: "Manual", state: "Stopped" },
};

/** The first build that was sold, and no update since: what an image is like that nobody looks after. Number and day: unverified. */
const UPDATES = { build: "20348.169", installed: "2021-08-18T00:00:00Z" };

export function freshHost(image = "windows-2022"): HostState {
  return {
    image,
    // What Windows gives itself while no DHCP server has answered.
    addresses: ["169.254.1.10"],
    entered: [],
    network: "Public",
    sessions: 0,
    wsman: Object.fromEntries(WSMAN.map(([path, value]) => [wsmanKey(path), value])),
    policyInForce: {},
    registry: Object.fromEntries(REGISTRY.map(([path, name, value]) => [registryKey(path, name), { ...value }])),
    localPolicy: {},
    localPolicyVersion: 0,
    gpos: [],
    boots: 1,
    starts: 1,
    written: {},
    accounts: structuredClone([...ACCOUNTS]),
    groups: structuredClone([...GROUPS]),
    unresolvable: [],
    rights: Object.fromEntries(Object.entries(RIGHTS).map(([right, sids]) => [right, [...sids]])),
    accountPolicy: { ...ACCOUNT_POLICY },
    auditPolicy: { ...AUDIT_POLICY },
    channels: Object.fromEntries(CHANNELS.map(([name, channel]) => [folded(name), { ...channel }])),
    sessionConfigurations: structuredClone([...SESSION_CONFIGURATIONS]),
    tasks: {},
    updates: { ...UPDATES },
    // MicrosoftDocs/PowerShell-Docs, about_Remote_Requirements: remoting is on since Server 2012, so an HTTP listener is there.
    listeners: [{ address: "*", transport: "HTTP", port: 5985, hostname: "", thumbprint: "", source: "" }],
    bindings: [],
    ipListen: [],
    relays: [],
    rules: structuredClone([...RULES]),
    profiles: profiles(),
    firewallLogs: firewallLogs(),
    services: structuredClone(SERVICES),
    certificates: { my: [], intermediate: [], root: [] },
    folders: {},
    files: {},
    runs: 0,
    happened: 0,
    history: [],
  };
}
