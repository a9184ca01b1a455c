import { isList, isRecord, type Json, type JsonRecord } from "../store/json";

/** Marks of the wire format, as @pulumi/pulumi/runtime/rpc has them; that module is not loaded because it is slow to start. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const REFERENCE = "5cf8f73096256a8f31e491e813e4eb8e";
const ASSET = "c44067f5952c0a294b673a41bacd8c17";

export const isUnknown = (value: Json | undefined): boolean => value === UNKNOWN;

export function holdsUnknown(value: Json | undefined): boolean {
  if (isList(value)) return value.some(holdsUnknown);
  return isRecord(value) ? Object.values(value).some(holdsUnknown) : isUnknown(value);
}

export const isAsset = (value: Json | undefined): value is JsonRecord => isRecord(value) && value[SIGNATURE] === ASSET;

function holdsSecret(value: Json | undefined): boolean {
  if (isList(value)) return value.some(holdsSecret);
  if (!isRecord(value)) return false;
  if (value[SIGNATURE] === SECRET || (value[SIGNATURE] === OUTPUT && value["secret"] === true)) return true;
  return Object.values(value).some(holdsSecret);
}

/** The value itself: secrets opened, references to resources by their id, nulls left out as the real bridge does. */
export function plain(value: Json): Json {
  if (isList(value)) return value.map(plain);
  if (!isRecord(value)) return value;
  switch (value[SIGNATURE]) {
    case SECRET:
      return plain(value["value"] ?? null);
    case OUTPUT:
      return value["value"] === undefined ? UNKNOWN : plain(value["value"]);
    case REFERENCE:
      return typeof value["id"] === "string" && value["id"] !== "" ? value["id"] : UNKNOWN;
    case ASSET:
      return value;
    default:
      return plainRecord(value);
  }
}

export function plainRecord(value: JsonRecord): JsonRecord {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]) => (one === undefined || one === null ? [] : [[key, plain(one)] as const])),
  );
}

/** Names of the properties that hold a secret somewhere. */
export const secretKeys = (value: JsonRecord): Set<string> =>
  new Set(Object.entries(value).flatMap(([key, one]) => (holdsSecret(one) ? [key] : [])));

/** Marks whole properties as secret, as the engine does for providers that know no secrets. */
export const conceal = (value: JsonRecord, keys: ReadonlySet<string>): JsonRecord =>
  Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, keys.has(key) && one !== undefined ? { [SIGNATURE]: SECRET, value: one } : one]),
  );
