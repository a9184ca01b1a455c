import { oneOf, pattern } from "../engine/exclusive";
import type { Call } from "../engine/resource";
import { record, records, text, texts, whole, type JsonRecord } from "../store/json";
import { armError } from "./failure";
import { named } from "./group";
import { scheduledQueryRuleInputs } from "./inputs/monitor";
import { runQuery } from "./kql/run";
import { findObject } from "./objects";
import { idOf } from "./place";
import type { AzureRow } from "./row";
import { ACTION_GROUP, QUERY_RULE, WORKSPACE } from "./types";

/** Source: validations of azurerm_monitor_scheduled_query_rules_alert_v2, which has them from the API's answers. */
const FREQUENCIES = ["PT1M", "PT5M", "PT10M", "PT15M", "PT30M", "PT45M", "PT1H", "PT2H", "PT3H", "PT4H", "PT5H", "PT6H", "P1D"];
const WINDOWS = [...FREQUENCIES, "P2D"];
const MOST_DIMENSIONS = 6;
const MOST_BYTES = 64 * 1024;

/** Of the durations above. Unit: ms */
export function durationOf(text: string): number {
  const [, days = "0", hours = "0", minutes = "0"] = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$/.exec(text) ?? [];
  return ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60_000;
}

const invalid = (message: string) => armError(400, "BadArgumentError", message);

function conditionMustFit(condition: JsonRecord): void {
  const query = text(condition["query"]);
  let columns: ReadonlySet<string>;
  try {
    columns = runQuery(query, { now: 0, rows: () => [] }).columns;
  } catch (error) {
    throw invalid(`The query is not one that the sandbox can run: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (condition["timeAggregation"] !== "Count" || condition["operator"] !== "GreaterThan" || condition["threshold"] === undefined) throw invalid("The sandbox knows rules that count rows above a threshold only.");
  const { numberOfEvaluationPeriods, minFailingPeriodsToAlert } = record(condition["failingPeriods"]);
  if (whole(numberOfEvaluationPeriods, 1) !== 1 || whole(minFailingPeriodsToAlert, 1) !== 1) throw invalid("The sandbox knows one period of evaluation only.");
  const dimensions = records(condition["dimensions"]);
  if (dimensions.length > MOST_DIMENSIONS) throw invalid(`A rule has at most ${MOST_DIMENSIONS} dimensions.`);
  const lost = dimensions.find((one) => !columns.has(text(one["name"])));
  if (lost !== undefined) throw invalid(`The dimension ${text(lost["name"])} is no column of the query's result; there are ${[...columns].join(", ")}.`);
  if (dimensions.some((one) => one["operator"] !== "Include" || texts(one["values"]).join() !== "*")) throw invalid("The sandbox knows dimensions that include everything only.");
}

function validate({ inputs, store }: Call): void {
  const [frequency, window] = [text(inputs["evaluationFrequency"]), text(inputs["windowSize"])];
  if (!FREQUENCIES.includes(frequency)) throw invalid(`The evaluation frequency ${frequency} is not one of ${FREQUENCIES.join(", ")}.`);
  if (!WINDOWS.includes(window)) throw invalid(`The window size ${window} is not one of ${WINDOWS.join(", ")}.`);
  if (durationOf(frequency) > durationOf(window)) throw invalid(`The evaluation frequency ${frequency} is longer than the window ${window}.`);
  const severity = inputs["severity"];
  if (typeof severity !== "number" || !Number.isInteger(severity) || severity < 0 || severity > 4) throw invalid("The severity is a whole number from 0 to 4.");
  if (inputs["autoMitigate"] !== false && inputs["muteActionsDuration"] !== undefined) throw invalid("A rule that resolves its alerts cannot mute their actions.");
  const scopes = texts(inputs["scopes"]);
  if (scopes.length !== 1 || findObject(store, WORKSPACE, scopes[0] ?? "") === undefined) throw armError(400, "ScopeNotFound", `The scope ${scopes.join(", ")} is not a workspace that is there.`);
  const conditions = records(record(inputs["criteria"])["allOf"]);
  if (conditions.length !== 1) throw invalid("A rule of kind LogAlert has one condition.");
  for (const condition of conditions) conditionMustFit(condition);
  for (const group of texts(record(inputs["actions"])["actionGroups"])) {
    if (findObject(store, ACTION_GROUP, group) === undefined) throw armError(400, "ActionGroupNotFound", `The action group ${group} was not found.`);
  }
  if (Buffer.byteLength(JSON.stringify(inputs)) > MOST_BYTES) throw invalid("The properties of the rule have more than 64 KB.");
}

const queryRule: AzureRow = {
  token: QUERY_RULE,
  title: "Scheduled Query Rule",
  apiVersion: "2025-01-01-preview",
  inputs: scheduledQueryRuleInputs,
  path: ["resourceGroupName", "ruleName"],
  // A tracked resource of the common types.
  replaces: ["location"],
  autoName: named("ruleName"),
  outputs: ["actions", "autoMitigate", "checkWorkspaceAlertsStorageConfigured", "createdWithApiVersion", "criteria", "description", "displayName", "enabled", "etag", "evaluationFrequency", "identity", "isLegacyLogAnalyticsRule", "isWorkspaceAlertsStorageConfigured", "kind", "location", "muteActionsDuration", "name", "overrideQueryTimeRange", "resolveConfiguration", "scopes", "severity", "skipQueryValidation", "systemData", "tags", "targetResourceTypes", "type", "windowSize"],
  check: (inputs) => [...pattern(inputs, "ruleName", /^[^*#&+:<>?@%{}\\/]{0,259}[^*#&+:<>?@%{}\\/ .]$/, "is no name for a rule: not * # & + : < > ? @ % { } \\ /, nor a blank or dot at its end"), ...oneOf(inputs, "kind", ["LogAlert"])],
  identify: (call) => idOf(call, QUERY_RULE, ["ruleName"]),
  validate,
  compute: () => ({ createdWithApiVersion: "2025-01-01-preview", isLegacyLogAnalyticsRule: false, isWorkspaceAlertsStorageConfigured: false }),
  longRunning: false,
};

export const queryRows: readonly AzureRow[] = [queryRule];
