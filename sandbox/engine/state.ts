import type { JsonRecord } from "../store/json";
import { DEFAULTS } from "./check";
import type { Difference } from "./diff";
import type { ResourceType } from "./resource";
import { fieldNames } from "./shape";
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
  const renewed = (type.renews?.(changed) ?? []).map((name) => [name, UNKNOWN] as const);
  return { ...kept, ...inputs, ...Object.fromEntries(renewed) };
}

/** What goes into the state after a write: secrets stay secret in every property that they came in. */
export function afterWrite(type: ResourceType, raw: JsonRecord, properties: JsonRecord): JsonRecord {
  const given = secretKeys(raw);
  const bare = withoutDefaults(properties);
  if (type.spreadsSecrets === true && given.size > 0) return conceal(bare, new Set(Object.keys(bare)));
  return conceal(bare, new Set([...given, ...(type.secretOutputs ?? [])]));
}

/** Inputs as the cloud has them now; after an import, when there were none, every input that has a value. */
export function afterRead(type: ResourceType, inputs: JsonRecord, found: JsonRecord): JsonRecord {
  const names = Object.keys(inputs).length === 0 ? [...fieldNames(type.inputs), "tagsAll"] : Object.keys(withoutDefaults(inputs));
  const current = Object.fromEntries(names.flatMap((name) => (found[name] === undefined ? [] : [[name, found[name]] as const])));
  return { ...current, [DEFAULTS]: inputs[DEFAULTS] ?? [] };
}
