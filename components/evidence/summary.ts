import { daysLeft } from "../settings/exceptions";
import { blocks, table } from "./layout";
import type { FleetState, HostState, StackState } from "./state";

export interface ControlRow {
  readonly id: string;
  readonly title: string;
  readonly enforced: boolean;
}

type Cell = "pass" | "exception" | "fail" | "unknown";
type Exception = FleetState["exceptions"][number];

export interface SummaryInput {
  readonly state: StackState;
  readonly catalogue: readonly ControlRow[];
  /** YYYY-MM-DD, UTC. */
  readonly today: string;
  /** The stack's name where a command must be told it; without, commands ask the sandbox, whose hosts may bear the same names. */
  readonly stack?: string | undefined;
}

const WARN_DAYS = 14;

/** What a deployment says at its end: hosts, doors, every control's verdict, exceptions. Pure text, no colours. */
export function summaryText({ state, catalogue, today, stack }: SummaryInput): string {
  const option = stack === undefined ? "" : ` --stack ${stack}`;
  const parts = state.fleets.map((fleet) => fleetText(fleet, catalogue, today, option));
  if (state.interrupted.length > 0) {
    parts.push(`An interrupted run was at work on ${state.interrupted.join(", ")}: what became of it is not known. npm run recover${option === "" ? "" : ` --${option}`} looks for it in the cloud.`);
  }
  return `${parts.join("\n\n")}\n`;
}

function fleetText(fleet: FleetState, catalogue: readonly ControlRow[], today: string, option: string): string {
  const { cloud, name, region, hosts } = fleet;
  const open = hosts.filter(({ door }) => door === "open").length;
  const place = region === undefined ? cloud : `${cloud}, ${region}`;
  const head = `${name} (${place}): ${plural(hosts.length, "host")}, ${plural(open, "door")} open`;
  return [head, hostsText(hosts, today, option), controlsText(fleet, catalogue, today), countsText(fleet, catalogue, today), exceptionsText(fleet, today), standingText(fleet)]
    .filter((part) => part !== "")
    .join("\n\n");
}

const DOORS: Record<HostState["door"], string> = { open: "open", shut: "shut", uncertain: "UNCERTAIN" };

function hostsText(hosts: readonly HostState[], today: string, option: string): string {
  if (hosts.length === 0) return "";
  const rows = hosts.map(({ name, address, dnsName, ring, door }) => [name, address ?? "?", dnsName ?? "?", ring === undefined ? "?" : String(ring), DOORS[door]]);
  const notes = hosts.flatMap((host) => noteOf(host, today, option));
  return [table([["host", "address", "DNS name", "ring", "door"], ...rows]), ...notes].join("\n");
}

function noteOf(host: HostState, today: string, option: string): string[] {
  const { name, door, audit } = host;
  const until = newest(host)?.pausedUntil;
  return [
    ...(door === "uncertain" ? [`${name}: there may be a rule that lets nodes in, and no proof that vouches for it; it is not in the inventory. Run up again.`] : []),
    ...(audit === "lost" ? [`${name}: its last audit did not pass; what an earlier one has seen no longer counts. npm run cli -- verdict ${name}${option} says why, and whether it is in quarantine.`] : []),
    ...(until !== undefined && until.slice(0, 10) >= today ? [`${name}: quarantine is paused until ${until}, as its last audit says.`] : []),
  ];
}

/** Hosts that say the same share a column, so that a thousand of them are readable. */
function controlsText(fleet: FleetState, catalogue: readonly ControlRow[], today: string): string {
  const columns = new Map<string, { names: string[]; cells: string[] }>();
  for (const host of fleet.hosts) {
    const cells = catalogue.map((control) => cellText(fleet, host, control, today));
    const key = fleet.hosts.length <= OWN_COLUMN ? host.name : cells.join();
    const column = columns.get(key) ?? { names: [], cells };
    column.names.push(host.name);
    columns.set(key, column);
  }
  if (columns.size === 0) return "";
  const all = [...columns.values()];
  return blocks(all, OWN_COLUMN)
    .map((block) => {
      const head = ["control", ...block.map((column) => headText(column.names, all.indexOf(column)))];
      const legend = block.filter(({ names }) => names.length > 1).map((column) => `${headText(column.names, all.indexOf(column))}: ${column.names.join(", ")}`);
      return [table([head, ...catalogue.map(({ id }, row) => [id, ...block.map(({ cells }) => cells[row] ?? "unknown")])]), ...legend].join("\n");
    })
    .join("\n\n");
}

