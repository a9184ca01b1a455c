/** Plain data, as it travels and as it lies on disk. */
export type Json = string | number | boolean | null | readonly Json[] | JsonRecord;
export interface JsonRecord {
  readonly [key: string]: Json | undefined;
}

export const isRecord = (value: unknown): value is JsonRecord => typeof value === "object" && value !== null && !Array.isArray(value);
export const isList = (value: unknown): value is readonly Json[] => Array.isArray(value);

/** The border to foreign text: JSON.parse gives nothing but Json. */
export const parseJson = (text: string): Json => JSON.parse(text) as Json;

export function parseRecord(text: string): JsonRecord {
  const value = parseJson(text);
  if (!isRecord(value)) throw new Error("not a JSON object");
  return value;
}

export const record = (value: Json | undefined): JsonRecord => (isRecord(value) ? value : {});
export const records = (value: Json | undefined): readonly JsonRecord[] => (isList(value) ? value.filter(isRecord) : []);
export const text = (value: Json | undefined): string => (typeof value === "string" ? value : "");
export const texts = (value: Json | undefined): readonly string[] =>
  isList(value) ? value.filter((one) => typeof one === "string") : [];
export const whole = (value: Json | undefined, otherwise = 0): number => (typeof value === "number" ? value : otherwise);

/** A map of texts, such as tags. */
export const textMap = (value: Json | undefined): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(record(value)).flatMap(([key, one]) => (typeof one === "string" ? [[key, one]] : [])));

/** The same text for the same value, whatever the order of its keys. */
export function canonical(value: Json | undefined): string {
  if (isList(value)) return `[${value.map(canonical).join(",")}]`;
  if (isRecord(value)) {
    const keys = Object.keys(value).filter((key) => value[key] !== undefined).sort();
    return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
  }
  return JSON.stringify(value ?? null);
}

export const equal = (a: Json | undefined, b: Json | undefined): boolean => canonical(a) === canonical(b);
