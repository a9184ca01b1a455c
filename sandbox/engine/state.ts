import { equal, isList, isRecord, type Json, type JsonRecord } from "../store/json";
import { DEFAULTS } from "./check";
import type { Difference } from "./diff";
import type { ResourceType } from "./resource";
import { fieldNames, type InputFields, type InputShape } from "./shape";
import { conceal, secretKeys, UNKNOWN } from "./values";

const withoutDefaults = ({ [DEFAULTS]: _, ...rest }: JsonRecord): JsonRecord => rest;

/** Outputs of an object that is not there yet: what is given, and unknown what the cloud computes. */
export function createPreview(type: ResourceType, inputs: JsonRecord): JsonRecord {
  const computed = type.outputs.filter((name) => inputs[name] === undefined);
  return { ...inputs, ...Object.fromEntries(computed.map((name) => [name, UNKNOWN])) };
}

export function updatePreview(type: ResourceType, inputs: JsonRecord, olds: JsonRecord, { changes }: Difference): JsonRecord {
  const changed = new Set(changes.map((change) => /^[^.[]+/.exec(change.path)?.[0] ?? change.path));
  const kept = Object.fromEntries(type.outputs.map((name) => [name, olds[name]]));
  const renewed = (type.renews?.(changed) ?? []).filter((name) => inputs[name] === undefined).map((name) => [name, UNKNOWN] as const);
  return { ...kept, ...inputs, ...Object.fromEntries(renewed) };
}

/** What goes into the state after a write: secrets stay secret in every property that they came in. */
export function afterWrite(type: ResourceType, raw: JsonRecord, properties: JsonRecord): JsonRecord {
  const given = secretKeys(raw);
  const bare = withoutDefaults(type.tells?.(properties) ?? properties);
  if (type.spreadsSecrets === true && given.size > 0) return conceal(bare, new Set(Object.keys(bare)));
  return conceal(bare, new Set([...given, ...(type.secretOutputs ?? [])]));
}

/**
 * Inputs as the cloud has them now; after an import, when there were none, every input that has a value. To azure-native an
 * empty map is no import: of an entry without inputs that is refreshed it gives back what the body tells, without a name.
 *
 * @param given undefined for an import
 */
export function afterRead(type: ResourceType, given: JsonRecord | undefined, found: JsonRecord, olds: JsonRecord): JsonRecord {
  const inputs = given ?? {};
  const imported = type.comparesInputs === true ? given === undefined : Object.keys(inputs).length === 0;
  if (type.comparesInputs === true && !imported) return withChanges(type, inputs, found, olds);
  const names = imported ? [...fieldNames(type.inputs), "tagsAll"] : Object.keys(withoutDefaults(inputs));
  const current = Object.fromEntries(names.flatMap((name) => (found[name] === undefined ? [] : [[name, found[name]] as const])));
  return { ...current, [DEFAULTS]: inputs[DEFAULTS] ?? [] };
}

/**
 * The inputs of before, with what changed in the outputs since then: azure-native cannot read inputs, so it takes the
 * difference of old and new outputs for what somebody did to the object (provider.go, Read).
 */
function withChanges(type: ResourceType, inputs: JsonRecord, found: JsonRecord, olds: JsonRecord): JsonRecord {
  const told = type.tells?.(found) ?? found;
  const watched = fieldNames(type.inputs).filter((name) => inputs[name] !== undefined || !(type.maintains?.includes(name) ?? false));
  const [before, now] = [olds, told].map((value) => projected(type.inputs, Object.fromEntries(watched.map((name) => [name, value[name]]))));
  return { ...inputs, ...changed(inputs, before ?? {}, now ?? {}) };
}

/** Only what an input may be: the cloud's own additions, such as ids of parts, are no inputs. */
function projected(fields: InputFields, value: JsonRecord): JsonRecord {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([key, shape]) => {
      const name = key.replace(/\?$/, "");
      const one = value[name];
      return one === undefined ? [] : [[name, projectedValue(shape, one)] as const];
    }),
  );
}

function projectedValue(shape: InputShape, value: Json): Json {
  if (typeof shape === "string") return value;
  if (!isList(shape)) return isRecord(value) ? projected(shape, value) : value;
  const [fields] = shape;
  return isList(value) ? value.map((item) => (isRecord(item) ? projected(fields, item) : item)) : value;
}

function changed(base: JsonRecord, old: JsonRecord, fresh: JsonRecord): JsonRecord {
  const keys = [...new Set([...Object.keys(old), ...Object.keys(fresh)])].filter((key) => !equal(old[key], fresh[key]));
  return Object.fromEntries(keys.map((key) => [key, changedValue(base[key], old[key], fresh[key])]));
}

function changedValue(base: Json | undefined, old: Json | undefined, fresh: Json | undefined): Json | undefined {
  if (isRecord(base) && isRecord(old) && isRecord(fresh)) return { ...base, ...changed(base, old, fresh) };
  if (isList(base) && isList(old) && isList(fresh)) {
    return fresh.map((item, i) => (i < base.length && i < old.length ? (equal(old[i], item) ? (base[i] ?? null) : (changedValue(base[i], old[i], item) ?? null)) : item));
  }
  return fresh;
}
