import { joined, link } from "../graph/planned";
import { NODES } from "./access";
import type { Statement } from "./certificate";
import { tagsOf, type AwsFleetSettings } from "./naming";
import { plan, type AwsPlanned } from "./types";

/** Every audit's whole output. */
export const LOG_GROUP = "aws-logs";
/** Windows' own channels, as XML: what it says does not depend on the machine's language. */
export const EVENTS_GROUP = "aws-events";
/** What the keeper says (components/guest/events.ts), as text whose fields alerts can name. */
export const REPORTS_GROUP = "aws-reports";
/** Who reaches the hosts' subnets, and who is refused. */
export const FLOWS_GROUP = "aws-flows";

export const logGroupName = (settings: AwsFleetSettings): string => `/secure-winrm/${settings.fleet}`;
export const eventsGroupName = (settings: AwsFleetSettings): string => `${logGroupName(settings)}/events`;
export const reportsGroupName = (settings: AwsFleetSettings): string => `${logGroupName(settings)}/reports`;
export const flowsGroupName = (settings: AwsFleetSettings): string => `${logGroupName(settings)}/flows`;

/** Where what is to be kept off the hosts goes. Made here and nowhere else: a host may neither make a group nor shorten its time. */
export function logGroups(settings: AwsFleetSettings): AwsPlanned[] {
  const { events, flowLogs } = settings.logging;
  return [
    logGroup(settings, LOG_GROUP, logGroupName(settings), "logs"),
    ...(events ? [logGroup(settings, EVENTS_GROUP, eventsGroupName(settings), "events"), logGroup(settings, REPORTS_GROUP, reportsGroupName(settings), "reports")] : []),
    ...(flowLogs ? [logGroup(settings, FLOWS_GROUP, flowsGroupName(settings), "flows")] : []),
  ];
}

function logGroup(settings: AwsFleetSettings, name: string, group: string, tag: string): AwsPlanned {
  const { retentionDays, kmsKeyArn } = settings.logging;
  return plan("aws:cloudwatch/logGroup:LogGroup", name, {
    name: group,
    retentionInDays: retentionDays,
    ...(kmsKeyArn === undefined ? {} : { kmsKeyId: kmsKeyArn }),
    tags: tagsOf(settings, tag),
  });
}

/** The account that the stack is deployed into: no setting says it, and every prefix list does. */
export const account = (): ReturnType<typeof link> => link(NODES, "ownerId");

/** The agents write into the groups themselves, in streams that they make. */
export function loggingStatements({ logging }: AwsFleetSettings): Statement[] {
  const groups = [LOG_GROUP, ...(logging.events ? [EVENTS_GROUP, REPORTS_GROUP] : [])];
  return [
    { Sid: "WriteLogs", Effect: "Allow", Action: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"], Resource: groups.flatMap((group) => [link(group, "arn"), joined(link(group, "arn"), ":*")]) },
    { Sid: "FindLogGroups", Effect: "Allow", Action: "logs:DescribeLogGroups", Resource: "*" },
  ];
}
