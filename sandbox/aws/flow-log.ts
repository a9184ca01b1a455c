import { CloudError } from "../engine/failure";
import { text, type JsonRecord } from "../store/json";
import { exactlyOne, oneOf } from "../engine/exclusive";
import { isUnknown } from "../engine/values";
import { flowLogInputs } from "./inputs/other";
import { subnetMustExist, vpcMustExist } from "./network";
import { arn, newId, type Row } from "./row";
import { FLOW_LOG, LOG_GROUP, ROLE } from "./types";

/** User guide of VPC, "Flow log records", version 2: what AWS writes when no format is given. */
export const FLOW_DEFAULT = ["version", "account-id", "interface-id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol", "packets", "bytes", "start", "end", "action", "log-status"];
const FURTHER = ["vpc-id", "subnet-id", "instance-id", "tcp-flags", "type", "pkt-srcaddr", "pkt-dstaddr", "region", "az-id", "sublocation-type", "sublocation-id", "pkt-src-aws-service", "pkt-dst-aws-service", "flow-direction", "traffic-path"];
const ABOUT = ["eniId", "regionalNatGatewayId", "subnetId", "transitGatewayAttachmentId", "transitGatewayId", "vpcId"];

export const flowFields = (properties: JsonRecord): string[] => {
  const format = text(properties["logFormat"]);
  return format === "" ? FLOW_DEFAULT : [...format.matchAll(/\$\{([a-z-]+)\}/g)].map(([, field]) => field ?? "");
};

function formatProblem(format: string): string | undefined {
  if (!/^\$\{[a-z-]+\}( \$\{[a-z-]+\})*$/.test(format)) return "is no list of ${field}s with spaces between them";
  const strange = flowFields({ logFormat: format }).find((field) => ![...FLOW_DEFAULT, ...FURTHER].includes(field));
  return strange === undefined ? undefined : `has no field ${strange}`;
}

// internal/service/ec2/vpc_flow_log.go: everything but the tags replaces
const flowLog: Row = {
  token: FLOW_LOG,
  title: "EC2 Flow Log",
  inputs: flowLogInputs,
  replaces: Object.keys(flowLogInputs).map((key) => key.replace(/\?$/, "")).filter((key) => !["tags", "region"].includes(key)),
  defaults: { logDestinationType: "cloud-watch-logs", maxAggregationInterval: 600 },
  outputs: ["arn", "logDestination", "logFormat"],
  check: (inputs) => {
    const format = inputs["logFormat"];
    const wrong = typeof format === "string" && !isUnknown(format) ? formatProblem(format) : undefined;
    return [
      ...exactlyOne(inputs, ABOUT),
      ...oneOf(inputs, "trafficType", ["ACCEPT", "REJECT", "ALL"]),
      ...oneOf(inputs, "logDestinationType", ["cloud-watch-logs", "s3", "kinesis-data-firehose"]),
      ...(inputs["trafficType"] === undefined && inputs["transitGatewayId"] === undefined && inputs["transitGatewayAttachmentId"] === undefined ? [{ property: "trafficType", reason: "is required" }] : []),
      ...(![60, 600].includes(Number(inputs["maxAggregationInterval"])) ? [{ property: "maxAggregationInterval", reason: "is neither 60 nor 600" }] : []),
      ...(inputs["logDestinationType"] === "cloud-watch-logs" && inputs["iamRoleArn"] === undefined ? [{ property: "iamRoleArn", reason: "InvalidParameter: DeliverLogsPermissionArn is required for CloudWatch Logs" }] : []),
      ...(wrong === undefined ? [] : [{ property: "logFormat", reason: wrong }]),
    ];
  },
  identify: () => newId("fl"),
  validate: (call, self) => {
    const { inputs, store } = call;
    if (inputs["subnetId"] !== undefined) subnetMustExist(call, text(inputs["subnetId"]));
    if (inputs["vpcId"] !== undefined) vpcMustExist(call, text(inputs["vpcId"]));
    const role = store.list(ROLE).find(({ properties }) => properties["arn"] === inputs["iamRoleArn"]);
    if (role === undefined || !text(role.properties["assumeRolePolicy"]).includes('"vpc-flow-logs.amazonaws.com"')) throw new CloudError("InvalidParameter", `Access error. DeliverLogsPermissionArn ${text(inputs["iamRoleArn"])} cannot be assumed by the flow logs service`);
    if (!store.list(LOG_GROUP).some(({ properties }) => properties["arn"] === inputs["logDestination"])) throw new CloudError("InvalidParameter", `The log group ${text(inputs["logDestination"])} does not exist`);
    const twin = store.list(FLOW_LOG).find(({ id, properties }) => id !== self && ABOUT.every((key) => properties[key] === inputs[key]) && properties["logDestination"] === inputs["logDestination"]);
    if (twin !== undefined) throw new CloudError("FlowLogAlreadyExists", "There is an existing Flow Log with the same configuration and log destination.");
  },
  compute: (call, id) => ({ arn: arn(call, "ec2", `vpc-flow-log/${id}`), logDestination: "", logFormat: FLOW_DEFAULT.map((field) => `\${${field}}`).join(" ") }),
};

export const flowLogRows: readonly Row[] = [flowLog];
