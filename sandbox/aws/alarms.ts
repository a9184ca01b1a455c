import { CloudError } from "../engine/failure";
import type { Call } from "../engine/resource";
import type { Problem } from "../engine/shape";
import { isUnknown } from "../engine/values";
import { grokFields, GrokError } from "../logs/grok";
import { parsePattern } from "../logs/pattern";
import { PatternError } from "../logs/pattern-error";
import { record, records, text, textMap, texts, whole, type Json, type JsonRecord } from "../store/json";
import { oneOf, pattern } from "../engine/exclusive";
import { logMetricFilterInputs, logTransformerInputs, metricAlarmInputs } from "./inputs/alarms";
import { arn, mustExist, regionOf, type Row } from "./row";
import { LOG_GROUP, LOG_TRANSFORMER, METRIC_ALARM, METRIC_FILTER } from "./types";

const FILTERS_OF_A_GROUP = 100;

/** Why a text is refused, in the words of what reads it. */
function reason(read: () => void): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (error instanceof PatternError || error instanceof GrokError) return error.message;
    throw error;
  }
}

function patternProblems(value: Json | undefined, transformation: JsonRecord): Problem[] {
  if (typeof value !== "string" || isUnknown(value)) return [];
  if (value.length > 1024) return [{ property: "pattern", reason: `has ${value.length} characters, 1024 are the most` }];
  const wrong = reason(() => parsePattern(value));
  if (wrong !== undefined) return [{ property: "pattern", reason: `InvalidParameterException: Invalid metric filter pattern: ${wrong}` }];
  const { kind, fields } = parsePattern(value);
  return Object.entries(textMap(transformation["dimensions"])).flatMap(([name, from]) => {
    const known = kind === "json" ? /^\$(\.[A-Za-z0-9_-]+)+$/.test(from) : fields.includes(from);
    return known ? [] : [{ property: `metricTransformation.dimensions.${name}`, reason: `${from} is no field of the pattern${kind === "terms" ? ", and terms have none" : ""}` }];
  });
}

// internal/service/logs/metric_filter.go: the id is the name; imported as GROUP:NAME
const metricFilter: Row = {
  token: METRIC_FILTER,
  title: "CloudWatch Logs Metric Filter",
  inputs: logMetricFilterInputs,
  replaces: ["logGroupName", "name"],
  autoName: { property: "name", maxLength: 512 },
  outputs: ["applyOnTransformedLogs"],
  check: (inputs) => {
    const transformation = record(inputs["metricTransformation"]);
    const dimensions = Object.keys(textMap(transformation["dimensions"]));
    return [
      ...pattern(inputs, "name", /^[^:*]{1,512}$/, "is no name: up to 512 characters, without : and *"),
      ...patternProblems(inputs["pattern"], transformation),
      ...["name", "namespace"].flatMap((key) => pattern(transformation, key, /^[^:*$]{1,255}$/, "has more than 255 characters, or one of : * $").map((problem) => ({ ...problem, property: `metricTransformation.${key}` }))),
      ...(dimensions.length > 3 ? [{ property: "metricTransformation.dimensions", reason: `are ${dimensions.length}, 3 are the most` }] : []),
      ...(dimensions.length > 0 && transformation["defaultValue"] !== undefined ? [{ property: "metricTransformation.defaultValue", reason: "conflicts with dimensions" }] : []),
    ];
  },
  identify: (call) => text(call.inputs["name"]),
  resolves: (store, given) => store.list(METRIC_FILTER).find(({ id, properties }) => given === `${text(properties["logGroupName"])}:${id}`)?.id,
  taken: "ResourceAlreadyExistsException",
  validate: (call, self) => {
    const group = text(call.inputs["logGroupName"]);
    mustExist(call, LOG_GROUP, group, "ResourceNotFoundException", "specified log group");
    const others = call.store.list(METRIC_FILTER).filter(({ id, properties }) => id !== self && properties["logGroupName"] === group);
    if (others.length >= FILTERS_OF_A_GROUP) throw new CloudError("LimitExceededException", `Resource limit exceeded: ${FILTERS_OF_A_GROUP} metric filters of ${group}`);
    if (call.inputs["applyOnTransformedLogs"] === true && !call.store.list(LOG_TRANSFORMER).some(({ id }) => id.endsWith(`:log-group:${group}`))) {
      throw new CloudError("InvalidParameterException", `applyOnTransformedLogs is valid only for log groups with a transformer, and ${group} has none`);
    }
  },
  compute: () => ({ applyOnTransformedLogs: false }),
};

