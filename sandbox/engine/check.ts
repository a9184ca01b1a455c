import { createHash, randomBytes } from "node:crypto";
import { plainRecord } from "./values";
import { isList, text, texts, type JsonRecord } from "../store/json";
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

const asUuid = (digits: string): string => digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");

function invented(auto: AutoName, request: CheckRequest): string {
  const name = auto.lowerCase === true ? request.name.toLowerCase() : request.name;
  if (auto.random === false) return name;
  const seed = request.randomSeed.length > 0 ? request.randomSeed : randomBytes(32);
  const digits = createHash("sha256").update(seed).update(request.name).digest("hex");
  if (auto.random === "uuid") return asUuid(digits);
  const end = (auto.separator ?? "-") + digits.slice(0, auto.digits ?? RANDOM_DIGITS);
  return name.slice(0, auto.maxLength - end.length) + end;
}

function autoName({ autoName: auto, comparesInputs }: ResourceType, request: CheckRequest, news: JsonRecord): JsonRecord {
  if (auto === undefined || news[auto.property] !== undefined) return {};
  if (auto.prefix !== undefined && news[auto.prefix] !== undefined) return {};
  // azure-native keeps any name that the object has (provider.go, getDefaultName); the bridge keeps only its own.
  const keeps = comparesInputs === true || texts(request.olds[DEFAULTS]).includes(auto.property);
  const kept = keeps ? text(request.olds[auto.property]) : "";
  return { [auto.property]: kept === "" ? invented(auto, request) : kept };
}

/** The engine's Check: names, types, what is required, then what the type itself asks for. */
export function checkInputs(type: ResourceType, request: CheckRequest): Checked {
  // The tags with the provider's defaults are this function's own addition: an older state hands them back in.
  const { [DEFAULTS]: _, tagsAll: __, ...given } = request.news;
  const news = plainRecord(given);
  const added: JsonRecord = {
    ...Object.fromEntries(Object.entries(type.defaults ?? {}).filter(([key]) => news[key] === undefined)),
    ...autoName(type, request, news),
  };
  const whole = { ...news, ...added };
  const filled = type.fill?.(whole, request.config, request.olds) ?? {};
  const problems = checkFields(type.inputs, whole);
  if (problems.length === 0) problems.push(...(type.check?.({ ...whole, ...filled }) ?? []));
  const defaults = Object.keys(added).sort();
  return { inputs: { ...given, ...added, ...filled, [DEFAULTS]: defaults }, problems };
}

export const isDefault = (inputs: JsonRecord, property: string): boolean => {
  const defaults = inputs[DEFAULTS];
  return isList(defaults) && defaults.includes(property);
};
