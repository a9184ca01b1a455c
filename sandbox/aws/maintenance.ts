import { randomUUID } from "node:crypto";
import { CloudError } from "../engine/failure";
import type { Call } from "../engine/resource";
import type { Problem } from "../engine/shape";
import { holdsUnknown, isUnknown } from "../engine/values";
import { record, records, text, texts, whole, type JsonRecord } from "../store/json";
import type { CloudObject, CloudStore } from "../store/store";
import { parseDocument, resolveParameters, type SsmDocument } from "../ssm/document";
import { OWNED } from "../ssm/owned";
import { oneOf, pattern } from "../engine/exclusive";
import { scheduleReason } from "./cron";
import { maintenanceWindowInputs, maintenanceWindowTargetInputs, maintenanceWindowTaskInputs } from "./inputs/maintenance";
import { arn, mustExist, newId, type Row } from "./row";
import { DOCUMENT, WINDOW, WINDOW_TARGET, WINDOW_TASK } from "./types";

const NAME = /^[a-zA-Z0-9_\-.]{3,128}$/;
const range = (inputs: JsonRecord, key: string, first: number, last: number): Problem[] => {
  const value = inputs[key];
  return typeof value === "number" && (value < first || value > last) ? [{ property: key, reason: `is not from ${first} to ${last}` }] : [];
};

// internal/service/ssm/maintenance_window.go: nothing replaces
const window: Row = {
  token: WINDOW,
  title: "SSM Maintenance Window",
  inputs: maintenanceWindowInputs,
  replaces: [],
  autoName: { property: "name", maxLength: 128 },
  defaults: { allowUnassociatedTargets: false, enabled: true },
  outputs: [],
  check: (inputs) => {
    const schedule = inputs["schedule"];
    const wrong = typeof schedule === "string" && !isUnknown(schedule) ? scheduleReason(schedule) : undefined;
    return [
      ...pattern(inputs, "name", NAME, "must contain only alphanumeric, underscore, hyphen, or period characters, 3 to 128 of them"),
      ...pattern(inputs, "description", /^.{1,128}$/s, "has more than 128 characters"),
      ...range(inputs, "duration", 1, 24),
      ...range(inputs, "cutoff", 0, 23),
      ...(whole(inputs["cutoff"]) >= whole(inputs["duration"], 24) ? [{ property: "cutoff", reason: "ValidationException: Cutoff must be less than Duration" }] : []),
      ...(wrong === undefined ? [] : [{ property: "schedule", reason: `ValidationException: Invalid schedule: ${wrong}` }]),
    ];
  },
  identify: () => newId("mw"),
  compute: () => ({}),
  removed: (store, { id }) => {
    for (const type of [WINDOW_TARGET, WINDOW_TASK]) for (const part of partsOf(store, type, id)) store.remove(type, part.id);
  },
};

const partsOf = (store: CloudStore, type: string, id: string): CloudObject[] => store.list(type).filter(({ properties }) => properties["windowId"] === id);
const windowMustExist = (call: Call): void => void mustExist(call, WINDOW, text(call.inputs["windowId"]), "DoesNotExistException", "Maintenance window");
/** Imported as WINDOW/ID. */
const resolves = (type: string) => (store: CloudStore, given: string): string | undefined => store.list(type).find(({ id, properties }) => given === `${text(properties["windowId"])}/${id}`)?.id;