const PROCESSORS = ["grok", "copyValue"];
const METADATA = ["@logGroupName", "@logGroupStream", "@accountId", "@regionName"];

function checkTransformer(inputs: JsonRecord): Problem[] {
  const configs = records(inputs["transformerConfigs"]);
  if (isUnknown(inputs["transformerConfigs"])) return [];
  const problem = (why: string): Problem[] => [{ property: "transformerConfigs", reason: why }];
  const kinds = configs.map((config) => Object.keys(config));
  if (configs.length === 0 || configs.length > 20) return problem(`has ${configs.length} processors, 1 to 20 are allowed`);
  if (kinds.some((keys) => keys.length !== 1)) return problem("has a processor that is not exactly one thing");
  const strange = kinds.flat().find((kind) => !PROCESSORS.includes(kind));
  if (strange !== undefined) return problem(`the sandbox knows ${PROCESSORS.join(" and ")}, and no ${strange}`);
  if (kinds[0]?.[0] !== "grok") return problem("must begin with a parser");
  const match = text(record(configs[0]?.["grok"])["match"]);
  const wrong = match.length > 512 ? "has more than 512 characters" : reason(() => grokFields(match));
  if (wrong !== undefined) return problem(`grok: ${wrong}`);
  const known = [...grokFields(match), ...METADATA];
  const entries = configs.flatMap((config) => records(record(config["copyValue"])["entries"]));
  if (entries.length > 5) return problem("copyValue has more than 5 entries");
  return entries.flatMap((entry) => (known.includes(text(entry["source"])) ? [] : problem(`copyValue: there is no ${text(entry["source"])}`)));
}

// internal/service/logs/transformer.go (a resource of the newer framework; that its id is the group's ARN is what its import says)
const transformer: Row = {
  token: LOG_TRANSFORMER,
  title: "CloudWatch Logs Transformer",
  inputs: logTransformerInputs,
  replaces: ["logGroupArn"],
  outputs: [],
  check: checkTransformer,
  identify: (call) => text(call.inputs["logGroupArn"]),
  taken: "ResourceAlreadyExistsException",
  validate: ({ inputs, store }) => {
    if (!store.list(LOG_GROUP).some(({ properties }) => properties["arn"] === inputs["logGroupArn"])) throw new CloudError("ResourceNotFoundException", "The specified log group does not exist.");
  },
  compute: () => ({}),
  inUse: (store, { id }) => {
    const user = store.list(METRIC_FILTER).find(({ properties }) => properties["applyOnTransformedLogs"] === true && id.endsWith(`:log-group:${text(properties["logGroupName"])}`));
    if (user !== undefined) throw new CloudError("InvalidOperationException", `The metric filter ${user.id} uses the transformer's logs`);
  },
};

const COMPARISONS = ["GreaterThanOrEqualToThreshold", "GreaterThanThreshold", "GreaterThanUpperThreshold", "LessThanLowerOrGreaterThanUpperThreshold", "LessThanLowerThreshold", "LessThanOrEqualToThreshold", "LessThanThreshold"];

