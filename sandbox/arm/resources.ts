import { lastName, liesIn } from "../azure/arm-id";
import { findObject, objectsOf } from "../azure/objects";
import { ARM_TYPES, RESOURCE_GROUP } from "../azure/types";
import { textMap, type JsonRecord } from "../store/json";
import type { CloudObject, CloudStore } from "../store/store";
import { ArmError } from "./error";

const quoted = "'((?:[^']|'')*)'";
const FILTER = new RegExp(`^tagName eq ${quoted} and tagValue eq ${quoted}$`);

/** Names of tags heed no case in Azure, values do. */
function bears({ properties }: CloudObject, filter: string): boolean {
  const [match, name = "", value = ""] = (FILTER.exec(filter) ?? []).map((part) => part.replaceAll("''", "'"));
  if (match === undefined) throw new ArmError(400, "InvalidFilterInQueryString", `Invalid $filter '${filter}' specified in the query string: the sandbox knows tagName eq '…' and tagValue eq '…'.`);
  return Object.entries(textMap(properties["tags"])).some(([key, one]) => key.toLowerCase() === name.toLowerCase() && one === value);
}

const inOrder = (a: CloudObject, b: CloudObject): number => (a.id < b.id ? -1 : 1);

/** What is in a subscription and bears a tag; as Azure shows it then: without its tags. */
export const taggedResources = (store: CloudStore, subscription: string, filter: string): JsonRecord[] =>
  Object.entries(ARM_TYPES)
    .flatMap(([token, type]) => objectsOf(store, token).filter((object) => liesIn(object.id, `/subscriptions/${subscription}`) && bears(object, filter)).map((object) => ({ object, type })))
    .sort((a, b) => inOrder(a.object, b.object))
    .map(({ object: { id, properties }, type }) => ({ id, name: lastName(id), type, location: properties["location"] }));

/** Resource groups are none of the resources, and keep their tags. */
export const taggedGroups = (store: CloudStore, subscription: string, filter: string): JsonRecord[] =>
  objectsOf(store, RESOURCE_GROUP)
    .filter((group) => liesIn(group.id, `/subscriptions/${subscription}`) && bears(group, filter))
    .sort(inOrder)
    .map(({ id, properties }) => ({ id, name: lastName(id), type: "Microsoft.Resources/resourceGroups", location: properties["location"], tags: textMap(properties["tags"]) }));

export function tagsOf(store: CloudStore, id: string): JsonRecord {
  const found = [RESOURCE_GROUP, ...Object.keys(ARM_TYPES)].flatMap((token) => findObject(store, token, id) ?? [])[0];
  if (found === undefined) throw new ArmError(404, "ResourceNotFound", `The Resource '${lastName(id)}' was not found.`);
  return { id: `${found.id}/providers/Microsoft.Resources/tags/default`, name: "default", type: "Microsoft.Resources/tags", properties: { tags: textMap(found.properties["tags"]) } };
}
