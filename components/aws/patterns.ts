import { EVENT_SOURCE } from "../guest/events";
import type { Settings } from "../settings/settings";
import { FLOW_FIELDS } from "./flow-logs";

/**
 * Filter patterns of CloudWatch Logs, of which a pattern may have 1,024 characters: `"term" -"term"` for text that has the
 * first and not the second, `[a, b = 1, ...]` for fields between spaces or in brackets, `{ $.a = "b" }` for JSON. Terms and
 * values are case-sensitive; regular expressions stand alone or inside the other two, without ' < and >, so that none is used.
 */

/** How the agent writes an event as text: `[Application] [INFORMATION] [100] [secure-winrm] [WEB-1] [message]`. */
const REPORT_FIELDS = { channel: "NOTSPACE", level: "WORD", id: "INT", source: "NOTSPACE", computer: "NOTSPACE" } as const;

/** Grok, which takes the same line apart. Of NOTSPACE it takes five at most, and of DATA, GREEDYDATA and their like five together. */
export const REPORT_GROK = `${Object.entries(REPORT_FIELDS).map(([field, pattern]) => `\\[%{${pattern}:${field}}\\]`).join(" ")} %{GREEDYDATA:message}`;

/** A report of the keeper with one of these ids. */
export const reported = (ids: readonly number[]): string =>
  `[channel, level, ${ids.map((id) => `id = ${id}`).join(" || ")}, source = "${EVENT_SOURCE}", computer, ...]`;

/** The same of a line that was taken apart. */
export const reportedJson = (ids: readonly number[]): string => `{ $.source = "${EVENT_SOURCE}" && (${ids.map((id) => `$.id = "${id}"`).join(" || ")}) }`;

const NAMES: Readonly<Record<(typeof FLOW_FIELDS)[number], string>> = {
  version: "version",
  "account-id": "account",
  "interface-id": "interface",
  srcaddr: "source",
  dstaddr: "destination",
  srcport: "sourceport",
  dstport: "port",
  protocol: "protocol",
  packets: "packets",
  bytes: "bytes",
  start: "start",
  end: "end",
  action: "action",
  "log-status": "status",
};

/** Protocol number of TCP. */
const TCP = 6;

/** A connection that a security group or a network ACL refused. */
export function refused(port: number): string {
  const wanted: Readonly<Record<string, string>> = { dstport: ` = ${port}`, protocol: ` = ${TCP}`, action: " = REJECT" };
  return `[${FLOW_FIELDS.map((field) => `${NAMES[field]}${wanted[field] ?? ""}`).join(", ")}]`;
}

/**
 * A process that remoting has started and that runs as somebody else than the account. The terms are neighbours in the
 * event's XML, so that a process whose parent is of that name does not count: what Ansible starts by runas runs as somebody
 * else by design. Windows writes a name as its directory has it; the stack's own spelling, lower and upper case are known.
 */
export function foreignLogon(process: string, { account, jea }: Pick<Settings, "account" | "jea">): string {
  const [name = ""] = account.name.split("@");
  const own = [...new Set([name, name.toLowerCase(), name.toUpperCase()])];
  const virtual = "</Data><Data Name='TargetDomainName'>WinRM Virtual Users</Data>";
  const excluded = [
    ...own.map((spelling) => `<Data Name='TargetUserName'>${spelling}</Data>`),
    // A virtual account bears the name of whom it stands for: WinRM VA_1_CORP_svc-ansible.
    ...(account.escalation === "endpoint" && jea.length === 0 ? own.map((spelling) => `_${spelling}${virtual}`) : []),
    // Groups may use a JEA endpoint, and a pattern knows no group: whoever gets a virtual account has passed an endpoint that was approved.
    ...(jea.length > 0 ? [virtual] : []),
  ];
  return [`"<EventID>4688</EventID>"`, `"${process}</Data><Data Name='TokenElevationType'>"`, ...excluded.map((term) => `-"${term}"`)].join(" ");
}
