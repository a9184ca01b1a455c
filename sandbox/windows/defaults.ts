import { registryKey, wsmanKey, type FirewallRule, type HostState, type RegistryValue } from "./state";

/**
 * What Windows Server 2022 is like before anybody touched it, from published text and never from our own controls:
 * a mistake in a control must not be repeated by the model that tests it. Sources stand beside each row.
 */

/** MicrosoftDocs/win32, "Installation and configuration for Windows Remote Management", default settings of service and client. */
const WSMAN: readonly (readonly [path: string, value: string])[] = [
  ["MaxEnvelopeSizekb", "500"], // documented 150; 500 in dumps of current builds
  ["Service/AllowUnencrypted", "false"],
  ["Service/Auth/Basic", "false"],
  ["Service/Auth/Kerberos", "true"],
  ["Service/Auth/Negotiate", "true"],
  ["Service/Auth/Certificate", "false"],
  ["Service/Auth/CredSSP", "false"],
  ["Service/Auth/CbtHardeningLevel", "Relaxed"],
  ["Service/EnableCompatibilityHttpListener", "false"],
  ["Service/EnableCompatibilityHttpsListener", "false"],
  ["Service/IPv4Filter", "*"],
  ["Service/IPv6Filter", "*"],
  ["Service/MaxConcurrentOperationsPerUser", "1500"],
  ["Service/MaxConnections", "300"],
  ["Service/EnumerationTimeoutms", "240000"], // documented 60000; 240000 in dumps of current builds
  ["Service/MaxPacketRetrievalTimeSeconds", "120"],
  ["Service/RootSDDL", "O:NSG:BAD:P(A;;GA;;;BA)(A;;GR;;;IU)S:P(AU;FA;GA;;;WD)(AU;SA;GXGW;;;WD)"],
  ["Shell/AllowRemoteShellAccess", "true"],
  ["Shell/IdleTimeout", "7200000"],
  ["Shell/MaxConcurrentUsers", "10"],
  ["Shell/MaxProcessesPerShell", "25"],
  ["Shell/MaxMemoryPerShellMB", "1024"],
  ["Shell/MaxShellsPerUser", "30"],
  ["Client/AllowUnencrypted", "false"],
  ["Client/Auth/Basic", "true"],
  ["Client/Auth/Digest", "true"],
  ["Client/Auth/Kerberos", "true"],
  ["Client/Auth/Negotiate", "true"],
  ["Client/Auth/Certificate", "true"],
  ["Client/Auth/CredSSP", "false"],
  ["Client/TrustedHosts", ""],
];

/** WindowsRemoteManagement.admx: no policy value exists until somebody sets one. The Lsa values: absent, Windows falls back to NTLMv2 answers. */
const REGISTRY: readonly (readonly [path: string, name: string, value: RegistryValue])[] = [
  // Security option "Minimum session security for NTLM SSP based servers": 128-bit encryption since Windows Server 2008 R2.
  ["SYSTEM\\CurrentControlSet\\Control\\Lsa\\MSV1_0", "NTLMMinServerSec", { type: "DWord", value: 0x20000000 }],
  ["SYSTEM\\CurrentControlSet\\Control\\Lsa\\MSV1_0", "NTLMMinClientSec", { type: "DWord", value: 0x20000000 }],
];

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
const RULES: readonly FirewallRule[] = [
  builtin("WINRM-HTTP-In-TCP", 5985, true, { profiles: ["Domain", "Private"] }),
  builtin("WINRM-HTTP-In-TCP-PUBLIC", 5985, true, { profiles: ["Public"], remote: "LocalSubnet" }),
  builtin("WINRM-HTTP-Compat-In-TCP", 80, false, {}),
];

/** The built-in application id of WinRM's http.sys bindings (output of `netsh http show sslcert` in public issues). */
export const WINRM_APP_ID = "{afebb9ad-9b97-4a91-9ab5-daf4d59122f6}";

/** ADMX: below these two keys lie all policies of WinRM and of its shell. */
export const WINRM_POLICY = "software\\policies\\microsoft\\windows\\winrm\\";

