import { isRecord, parseJson, record, text, textMap, type Json, type JsonRecord } from "../store/json";
import type { ProviderConfig, ProviderPackage } from "./resource";
import { checkFields, type InputShape, type Problem } from "./shape";

/** The SDK sends everything in a provider's arguments that is no text as JSON text. */
function unpacked(shape: InputShape | undefined, value: Json): Json {
  if (shape === undefined || shape === "string" || typeof value !== "string") return value;
  try {
    return parseJson(value);
  } catch {
    return value;
  }
}

function unpack(provider: ProviderPackage, args: JsonRecord): JsonRecord {
  const { version: _version, pluginDownloadURL: _url, ...rest } = args;
  return Object.fromEntries(
    Object.entries(rest).flatMap(([key, value]) => {
      const plainValue = value === undefined ? null : unpacked(provider.configInputs[`${key}?`] ?? provider.configInputs[key], value);
      return plainValue === null ? [] : [[key, plainValue] as const];
    }),
  );
}

export function checkConfig(provider: ProviderPackage, args: JsonRecord): Problem[] {
  const config = unpack(provider, args);
  const missing = provider.configRequired
    .filter((key) => config[key] === undefined || config[key] === "")
    .map((key) => ({ property: key, reason: "missing required property" }));
  return [...checkFields(provider.configInputs, config), ...missing];
}

export function readConfig(provider: ProviderPackage, args: JsonRecord): ProviderConfig {
  const config = unpack(provider, args);
  const tags = isRecord(config["defaultTags"]) ? record(config["defaultTags"])["tags"] : undefined;
  const settings = Object.fromEntries(Object.entries(config).filter(([, value]) => value !== ""));
  return { region: text(config["region"]), defaultTags: textMap(tags), settings };
}
