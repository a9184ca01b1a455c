import { text } from "../store/json";
import { exactlyOne, oneOf, pattern } from "../engine/exclusive";
import { isUnknown } from "../engine/values";
import { parameterInputs } from "./inputs/maintenance";
import { arn, type Row } from "./row";
import { PARAMETER } from "./types";

/** Characters of a value: the standard tier's, and the advanced one's. */
const STANDARD = 4096;
const ADVANCED = 8192;

// internal/service/ssm/parameter.go
const parameter: Row = {
  token: PARAMETER,
  title: "SSM Parameter",
  inputs: parameterInputs,
  replaces: ["dataType", "name"],
  replacesWhen: (olds, news) => (olds["tier"] === "Advanced" && news["tier"] === "Standard" ? ["tier"] : []),
  autoName: { property: "name", maxLength: 2048 },
  outputs: ["arn", "dataType", "hasValueWo", "insecureValue", "keyId", "tier", "value", "version"],
  renews: (changed) => (["value", "insecureValue", "description"].some((key) => changed.has(key)) ? ["version"] : []),
  check: (inputs) => {
    const value = text(inputs["insecureValue"]) || text(inputs["value"]);
    const most = inputs["tier"] === "Advanced" ? ADVANCED : STANDARD;
    return [
      ...exactlyOne(inputs, ["value", "insecureValue", "valueWo"]),
      ...pattern(inputs, "name", /^(?!\/?(aws|ssm))[a-zA-Z0-9_.\-/]{1,2048}$/i, "is no parameter's name: letters, digits and _.-/, and neither aws nor ssm in front"),
      ...pattern(inputs, "description", /^.{0,1024}$/s, "has more than 1024 characters"),
      ...oneOf(inputs, "type", ["String", "StringList", "SecureString"]),
      ...oneOf(inputs, "tier", ["Standard", "Advanced", "Intelligent-Tiering"]),
      ...oneOf(inputs, "dataType", ["aws:ec2:image", "aws:ssm:integration", "text"]),
      ...(!isUnknown(value) && value.length > most ? [{ property: "value", reason: `ValidationException: has ${value.length} characters, ${most} are the most` }] : []),
    ];
  },
  identify: (call) => text(call.inputs["name"]),
  taken: "ParameterAlreadyExists",
  compute: (call, id, olds) => ({
    arn: arn(call, "ssm", `parameter${id.startsWith("/") ? "" : "/"}${id}`),
    dataType: "text",
    hasValueWo: false,
    tier: "Standard",
    version: Number(olds?.["version"] ?? 0) + 1,
  }),
};

export const parameterRows: readonly Row[] = [parameter];
