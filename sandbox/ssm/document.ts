import { parse as parseYaml } from "yaml";
import { canonical, isList, isRecord, parseJson, record, records, text, texts, whole, type Json, type JsonRecord } from "../store/json";

/** Quota of Systems Manager: a document has at most 64 KB. */
export const DOCUMENT_BYTES = 65_536;
const COMMAND_VERSIONS = ["1.2", "2.0", "2.2"];
const PARAMETER_TYPES = ["String", "StringList", "Boolean", "Integer", "MapList", "StringMap"];

/** Inputs that a plugin needs; the others are left to it. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = { "aws:configurePackage": ["name", "action"], "aws:runDocument": ["documentType", "documentPath"] };

export interface Step {
  readonly name: string;
  readonly action: string;
  readonly runCommand: readonly string[];
  readonly timeoutSeconds: number;
  readonly inputs: JsonRecord;
}

export interface SsmDocument {
  readonly schemaVersion: string;
  readonly description: string;
  readonly parameters: JsonRecord;
  readonly steps: readonly Step[];
}

export interface Parsed {
  readonly document?: SsmDocument;
  readonly problem?: string;
}

function read(content: string, format: string): Json | undefined {
  try {
    // The border to foreign YAML: whatever it holds is judged below.
    return format === "YAML" ? (parseYaml(content) as Json) : parseJson(content);
  } catch {
    return undefined;
  }
}

/** The agent compiles every pattern before each run, by Go's regexp: counts to 1,000, no looking around, no references back. */
function isOfGo(pattern: string): boolean {
  const counts = [...pattern.matchAll(/\{(\d+)(?:,(\d*))?\}/g)].flatMap(([, least = "", most = ""]) => [Number(least), Number(most)]);
  return counts.every((count) => count <= 1000) && !/\(\?(=|!|<=|<!)|\\[1-9]/.test(pattern);
}

function parameterProblem(name: string, declared: Json | undefined): string | undefined {
  if (!/^[a-zA-Z0-9_]{1,50}$/.test(name)) return `parameter name ${name} is invalid`;
  if (!isRecord(declared)) return `parameter ${name} is no object`;
  if (!PARAMETER_TYPES.includes(text(declared["type"]))) return `parameter ${name} has no valid type`;
  const known = ["type", "description", "default", "allowedValues", "allowedPattern", "displayType", "maxItems", "minItems", "maxChars", "minChars", "interpolationType"];
  const strange = Object.keys(declared).find((key) => !known.includes(key));
  if (strange !== undefined) return `parameter ${name} has an unknown key ${strange}`;
  const pattern = text(declared["allowedPattern"]);
  if (!isOfGo(pattern)) return `parameter ${name} has an allowedPattern that no agent can compile: ${pattern}`;
  const fallback = declared["default"];
  return typeof fallback === "string" ? (valueProblem(name, declared, fallback) ?? undefined) : undefined;
}

/** Why a value does not fit its parameter. */
export function valueProblem(name: string, declared: JsonRecord, value: string): string | undefined {
  const allowed = declared["allowedValues"];
  if (isList(allowed) && !allowed.includes(value)) return `Parameter "${name}" has value "${value}" not included in [${texts(allowed).join(", ")}].`;
  const pattern = declared["allowedPattern"];
  if (typeof pattern === "string" && !new RegExp(pattern).test(value)) return `Parameter "${name}" has value "${value}" not matching "${pattern}".`;
  const most = whole(declared["maxChars"], Number.MAX_SAFE_INTEGER);
  return value.length > most ? `Parameter "${name}" has more than ${most} characters.` : undefined;
}

function step(value: JsonRecord): Step {
  const inputs = record(value["inputs"]);
  return {
    name: text(value["name"]),
    action: text(value["action"]),
    runCommand: typeof inputs["runCommand"] === "string" ? [inputs["runCommand"]] : texts(inputs["runCommand"]),
    timeoutSeconds: Number(inputs["timeoutSeconds"] ?? 3600),
    inputs,
  };
}

/** A Command document's content, as CreateDocument judges it. */
export function parseDocument(content: string, format: string): Parsed {
  const bytes = Buffer.byteLength(content);
  if (bytes > DOCUMENT_BYTES) return { problem: `the content has ${bytes} bytes, a document ends at ${DOCUMENT_BYTES}` };
  const value = read(content, format);
  if (!isRecord(value)) return { problem: `the content is not valid ${format}` };
  const schemaVersion = text(value["schemaVersion"]);
  if (!COMMAND_VERSIONS.includes(schemaVersion)) return { problem: `schemaVersion ${JSON.stringify(schemaVersion)} is none of ${COMMAND_VERSIONS.join(", ")}` };
  const known = ["schemaVersion", "description", "parameters", "mainSteps", "runtimeConfig", "variables"];
  const strange = Object.keys(value).find((key) => !known.includes(key));
  if (strange !== undefined) return { problem: `unknown key ${strange}` };
  const parameters = record(value["parameters"]);
  const bad = Object.entries(parameters).map(([name, declared]) => parameterProblem(name, declared)).find((problem) => problem !== undefined);
  if (bad !== undefined) return { problem: bad };
  const steps = records(value["mainSteps"]).map(step);
  if (schemaVersion !== "1.2" && steps.length === 0) return { problem: "mainSteps is missing or empty" };
  const unnamed = steps.find((one) => !/^[a-zA-Z0-9_]{1,128}$/.test(one.name) || !/^aws:\w+$/.test(one.action));
  if (unnamed !== undefined) return { problem: `step ${JSON.stringify(unnamed.name)} has no valid name or action` };
  const lacking = steps.flatMap(({ name, action, inputs }) => (REQUIRED[action] ?? []).filter((key) => inputs[key] === undefined).map((key) => `step ${name} has no ${key}, which ${action} needs`))[0];
  if (lacking !== undefined) return { problem: lacking };
  if (new Set(steps.map((one) => one.name)).size < steps.length) return { problem: "two steps have one name" };
  const used = [...content.matchAll(/\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g)].map((match) => match[1] ?? "").find((name) => parameters[name] === undefined);
  if (used !== undefined) return { problem: `{{ ${used} }} is not among the parameters` };
  return { document: { schemaVersion, description: text(value["description"]), parameters, steps } };
}

export interface Arguments {
  readonly values?: Readonly<Record<string, string>>;
  readonly problem?: string;
}

const defaultText = (value: Json | undefined): string => (typeof value === "string" ? value : isList(value) ? texts(value).join(",") : canonical(value));

/** Parameters of a command or association against the document's declarations: unknown, missing, out of range. */
export function resolveParameters(document: SsmDocument, given: Readonly<Record<string, readonly string[]>>): Arguments {
  const strange = Object.keys(given).find((name) => document.parameters[name] === undefined);
  if (strange !== undefined) return { problem: `Parameter "${strange}" is not a valid parameter.` };
  const values: Record<string, string> = {};
  for (const [name, declared] of Object.entries(document.parameters)) {
    const parameter = record(declared);
    const list = given[name];
    const fallback = parameter["default"];
    if (list === undefined && fallback === undefined) return { problem: `Parameter "${name}" requires a value.` };
    if (list !== undefined && parameter["type"] === "String" && list.length !== 1) return { problem: `Parameter "${name}" must have one value.` };
    const value = list === undefined ? defaultText(fallback) : list.join(",");
    const problem = valueProblem(name, parameter, value);
    if (problem !== undefined) return { problem };
    values[name] = value;
  }
  return { values };
}

/** What the agent sets before it starts a step: the parameters that ask for it. */
export function environmentOf({ parameters }: SsmDocument, values: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const wanted = Object.entries(values).filter(([name]) => record(parameters[name])["interpolationType"] === "ENV_VAR");
  return Object.fromEntries(wanted.map(([name, value]) => [`SSM_${name}`, value]));
}

/** The script that a host gets: parameters are put in as text, as Systems Manager does it. */
export function renderCommand(step: Step, values: Readonly<Record<string, string>>): string {
  return step.runCommand.join("\n").replace(/\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g, (match, name: string) => values[name] ?? match);
}
