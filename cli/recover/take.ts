import { CommandError } from "../stack";
import { settled, withCandidates, type Adopted } from "./adopt";
import type { Checkpoint } from "./checkpoint";
import type { Candidate } from "./find";
import type { Plan } from "./plan";
import type { PulumiStack } from "./pulumi";

/** Something whose provider could not say whether it is there. */
export interface Unread {
  readonly candidate: Candidate;
  readonly reason: string;
}

export interface Taken extends Pick<Adopted, "taken" | "foreign"> {
  readonly unread: readonly Unread[];
}

/**
 * Clears what was pending, and lets the providers say which of the candidates are there. What they cannot say leaves the state as it was.
 *
 * @param known ids of what was looked at before
 */
export async function take(stack: PulumiStack, { checkpoint, gone, found }: Plan, known: ReadonlySet<string>, isInterrupted: () => boolean): Promise<Taken> {
  const candidates = found.candidates.filter(({ id }) => !known.has(id));
  const cut = checkpoint.pending.filter(({ operation }) => operation !== "creating").map(({ resource }) => resource.urn);
  const others = [...new Set([...cut.filter((urn) => checkpoint.current(urn) !== undefined), ...checkpoint.bare(), ...gone])];
  if (candidates.length === 0 && others.length === 0 && checkpoint.pending.length === 0 && checkpoint.doorless().length === 0) return { taken: [], foreign: [], unread: [] };
  // Minutes may have passed since it was read: what somebody else has deployed meanwhile must not be lost.
  await stack.mustStillBe(checkpoint);
  try {
    return { ...(await tried(stack, checkpoint, candidates, others)), unread: [] };
  } catch (error) {
    if (!(error instanceof CommandError) || candidates.length === 0 || isInterrupted()) throw error;
  }
  // One of them cannot be read, and some importers fail where another would say that there is nothing: each by itself.
  await tried(stack, checkpoint, [], others);
  const all: { taken: Candidate[]; foreign: Candidate[]; unread: Unread[] } = { taken: [], foreign: [], unread: [] };
  for (const candidate of candidates) {
    try {
      const { taken, foreign } = await tried(stack, await exported(stack), [candidate], []);
      all.taken.push(...taken);
      all.foreign.push(...foreign);
    } catch (error) {
      if (!(error instanceof CommandError) || isInterrupted()) throw error;
      all.unread.push({ candidate, reason: reasonOf(error.message) });
    }
  }
  return all;
}

/** @throws CommandError with the state as it was */
async function tried(stack: PulumiStack, checkpoint: Checkpoint, candidates: readonly Candidate[], others: readonly string[]): Promise<Pick<Adopted, "taken" | "foreign">> {
  await stack.import(withCandidates(checkpoint, candidates));
  try {
    await stack.refresh([...new Set([...candidates.map(({ urn }) => urn), ...others])]);
    const { checkpoint: adopted, ...what } = settled(await exported(stack), candidates);
    await stack.import(adopted.provenAnew());
    return what;
  } catch (error) {
    // What stands in the state half known would be replaced by the next up, or deleted by a destroy, whoever's it is.
    await stack.import(checkpoint);
    throw error;
  }
}

async function exported(stack: PulumiStack): Promise<Checkpoint> {
  const checkpoint = await stack.export();
  if (checkpoint === undefined) throw new CommandError(`stack ${stack.name} has gone while it was recovered`);
  return checkpoint;
}

/** The provider's own words out of the engine's. */
function reasonOf(message: string): string {
  const lines = message.split("\n").map((line) => line.trim());
  return lines.find((line) => line.startsWith("error:"))?.slice("error:".length).trim() ?? lines.at(-1) ?? "";
}
