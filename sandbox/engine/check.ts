import { createHash, randomBytes } from "node:crypto";
import { isUnknown, plainRecord, UNKNOWN } from "./values";
import { isList, text, textMap, texts, type Json, type JsonRecord } from "../store/json";
import type { AutoName, ProviderConfig, ResourceType } from "./resource";
import { checkFields, type Problem } from "./shape";

/** Input that says which other inputs were filled in here and not by the user. The real bridge keeps the same list. */
export const DEFAULTS = "__defaults";
const RANDOM_DIGITS = 7;

export interface Checked {
  readonly inputs: JsonRecord;
  readonly problems: readonly Problem[];
}

export interface CheckRequest {
  readonly name: string;
  /** As they came, secrets still wrapped: what the user gave goes back to the engine unchanged. */
  readonly news: JsonRecord;
  readonly olds: JsonRecord;
  readonly randomSeed: Uint8Array;
  readonly config: ProviderConfig;
}

function invented(auto: AutoName, request: CheckRequest): string {
  const name = auto.lowerCase === true ? request.name.toLowerCase() : request.name;
  if (auto.random === false) return name;
  const seed = request.randomSeed.length > 0 ? request.randomSeed : randomBytes(32);
  const digits = createHash("sha256").update(seed).update(request.name).digest("hex").slice(0, RANDOM_DIGITS);
  return `${name.slice(0, auto.maxLength - RANDOM_DIGITS - 1)}-${digits}`;
}

function autoName(auto: AutoName | undefined, request: CheckRequest, news: JsonRecord): JsonRecord {
  if (auto === undefined || news[auto.property] !== undefined) return {};
  if (auto.prefix !== undefined && news[auto.prefix] !== undefined) return {};
  const kept = texts(request.olds[DEFAULTS]).includes(auto.property) ? text(request.olds[auto.property]) : "";
  return { [auto.property]: kept === "" ? invented(auto, request) : kept };
}

/** Resource tags win over the provider's default tags. */
function allTags(type: ResourceType, config: ProviderConfig, news: JsonRecord): JsonRecord {
  if (!("tags?" in type.inputs)) return {};
  const own = news["tags"];
  if (isUnknown(own)) return { tagsAll: UNKNOWN };
  const tags = { ...config.defaultTags, ...textMap(own) };
  return Object.keys(tags).length === 0 ? {} : { tagsAll: tags };
}

function tagProblems(tags: Json | undefined): Problem[] {
  const entries = Object.entries(textMap(tags));
  const problems: Problem[] = [];
  if (entries.length > 50) problems.push({ property: "tags", reason: `has ${entries.length} tags with the default ones; AWS takes 50` });
  for (const [key, value] of entries) {
    if (key === "" || key.length > 128) problems.push({ property: `tags.${key}`, reason: "a tag's key has 1 to 128 characters" });
    if (value.length > 256) problems.push({ property: `tags.${key}`, reason: "a tag's value has at most 256 characters" });
    if (/^aws:/i.test(key)) problems.push({ property: `tags.${key}`, reason: "keys that start with aws: are reserved" });
  }
  return problems;
}

/** The engine's Check: names, types, what is required, then what the type itself asks for. */
export function checkInputs(type: ResourceType, request: CheckRequest): Checked {
  // The tags with the provider's defaults are this function's own addition: an older state hands them back in.
  const { [DEFAULTS]: _, tagsAll: __, ...given } = request.news;
  const news = plainRecord(given);
  const added: JsonRecord = {
    ...Object.fromEntries(Object.entries(type.defaults ?? {}).filter(([key]) => news[key] === undefined)),
    ...autoName(type.autoName, request, news),
  };
  const tags = allTags(type, request.config, news);
  const whole = { ...news, ...added };
  const problems = checkFields(type.inputs, whole);
  if (problems.length === 0) problems.push(...tagProblems(tags["tagsAll"]), ...(type.check?.(whole) ?? []));
  const defaults = Object.keys(added).sort();
  return { inputs: { ...given, ...added, ...tags, [DEFAULTS]: defaults }, problems };
}

export const isDefault = (inputs: JsonRecord, property: string): boolean => {
  const defaults = inputs[DEFAULTS];
  return isList(defaults) && defaults.includes(property);
};
