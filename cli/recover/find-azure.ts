import { z } from "zod";
import type { ArmPlace } from "../reader/arm";
import { ArmRequests } from "../reader/arm-requests";
import { Lanes } from "../reader/lanes";
import type { Patience } from "../reader/patience";

/** Something that bears a tag. */
export interface Tagged {
  readonly id: string;
  /** As Azure calls it: `Microsoft.Compute/virtualMachines`. */
  readonly type: string;
  /** All that it bears. */
  readonly tags: Readonly<Record<string, string>>;
}

const VERSION = "2021-04-01";
/** Requests in flight while many things are asked for their tags. */
const ABREAST = 10;

const resourceSchema = z.object({ id: z.string(), type: z.string() });
const mapSchema = z.record(z.string(), z.string());
const groupSchema = z.object({ id: z.string(), tags: mapSchema.nullish() });
const tagsSchema = z.object({ properties: z.object({ tags: mapSchema.nullish() }) });

/**
 * Whatever a subscription has with this tag, resource groups included: what a deployment has made, whether its state
 * knows it or not. Parts of a thing, such as a group's rules, bear no tags and are not among it.
 *
 * @param endpoint a sandbox's, on this machine
 */
export async function taggedAzure(place: ArmPlace, endpoint: string | undefined, tag: string, value: string, patience: Patience): Promise<Tagged[]> {
  const arm = new ArmRequests(place, endpoint);
  const query = { "api-version": VERSION, $filter: `tagName eq ${quoted(tag)} and tagValue eq ${quoted(value)}` };
  const subscription = `/subscriptions/${place.subscription}`;
  const groups = await arm.list(`${subscription}/resourcegroups`, query, groupSchema, patience);
  const resources = await arm.list(`${subscription}/resources`, query, resourceSchema, patience);
  const lanes = new Lanes(ABREAST);
  // Found by a tag, they are shown without any.
  const tagged = await Promise.all(resources.map(({ id, type }) => lanes.run(async (): Promise<Tagged[]> => {
    const found = await arm.get(`${id}/providers/Microsoft.Resources/tags/default`, { "api-version": VERSION }, tagsSchema, patience);
    // Deleted since it was listed.
    return found === undefined ? [] : [{ id, type, tags: found.properties.tags ?? {} }];
  })));
  return [...groups.map(({ id, tags }) => ({ id, type: "Microsoft.Resources/resourceGroups", tags: tags ?? {} })), ...tagged.flat()];
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
