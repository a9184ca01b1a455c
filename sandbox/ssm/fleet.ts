import { INSTANCE } from "../aws/types";
import { textMap, whole } from "../store/json";
import type { CloudObject, CloudStore } from "../store/store";
import { instanceMay } from "./permissions";

export interface Target {
  readonly key: string;
  readonly values: readonly string[];
}

/** An agent takes a moment after boot until Systems Manager knows it. */
const REGISTRATION_MS = 200;

function matches(instance: CloudObject, { key, values }: Target): boolean {
  if (key === "InstanceIds") return values.includes(instance.id);
  if (!key.startsWith("tag:")) return false;
  const tags = { ...textMap(instance.properties["tagsAll"]), ...textMap(instance.properties["tags"]) };
  const value = tags[key.slice("tag:".length)];
  return value !== undefined && values.includes(value);
}

/** Machines that fit every target. */
export const targetsOf = (store: CloudStore, targets: readonly Target[]): CloudObject[] =>
  targets.length === 0 ? [] : store.list(INSTANCE).filter((instance) => targets.every((target) => matches(instance, target)));

/** A machine is a managed node when its role lets its agent in. */
export const isManaged = (store: CloudStore, instance: CloudObject): boolean => instanceMay(store, instance.id, "ssm:UpdateInstanceInformation", "*");

export const isRegistered = (store: CloudStore, instance: CloudObject): boolean =>
  isManaged(store, instance) && Date.now() - whole(instance.properties["launched"]) > REGISTRATION_MS;
