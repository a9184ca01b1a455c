import { printable } from "../../components/evidence/judge";
import { logicalName } from "./checkpoint";
import { doorTexts } from "./doors";
import type { Candidate } from "./find";
import type { Plan } from "./plan";
import type { Unread } from "./take";

const MOST = 20;

function list(heading: string, items: readonly string[]): string[] {
  if (items.length === 0) return [];
  const more = items.length > MOST ? [`    and ${items.length - MOST} more`] : [];
  return [`  ${heading}`, ...items.slice(0, MOST).map((item) => `    ${printable(item)}`), ...more];
}

const endOf = (obstacle: string): string[] => obstacle.split("\n").slice(-8).map((line) => `    ${printable(line)}`);

const named = ({ type, urn, id }: Candidate): string => `${type.split(":").at(-1) ?? type} ${logicalName(urn)}: ${id}`;

/** What `recover` has seen, and what it will do. */
export function planText(stack: string, { checkpoint, gone, locks, doors, found, obstacle }: Plan): string {
  const wanted = found.candidates.filter((candidate) => candidate.wanted !== undefined);
  const lines = [
    ...list("lock, to be cancelled:", locks?.map(({ text }) => text) ?? ["whether there is one only the backend knows"]),
    ...list("cut off, to be cleared:", checkpoint.pending.map(({ operation, resource }) => `${operation} ${logicalName(resource.urn)}`)),
    ...list("taken in by a recovery that did not come to its end, to be looked for:", checkpoint.bare().map(logicalName)),
    ...list("in the state and not in its cloud; taken out of the state:", gone.map(logicalName)),
    ...list("proven without a door; to be proven anew before one opens:", checkpoint.doorless().map((urn) => logicalName(urn).replace(/-gate$/, ""))),
    ...list("let somebody to 5986 without the state's knowledge, to be removed first:", doorTexts(doors)),
    ...list("wanted and not in the state; taken into it where it is in the cloud:", wanted.map(named)),
    ...list("of this fleet, not in the state, and no longer wanted; taken into the state, so that the next up deletes it:", found.candidates.filter((candidate) => candidate.wanted === undefined).map(named)),
    ...list("of this fleet and not in the state; left alone, look at it yourself:", found.strange),
  ];
  const warning = obstacle === undefined ? [] : ["  not all could be seen, so nothing is taken for what is no longer wanted:", ...endOf(obstacle)];
  return [`stack ${stack}:`, ...(lines.length === 0 ? ["  nothing is cut off, and nothing is unknown to the state"] : lines), ...warning].join("\n");
}

export interface Outcome {
  readonly unread: readonly Unread[];
  /** Why not all could be seen. */
  readonly obstacle?: string | undefined;
  readonly closed: number;
  readonly taken: readonly Candidate[];
  readonly foreign: readonly Candidate[];
}

export function outcomeText({ closed, taken, foreign, unread, obstacle }: Outcome): string {
  return [
    `recovered: ${closed} unknown ${closed === 1 ? "door" : "doors"} removed, ${taken.length} found and taken into the state`,
    ...list("taken:", taken.map(named)),
    ...list("there under this fleet's names, but not this fleet's; left alone, rename the one or the other:", foreign.map(named)),
    ...list("left out, because its provider could not say whether it is there:", unread.map(({ candidate, reason }) => `${named(candidate)}: ${reason}`)),
    ...(obstacle === undefined ? [] : ["not all could be seen; mend this, and run recover again:", ...endOf(obstacle)]),
    "now run up (or destroy): it goes on where the deployment was cut off",
  ].join("\n");
}
