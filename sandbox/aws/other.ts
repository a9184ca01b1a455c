import { CloudError } from "../engine/failure";
import { isUnknown } from "../engine/values";
import { records, text, texts, type JsonRecord } from "../store/json";
import type { Problem } from "../engine/shape";
import { parseAddress } from "../engine/cidr";
import { alone, oneOf, pattern } from "../engine/exclusive";
import { logGroupInputs, recordInputs } from "./inputs/other";
import { arn, newId, type Row } from "./row";

const RETENTION_DAYS = [0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

// internal/service/logs/group.go
const logGroup: Row = {
  token: "aws:cloudwatch/logGroup:LogGroup",
  title: "CloudWatch Logs Log Group",
  inputs: logGroupInputs,
  replaces: ["logGroupClass", "name", "namePrefix"],
  autoName: { property: "name", prefix: "namePrefix", maxLength: 512 },
  defaults: { retentionInDays: 0, skipDestroy: false },
  outputs: ["arn", "logGroupClass", "name", "namePrefix"],
  check: (inputs) => [
    ...alone(inputs, "name", ["namePrefix"]),
    ...pattern(inputs, "name", /^[\w./#-]{1,512}$/, "is not a log group's name: up to 512 of a-zA-Z0-9 and ._/#-"),
    ...(typeof inputs["retentionInDays"] === "number" && !RETENTION_DAYS.includes(inputs["retentionInDays"])
      ? [{ property: "retentionInDays", reason: `expected retention_in_days to be one of ${JSON.stringify(RETENTION_DAYS)}, got ${inputs["retentionInDays"]}` }]
      : []),
    ...pattern(inputs, "kmsKeyId", /^arn:[\w-]+:kms:[a-z0-9-]+:\d{12}:key\/.+$/, "is not the ARN of a key"),
    ...oneOf(inputs, "logGroupClass", ["STANDARD", "INFREQUENT_ACCESS", "DELIVERY"]),
  ],
  identify: (call) => text(call.inputs["name"]) || `${text(call.inputs["namePrefix"])}${newId("x").slice(2)}`,
  taken: "ResourceAlreadyExistsException",
  compute: (call, id) => ({ arn: arn(call, "logs", `log-group:${id}`), logGroupClass: "STANDARD", name: id, namePrefix: "" }),
};

function checkRecord(inputs: JsonRecord): Problem[] {
  const values = texts(inputs["records"]).filter((value) => !isUnknown(value));
  const plain = inputs["aliases"] === undefined;
  return [
    ...oneOf(inputs, "type", ["A", "AAAA", "CAA", "CNAME", "DS", "HTTPS", "MX", "NAPTR", "NS", "PTR", "SOA", "SPF", "SRV", "SSHFP", "SVCB", "TLSA", "TXT"]),
    ...alone(inputs, "aliases", ["records", "ttl"]),
    ...(plain && inputs["records"] === undefined ? [{ property: "records", reason: "one of `aliases,records` must be specified" }] : []),
    ...(plain && inputs["ttl"] === undefined ? [{ property: "ttl", reason: "is required with records" }] : []),
    ...pattern(inputs, "zoneId", /^(\/hostedzone\/)?Z[A-Z0-9]{1,31}$/, "is not the id of a hosted zone"),
    ...pattern(inputs, "name", /^(?=.{1,255}$)[^\s]+$/, "is not a domain name"),
    ...(inputs["type"] === "A" ? values.filter((value) => parseAddress(value)?.kind !== "ipv4").map((value) => ({ property: "records", reason: `InvalidChangeBatch: "${value}" is not a valid IPv4 address` })) : []),
    ...(inputs["type"] === "CNAME" && values.length > 1 ? [{ property: "records", reason: "a CNAME has one value" }] : []),
    ...(records(inputs["aliases"]).length > 1 ? [{ property: "aliases", reason: "takes one alias" }] : []),
  ];
}

// internal/service/route53/record.go
const record: Row = {
  token: "aws:route53/record:Record",
  title: "Route 53 Record",
  inputs: recordInputs,
  replaces: ["name", "zoneId"],
  sets: ["records"],
  outputs: ["allowOverwrite", "fqdn"],
  check: checkRecord,
  identify: ({ inputs }) => [text(inputs["zoneId"]), text(inputs["name"]).toLowerCase(), text(inputs["type"]), text(inputs["setIdentifier"])].filter((part) => part !== "").join("_"),
  taken: "InvalidChangeBatch",
  validate: (call, self) => {
    const id = record.identify(call);
    if (self === undefined && call.inputs["allowOverwrite"] !== true && call.store.get(record.token, id) !== undefined) {
      throw new CloudError("InvalidChangeBatch", `[Tried to create resource record set [name='${text(call.inputs["name"])}', type='${text(call.inputs["type"])}'] but it already exists]`);
    }
  },
  compute: (call) => ({ allowOverwrite: false, fqdn: text(call.inputs["name"]) }),
};

export const otherRows: readonly Row[] = [logGroup, record];