// internal/service/ssm/maintenance_window_target.go
const target: Row = {
  token: WINDOW_TARGET,
  title: "SSM Maintenance Window Target",
  inputs: maintenanceWindowTargetInputs,
  replaces: ["resourceType", "windowId"],
  outputs: [],
  check: (inputs) => [
    ...pattern(inputs, "name", NAME, "must contain only alphanumeric, underscore, hyphen, or period characters, 3 to 128 of them"),
    ...oneOf(inputs, "resourceType", ["INSTANCE", "RESOURCE_GROUP"]),
    ...(records(inputs["targets"]).length > 5 ? [{ property: "targets", reason: "are more than 5" }] : []),
    ...records(inputs["targets"]).flatMap((one, i) => (isUnknown(one["key"]) || /^(InstanceIds|tag:.+|tag-key|resource-groups:.+)$/.test(text(one["key"])) ? [] : [{ property: `targets[${i}].key`, reason: "is none of InstanceIds, tag:KEY, tag-key, resource-groups:KEY" }])),
  ],
  identify: () => randomUUID(),
  resolves: resolves(WINDOW_TARGET),
  validate: windowMustExist,
  compute: () => ({}),
};

function documentOf({ inputs, store }: Call): SsmDocument | undefined {
  const name = text(inputs["taskArn"]);
  const own = store.get(DOCUMENT, name);
  return own === undefined ? OWNED.get(name) : parseDocument(text(own.properties["content"]), text(own.properties["documentFormat"]) || "JSON").document;
}

function validateTask(call: Call): void {
  windowMustExist(call);
  const { inputs, store } = call;
  for (const { key, values } of records(inputs["targets"]).map((one) => ({ key: text(one["key"]), values: texts(one["values"]) }))) {
    if (key !== "WindowTargetIds") continue;
    for (const id of values) {
      if (store.get(WINDOW_TARGET, id)?.properties["windowId"] !== inputs["windowId"]) throw new CloudError("ValidationException", `The window target ${id} is not registered with ${text(inputs["windowId"])}`);
    }
  }
  if (inputs["taskType"] !== "RUN_COMMAND") throw new CloudError("ValidationException", "the sandbox knows tasks of the type RUN_COMMAND alone");
  const document = documentOf(call);
  if (document === undefined) throw new CloudError("InvalidDocument", `document ${text(inputs["taskArn"])} does not exist`);
  const given = records(record(record(inputs["taskInvocationParameters"])["runCommandParameters"])["parameters"]);
  if (holdsUnknown(inputs["taskInvocationParameters"])) return;
  const { problem } = resolveParameters(document, Object.fromEntries(given.map((one) => [text(one["name"]), texts(one["values"])])));
  if (problem !== undefined) throw new CloudError("InvalidParameters", problem);
}

const SHARE = /^([1-9][0-9]*|[1-9][0-9]%|[1-9]%|100%)$/;

// internal/service/ssm/maintenance_window_task.go
const task: Row = {
  token: WINDOW_TASK,
  title: "SSM Maintenance Window Task",
  inputs: maintenanceWindowTaskInputs,
  replaces: ["taskType", "windowId"],
  outputs: ["arn", "maxConcurrency", "maxErrors", "serviceRoleArn", "windowTaskId"],
  check: (inputs) => [
    ...pattern(inputs, "name", NAME, "must contain only alphanumeric, underscore, hyphen, or period characters, 3 to 128 of them"),
    ...oneOf(inputs, "taskType", ["RUN_COMMAND", "AUTOMATION", "STEP_FUNCTIONS", "LAMBDA"]),
    ...oneOf(inputs, "cutoffBehavior", ["CONTINUE_TASK", "CANCEL_TASK"]),
    ...pattern(inputs, "maxConcurrency", SHARE, "must be a number without leading zeros or with leading 1-9 and percentage"),
    ...pattern(inputs, "maxErrors", SHARE, "must be zero, a number without leading zeros or with leading 1-9 and percentage"),
    ...range(record(record(inputs["taskInvocationParameters"])["runCommandParameters"]), "timeoutSeconds", 30, 2_592_000),
  ],
  identify: () => randomUUID(),
  resolves: resolves(WINDOW_TASK),
  validate: validateTask,
  compute: (call, id) => ({ arn: arn(call, "ssm", `windowtask/${id}`), maxConcurrency: "1", maxErrors: "1", serviceRoleArn: "", windowTaskId: id }),
};

export const maintenanceRows: readonly Row[] = [window, target, task];
