import type { AuditPolicyResource } from "../../guest/kinds";

/** By GUID, because names are translated. Source: CIS Windows Server 2022 v4.0.0, section 17; GUIDs as Windows has them. */
const SUBCATEGORIES: readonly (readonly [byte: string, name: string, cis: string, what: "S" | "F" | "SF"])[] = [
  ["3F", "Credential Validation", "17.1.1", "SF"],
  ["39", "Application Group Management", "17.2.1", "SF"],
  ["37", "Security Group Management", "17.2.5", "S"],
  ["35", "User Account Management", "17.2.6", "SF"],
  ["48", "Plug and Play", "17.3.1", "S"],
  ["2B", "Process Creation", "17.3.2", "S"],
  ["17", "Account Lockout", "17.5.1", "F"],
  ["49", "Group Membership", "17.5.2", "S"],
  ["16", "Logoff", "17.5.3", "S"],
  ["15", "Logon", "17.5.4", "SF"],
  ["1C", "Other Logon/Logoff", "17.5.5", "SF"],
  ["1B", "Special Logon", "17.5.6", "S"],
  ["44", "Detailed File Share", "17.6.1", "F"],
  ["24", "File Share", "17.6.2", "SF"],
  ["27", "Other Object Access", "17.6.3", "SF"],
  ["45", "Removable Storage", "17.6.4", "SF"],
  ["2F", "Audit Policy Change", "17.7.1", "S"],
  ["30", "Authentication Policy Change", "17.7.2", "S"],
  ["31", "Authorization Policy Change", "17.7.3", "S"],
  ["32", "MPSSVC Rule-Level Policy Change", "17.7.4", "SF"],
  ["34", "Other Policy Change", "17.7.5", "F"],
  ["28", "Sensitive Privilege Use", "17.8.1", "SF"],
  ["13", "IPsec Driver", "17.9.1", "SF"],
  ["14", "Other System Events", "17.9.2", "SF"],
  ["10", "Security State Change", "17.9.3", "S"],
  ["11", "Security System Extension", "17.9.4", "S"],
  ["12", "System Integrity", "17.9.5", "SF"],
];

/** The GUID of a subcategory, by the byte in which they differ. */
export function guid(byte: string): string {
  return `{0CCE92${byte}-69AE-11D9-BED3-505054503030}`;
}

/** In English, for people; never for Windows. */
export const AUDIT_NAMES: ReadonlyMap<string, string> = new Map(SUBCATEGORIES.map(([byte, name]) => [guid(byte), name]));

export const AUDIT_CIS = SUBCATEGORIES.map(([, , id]) => id);

export const AUDIT_POLICIES: readonly AuditPolicyResource[] = SUBCATEGORIES.map(([byte, , , what]) => ({
  kind: "auditPolicy",
  subcategory: guid(byte),
  success: what.includes("S"),
  failure: what.includes("F"),
}));
