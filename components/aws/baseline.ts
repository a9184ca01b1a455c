import { joined, json, link } from "../graph/planned";
import { packageStatements } from "./agent";
import { BUCKET, NODES_KEY, SCRIPT_PREFIX, SUFFIX } from "./bucket";
import { certificateStatements } from "./certificate";
import { loggingStatements } from "./logging";
import { patchStatements } from "./patching";
import { partition, tagsOf, type AwsFleetSettings } from "./naming";
import { plan, type AwsPlanned } from "./types";

export const INSTANCE_PROFILE = "aws-profile";

/** IAM's names are the account's, in all regions. A name that is not made up by the provider is found again when its answer was lost. */
const hostsName = ({ fleet }: AwsFleetSettings) => joined(`${fleet.slice(0, 40)}-hosts-`, link(SUFFIX, "hex"));

/** What a host may do in AWS: be managed, read its certificate, the node list and its script, write its logs, install updates. */
export function role(settings: AwsFleetSettings): AwsPlanned[] {
  const { region } = settings.aws;
  return [
    plan("aws:iam/role:Role", "aws-role", {
      name: hostsName(settings),
      description: `Windows hosts of ${settings.fleet}`,
      assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
      }),
      tags: tagsOf(settings, "hosts"),
    }),
    plan("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "aws-role-ssm", {
      role: link("aws-role", "name"),
      policyArn: `arn:${partition(region)}:iam::aws:policy/AmazonSSMManagedInstanceCore`,
    }),
    plan("aws:iam/rolePolicy:RolePolicy", "aws-role-reads", {
      name: "reads",
      role: link("aws-role", "name"),
      policy: json({
        Version: "2012-10-17",
        Statement: [
          ...certificateStatements(settings),
          {
            Sid: "ReadNodesAndScript",
            Effect: "Allow",
            Action: "s3:GetObject",
            Resource: [joined(link(BUCKET, "arn"), "/", NODES_KEY), joined(link(BUCKET, "arn"), "/", SCRIPT_PREFIX, "*")],
          },
          ...loggingStatements(settings),
          ...packageStatements(settings),
          ...patchStatements(settings),
        ],
      }),
    }),
    plan("aws:iam/instanceProfile:InstanceProfile", INSTANCE_PROFILE, { name: hostsName(settings), role: link("aws-role", "name"), tags: tagsOf(settings, "hosts") }),
  ];
}
