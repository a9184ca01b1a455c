import { DescribeTagsCommand, type Filter, type TagDescription } from "@aws-sdk/client-ec2";
import { DescribeMaintenanceWindowsCommand, DescribeMaintenanceWindowTargetsCommand, DescribeMaintenanceWindowTasksCommand, ListAssociationsCommand, SSMClient } from "@aws-sdk/client-ssm";
import type { Identity } from "../../components/fleet/identity";
import { awsText, isTransient } from "../reader/aws-errors";
import { ChannelError } from "../reader/channel";
import { Ec2, type Ec2Place } from "../reader/ec2";
import { Backoff, Patience } from "../reader/patience";

/** Something that bears a tag. */
export interface Tagged {
  readonly id: string;
  /** As EC2 calls it: `instance`, `security-group-rule`. */
  readonly type: string;
  /** All that it bears. */
  readonly tags: Readonly<Record<string, string>>;
}

/** EC2 gives no more in one page, and takes no more values in one filter. */
const PAGE = 1000;
const VALUES = 200;

/** Whatever EC2 has in a region with this tag, by id: what a deployment has made, whether its state knows it or not. */
export async function taggedAws(place: Ec2Place, tag: string, value: string, patience: Patience): Promise<Tagged[]> {
  const ec2 = new Ec2(place);
  const tagsBy = (Filters: Filter[]): Promise<readonly TagDescription[]> =>
    ec2.listed("DescribeTags", patience, async (client, NextToken, options) => {
      const page = await client.send(new DescribeTagsCommand({ Filters, MaxResults: PAGE, NextToken }), options);
      return { items: page.Tags, next: page.NextToken };
    });
  const bearers = await tagsBy([{ Name: "key", Values: [tag] }, { Name: "value", Values: [literal(value)] }]);
  const ids = [...new Set(bearers.flatMap(({ ResourceId, Value }) => (ResourceId === undefined || Value !== value ? [] : [ResourceId])))].sort();
  const all = new Map<string, Tagged>();
  for (let i = 0; i < ids.length; i += VALUES) {
    for (const { ResourceId: id = "", ResourceType: type = "", Key = "", Value = "" } of await tagsBy([{ Name: "resource-id", Values: ids.slice(i, i + VALUES) }])) {
      all.set(id, { id, type, tags: { ...all.get(id)?.tags, [Key]: Value } });
    }
  }
  return ids.flatMap((id) => all.get(id) ?? []);
}

/** In a filter, * and ? stand for others. */
const literal = (value: string): string => value.replace(/[\\*?]/g, (sign) => `\\${sign}`);

const LOOKING_MINUTES = 3;

/** The id of the one State Manager association with this name: undefined for none, and for several. */
export const associationId = (region: string, name: string, patience = new Patience(LOOKING_MINUTES)): Promise<string | undefined> =>
  onlyOne(region, "ListAssociations", patience, async (client, NextToken, options) => {
    const page = await client.send(new ListAssociationsCommand({ AssociationFilterList: [{ key: "AssociationName", value: name }], NextToken }), options);
    return { ids: (page.Associations ?? []).map(({ AssociationId }) => AssociationId), next: page.NextToken };
  });

/** The same of a maintenance window. */
export const windowId = (region: string, name: string, patience = new Patience(LOOKING_MINUTES)): Promise<string | undefined> =>
  onlyOne(region, "DescribeMaintenanceWindows", patience, async (client, NextToken, options) => {
    const page = await client.send(new DescribeMaintenanceWindowsCommand({ Filters: [{ Key: "Name", Values: [name] }], NextToken }), options);
    return { ids: (page.WindowIdentities ?? []).flatMap((window) => (window.Name === name ? [window.WindowId] : [])), next: page.NextToken };
  });

/** The same of what a window holds, as `pulumi import` takes it: the window's id, a slash and its own. */
export async function windowPartId(region: string, { part, window, name }: Extract<Identity, { by: "window-part" }>, patience = new Patience(LOOKING_MINUTES)): Promise<string | undefined> {
  const id = await onlyOne(region, part === "target" ? "DescribeMaintenanceWindowTargets" : "DescribeMaintenanceWindowTasks", patience, async (client, NextToken, options) => {
    if (part === "target") {
      const page = await client.send(new DescribeMaintenanceWindowTargetsCommand({ WindowId: window, NextToken }), options);
      return { ids: (page.Targets ?? []).flatMap((one) => (one.Name === name ? [one.WindowTargetId] : [])), next: page.NextToken };
    }
    const page = await client.send(new DescribeMaintenanceWindowTasksCommand({ WindowId: window, NextToken }), options);
    return { ids: (page.Tasks ?? []).flatMap((one) => (one.Name === name ? [one.WindowTaskId] : [])), next: page.NextToken };
  });
  return id && `${window}/${id}`;
}

interface Page {
  readonly ids: readonly (string | undefined)[];
  readonly next: string | undefined;
}
type Ask = (client: SSMClient, token: string | undefined, options: { readonly abortSignal: AbortSignal }) => Promise<Page>;

async function onlyOne(region: string, action: string, patience: Patience, ask: Ask): Promise<string | undefined> {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
  const client = new SSMClient({ region });
  const backoff = new Backoff();
  let last = "no answer";
  while (!patience.over) {
    try {
      const ids: string[] = [];
      let token: string | undefined;
      do {
        const page = await ask(client, token, { abortSignal: patience.signal() });
        ids.push(...page.ids.flatMap((id) => id ?? []));
        token = page.next;
      } while (token !== undefined && token !== "");
      return ids.length === 1 ? ids[0] : undefined;
    } catch (error) {
      // A window that is gone holds nothing.
      if (error instanceof Error && error.name === "DoesNotExistException") return undefined;
      if (!isTransient(error)) throw new ChannelError(`ssm:${action} in ${region}: ${awsText(error)}`);
      if (!patience.over) last = awsText(error);
    }
    await backoff.pause(patience);
  }
  throw new ChannelError(`ssm:${action} in ${region}: no answer within ${patience.text}: ${last}`);
}
