import { ASSOCIATION, DOCUMENT, LOG_GROUP, PARAMETER, VPC_ENDPOINT } from "../aws/types";
import { ACCOUNT_ID } from "../store/account";
import { isRecord, parseJson, record, records, text, textMap, texts, type Json, type JsonRecord } from "../store/json";
import type { CloudObject, CloudStore } from "../store/store";
import { parseDocument, resolveParameters, type SsmDocument, type Step } from "./document";
import { OWNED, PACKAGES } from "./owned";
import { instanceMay } from "./permissions";

/** One channel that the CloudWatch agent reads. */
export interface Collected {
  readonly channel: string;
  readonly ids: readonly number[];
  readonly levels: readonly string[];
  /** Regular expressions that a line must fit. */
  readonly include: readonly RegExp[];
  readonly format: "text" | "xml";
  readonly group: string;
  readonly stream: string;
}

/** Documents whose steps are not scripts: the agent itself knows what they do. */
export const isForAgent = ({ steps }: SsmDocument): boolean => steps.length > 0 && steps.every(({ action }) => action === "aws:configurePackage" || action === "aws:runDocument");

/** Runs such a document on a machine. The reason when it fails. */
export function runForAgent(store: CloudStore, { steps }: SsmDocument, values: Readonly<Record<string, string>>, instance: CloudObject, region: string): string | undefined {
  let installed = false;
  for (const step of steps) {
    if (step.action === "aws:configurePackage") {
      const wrong = install(store, step, instance, region);
      if (wrong !== undefined) return wrong;
      installed = true;
    } else {
      if (!installed) return "the CloudWatch agent is not installed";
      const read = configuration(store, step, values, instance, region);
      if (typeof read === "string") return read;
    }
  }
  return undefined;
}

function install(store: CloudStore, { inputs }: Step, instance: CloudObject, region: string): string | undefined {
  if (!PACKAGES.includes(text(inputs["name"]))) return `there is no package ${text(inputs["name"])}`;
  // Behind an endpoint the agent asks S3 as the machine's role; else as nobody, which AWS' buckets allow.
  const endpoint = store.list(VPC_ENDPOINT).some(({ properties }) => text(properties["serviceName"]).endsWith(".s3"));
  const may = instanceMay(store, instance.id, "s3:GetObject", `arn:aws:s3:::amazon-ssm-packages-${region}/package.zip`);
  return endpoint && !may ? `AccessDenied: s3://amazon-ssm-packages-${region}` : undefined;
}

function configuration(store: CloudStore, { inputs }: Step, values: Readonly<Record<string, string>>, instance: CloudObject, region: string): readonly Collected[] | string {
  const document = OWNED.get(text(inputs["documentPath"]));
  if (document === undefined) return `there is no document ${text(inputs["documentPath"])}`;
  const given = Object.fromEntries(Object.entries(textMap(inputs["documentParameters"])).map(([name, value]) => [name, [value.replace(/\{\{\s*(\w+)\s*\}\}/g, (_match, key: string) => values[key] ?? "")]]));
  const { values: resolved, problem } = resolveParameters(document, given);
  if (resolved === undefined) return problem ?? "";
  const name = resolved["optionalConfigurationLocation"] ?? "";
  const parameter = store.get(PARAMETER, name);
  if (!instanceMay(store, instance.id, "ssm:GetParameter", `arn:aws:ssm:${region}:${ACCOUNT_ID}:parameter/${name}`)) return `AccessDenied: ssm:GetParameter of ${name}`;
  return parameter === undefined ? `ParameterNotFound: ${name}` : readConfiguration(text(parameter.properties["insecureValue"]) || text(parameter.properties["value"]));
}

