import type { ProviderConfig } from "../engine/resource";
import type { InputFields, Problem } from "../engine/shape";
import { isUnknown, UNKNOWN } from "../engine/values";
import { textMap, type Json, type JsonRecord } from "../store/json";

/** Resource tags win over the provider's default tags. */
export function allTags(fields: InputFields, inputs: JsonRecord, config: ProviderConfig): JsonRecord {
  if (!("tags?" in fields)) return {};
  const own = inputs["tags"];
  if (isUnknown(own)) return { tagsAll: UNKNOWN };
  const tags = { ...config.defaultTags, ...textMap(own) };
  return Object.keys(tags).length === 0 ? {} : { tagsAll: tags };
}

export function tagProblems(tags: Json | undefined): Problem[] {
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
