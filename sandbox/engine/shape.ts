import { isList, isRecord, type Json, type JsonRecord } from "../store/json";
import { isAsset, isUnknown } from "./values";

/**
 * Inputs of a resource as its typings have them. A key that ends in "?" is optional; "string[]" is a list, "string{}" a
 * map, "string[]{}" a map of lists, [{…}] a list of objects, {…} an object, "json" a text or the object that it is made from.
 */
export type InputShape = "string" | "number" | "boolean" | "any" | "json" | "asset" | "string[]" | "any[]" | "string{}" | "string[]{}" | readonly [InputFields] | InputFields;
export interface InputFields {
  readonly [key: string]: InputShape;
}

export interface Problem {
  readonly property: string;
  readonly reason: string;
}

const bare = (key: string): string => key.replace(/\?$/, "");
export const fieldNames = (fields: InputFields): string[] => Object.keys(fields).map(bare);

function kindOf(value: Json): string {
  if (value === null) return "null";
  if (isList(value)) return "a list";
  return isRecord(value) ? "an object" : `a ${typeof value}`;
}

const wrong = (property: string, wanted: string, value: Json): Problem[] => [{ property, reason: `expected ${wanted}, got ${kindOf(value)}` }];

function items(value: Json, property: string, wanted: string, judge: (item: Json, path: string) => Problem[]): Problem[] {
  if (!isList(value)) return wrong(property, wanted, value);
  return value.flatMap((item, i) => (isUnknown(item) ? [] : judge(item, `${property}[${i}]`)));
}

function primitive(kind: "string" | "number" | "boolean"): (value: Json, path: string) => Problem[] {
  return (value, path) => (typeof value === kind ? [] : wrong(path, `a ${kind}`, value));
}

function entries(value: Json, property: string, wanted: string, shape: InputShape): Problem[] {
  if (!isRecord(value)) return wrong(property, wanted, value);
  return Object.entries(value).flatMap(([key, one]) => (one === undefined ? [] : checkValue(shape, one, `${property}.${key}`)));
}

function checkValue(shape: InputShape, value: Json, property: string): Problem[] {
  if (isUnknown(value)) return [];
  switch (shape) {
    case "any":
      return [];
    case "string":
    case "number":
    case "boolean":
      return primitive(shape)(value, property);
    case "json":
      return typeof value === "string" || isRecord(value) ? [] : wrong(property, "JSON text", value);
    case "asset":
      return isAsset(value) ? [] : wrong(property, "an asset", value);
    case "string[]":
      return items(value, property, "a list of strings", primitive("string"));
    case "any[]":
      return items(value, property, "a list", () => []);
    case "string{}":
      return entries(value, property, "a map of strings", "string");
    case "string[]{}":
      return entries(value, property, "a map of lists", "string[]");
    default:
      return checkNested(shape, value, property);
  }
}

function checkNested(shape: readonly [InputFields] | InputFields, value: Json, property: string): Problem[] {
  if (isList(shape)) {
    const [fields] = shape;
    return items(value, property, "a list of objects", (item, path) =>
      isRecord(item) ? checkFields(fields, item, `${path}.`) : wrong(path, "an object", item));
  }
  return isRecord(value) ? checkFields(shape, value, `${property}.`) : wrong(property, "an object", value);
}

/** Every unknown name, missing value and wrong type. Values that a preview does not know yet are let through. */
export function checkFields(fields: InputFields, value: JsonRecord, prefix = ""): Problem[] {
  const known = new Set(fieldNames(fields));
  const strange = Object.keys(value)
    .filter((key) => !key.startsWith("__") && !known.has(key))
    .map((key) => ({ property: `${prefix}${key}`, reason: `unknown property; there are ${[...known].sort().join(", ")}` }));
  const rest = Object.entries(fields).flatMap(([key, shape]) => {
    const name = bare(key);
    const found = value[name];
    if (found === undefined) return key.endsWith("?") ? [] : [{ property: `${prefix}${name}`, reason: "missing required property" }];
    return checkValue(shape, found, `${prefix}${name}`);
  });
  return [...strange, ...rest];
}
