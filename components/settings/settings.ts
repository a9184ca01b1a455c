import { distance } from "fastest-levenshtein";
import { z } from "zod";
import { accountSchema } from "./account";
import { automationSchema } from "./automation";
import { completeAwsSchema } from "./aws";
import { completeAzureSchema } from "./azure";
import { certificateSchema } from "./certificate";
import { exceptionsSchema } from "./exceptions";
import { guestSchema } from "./guest";
import { hardeningSchema } from "./hardening";
import { jeaSchema } from "./jea";
import { loggingSchema } from "./logging";
import { passwordsSchema } from "./passwords";
import { shown, type Problem } from "./problem";
import { halves, tagsSchema } from "./schema";
import { updatesSchema } from "./updates";

/** The whole of what a stack may ask for. Keys are the stack file's, without the project's prefix. */
export const settingsSchema = z.strictObject({
  automation: automationSchema,
  account: accountSchema,
  certificate: certificateSchema.prefault({}),
  logging: loggingSchema,
  passwords: passwordsSchema,
  updates: updatesSchema,
  jea: jeaSchema,
  guest: guestSchema,
  hardening: hardeningSchema,
  exceptions: exceptionsSchema,
  tags: tagsSchema.default({}),
  aws: completeAwsSchema.optional(),
  azure: completeAzureSchema.optional(),
});

export type Settings = Readonly<z.infer<typeof settingsSchema>> & {
  /** Stack and project, `secure-winrm-prod`: names what several stacks in one account must not share. */
  readonly fleet: string;
  /** YYYY-MM-DD, UTC: an input, so that the same settings on the same day give the same plan. */
  readonly today: string;
};

export type Parsed = { readonly settings: Settings; readonly problems: readonly [] } | { readonly settings?: undefined; readonly problems: readonly Problem[] };

/** Shape, types and values of a stack file's keys. Controls judge the result further (`planProblems`). Collects every problem. */
export function parseSettings(raw: unknown, context: { readonly fleet: string; readonly today: string }): Parsed {
  const result = settingsSchema.safeParse(raw, { reportInput: true });
  const problems = [...protoProblems(raw, []), ...(result.success ? [] : result.error.issues.flatMap((issue) => problemsOf(issue)))];
  return result.success && problems.length === 0 ? { settings: { ...result.data, ...context }, problems: [] } : { problems };
}

const PROTO = "__proto__";

/** Schemas pass over a key of this name: a host that is called so would be left out, and nobody would hear of it. */
function protoProblems(value: unknown, path: readonly PropertyKey[]): Problem[] {
  if (Array.isArray(value)) return value.flatMap((item: unknown, i) => protoProblems(item, [...path, i]));
  if (!isPlain(value)) return [];
  const own = Object.hasOwn(value, PROTO) ? [{ key: keyText([...path, PROTO]), what: "is a name that JavaScript keeps for itself", mend: "take it out, or give it another name" }] : [];
  return [...own, ...Object.entries(value).flatMap(([name, item]) => (name === PROTO ? [] : protoProblems(item, [...path, name])))];
}

/** Not what a class or a proxy made: stack files hold none. */
function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function keyText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => (typeof part === "number" ? `${text}[${part}]` : text === "" ? String(part) : `${text}.${String(part)}`), "");
}

function problemsOf(issue: z.core.$ZodIssue): Problem[] {
  const key = keyText(issue.path) || "the stack file";
  const { what, mend } = halves(issue.message);
  if (mend !== undefined) return [{ key, what, found: shown(issue.input, key), mend }];
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.filter((name) => name !== PROTO).map((name) => ({ key: keyText([...issue.path, name]), what: "is not a known key", mend: didYouMean(name, issue.path) }));
    case "invalid_key":
      return issue.issues.flatMap((inner) => {
        const halved = halves(inner.message);
        return [{ key, what: halved.what, found: shown(issue.path.at(-1)), mend: halved.mend ?? "rename it" }];
      });
    case "invalid_type":
      return issue.input === undefined
        ? [{ key, what: "is missing", mend: `write ${a(issue.expected)}` }]
        : [{ key, what: `is not ${a(issue.expected)}`, found: shown(issue.input, key), mend: `write ${a(issue.expected)}` }];
    case "invalid_value":
      return [{ key, what: "is not one of the known values", found: shown(issue.input, key), mend: `write one of ${issue.values.map(String).join(", ")}` }];
    case "too_big":
      return [{ key, what: "is too long or too large", found: shown(issue.input, key), mend: `write at most ${String(issue.maximum)}` }];
    case "too_small":
      return [{ key, what: "is too short or too small", found: shown(issue.input, key), mend: `write at least ${String(issue.minimum)}` }];
    default:
      return [{ key, what, found: shown(issue.input, key), mend: "see the stack file's schema" }];
  }
}

const TYPE_WORDS: Record<string, string> = {
  object: "a map",
  record: "a map",
  array: "a list",
  string: "a text (in quotes where YAML would read a number or date)",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
};

const a = (type: string): string => TYPE_WORDS[type] ?? `a value of type ${type}`;

/** The keys that may stand at a path, from the schema itself. */
function knownKeys(path: readonly PropertyKey[]): string[] {
  let schema: unknown = JSON_SCHEMA;
  for (const part of path) {
    const node = schema as { properties?: Record<string, unknown>; additionalProperties?: unknown; items?: unknown };
    schema = typeof part === "number" ? node.items : (node.properties?.[String(part)] ?? node.additionalProperties);
    if (typeof schema !== "object" || schema === null) return [];
  }
  const properties = (schema as { properties?: Record<string, object> }).properties ?? {};
  return Object.entries(properties).flatMap(([key, value]) => ("not" in value ? [] : [key]));
}

function didYouMean(name: string, path: readonly PropertyKey[]): string {
  const known = knownKeys(path);
  if (known.length === 0) return "take it out";
  const near = known
    .map((key) => ({ key, distance: distance(name.toLowerCase(), key.toLowerCase()) }))
    .sort((x, y) => x.distance - y.distance || x.key.localeCompare(y.key))[0];
  const list = `known keys are ${known.join(", ")}`;
  return near && near.distance <= Math.max(2, name.length / 3) ? `did you mean ${near.key}? (${list})` : `take it out; ${list}`;
}

/** JSON Schema of the settings as they are written, before defaults. */
export const JSON_SCHEMA = z.toJSONSchema(settingsSchema, { io: "input", unrepresentable: "any" });