const OWN_COLUMN = 6;
const headText = (names: readonly string[], index: number): string => (names.length === 1 ? (names[0] ?? "") : `group ${index + 1} (${names.length} hosts)`);

function cellText(fleet: FleetState, host: HostState, control: ControlRow, today: string): string {
  if (!control.enforced) return "not enforced yet";
  const cell = cellOf(fleet, host, control.id, today);
  return isSimulated(host) && cell !== "unknown" ? `${cell} (simulated)` : cell;
}

/** The newest verdict that still stands. An exception never makes a pass of anything, and once it has ended it is a failure. */
function cellOf({ exceptions, standing }: FleetState, host: HostState, id: string, today: string): Cell {
  const own = exceptions.filter((exception) => exception.control === id && (exception.hosts?.includes(host.name) ?? true));
  const result = newest(host);
  if (result === undefined) return "unknown";
  if (own.some((exception) => !(daysLeft(exception, today) >= 0))) return "fail";
  const seen = seenOf(result, id);
  if (seen === undefined) return "unknown";
  // Reported, and waited for by no door.
  if (seen === "fail" || seen === "unknown") return seen;
  if (own.length > 0 || standing.some(({ control }) => control === id)) return "exception";
  // Passed as an exception that is no longer one of the stack's: nobody has looked since.
  return seen === "exception" ? "unknown" : "pass";
}

function seenOf({ controls, reported = {} }: NonNullable<HostState["proof"]>, id: string): Cell | undefined {
  if (Object.hasOwn(controls, id)) return controls[id];
  return Object.hasOwn(reported, id) ? reported[id] : undefined;
}

function newest({ proof, audit }: HostState): HostState["proof"] {
  if (proof === undefined || audit === "lost") return undefined;
  // An audit of another machine, or of another gate's host, is older than the gate.
  return audit !== undefined && audit.instance === proof.instance && audit.gate === proof.gate ? audit : proof;
}

const isSimulated = (host: HostState): boolean => newest(host)?.simulated === true;

function countsText(fleet: FleetState, catalogue: readonly ControlRow[], today: string): string {
  const enforced = catalogue.filter((control) => control.enforced);
  const counts: Record<Cell, number> = { pass: 0, exception: 0, fail: 0, unknown: 0 };
  let simulated = 0;
  for (const host of fleet.hosts) {
    for (const { id } of enforced) {
      const cell = cellOf(fleet, host, id, today);
      counts[cell]++;
      if (isSimulated(host) && cell !== "unknown") simulated++;
    }
  }
  const { pass, exception, fail, unknown } = counts;
  const verdicts = `verdicts: ${pass} pass, ${exception} exception, ${fail} fail, ${unknown} unknown; ${simulated} of them simulated.`;
  return `${verdicts} ${enforced.length} of ${plural(catalogue.length, "control")} enforced.`;
}

function exceptionsText({ exceptions }: FleetState, today: string): string {
  if (exceptions.length === 0) return "";
  const lines = exceptions.map((exception) => {
    const where = exception.hosts === undefined ? "all hosts" : exception.hosts.join(", ");
    return [
      `  ${exception.control}: ${exception.what} (${where})`,
      `    reason: ${exception.reason}`,
      `    approved by ${exception.approvedBy}, until ${exception.expires}${endText(exception, today)}`,
    ].join("\n");
  });
  return ["exceptions", ...lines].join("\n");
}

function standingText({ standing }: FleetState): string {
  if (standing.length === 0) return "";
  return ["standing exceptions: what no setting can meet so far", ...standing.map(({ control, what, reason }) => `  ${control}: ${what}\n    reason: ${reason}`)].join("\n");
}

function endText(exception: Exception, today: string): string {
  const days = daysLeft(exception, today);
  if (!(days >= 0)) return "  ENDED: it counts as a failure";
  if (days > WARN_DAYS) return "";
  return days === 0 ? "  ENDS TODAY" : `  ends in ${plural(days, "day")}`;
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;
