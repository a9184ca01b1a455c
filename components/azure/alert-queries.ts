import type { Alert } from "../fleet/alerts";
import { EVENT_LOG, EVENT_SOURCE } from "../guest/events";
import type { AzureFleetSettings } from "./naming";

/** A query as an alert needs it: what it looks at, and which of its columns tell one alert from another. */
export interface AlertQuery {
  readonly text: string;
  readonly dimensions: readonly string[];
}

const quoted = (text: string): string => `"${text.replace(/[\\"]/g, (character) => `\\${character}`)}"`;
const list = (values: readonly (string | number)[]): string => `(${values.map((value) => (typeof value === "number" ? value : quoted(value))).join(", ")})`;
const table = (columns: string, rows: readonly string[]): string => `datatable(${columns})[${rows.join(", ")}]`;
const lines = (...parts: readonly string[]): string => parts.join("\n");

const hostsOf = ({ azure }: AzureFleetSettings): string[] => Object.keys(azure.hosts).sort();

/**
 * Events of this fleet's machines, by their ids in Azure: a workspace may hold those of many, and two may have one name.
 * What Windows calls itself is no proof of where an event is from.
 */
function eventsOf(settings: AzureFleetSettings, wanted: string): string {
  const { azure, fleet } = settings;
  const machines = `/subscriptions/${azure.subscription}/resourcegroups/${azure.resourceGroup ?? fleet}/providers/microsoft.compute/virtualmachines/${fleet}-`.toLowerCase();
  return lines(
    "Event",
    `| where ${wanted}`,
    `| extend Host = extract(${quoted(`^${machines.replace(/[.()]/g, "\\$&")}([^/]+)$`)}, 1, tolower(_ResourceId))`,
    `| where Host in ${list(hostsOf(settings))}`,
  );
}

const own = (ids: readonly number[]): string => `EventLog == ${quoted(EVENT_LOG)} and Source == ${quoted(EVENT_SOURCE)} and EventID in ${list(ids)}`;

/** A value of an event's data, whatever is wrapped around it: the agent's wrapper is not documented. */
const said = (name: string): string => `extract(${quoted(`<Data Name=["']${name}["']>([^<]*)</Data>`)}, 1, EventData)`;

/**
 * Whose process it may be. A local account is known by the machine that it is of, one of a domain by its name alone:
 * the short name of its domain is not in the settings. In an endpoint a process runs as a virtual account that bears the
 * name of who connected; those of `jea`, which are approved, cannot be told by name, since they may be groups.
 * Names of virtual accounts have been read of, not seen.
 */
function allowed({ account, jea }: AzureFleetSettings): string {
  const name = (account.name.split("@")[0] ?? "").toLowerCase();
  const itself = account.name.includes("@") ? `User == ${quoted(name)}` : `(User == ${quoted(name)} and Domain == Host)`;
  const virtual = "Domain == \"winrm virtual users\"";
  if (jea.length > 0) return `${itself} or ${virtual}`;
  return account.escalation === "endpoint" ? `${itself} or (${virtual} and User endswith ${quoted(`_${name}`)})` : itself;
}

/** 4688 names who asked for the process, and, where that is somebody else, whose it becomes: a hyphen where it is not. */
const foreign = (settings: AzureFleetSettings, processes: readonly string[]): string =>
  lines(
    eventsOf(settings, `EventLog == "Security" and EventID == 4688`),
    `| extend Process = tolower(extract(${quoted("([^\\\\]+)$")}, 1, ${said("NewProcessName")}))`,
    `| where Process in ${list(processes.map((process) => process.toLowerCase()))}`,
    `| extend Target = ${said("TargetUserName")}`,
    `| extend Own = isempty(Target) or Target == "-"`,
    `| extend User = tolower(iff(Own, ${said("SubjectUserName")}, Target)), Domain = tolower(iff(Own, ${said("SubjectDomainName")}, ${said("TargetDomainName")}))`,
    `| where not(${allowed(settings)})`,
    "| project TimeGenerated, Host, User, Domain, Process",
  );

/** Azure's descriptions of the table differ in the words for a refusal; the count of refused flows is the same in all. */
function refused({ azure }: AzureFleetSettings, port: number): string {
  const addresses = hostsOfAddresses(azure.hosts).map(([address, host]) => `${quoted(address)}, ${quoted(host)}`);
  return lines(
    table("DestIp: string, Host: string", addresses),
    "| join kind=inner (",
    "    NTANetAnalytics",
    `    | where SubType == "FlowLog" and DestPort == ${port} and DeniedInFlows > 0`,
    "    | project TimeGenerated, DestIp, SrcIp, AclRule, DeniedInFlows",
    ") on DestIp",
    "| project TimeGenerated, Host, SrcIp, AclRule, DeniedInFlows",
  );
}

const hostsOfAddresses = (hosts: AzureFleetSettings["azure"]["hosts"]): [string, string][] =>
  Object.keys(hosts).sort().flatMap((host) => (hosts[host]?.addresses ?? []).map((address): [string, string] => [address, host]));

/** Exceptions that concern hosts of this section. */
const exceptionsOf = ({ azure, exceptions }: AzureFleetSettings) => exceptions.filter(({ hosts }) => hosts === undefined || hosts.some((host) => host in azure.hosts));

function exceptions(settings: AzureFleetSettings, days: number): string {
  const rows = exceptionsOf(settings).map(({ control, what, expires }) => `${quoted(control)}, ${quoted(what)}, datetime(${expires})`);
  return lines(table("Control: string, Exception: string, Expires: datetime", rows), `| where now() >= Expires - ${days}d`);
}

/** What an alert looks for; undefined where there is nothing to look at. */
export function alertQuery(settings: AzureFleetSettings, alert: Alert): AlertQuery | undefined {
  switch (alert.by) {
    case "event":
      return { text: lines(eventsOf(settings, own(alert.events)), "| project TimeGenerated, Host, EventID, RenderedDescription"), dimensions: ["Host"] };
    case "silence": {
      const known = table("Host: string", hostsOf(settings).map(quoted));
      return { text: lines(known, "| join kind=leftanti (", eventsOf(settings, own(alert.events)), ") on Host"), dimensions: ["Host"] };
    }
    case "refused":
      return { text: refused(settings, alert.port), dimensions: ["Host"] };
    case "logon":
      return { text: foreign(settings, alert.processes), dimensions: ["Host", "User"] };
    case "exception":
      return exceptionsOf(settings).length === 0 ? undefined : { text: exceptions(settings, alert.days), dimensions: ["Control", "Exception"] };
    default:
      return alert satisfies never;
  }
}
