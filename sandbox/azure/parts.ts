import { records, text, type Json, type JsonRecord } from "../store/json";
import type { CloudObject, CloudStore } from "../store/store";
import { lastName, parentId, sameArmId } from "./arm-id";

/**
 * Parts of an object that can be written with the whole, or each as an object of its own: a group's rules, a network's
 * subnets. Both ways write the same thing, so that those who use both delete each other's.
 */
const within = (store: CloudStore, token: string, whole: string): CloudObject[] => store.list(token).filter(({ id }) => sameArmId(parentId(id), whole));

const names = (given: Json | undefined): ReadonlySet<string> => new Set(records(given).map((one) => text(one["name"]).toLowerCase()));

/** Parts that go when the whole is written with these. Left out, all stay (crud.go, MaintainSubResourcePropertiesIfNotSet). */
export function missingParts(store: CloudStore, token: string, whole: string, given: Json | undefined): CloudObject[] {
  if (given === undefined) return [];
  const wanted = names(given);
  return within(store, token, whole).filter(({ id }) => !wanted.has(lastName(id).toLowerCase()));
}

export function replaceParts(store: CloudStore, token: string, whole: CloudObject, segment: string, given: Json | undefined): void {
  for (const { id } of missingParts(store, token, whole.id, given)) store.remove(token, id);
  for (const properties of records(given)) {
    const id = `${whole.id}/${segment}/${text(properties["name"])}`;
    const old = within(store, token, whole.id).find((one) => sameArmId(one.id, id));
    store.put({ type: token, id: old?.id ?? id, name: old?.name ?? "", properties: { ...properties, name: lastName(id) } });
  }
}

/** The parts as the whole shows them: first those that it was written with, in their order. */
export function shownParts(store: CloudStore, token: string, whole: CloudObject, given: Json | undefined): readonly JsonRecord[] {
  const order = [...names(given)];
  const place = ({ id }: CloudObject): number => (order.indexOf(lastName(id).toLowerCase()) + order.length + 1) % (order.length + 1);
  return within(store, token, whole.id).sort((a, b) => place(a) - place(b)).map(({ id, properties }) => ({ ...properties, id }));
}