/** What the agent's own schema demands of a configuration with nothing but events in it; the reason when it does not fit. */
export function readConfiguration(content: string): readonly Collected[] | string {
  let value: Json;
  try {
    value = parseJson(content);
  } catch {
    return "the agent's configuration is no JSON";
  }
  const logs = record(record(value)["logs"]);
  const events = record(record(logs["logs_collected"])["windows_events"]);
  const list = records(events["collect_list"]);
  if (!isRecord(value) || Object.keys(value).join() !== "logs" || Object.keys(logs).join() !== "logs_collected" || list.length === 0) return "the sandbox knows logs.logs_collected.windows_events.collect_list alone";
  const wrong = list.map(entryProblem).find((problem) => problem !== undefined);
  if (wrong !== undefined) return wrong;
  const places = list.map((one) => ["log_group_name", "log_stream_name", "event_name"].map((key) => text(one[key])).join());
  if (new Set(places).size < places.length) return "two entries have one group, stream and channel: they would share the agent's place in it";
  return list.map(collected);
}

const KEYS = ["event_name", "event_ids", "event_levels", "filters", "event_format", "log_group_name", "log_stream_name"];
const LEVELS = ["CRITICAL", "ERROR", "WARNING", "INFORMATION", "VERBOSE"];
/** A query of Windows ends at some twenty conditions, of which one is the events' age. */
const CONDITIONS = 20;

function entryProblem(entry: JsonRecord): string | undefined {
  const [ids, levels, filters] = [entry["event_ids"], entry["event_levels"], entry["filters"]];
  const strange = Object.keys(entry).find((key) => !KEYS.includes(key));
  const name = text(entry["event_name"]);
  if (strange !== undefined) return `${name}: the sandbox does not know ${strange}`;
  if (name === "" || text(entry["log_group_name"]) === "" || text(entry["log_stream_name"]) === "") return "an entry names no channel, group or stream";
  if (ids === undefined && levels === undefined && filters === undefined) return `${name}: one of event_levels, event_ids, filters is required`;
  const numbers = (Array.isArray(ids) ? ids : []) as readonly Json[];
  if (numbers.some((id) => typeof id !== "number" || id < 0 || id > 65_535) || new Set(numbers).size < numbers.length) return `${name}: event_ids are different numbers from 0 to 65535`;
  if (texts(levels).some((level) => !LEVELS.includes(level))) return `${name}: event_levels are ${LEVELS.join(", ")}`;
  if (numbers.length + texts(levels).length > CONDITIONS) return `${name}: has more than ${CONDITIONS} ids and levels, which Windows refuses in one query`;
  if (records(filters).some((filter) => filter["type"] !== "include")) return `${name}: the sandbox knows filters of the type include`;
  return ["text", "xml"].includes(text(entry["event_format"])) ? undefined : `${name}: event_format is neither text nor xml`;
}

const collected = (entry: JsonRecord): Collected => ({
  channel: text(entry["event_name"]),
  ids: ((entry["event_ids"] ?? []) as readonly Json[]).map(Number),
  levels: texts(entry["event_levels"]),
  include: records(entry["filters"]).map((filter) => new RegExp(text(filter["expression"]))),
  format: entry["event_format"] === "xml" ? "xml" : "text",
  group: text(entry["log_group_name"]),
  stream: text(entry["log_stream_name"]),
});

/** Whether a machine's agent may write into a group, which must be there: the agent gets no right to make one. */
export function mayWrite(store: CloudStore, instance: string, group: string, stream: string): boolean {
  const arn = text(store.get(LOG_GROUP, group)?.properties["arn"]);
  return arn !== "" && ["logs:CreateLogStream", "logs:PutLogEvents"].every((action) => instanceMay(store, instance, action, `${arn}:log-stream:${stream}`));
}

/** What a machine's CloudWatch agent reads: nothing before an association has installed and configured it. */
export function collectedBy(store: CloudStore, instance: CloudObject, region: string): readonly Collected[] {
  for (const association of store.list(ASSOCIATION)) {
    const document = store.get(DOCUMENT, text(association.properties["name"]));
    const { document: parsed } = parseDocument(text(document?.properties["content"]), "JSON");
    const step = parsed?.steps.find(({ action }) => action === "aws:runDocument");
    if (parsed === undefined || step === undefined || textMap(record(association.properties["results"]))[instance.id] !== "Success") continue;
    const given = Object.fromEntries(Object.entries(textMap(association.properties["parameters"])).map(([name, value]) => [name, [value]]));
    const read = configuration(store, step, resolveParameters(parsed, given).values ?? {}, instance, region);
    if (typeof read !== "string") return read;
  }
  return [];
}
