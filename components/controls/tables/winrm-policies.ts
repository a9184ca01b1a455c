import type { PolicyResource } from "../../guest/kinds";

/** Where Windows keeps policies. Source: WindowsRemoteManagement.admx and the policy reference of WinRM. */
export const WINRM = "SOFTWARE\\Policies\\Microsoft\\Windows\\WinRM";
/** Outside of SOFTWARE\Policies, and a policy tree all the same. */
export const SYSTEM_POLICIES = "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System";

const SERVICE = `${WINRM}\\Service`;
const CLIENT = `${WINRM}\\Client`;

export const policy = (path: string, name: string, value: number | string, op: "eq" | "ge" = "eq"): PolicyResource => ({ kind: "policy", path, name, type: typeof value === "number" ? "DWord" : "String", op, value });

export const noPolicy = (path: string, name: string, type: "DWord" | "String"): PolicyResource => ({ kind: "policy", path, name, type, op: "absent" });

/**
 * How clients may prove who they are. The policies are phrased both ways ("Allow" and "Disallow"): what stands here is the
 * value's meaning, 0 for not allowed.
 */
export const AUTHENTICATION: readonly PolicyResource[] = [
  policy(SERVICE, "AllowBasic", 0),
  policy(SERVICE, "AllowUnencryptedTraffic", 0),
  policy(SERVICE, "AllowCredSSP", 0),
  policy(SERVICE, "AllowKerberos", 1),
  policy(SERVICE, "AllowNegotiate", 1),
  policy(SERVICE, "CBTHardeningLevelStatus", 1),
  policy(SERVICE, "CbtHardeningLevel", "Strict"),
  policy(CLIENT, "AllowBasic", 0),
  policy(CLIENT, "AllowUnencryptedTraffic", 0),
  policy(CLIENT, "AllowDigest", 0),
  policy(CLIENT, "AllowCredSSP", 0),
];

/** Compatibility listeners on 80 and 443. */
export const COMPATIBILITY: readonly PolicyResource[] = [policy(SERVICE, "HttpCompatibilityListener", 0), policy(SERVICE, "HttpsCompatibilityListener", 0)];

/**
 * What must not be set: AllowAutoConfig=1 makes an HTTP listener that nobody can remove, and 0 answers nobody (CIS asks for it
 * at level 2; what it does to a listener made by hand is unverified). The filters would narrow where WinRM listens.
 */
export const UNSET: readonly PolicyResource[] = [noPolicy(SERVICE, "AllowAutoConfig", "DWord"), noPolicy(SERVICE, "IPv4Filter", "String"), noPolicy(SERVICE, "IPv6Filter", "String")];

/** 0 would shut out both of Ansible's plugins: psrp's endpoint is a shell too. */
export const SHELLS: readonly PolicyResource[] = [policy(`${SERVICE}\\WinRS`, "AllowRemoteShellAccess", 1)];

/** No stored RunAs credentials in plug-ins. What it does to virtual accounts is unverified. */
export const NO_RUN_AS: PolicyResource = policy(SERVICE, "DisableRunAs", 1);
