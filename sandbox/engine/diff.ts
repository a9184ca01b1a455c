import { canonical, equal, isList, isRecord, type Json, type JsonRecord } from "../store/json";
import { DEFAULTS, isDefault } from "./check";
import type { ResourceType } from "./resource";
import { holdsUnknown, isAsset, isUnknown } from "./values";

export type ChangeKind = "add" | "delete" | "update";

export interface Change {
  /** "tags.Name", "entries[0].cidr" */
  readonly path: string;
  readonly kind: ChangeKind;
  readonly replaces: boolean;
}

export interface Difference {
  readonly changes: readonly Change[];
  readonly deleteBeforeReplace: boolean;
}

const ordered = (value: Json | undefined, isSet: boolean): Json | undefined =>
  isSet && isList(value) ? [...value].sort((a, b) => (canonical(a) < canonical(b) ? -1 : 1)) : value;

type Found = Omit<Change, "replaces">;

function compare(path: string, old: Json | undefined, fresh: Json | undefined): Found[] {
  if (isUnknown(fresh)) return [{ path, kind: old === undefined ? "add" : "update" }];
  if (equal(old, fresh)) return [];
  if (old === undefined) return [{ path, kind: "add" }];
  if (fresh === undefined) return [{ path, kind: "delete" }];
  // An asset is its content: the engine gives each the hash of it, whatever it was made from.
  if (isAsset(old) && isAsset(fresh)) return old["hash"] !== undefined && old["hash"] === fresh["hash"] ? [] : [{ path, kind: "update" }];
  if (isRecord(old) && isRecord(fresh)) {
    const keys = [...new Set([...Object.keys(old), ...Object.keys(fresh)])].sort();
    return keys.flatMap((key) => compare(/^\w+$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`, old[key], fresh[key]));
  }
  if (isList(old) && isList(fresh)) {
    return Array.from({ length: Math.max(old.length, fresh.length) }, (_, i) => compare(`${path}[${i}]`, old[i], fresh[i])).flat();
  }
  return [{ path, kind: "update" }];
}

/** "rootBlockDevice.encrypted" covers "rootBlockDevice.encrypted" and what lies below it, indices aside. */
function covers(key: string, path: string): boolean {
  const bare = path.replace(/\[\d+\]/g, "");
  return bare === key || bare.startsWith(`${key}.`) || bare.startsWith(`${key}[`) || key.startsWith(`${bare}.`);
}

/**
 * New inputs against what the cloud last said (the state's outputs), as the real bridge compares: an object that
 * drifted, or that an update left half done, shows a difference although the inputs are the old ones. A provider that
 * compares inputs sees neither, unless a refresh has brought them into the inputs.
 */
export function difference(type: ResourceType, olds: JsonRecord, news: JsonRecord, oldInputs: JsonRecord): Difference {
  const before = type.comparesInputs === true ? oldInputs : olds;
  const keys = [...new Set([...Object.keys(news), ...Object.keys(oldInputs)])].filter((key) => key !== DEFAULTS).sort();
  const found = keys.flatMap((key) => {
    const [old, fresh] = [before[key], news[key]];
    // What the user no longer gives but the cloud had filled in by itself is no change.
    if (fresh === undefined && isDefault(oldInputs, key)) return [];
    if (old !== undefined && fresh !== undefined && type.same?.(key, old, fresh) === true) return [];
    const isSet = type.sets?.includes(key) ?? false;
    return compare(key, ordered(old, isSet && !holdsUnknown(fresh)), ordered(fresh, isSet));
  });
  const conditional = found.length === 0 ? [] : (type.replacesWhen?.(before, news) ?? []);
  const replaces = [...type.replaces, ...conditional];
  // An input that is given now and that the object has already needs no new object.
  const had = (path: string): boolean => type.comparesInputs === true && oldInputs[path] === undefined && equal(olds[path], news[path]);
  const changes = found.map((change) => ({ ...change, replaces: replaces.some((key) => covers(key, change.path)) && !had(change.path) }));
  return { changes, deleteBeforeReplace: oldGoesFirst(type, olds, news, oldInputs) && changes.some((change) => change.replaces) };
}

/** Two objects cannot bear one name: unless the name is an invented one or changes, the old object goes first. */
function oldGoesFirst(type: ResourceType, olds: JsonRecord, news: JsonRecord, oldInputs: JsonRecord): boolean {
  const property = type.autoName?.property;
  // provider.go, Diff: only what was named with random digits may stand beside its successor.
  if (type.comparesInputs === true) return property === undefined || type.autoName?.random === false || !isDefault(oldInputs, property);
  return property !== undefined && news[property] !== undefined && !isDefault(news, property) && equal(news[property], olds[property]);
}
