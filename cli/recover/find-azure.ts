import { z } from "zod";
import { armSender, type ArmPlace } from "../reader/arm-sender";
import { ChannelError } from "../reader/channel";
import type { Patience } from "../reader/patience";

/** Microsoft.Resources. */
const API = "2021-04-01";

const pageSchema = z.object({ value: z.array(z.object({ id: z.string(), type: z.string() })), nextLink: z.string().optional() });

export interface TaggedAzure {
  readonly id: string;
  /** Such as `Microsoft.Compute/virtualMachines`. */
  readonly type: string;
}

/** Everything in a subscription that bears a tag with this value. Resource groups, and what is part of something else, are not listed. */
export async function taggedAzure(place: ArmPlace, endpoint: string | undefined, tag: string, value: string, patience: Patience): Promise<TaggedAzure[]> {
  const send = armSender(place, endpoint);
  const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
  const filter = encodeURIComponent(`tagName eq ${quoted(tag)} and tagValue eq ${quoted(value)}`);
  const found: TaggedAzure[] = [];
  for (let path: string | undefined = `/subscriptions/${place.subscription}/resources?$filter=${filter}`; path !== undefined; ) {
    const { status, body } = await send("resources/read", { method: "GET", path, version: API }, patience);
    const page = pageSchema.safeParse(body);
    if (!page.success) throw new ChannelError(`resources/read: the answer (status ${status}) is not as expected: ${page.error.issues[0]?.message ?? ""}`);
    found.push(...page.data.value);
    path = page.data.nextLink;
  }
  return found;
}
