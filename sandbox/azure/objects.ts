import type { Call } from "../engine/resource";
import { readAccount } from "../store/account";
import { record, records, text, type Json, type JsonRecord } from "../store/json";
import type { CloudObject, CloudStore } from "../store/store";
import { groupId, liesIn, lastName, parseArmId, sameArmId } from "./arm-id";
import { armError } from "./failure";
import { ARM_TYPES, RESOURCE_GROUP, VIRTUAL_NETWORK } from "./types";

/** Whether an id is of the kind of object that a token stands for. */
function isOf(token: string, id: string): boolean {
  if (token === RESOURCE_GROUP) return /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+$/i.test(id);
  const type = ARM_TYPES[token];
  return type !== undefined && parseArmId(id)?.type.toLowerCase() === type.toLowerCase();
}

/** An object that the account held before the stack, given its id as it is written there. */
function existing(store: CloudStore, token: string): CloudObject[] {
  return readAccount(store.root).existing.filter(({ id }) => isOf(token, id)).map(({ id, properties }) => ({ type: token, id, name: "", properties: { name: lastName(id), ...properties } }));
}

/** Every object of a type, made here or named in the account as existing. */
export const objectsOf = (store: CloudStore, token: string): CloudObject[] => [...store.list(token), ...existing(store, token)];

export function findObject(store: CloudStore, token: string, id: string): CloudObject | undefined {
  return id === "" ? undefined : (store.get(token, id) ?? objectsOf(store, token).find((one) => sameArmId(one.id, id)));
}

/** Objects of a type that are part of another: the rules of a group. */
export const partsOf = (store: CloudStore, token: string, id: string): CloudObject[] => objectsOf(store, token).filter((one) => liesIn(one.id, id));

/** The id in `{ id: "…" }`, as inputs refer to objects. */
export const referred = (value: Json | undefined): string => text(record(value)["id"]);
export const allReferred = (value: Json | undefined): readonly string[] => records(value).map((one) => text(one["id"])).filter((id) => id !== "");

/** The object that `owner` refers to, or the refusal that the network's API gives. */
export function mustRefer(call: Call, token: string, id: string, owner: string): CloudObject {
  const found = findObject(call.store, token, id);
  if (found !== undefined) return found;
  throw armError(400, "InvalidResourceReference", `Resource ${id} referenced by resource ${owner} was not found. Please make sure that the referenced resource exists, and that both resources are in the same region.`);
}

/** The object that a new one is to be part of. */
export function mustBePart(call: Call, token: string, id: string): CloudObject {
  const found = findObject(call.store, token, id);
  if (found !== undefined) return found;
  throw armError(404, "ParentResourceNotFound", `Failed to perform 'write' on resource(s) of type '${ARM_TYPES[token] ?? token}', because the parent resource '${id}' could not be found.`);
}

export function groupMustExist(call: Call, subscription: string): void {
  const name = text(call.inputs["resourceGroupName"]);
  if (findObject(call.store, RESOURCE_GROUP, groupId(subscription, name)) !== undefined || knownByContent(call.store, subscription, name) || isWatchers(call.store, name)) return;
  throw armError(404, "ResourceGroupNotFound", `Resource group '${name}' could not be found.`);
}

/** A group that holds something that exists must exist too: nobody needs to name it. */
function knownByContent(store: CloudStore, subscription: string, name: string): boolean {
  return readAccount(store.root).existing.some(({ id }) => liesIn(id, groupId(subscription, name)));
}

/** Azure makes a Network Watcher, and a group for all of them, when a region gets its first virtual network. */
export const WATCHERS_GROUP = "NetworkWatcherRG";

const isWatchers = (store: CloudStore, name: string): boolean => name.toLowerCase() === WATCHERS_GROUP.toLowerCase() && objectsOf(store, VIRTUAL_NETWORK).length > 0;

export const propertiesOf = (object: CloudObject | undefined): JsonRecord => object?.properties ?? {};