function checkAlarm(inputs: JsonRecord): Problem[] {
  const [period, periods, points] = [whole(inputs["period"]), whole(inputs["evaluationPeriods"]), whole(inputs["datapointsToAlarm"])];
  const warm = record(inputs["warmUpConfiguration"])["warmUpPeriodDurationInMinutes"];
  const say = (bad: boolean, property: string, why: string): Problem[] => (bad ? [{ property, reason: why }] : []);
  const actions = ["alarmActions", "okActions", "insufficientDataActions"];
  return [
    ...pattern(inputs, "name", /^.{1,255}$/s, "has more than 255 characters"),
    ...pattern(inputs, "alarmDescription", /^.{0,1024}$/s, "has more than 1024 characters"),
    ...pattern(inputs, "namespace", /^[^:].{0,254}$/, "is no namespace"),
    ...oneOf(inputs, "comparisonOperator", COMPARISONS),
    ...oneOf(inputs, "statistic", ["SampleCount", "Average", "Sum", "Minimum", "Maximum"]),
    ...oneOf(inputs, "treatMissingData", ["breaching", "notBreaching", "ignore", "missing"]),
    ...say(inputs["comparisonOperator"] === undefined, "comparisonOperator", "is required"),
    ...say(inputs["metricQueries"] === undefined && ["metricName", "namespace", "statistic", "period", "threshold", "evaluationPeriods"].some((key) => inputs[key] === undefined), "metricName", "the sandbox knows alarms on one metric: metricName, namespace, statistic, period, threshold and evaluationPeriods belong together"),
    ...say(inputs["metricQueries"] !== undefined, "metricQueries", "the sandbox knows alarms on one metric alone"),
    ...say(![10, 20, 30].includes(period) && (period <= 0 || period % 60 !== 0), "period", "is none of 10, 20, 30 and the multiples of 60"),
    ...say(periods < 1, "evaluationPeriods", "is below 1"),
    ...say(points > periods, "datapointsToAlarm", "are more than evaluationPeriods"),
    ...say(period * periods > (period >= 3600 ? 604_800 : 86_400), "evaluationPeriods", "EvaluationPeriods and Period must be one day in all, or a week for periods of an hour and more"),
    ...say(Object.keys(textMap(inputs["dimensions"])).length > 30, "dimensions", "are more than 30"),
    ...say(typeof warm === "number" && (warm < 1 || warm > 2880), "warmUpConfiguration", "lasts 1 to 2880 minutes"),
    ...actions.flatMap((key) => say(texts(inputs[key]).length > 5, key, "are more than 5")),
  ];
}

/** Alarms notify topics of their own region. */
function topicMustFit(call: Call, topic: string): void {
  const [, region] = /^arn:[\w-]+:sns:([a-z0-9-]+):\d{12}:[A-Za-z0-9_-]{1,256}$/.exec(topic) ?? [];
  if (region === undefined) throw new CloudError("ValidationError", `Invalid arn syntax: ${topic}; the sandbox knows SNS topics`);
  if (region !== regionOf(call)) throw new CloudError("ValidationError", `Invalid region ${region} specified. Only ${regionOf(call)} is supported.`);
}

// internal/service/cloudwatch/metric_alarm.go: ForceNew on the name alone
const alarm: Row = {
  token: METRIC_ALARM,
  title: "CloudWatch Metric Alarm",
  inputs: metricAlarmInputs,
  replaces: ["name"],
  autoName: { property: "name", maxLength: 255 },
  defaults: { actionsEnabled: true },
  outputs: ["arn", "evaluateLowSampleCountPercentiles", "treatMissingData"],
  check: checkAlarm,
  identify: (call) => text(call.inputs["name"]),
  // PutMetricAlarm would overwrite another's alarm of this name without a word; here that is an error, so that a test sees it.
  taken: "AlreadyExists",
  validate: (call) => {
    for (const key of ["alarmActions", "okActions", "insufficientDataActions"]) for (const topic of texts(call.inputs[key])) topicMustFit(call, topic);
  },
  compute: (call, id) => ({ arn: arn(call, "cloudwatch", `alarm:${id}`), evaluateLowSampleCountPercentiles: "", treatMissingData: "missing" }),
};

export const alarmRows: readonly Row[] = [metricFilter, transformer, alarm];
