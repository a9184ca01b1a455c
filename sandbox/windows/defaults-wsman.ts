import { from, UNVERIFIED, type Fact } from "./facts";
import { registryKey, wsmanKey } from "./state";

/** What WinRM is like before anybody touched it, and which of its settings a policy can hold. */

const WIN32 = "MicrosoftDocs/win32, WinRM/installation-and-configuration-for-windows-remote-management.md";

export const WSMAN: readonly Fact<string>[] = [
  ...from(WIN32, {
    "Service/AllowUnencrypted": "false",
    "Service/Auth/Basic": "false",
    "Service/Auth/Kerberos": "true",
    "Service/Auth/Negotiate": "true",
    "Service/Auth/Certificate": "false",
    "Service/Auth/CredSSP": "false",
    "Service/Auth/CbtHardeningLevel": "Relaxed",
    "Service/EnableCompatibilityHttpListener": "false",
    "Service/EnableCompatibilityHttpsListener": "false",
    "Service/IPv4Filter": "*",
    "Service/IPv6Filter": "*",
    "Service/MaxConcurrentOperationsPerUser": "1500",
    "Service/MaxConnections": "300",
    "Service/MaxPacketRetrievalTimeSeconds": "120",
    "Service/RootSDDL": "O:NSG:BAD:P(A;;GA;;;BA)(A;;GR;;;IU)S:P(AU;FA;GA;;;WD)(AU;SA;GXGW;;;WD)",
    "Shell/AllowRemoteShellAccess": "true",
    "Shell/IdleTimeout": "7200000",
    "Shell/MaxConcurrentUsers": "10",
    "Shell/MaxProcessesPerShell": "25",
    "Shell/MaxMemoryPerShellMB": "1024",
    "Shell/MaxShellsPerUser": "30",
    "Client/AllowUnencrypted": "false",
    "Client/Auth/Basic": "true",
    "Client/Auth/Digest": "true",
    "Client/TrustedHosts": "",
  }),
  // Documented as 150 and 60000.
  ...from("dumps of current builds", { MaxEnvelopeSizekb: "500", "Service/EnumerationTimeoutms": "240000" }),
  ...from(UNVERIFIED, { "Client/Auth/Kerberos": "true", "Client/Auth/Negotiate": "true", "Client/Auth/Certificate": "true", "Client/Auth/CredSSP": "false" }),
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
export const vendorWsman = (path: string): string | undefined => WSMAN.find(({ about }) => wsmanKey(about) === wsmanKey(path))?.value;
