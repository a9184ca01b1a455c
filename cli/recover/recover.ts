import { FLEET_TAG } from "../../components/fleet/naming";
import { ChannelError } from "../reader/channel";
import { CommandError } from "../stack";
import type { Checkpoint } from "./checkpoint";
import { placesOf } from "./clouds";
import { shut, unknownDoors } from "./doors";
import { find, type Candidate, type Found } from "./find";
import type { Lock } from "./locks";
import type { PulumiStack } from "./pulumi";
import { allWanted, type Wanted } from "./wanted";
import type { Plan } from "./plan";
import { take, type Unread } from "./take";
import { outcomeText, planText } from "./text";

export interface Setting {
  readonly stack: PulumiStack;
  /** Undefined where only the backend knows. */
  readonly locks: () => readonly Lock[] | undefined;
  readonly say: (text: string) => void;
  /** It may be that a cloud has nothing of the stack any more. */
  readonly mayBeGone: boolean;
  /** Somebody has pressed Ctrl-C. */
  readonly isInterrupted: () => boolean;
  /** Whether the user wants it. */
  readonly ask: () => Promise<boolean>;
  /** Keeps a copy of the state, and says where. */
  readonly keep: (checkpoint: Checkpoint) => string;
}

/** A deployment that lost its engine takes a few rounds: what lies in something lost is found when that is known again. */
const ROUNDS = 8;

/**
 * Brings state and clouds together again after a deployment that was cut off: first closes what lets somebody in without the
 * state's knowledge, then takes what was made and forgotten into the state. What the program does not want the next `up` deletes.
 *
 * @returns false when the user did not want it, or not all could be seen
 */
export async function recover(setting: Setting): Promise<boolean> {
  const { stack, say } = setting;
  const plan = await look(setting);
  say(planText(stack.name, plan));
  if (isIdle(plan)) return plan.obstacle === undefined;
  if (!(await setting.ask())) return false;
  say(`a copy of the state is kept in ${setting.keep(plan.checkpoint)}`);
  const refused = await stack.cancel();
  // A backend that says so may have nothing to cancel. One that still holds a lock refuses what comes next.
  if (refused !== undefined) say(`the lock was not cancelled: ${refused}`);
  await stack.mustStillBe(plan.checkpoint);
  const closed = new Set(await shut(plan.doors));
  const outcome = { closed: closed.size, taken: [] as Candidate[], foreign: [] as Candidate[], unread: [] as Unread[], obstacle: plan.obstacle };
  for (let round = 1, now = plan; ; round += 1) {
    outcome.obstacle = now.obstacle;
    // What was cut off stays written down until it can be looked for.
    if (now.found === NOTHING) break;
    const known = new Set([...outcome.foreign, ...outcome.unread.map(({ candidate }) => candidate)].map(({ id }) => id));
    const { taken, foreign, unread } = await take(stack, now, known, setting.isInterrupted);
    outcome.taken.push(...taken);
    outcome.foreign.push(...foreign);
    outcome.unread.push(...unread);
    const groups = taken.some(({ type }) => now.places.some((place) => place.groups === type));
    if (taken.length === 0 || (now.found.later.length === 0 && !groups && now.obstacle === undefined) || round === ROUNDS) break;
    now = await look(setting, closed);
    // What has just become known may have doors of its own.
    for (const id of await shut(now.doors)) closed.add(id);
  }
  outcome.closed = closed.size;
  say(outcomeText(outcome));
  return outcome.obstacle === undefined;
}

async function look({ stack, locks, mayBeGone }: Setting, closed: ReadonlySet<string> = new Set()): Promise<Plan> {
  const checkpoint = await stack.export();
  if (checkpoint === undefined) throw new CommandError(`there is no stack ${stack.name}`);
  const held = locks();
  const alive = held?.find((lock) => lock.alive);
  if (alive !== undefined) throw new CommandError(`stack ${stack.name} is being deployed at this moment by ${alive.text}: wait for its end, or end it, and run recover again`);
  const places = placesOf(checkpoint);
  // The doors first: they are asked for even where nothing else can be.
  const doors = await unknownDoors(checkpoint, places, mayBeGone);
  const previewed = await stack.preview();
  const wanted = allWanted(previewed.wanted, checkpoint);
  const fleets = fleetsOf(checkpoint, wanted);
  const shutting = new Set([...closed, ...doors.flatMap(({ rules }) => rules.map(({ id }) => id.toLowerCase()))]);
  const seen = { checkpoint, gone: checkpoint.gone(wanted), places, locks: held, doors };
  try {
    const views = await Promise.all(places.map((place) => place.view(fleets, wanted)));
    const found = find(wanted, checkpoint, views, shutting, previewed.trouble === undefined);
    return { ...seen, found, ...(previewed.trouble !== undefined && { obstacle: previewed.trouble }) };
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error;
    // A door that was found is shut, whatever else a cloud refuses to say.
    return { ...seen, found: NOTHING, obstacle: error.message };
  }
}

const NOTHING: Found = { candidates: [], later: [], strange: [] };

const isIdle = ({ checkpoint, gone, locks, doors, found }: Plan): boolean =>
  gone.length === 0 && checkpoint.pending.length === 0 && (locks ?? []).length === 0 && doors.length === 0 && found.candidates.length === 0 && checkpoint.bare().length === 0 && checkpoint.doorless().length === 0;

/** The tags by which the fleets' objects are known. */
function fleetsOf(checkpoint: Checkpoint, wanted: readonly Wanted[]): string[] {
  const names = [...checkpoint.resources, ...wanted].flatMap(({ inputs }) => {
    const tags = inputs?.["tags"];
    const name: unknown = typeof tags === "object" && tags !== null && FLEET_TAG in tags ? tags[FLEET_TAG] : undefined;
    return typeof name === "string" ? [name] : [];
  });
  return [...new Set(names)].sort();
}
