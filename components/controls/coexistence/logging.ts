import { LSA } from "../kerberos-or-ntlm";
import { AUDIT_NAMES, guid } from "../tables/audit-subcategories";
import type { StigRule } from "../tables/stig-rules";
import { SYSTEM_POLICIES } from "../tables/winrm-policies";
import { atLeast, cis, disa, eq, type Demand, type Item, type Release, type Wants } from "./item";

/** What is audited, and how much room the logs have. */

type Audited = "S" | "F" | "SF";
const audits = (what: Audited): Wants => ({ of: "audit", success: what.includes("S"), failure: what.includes("F") });

interface Asked {
  readonly what: Audited;
  readonly rules: readonly [StigRule, ...StigRule[]];
  readonly releases?: readonly Release[];
}
const asks = (what: Audited, ...rules: Asked["rules"]): Asked => ({ what, rules });

/** What CIS asks, by the byte of the subcategory's GUID: section 17, for a member server. */
const BY_CIS: readonly (readonly [byte: string, id: string, what: Audited])[] = [
  ["3F", "17.1.1", "SF"],
  ["39", "17.2.1", "SF"],
  ["37", "17.2.5", "S"],
  ["35", "17.2.6", "SF"],
  ["48", "17.3.1", "S"],
  ["2B", "17.3.2", "S"],
  ["17", "17.5.1", "F"],
  ["49", "17.5.2", "S"],
  ["16", "17.5.3", "S"],
  ["15", "17.5.4", "SF"],
  ["1C", "17.5.5", "SF"],
  ["1B", "17.5.6", "S"],
  ["44", "17.6.1", "F"],
  ["24", "17.6.2", "SF"],
  ["27", "17.6.3", "SF"],
  ["45", "17.6.4", "SF"],
  ["2F", "17.7.1", "S"],
  ["30", "17.7.2", "S"],
  ["31", "17.7.3", "S"],
  ["32", "17.7.4", "SF"],
  ["34", "17.7.5", "F"],
  ["28", "17.8.1", "SF"],
  ["13", "17.9.1", "SF"],
  ["14", "17.9.2", "SF"],
  ["10", "17.9.3", "S"],
  ["11", "17.9.4", "S"],
  ["12", "17.9.5", "SF"],
];

/** The same of DISA; success and failure are rules of their own. */
const BY_DISA: Readonly<Record<string, readonly Asked[]>> = {
  "3F": [asks("SF", "AU-000070", "AU-000080")],
  "37": [asks("S", "AU-000100")],
  "35": [asks("SF", "AU-000110", "AU-000120")],
  "48": [asks("S", "AU-000130")],
  "2B": [asks("S", "AU-000140")],
  // Up to 2022 there is no rule for success.
  "17": [{ ...asks("F", "AU-000160"), releases: ["2019", "2022"] }, { ...asks("SF", "AU-000150", "AU-000160"), releases: ["2025"] }],
  "49": [asks("S", "AU-000170")],
  "16": [asks("S", "AU-000180")],
  "15": [asks("SF", "AU-000190", "AU-000200")],
  "1B": [asks("S", "AU-000210")],
  "27": [asks("SF", "AU-000220", "AU-000230")],
  "45": [asks("SF", "AU-000240", "AU-000250")],
  "2F": [asks("SF", "AU-000260", "AU-000270")],
  "30": [asks("S", "AU-000280")],
  "31": [asks("S", "AU-000290"), asks("S", "AU-000281")],
  "28": [asks("SF", "AU-000300", "AU-000310"), asks("SF", "AU-000587", "AU-000588")],
  "13": [asks("SF", "AU-000320", "AU-000330")],
  "14": [asks("SF", "AU-000340", "AU-000350")],
  "10": [asks("S", "AU-000360")],
  "11": [asks("S", "AU-000370")],
  "12": [asks("SF", "AU-000380", "AU-000390")],
};

/** Subcategories that this project leaves alone: they need entries of their own on each object, or are of accounts elsewhere. */
const LEFT: readonly (readonly [byte: string, name: string, asked: Asked])[] = [
  ["3A", "Other Account Management Events", asks("S", "AU-000090")],
  ["1D", "File System", asks("SF", "AU-000581", "AU-000582")],
  ["23", "Handle Manipulation", asks("SF", "AU-000583", "AU-000584")],
  ["1E", "Registry", asks("SF", "AU-000585", "AU-000586")],
];

const ofDisa = ({ what, rules, releases }: Asked): Demand => disa(rules, audits(what), releases);

const auditKey = (byte: string): string => `auditPolicy ${guid(byte)}`;
const named = (byte: string): string => `The subcategory is ${AUDIT_NAMES.get(guid(byte)) ?? byte}`;

const AUDIT_ITEMS: readonly Item[] = [
  ...BY_CIS.map(([byte, id, what]): Item => ({ key: auditKey(byte), demands: [cis(id, audits(what)), ...(BY_DISA[byte] ?? []).map(ofDisa)], note: named(byte) })),
  ...LEFT.map(([byte, name, asked]): Item => ({ key: auditKey(byte), demands: [ofDisa(asked)], note: `The subcategory is ${name}` })),
];

const EVENT_LOG = "SOFTWARE\\Policies\\Microsoft\\Windows\\EventLog";

/** CIS numbers each log's retention and size. */
const LOGS: readonly (readonly [log: string, section: string, kilobytes: number, ofDisa: readonly Demand[], note?: string])[] = [
  ["Application", "18.10.26.1", 32_768, [disa("CC-000270", atLeast(32_768))]],
  [
    "Security",
    "18.10.26.2",
    196_608,
    [disa("CC-000280", atLeast(5_120_000), ["2019", "2022"]), disa("CC-000280", atLeast(196_608), ["2025"])],
    "Up to Windows Server 2022 DISA asks for a week of events, and names 5120000 as an example; not where events go straight to an audit server",
  ],
  ["Setup", "18.10.26.3", 32_768, []],
  ["System", "18.10.26.4", 32_768, [disa("CC-000290", atLeast(32_768))]],
];

export const LOGGING_ITEMS: readonly Item[] = [
  { key: `registry ${LSA}\\SCENoApplyLegacyAuditPolicy`, demands: [cis("2.3.2.1", eq(1)), disa("SO-000050", eq(1))] },
  { key: `policy ${SYSTEM_POLICIES}\\Audit\\ProcessCreationIncludeCmdLine_Enabled`, demands: [cis("18.9.3.1", eq(1)), disa("CC-000090", eq(1))], note: "Command lines are in event 4688: tasks must have no secret in one" },
  ...AUDIT_ITEMS,
  ...LOGS.flatMap(([log, section, kilobytes, disas, note]): Item[] => [
    { key: `policy ${EVENT_LOG}\\${log}\\Retention`, demands: [cis(`${section}.1`, eq("0"))] },
    { key: `policy ${EVENT_LOG}\\${log}\\MaxSize`, demands: [cis(`${section}.2`, atLeast(kilobytes)), ...disas], ...(note === undefined ? {} : { note }) },
  ]),
];
