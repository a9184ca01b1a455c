import { CloudError } from "../engine/failure";
import type { Problem } from "../engine/shape";
import { isUnknown } from "../engine/values";
import { parseJson, text, type JsonRecord } from "../store/json";
import { alone, oneOf, pattern } from "../engine/exclusive";
import { scheduleReason } from "./cron";
import { eventRuleInputs, eventTargetInputs } from "./inputs/events";
import { arn, mustExist, newId, type Row } from "./row";
import { EVENT_RULE, EVENT_TARGET } from "./types";

const TARGETS_OF_A_RULE = 5;

// internal/service/events/rule.go; the id is the rule's name on the account's own bus
const rule: Row = {
  token: EVENT_RULE,
  title: "EventBridge Rule",
  inputs: eventRuleInputs,
  replaces: ["eventBusName", "name", "namePrefix"],
  autoName: { property: "name", prefix: "namePrefix", maxLength: 64 },
  defaults: { eventBusName: "default", forceDestroy: false },
  outputs: ["arn", "name", "namePrefix"],
  check: (inputs) => {
    const schedule = inputs["scheduleExpression"];
    const wrong = typeof schedule === "string" && !isUnknown(schedule) ? scheduleReason(schedule) : undefined;
    return [
      ...alone(inputs, "name", ["namePrefix"]),
      ...alone(inputs, "isEnabled", ["state"]),
      ...pattern(inputs, "name", /^[.\-_A-Za-z0-9]{1,64}$/, "is no rule's name: up to 64 of a-zA-Z0-9 and .-_"),
      ...pattern(inputs, "description", /^.{0,512}$/s, "has more than 512 characters"),
      ...oneOf(inputs, "state", ["DISABLED", "ENABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"]),
      ...(schedule === undefined && inputs["eventPattern"] === undefined ? [{ property: "scheduleExpression", reason: "one of eventPattern, scheduleExpression must be specified" }] : []),
      ...(wrong === undefined ? [] : [{ property: "scheduleExpression", reason: `ValidationException: Parameter ScheduleExpression is not valid: ${wrong}` }]),
    ];
  },
  identify: (call) => text(call.inputs["name"]) || `${text(call.inputs["namePrefix"])}${newId("x").slice(2)}`,
  taken: "ResourceAlreadyExistsException",
  compute: (call, id) => ({ arn: arn(call, "events", `rule/${id}`), name: id, namePrefix: "" }),
  inUse: (store, { id, properties }) => {
    const target = store.list(EVENT_TARGET).find((one) => one.properties["rule"] === id);
    if (target !== undefined && properties["forceDestroy"] !== true) throw new CloudError("ValidationException", "Rule can't be deleted since it has targets.");
  },
};

function inputProblems(inputs: JsonRecord): Problem[] {
  const given = inputs["input"];
  if (typeof given !== "string" || isUnknown(given)) return [];
  try {
    parseJson(given);
    return [];
  } catch {
    return [{ property: "input", reason: "contains an invalid JSON" }];
  }
}

// internal/service/events/target.go: imported as RULE/TARGET, its id is RULE-TARGET
const target: Row = {
  token: EVENT_TARGET,
  title: "EventBridge Target",
  inputs: eventTargetInputs,
  replaces: ["eventBusName", "rule", "targetId"],
  autoName: { property: "targetId", maxLength: 64 },
  defaults: { eventBusName: "default" },
  outputs: ["targetId"],
  check: (inputs) => [
    ...pattern(inputs, "targetId", /^[.\-_A-Za-z0-9]{1,64}$/, "is no target's id: up to 64 of a-zA-Z0-9 and .-_"),
    ...pattern(inputs, "arn", /^arn:[\w-]+:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$/, "is no ARN of a topic; the sandbox knows no other targets"),
    ...alone(inputs, "input", ["inputPath", "inputTransformer"]),
    ...inputProblems(inputs),
  ],
  identify: (call) => `${text(call.inputs["rule"])}-${text(call.inputs["targetId"])}`,
  resolves: (store, given) => store.list(EVENT_TARGET).find(({ properties }) => given === `${text(properties["rule"])}/${text(properties["targetId"])}`)?.id,
  taken: "ResourceAlreadyExistsException",
  validate: (call, self) => {
    const name = text(call.inputs["rule"]);
    mustExist(call, EVENT_RULE, name, "ResourceNotFoundException", "rule");
    const others = call.store.list(EVENT_TARGET).filter(({ id, properties }) => id !== self && properties["rule"] === name);
    if (others.length >= TARGETS_OF_A_RULE) throw new CloudError("LimitExceededException", "The requested resource exceeds the maximum number allowed.");
  },
  compute: () => ({}),
};

export const eventRows: readonly Row[] = [rule, target];
