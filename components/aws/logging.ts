import { link } from "../graph/planned";
import type { Statement } from "./certificate";
import { tagsOf, type AwsFleetSettings } from "./naming";
import { plan, type AwsPlanned } from "./types";

export const LOG_GROUP = "aws-logs";

export const logGroupName = (settings: AwsFleetSettings): string => `/secure-winrm/${settings.fleet}`;

/** Where every audit's whole output is kept, off the host. */
export function logGroup(settings: AwsFleetSettings): AwsPlanned {
  return plan("aws:cloudwatch/logGroup:LogGroup", LOG_GROUP, {
    name: logGroupName(settings),
    retentionInDays: settings.logging.retentionDays,
    ...(settings.logging.kmsKeyArn === undefined ? {} : { kmsKeyId: settings.logging.kmsKeyArn }),
    tags: tagsOf(settings, "logs"),
  });
}

/** The agent writes the output of a run into the group itself, in streams that it makes. */
export function loggingStatements(): Statement[] {
  return [
    { Sid: "WriteAuditOutput", Effect: "Allow", Action: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"], Resource: [link(LOG_GROUP, "arn"), { $join: [link(LOG_GROUP, "arn"), ":*"] }] },
    { Sid: "FindLogGroups", Effect: "Allow", Action: "logs:DescribeLogGroups", Resource: "*" },
  ];
}
