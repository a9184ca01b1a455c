import { createHash, randomUUID } from "node:crypto";
import type { Call } from "../engine/resource";
import { CloudError, PartialFailure } from "../engine/failure";
import type { Problem } from "../engine/shape";
import { holdsUnknown, isUnknown } from "../engine/values";
import { ACCOUNT_ID } from "../store/account";
import { equal, record, records, text, textMap, texts, whole, type JsonRecord } from "../store/json";
import type { CloudObject } from "../store/store";
import { runAssociation, runUsersOf } from "../ssm/association";
import { parseDocument, resolveParameters } from "../ssm/document";
import { oneOf, pattern } from "../engine/exclusive";
import { associationInputs, documentInputs } from "./inputs/ssm";
import { arn, mustExist, type Row } from "./row";
import { ASSOCIATION, BUCKET, DOCUMENT } from "./types";

const DOCUMENT_TYPES = ["ApplicationConfiguration", "ApplicationConfigurationSchema", "Automation", "Automation.ChangeTemplate", "ChangeCalendar", "CloudFormation", "Command", "ConformancePackTemplate", "DeploymentStrategy", "Package", "Policy", "ProblemAnalysis", "ProblemAnalysisTemplate", "QuickSetup", "Session"];
const formatOf = (properties: JsonRecord): string => text(properties["documentFormat"]) || "JSON";

function checkDocument(inputs: JsonRecord): Problem[] {
  const problems = [
    ...pattern(inputs, "name", /^[0-9A-Za-z_.-]{3,128}$/, "must contain only alphanumeric, underscore, hyphen, or period characters, 3 to 128 of them"),
    ...pattern(inputs, "name", /^(?!(aws|amazon|amzn))/i, "starts with a prefix that is AWS' own"),
    ...oneOf(inputs, "documentType", DOCUMENT_TYPES),
    ...oneOf(inputs, "documentFormat", ["JSON", "YAML", "TEXT"]),
    ...pattern(inputs, "targetType", /^\/[\w.\-:/]{0,199}$/, "must contain a forward slash optionally followed by a resource type such as AWS::EC2::Instance"),
  ];
  if (inputs["documentType"] === "Command" && !isUnknown(inputs["content"])) {
    const { problem } = parseDocument(text(inputs["content"]), formatOf(inputs));
    if (problem !== undefined) problems.push({ property: "content", reason: `InvalidDocumentContent: ${problem}` });
  }
  return problems;
}

function describe(call: Call, id: string, olds: JsonRecord | undefined): JsonRecord {
  const { inputs } = call;
  const { document } = parseDocument(text(inputs["content"]), formatOf(inputs));
  const same = olds !== undefined && olds["content"] === inputs["content"];
  const version = String(same ? whole(Number(olds["latestVersion"]), 1) : Number(olds?.["latestVersion"] ?? 0) + 1);
  return {
    arn: arn(call, "ssm", `document/${id}`),
    createdDate: olds?.["createdDate"] ?? new Date().toISOString(),
    defaultVersion: version,
    description: document?.description ?? "",
    documentFormat: "JSON",
    documentVersion: version,
    hash: createHash("sha256").update(text(inputs["content"])).digest("hex"),
    hashType: "Sha256",
    latestVersion: version,
    owner: ACCOUNT_ID,
    parameters: Object.entries(document?.parameters ?? {}).map(([name, declared]) => ({ name, ...record(declared) })),
    platformTypes: ["Windows", "Linux", "MacOS"],
    schemaVersion: document?.schemaVersion ?? "",
    status: "Active",
  };
}

// internal/service/ssm/document.go: ForceNew on name alone; a new content is a new default version
const document: Row = {
  token: DOCUMENT,
  title: "SSM Document",
  inputs: documentInputs,
  replaces: ["name"],
  autoName: { property: "name", maxLength: 128 },
  defaults: { documentFormat: "JSON" },
  outputs: ["arn", "createdDate", "defaultVersion", "description", "documentVersion", "hash", "hashType", "latestVersion", "owner", "parameters", "platformTypes", "schemaVersion", "status"],
  renews: (changed) => (changed.has("content") ? ["defaultVersion", "documentVersion", "hash", "latestVersion", "parameters"] : []),
  check: checkDocument,
  identify: (call) => text(call.inputs["name"]),
  taken: "DocumentAlreadyExists",
  compute: describe,
  after: (call, { id, properties }, olds) => {
    if (olds !== undefined && olds["defaultVersion"] !== properties["defaultVersion"]) runUsersOf(call.store, id, call.config.region);
  },
  inUse: (store, { id }) => {
    const user = store.list(ASSOCIATION).find(({ properties }) => properties["name"] === id);
    if (user !== undefined) throw new CloudError("AssociatedInstances", `You must disassociate a document from all managed nodes before you can delete it (${user.id}).`);
  },
};

/** The schedule of State Manager: a rate from 30 minutes to below 31 days, or a cron or at expression. */
function scheduleProblem(expression: string): string | undefined {
  if (/^(cron|at)\(.+\)$/.test(expression)) return undefined;
  const [, count = "", unit = ""] = /^rate\((\d+) (minutes?|hours?|days?)\)$/.exec(expression) ?? [];
  if (unit === "") return "InvalidSchedule: is no rate(), cron() or at() expression";
  const minutes = Number(count) * (unit.startsWith("minute") ? 1 : unit.startsWith("hour") ? 60 : 1440);
  return minutes < 30 || minutes >= 31 * 1440 ? "InvalidSchedule: a rate is at least 30 minutes and below 31 days" : undefined;
}

