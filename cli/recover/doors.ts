import { FLEET_TAG } from "../../components/fleet/naming";
import { NoGroupError, type DoorRule } from "../reader/doors";
import { Lanes } from "../reader/lanes";
import { Patience } from "../reader/patience";
import { CommandError } from "../stack";
import { logicalName, sameId, type Checkpoint, type Resource } from "./checkpoint";
import type { Place } from "./clouds";

/** Rules of one group that let somebody to WinRM, and that the state does not know. */
export interface UnknownDoors {
  readonly place: Place;
  readonly group: Resource & { readonly id: string };
  readonly rules: readonly DoorRule[];
}

/** Groups asked at a time: hundreds of hosts are asked without a burst. */
const ABREAST = 10;
const MINUTES = 5;

/**
 * Asks every group of the fleets, by the clouds and not by the state.
 *
 * @param mayBeGone whether it may be that a cloud has none of them any more
 * @throws CommandError when none is there: it is another account's cloud that was asked, most likely, and what it does not have is not gone
 */
export async function unknownDoors(checkpoint: Checkpoint, places: readonly Place[], mayBeGone: boolean): Promise<UnknownDoors[]> {
  const known = checkpoint.ids();
  const lanes = new Lanes(ABREAST);
  const asked = places.flatMap((place) =>
    checkpoint.resources
      .filter((resource): resource is UnknownDoors["group"] => resource.type === place.groups && resource.provider === place.provider && resource.id !== undefined && isOfFleet(resource))
      .map((group) => lanes.run(async () => ({ place, group, rules: (await rulesOf(place, group.id))?.filter(({ id }) => !known.has(sameId(id))) }))),
  );
  const groups = await Promise.all(asked);
  for (const place of mayBeGone ? [] : places) {
    const own = groups.filter((one) => one.place === place);
    if (own.length < 2 || own.some(({ rules }) => rules !== undefined)) continue;
    throw new CommandError(
      `none of the ${own.length} groups that the state knows of ${logicalName(place.provider.replace(/::[^:]*$/, ""))} is in that cloud: the credentials lead to another account, region or subscription than the deployment's. ` +
        "Nothing was changed. Mend the credentials; if all of it really was deleted, say so with --gone",
    );
  }
  return groups.flatMap(({ rules, ...group }) => (rules === undefined || rules.length === 0 ? [] : [{ ...group, rules }]));
}

/** A group that the cut-off deployment has deleted already has none: undefined. */
async function rulesOf({ doors }: Place, group: string): Promise<readonly DoorRule[] | undefined> {
  try {
    return await doors.open(group, new Patience(MINUTES));
  } catch (error) {
    if (error instanceof NoGroupError) return undefined;
    throw error;
  }
}

function isOfFleet({ inputs = {} }: Resource): boolean {
  const { tags } = inputs;
  return typeof tags === "object" && tags !== null && FLEET_TAG in tags;
}

/** Returns the ids of what was closed. */
export async function shut(doors: readonly UnknownDoors[]): Promise<string[]> {
  for (const { place, group, rules } of doors) await place.doors.shut(group.id, rules, new Patience(MINUTES));
  return doors.flatMap(({ rules }) => rules.map(({ id }) => sameId(id)));
}

export const doorTexts = (doors: readonly UnknownDoors[]): string[] => doors.flatMap(({ group, rules }) => rules.map(({ text }) => `${logicalName(group.urn)}: ${text}`));
