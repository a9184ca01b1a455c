import { joined, json, link } from "../graph/planned";
import { subnetId } from "./access";
import { SUFFIX } from "./bucket";
import { account, FLOWS_GROUP } from "./logging";
import { partition, tagsOf, type AwsFleetSettings } from "./naming";
import { plan, type AwsPlanned } from "./types";

/** One line of a flow log, field by field: alerts count on the order. It is AWS' default, written down because a default may change. */
export const FLOW_FIELDS = ["version", "account-id", "interface-id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol", "packets", "bytes", "start", "end", "action", "log-status"] as const;

/**
 * Who reaches the hosts' subnets and who is refused, one log for each subnet that a host lives in. Both, and not refusals
 * alone: who was let in at 5986 is what has to be known after an incident.
 */
export function flowLogs(settings: AwsFleetSettings): AwsPlanned[] {
  if (!settings.logging.flowLogs) return [];
  const { aws: { hosts, network, region }, fleet } = settings;
  const used = [...new Set(Object.values(hosts).map(({ subnet }) => subnet))].sort();
  // One subnet may go by two names, and has one log all the same.
  const subnets = new Map(used.map((name) => [network.subnets[name]?.id ?? name, name] as const));
  return [
    plan("aws:iam/role:Role", "aws-flow-role", {
      name: joined(`${fleet.slice(0, 40)}-flows-`, link(SUFFIX, "hex")),
      description: `Flow logs of ${fleet}`,
      // Only for this account's own flow logs in this region: the service writes for everybody, and nobody else shall have it write here.
      assumeRolePolicy: json({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Service: "vpc-flow-logs.amazonaws.com" },
            Action: "sts:AssumeRole",
            Condition: {
              StringEquals: { "aws:SourceAccount": account() },
              ArnLike: { "aws:SourceArn": joined(`arn:${partition(region)}:ec2:${region}:`, account(), ":vpc-flow-log/*") },
            },
          },
        ],
      }),
      tags: tagsOf(settings, "flows"),
    }),
    plan("aws:iam/rolePolicy:RolePolicy", "aws-flow-role-writes", {
      name: "writes",
      role: link("aws-flow-role", "name"),
      policy: json({
        Version: "2012-10-17",
        Statement: [
          { Sid: "WriteFlows", Effect: "Allow", Action: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"], Resource: [link(FLOWS_GROUP, "arn"), joined(link(FLOWS_GROUP, "arn"), ":*")] },
          { Sid: "FindLogGroups", Effect: "Allow", Action: "logs:DescribeLogGroups", Resource: "*" },
        ],
      }),
    }),
    ...[...subnets.values()].map((name) =>
      plan("aws:ec2/flowLog:FlowLog", `aws-flow-log-${name}`, {
        subnetId: subnetId(settings, name),
        trafficType: "ALL",
        logDestinationType: "cloud-watch-logs",
        logDestination: link(FLOWS_GROUP, "arn"),
        iamRoleArn: link("aws-flow-role", "arn"),
        logFormat: FLOW_FIELDS.map((field) => `\${${field}}`).join(" "),
        maxAggregationInterval: 60,
        tags: tagsOf(settings, `flows-${name}`),
      }, { needs: ["aws-flow-role-writes"] }),
    ),
  ];
}