function checkAssociation(inputs: JsonRecord): Problem[] {
  const targets = records(inputs["targets"]);
  const problems = [
    ...(inputs["name"] === undefined ? [{ property: "name", reason: "missing required property" }] : []),
    ...pattern(inputs, "associationName", /^[0-9A-Za-z_.-]{3,128}$/, "must contain only alphanumeric, underscore, hyphen, or period characters, 3 to 128 of them"),
    ...oneOf(inputs, "complianceSeverity", ["CRITICAL", "HIGH", "MEDIUM", "LOW", "UNSPECIFIED"]),
    ...oneOf(inputs, "syncCompliance", ["AUTO", "MANUAL"]),
    ...pattern(inputs, "maxConcurrency", /^([1-9][0-9]*|[1-9][0-9]%|[1-9]%|100%)$/, "must be a valid number (e.g. 10) or percentage including the percent sign (e.g. 10%)"),
    ...pattern(inputs, "maxErrors", /^([1-9][0-9]*|0|[1-9][0-9]%|[0-9]%|100%)$/, "must be a valid number (e.g. 10) or percentage including the percent sign (e.g. 10%)"),
  ];
  if (targets.length > 5) problems.push({ property: "targets", reason: `has ${targets.length} targets, 5 are the most` });
  targets.forEach((target, i) => {
    if (texts(target["values"]).length > 50) problems.push({ property: `targets[${i}].values`, reason: "has more than 50 values" });
    if (!isUnknown(target["key"]) && !/^(InstanceIds|tag:.+|resource-groups:.+|ParameterValues|aws:NoOpAutomationTag)$/.test(text(target["key"]))) {
      problems.push({ property: `targets[${i}].key`, reason: "InvalidTarget: is none of InstanceIds, tag:KEY, resource-groups:KEY" });
    }
  });
  const schedule = inputs["scheduleExpression"];
  const reason = typeof schedule === "string" && !isUnknown(schedule) ? scheduleProblem(schedule) : undefined;
  if (reason !== undefined) problems.push({ property: "scheduleExpression", reason });
  if (inputs["applyOnlyAtCronInterval"] === true && text(schedule).startsWith("rate(")) problems.push({ property: "applyOnlyAtCronInterval", reason: "is not for rate expressions" });
  return problems;
}

function validateAssociation(call: Call, self: string | undefined): void {
  const { inputs, store } = call;
  const found = mustExist(call, DOCUMENT, text(inputs["name"]), "InvalidDocument", "document");
  const { document: parsed } = parseDocument(text(found.properties["content"]), formatOf(found.properties));
  const given = Object.fromEntries(Object.entries(textMap(inputs["parameters"])).map(([name, value]) => [name, [value]]));
  const problem = parsed && !holdsUnknown(inputs["parameters"]) ? resolveParameters(parsed, given).problem : undefined;
  if (problem !== undefined) throw new CloudError("InvalidParameters", problem);
  const bucket = text(record(inputs["outputLocation"])["s3BucketName"]);
  if (bucket !== "") mustExist(call, BUCKET, bucket, "InvalidOutputLocation", "bucket");
  const twin = store.list(ASSOCIATION).find(({ id, properties }) => id !== self && inputs["associationName"] !== undefined && properties["associationName"] === inputs["associationName"]);
  if (twin !== undefined) throw new CloudError("AssociationAlreadyExists", `An association named '${text(inputs["associationName"])}' exists (${twin.id}).`);
}

/** waitForSuccessTimeoutSeconds counts on create alone, and the id is set by then: its failure leaves the association. */
function settle(call: Call, object: CloudObject): void {
  if (call.inputs["waitForSuccessTimeoutSeconds"] === undefined) return;
  const current = call.store.get(ASSOCIATION, object.id) ?? object;
  if (current.properties["status"] === "Success") return;
  throw new PartialFailure(`waiting for SSM Association (${object.id}) to be Success: unexpected state '${text(current.properties["status"])}', wanted target 'Success'`, object.id, current.properties);
}

// internal/service/ssm/association.go: ForceNew on name
const association: Row = {
  token: ASSOCIATION,
  title: "SSM Association",
  inputs: associationInputs,
  replaces: ["name"],
  defaults: { applyOnlyAtCronInterval: false },
  outputs: ["arn", "associationId", "documentVersion", "instanceId", "parameters", "targets"],
  check: checkAssociation,
  identify: () => randomUUID(),
  validate: validateAssociation,
  compute: (call, id, olds) => ({
    arn: arn(call, "ssm", `association/${id}`),
    associationId: id,
    documentVersion: "$DEFAULT",
    instanceId: "",
    parameters: {},
    targets: [],
    results: olds?.["results"] ?? {},
    status: olds?.["status"] ?? "Pending",
  }),
  after: (call, { id, properties }, olds) => {
    const onlyTags = olds !== undefined && ["name", "parameters", "targets", "scheduleExpression"].every((key) => equal(olds[key], properties[key]));
    if (call.inputs["applyOnlyAtCronInterval"] !== true && !onlyTags) runAssociation(call.store, id, call.config.region);
  },
  // internal/service/ssm/association.go waits on create only.
  settle: (call, object, olds) => (olds === undefined ? settle(call, object) : undefined),
};

export const ssmRows: readonly Row[] = [document, association];
