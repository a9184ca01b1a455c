import { isUnknown } from "./values";
import type { Problem } from "./shape";
import type { JsonRecord } from "../store/json";

export function exactlyOne(inputs: JsonRecord, keys: readonly string[]): Problem[] {
  const given = keys.filter((key) => inputs[key] !== undefined);
  return given.length === 1 ? [] : [{ property: keys[0] ?? "", reason: `exactly one of ${keys.join(", ")} must be specified, ${given.length} are` }];
}

/** ConflictsWith: none of the others beside the first. */
export function alone(inputs: JsonRecord, key: string, others: readonly string[]): Problem[] {
  if (inputs[key] === undefined) return [];
  return others.filter((other) => inputs[other] !== undefined).map((other) => ({ property: other, reason: `conflicts with ${key}` }));
}

export function oneOf(inputs: JsonRecord, key: string, allowed: readonly string[]): Problem[] {
  const value = inputs[key];
  if (value === undefined || typeof value !== "string" || allowed.includes(value) || isUnknown(value)) return [];
  return [{ property: key, reason: `expected ${key} to be one of ${JSON.stringify(allowed)}, got ${value}` }];
}

export function pattern(inputs: JsonRecord, key: string, wanted: RegExp, words: string): Problem[] {
  const value = inputs[key];
  if (typeof value !== "string" || wanted.test(value) || isUnknown(value)) return [];
  return [{ property: key, reason: `"${value}" ${words}` }];
}