const SERVICE = "SOFTWARE\\Policies\\Microsoft\\Windows\\WinRM\\Service";
const CLIENT = "SOFTWARE\\Policies\\Microsoft\\Windows\\WinRM\\Client";

/** WindowsRemoteManagement.admx: which policy value holds which setting. Text values are taken as they are. */
export const POLICY_OF: ReadonlyMap<string, string> = new Map(
  (
    [
      ["Service/Auth/Basic", SERVICE, "AllowBasic"],
      ["Service/Auth/Kerberos", SERVICE, "AllowKerberos"],
      ["Service/Auth/Negotiate", SERVICE, "AllowNegotiate"],
      ["Service/Auth/CredSSP", SERVICE, "AllowCredSSP"],
      ["Service/AllowUnencrypted", SERVICE, "AllowUnencryptedTraffic"],
      ["Service/Auth/CbtHardeningLevel", SERVICE, "CbtHardeningLevel"],
      ["Service/EnableCompatibilityHttpListener", SERVICE, "HttpCompatibilityListener"],
      ["Service/EnableCompatibilityHttpsListener", SERVICE, "HttpsCompatibilityListener"],
      ["Service/IPv4Filter", SERVICE, "IPv4Filter"],
      ["Service/IPv6Filter", SERVICE, "IPv6Filter"],
      ["Shell/AllowRemoteShellAccess", `${SERVICE}\\WinRS`, "AllowRemoteShellAccess"],
      ["Client/Auth/Basic", CLIENT, "AllowBasic"],
      ["Client/Auth/Digest", CLIENT, "AllowDigest"],
      ["Client/Auth/Kerberos", CLIENT, "AllowKerberos"],
      ["Client/Auth/Negotiate", CLIENT, "AllowNegotiate"],
      ["Client/Auth/CredSSP", CLIENT, "AllowCredSSP"],
      ["Client/AllowUnencrypted", CLIENT, "AllowUnencryptedTraffic"],
    ] as const
  ).map(([path, key, name]) => [wsmanKey(path), registryKey(key, name)]),
);

export const AUTO_CONFIG = registryKey(SERVICE, "AllowAutoConfig");

/** The vendor's value of a setting, if it has one. */
export const vendorWsman = (path: string): string | undefined => WSMAN.find(([known]) => wsmanKey(known) === wsmanKey(path))?.[1];

export function freshHost(image = "windows-2022"): HostState {
  return {
    image,
    // What Windows gives itself while no DHCP server has answered.
    addresses: ["169.254.1.10"],
    network: "Public",
    sessions: 0,
    wsman: Object.fromEntries(WSMAN.map(([path, value]) => [wsmanKey(path), value])),
    policyInForce: {},
    registry: Object.fromEntries(REGISTRY.map(([path, name, value]) => [registryKey(path, name), { ...value }])),
    // MicrosoftDocs/PowerShell-Docs, about_Remote_Requirements: remoting is on since Server 2012, so an HTTP listener is there.
    listeners: [{ address: "*", transport: "HTTP", port: 5985, hostname: "", thumbprint: "", source: "" }],
    bindings: [],
    ipListen: [],
    relays: [],
    rules: structuredClone([...RULES]),
    // Output of Get-NetFirewallProfile on untouched servers: on, inbound not configured (which acts as Block).
    profiles: {
      Domain: { enabled: true, inbound: "NotConfigured" },
      Private: { enabled: true, inbound: "NotConfigured" },
      Public: { enabled: true, inbound: "NotConfigured" },
    },
    services: {
      // about_Remote_Requirements again: the service starts by itself on servers.
      winrm: { startup: "Automatic", state: "Running" },
      // ansible `plugins/become/runas.py` and its issues: Secondary Logon is there, and started on demand.
      seclogon: { startup: "Manual", state: "Stopped" },
    },
    certificates: { my: [], intermediate: [], root: [] },
    folders: {},
    files: {},
    runs: 0,
    happened: 0,
    history: [],
  };
}
