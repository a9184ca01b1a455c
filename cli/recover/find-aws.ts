import { paginateDescribeTags } from "@aws-sdk/client-ec2";
import { ListAssociationsCommand, SSMClient } from "@aws-sdk/client-ssm";
import { AWS_READING, ec2Client } from "../reader/doors-aws";
import { patiently } from "../reader/patiently";
import type { Patience } from "../reader/patience";

export interface TaggedAws {
  readonly id: string;
  /** EC2's `ResourceType`. */
  readonly type: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** Everything of EC2 in a region that bears a tag with this value, with the value that it has of another one. */
export async function taggedAws(region: string, tag: string, value: string, other: string, patience: Patience): Promise<TaggedAws[]> {
  const client = ec2Client(region);
  const described = (filters: { Name: string; Values: string[] }[]) =>
    patiently("ec2:DescribeTags", patience, AWS_READING, async (abortSignal) => {
      const found: { id: string; type: string; value: string }[] = [];
      for await (const page of paginateDescribeTags({ client, pageSize: 1000 }, { Filters: filters }, { abortSignal })) {
        for (const { ResourceId: id, ResourceType: type, Value = "" } of page.Tags ?? []) if (id !== undefined && type !== undefined) found.push({ id, type, value: Value });
      }
      return found;
    });
  const own = await described([{ Name: "key", Values: [tag] }, { Name: "value", Values: [value] }]);
  const others = new Map<string, string>();
  // EC2 takes 200 values in one filter.
  for (let i = 0; i < own.length; i += 200) {
    const ids = own.slice(i, i + 200).map(({ id }) => id);
    for (const one of await described([{ Name: "key", Values: [other] }, { Name: "resource-id", Values: ids }])) others.set(one.id, one.value);
  }
  return own.map(({ id, type }) => {
    const name = others.get(id);
    return { id, type, tags: { [tag]: value, ...(name === undefined ? {} : { [other]: name }) } };
  });
}

/** Id of the association of that name. */
export async function associationId(region: string, name: string, patience: Patience): Promise<string | undefined> {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
  const client = new SSMClient({ region });
  const { Associations } = await patiently("ssm:ListAssociations", patience, AWS_READING, (abortSignal) =>
    client.send(new ListAssociationsCommand({ AssociationFilterList: [{ key: "AssociationName", value: name }] }), { abortSignal }));
  return Associations?.find(({ AssociationName }) => AssociationName === name)?.AssociationId;
}
