import { z } from "zod";
import type { ArmPlace } from "../reader/arm";
import { ArmRequests } from "../reader/arm-requests";
import type { Patience } from "../reader/patience";

/** Something that bears a tag. */
export interface Tagged {
  readonly id: string;
  /** As Azure calls it: `Microsoft.Compute/virtualMachines`. */
  readonly type: string;
}

const VERSION = "2021-04-01";

const resourceSchema = z.object({ id: z.string(), type: z.string() });
const groupSchema = z.object({ id: z.string() });

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
  return [...groups.map(({ id }) => ({ id, type: "Microsoft.Resources/resourceGroups" })), ...resources];
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
