import { EVENT_LOG, EVENT_SOURCE, EVENTS } from "../guest/events";

/** Ids of events: single ones, and the first and last of a range. */
type Ids = readonly (number | readonly [first: number, last: number])[];

/** What else an event must say, as a condition of the agent's XPath, with the number of comparisons in it. */
interface Saying {
  readonly condition: string;
  readonly comparisons: number;
}

interface Collected {
  readonly log: string;
  readonly source?: string;
  readonly ids: Ids;
  readonly saying?: Saying;
}

/** Processes that remoting starts for whoever connects: `winrm` by the shell, `psrp` by PowerShell's host, of either width. */
const HOSTS_OF_REMOTING = ["System32", "SysWOW64"].flatMap((folder) => ["wsmprovhost.exe", "winrshost.exe"].map((file) => `C:\\Windows\\${folder}\\${file}`));

/** Windows has no comparison by end of text in its XPath, so that whole paths stand here. */
function startedBy(name: "NewProcessName" | "ParentProcessName"): Saying {
  const comparisons = HOSTS_OF_REMOTING.map((path) => `Data[@Name='${name}']='${path}'`);
  return { condition: `EventData[${comparisons.join(" or ")}]`, comparisons: comparisons.length };
}

/**
 * What leaves the host. Of Security's process events only those of remoting and what it starts: all of them are a
 * flood that somebody pays for, and the host keeps them anyway.
 */
const COLLECTED: readonly Collected[] = [
  { log: EVENT_LOG, source: EVENT_SOURCE, ids: Object.values(EVENTS).map(({ id }) => id) },
  // Logons: over the network only.
  { log: "Security", ids: [4624], saying: { condition: "EventData[Data[@Name='LogonType']='3']", comparisons: 1 } },
  { log: "Security", ids: [4625, 4634, 4648, 4672, 4697, 4698, [4720, 4738], 4740, 4776, [4946, 4950], 1102] },
  { log: "Security", ids: [4688], saying: startedBy("NewProcessName") },
  { log: "Security", ids: [4688], saying: startedBy("ParentProcessName") },
  { log: "System", ids: [10148, 10149, 10128, 10129, 7036, 7040] },
  { log: "Microsoft-Windows-WinRM/Operational", ids: [91, 84, 85, 90, 132, 142, 145, [161, 164], 172, 173, 192, 193, [208, 215]] },
  { log: "Microsoft-Windows-WinRM/Operational", ids: [6, 8, 11, 15, 16, 33] },
  { log: "Microsoft-Windows-PowerShell/Operational", ids: [[4103, 4106], 53504] },
  { log: "Windows PowerShell", ids: [400, 403, 600] },
  { log: "Microsoft-Windows-CertificateServicesClient-Lifecycle-System/Operational", ids: [1001, 1007] },
];

/** So many comparisons one query may have. Source: Microsoft's description of the agent's event log source. */
export const MOST_COMPARISONS = 20;

const comparisonsOf = (ids: Ids): number => ids.reduce<number>((count, id) => count + (typeof id === "number" ? 1 : 2), 0);

function query({ log, source, ids, saying }: Collected): string {
  const all = comparisonsOf(ids) + (source === undefined ? 0 : 1) + (saying?.comparisons ?? 0);
  if (all > MOST_COMPARISONS) throw new Error(`${log}: ${all} comparisons in a query that may have ${MOST_COMPARISONS}`);
  const wanted = ids.map((id) => (typeof id === "number" ? `EventID=${id}` : `(EventID>=${id[0]} and EventID<=${id[1]})`)).join(" or ");
  const system = source === undefined ? `System[(${wanted})]` : `System[Provider[@Name='${source}'] and (${wanted})]`;
  return `${log}!*[${system}${saying === undefined ? "" : ` and ${saying.condition}`}]`;
}

/** XPath queries of the agent, `log!path`. */
export const eventQueries = (): string[] => COLLECTED.map(query);
