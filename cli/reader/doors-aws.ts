import { EC2Client, paginateDescribeSecurityGroupRules, RevokeSecurityGroupIngressCommand, type SecurityGroupRule } from "@aws-sdk/client-ec2";
import { admits, type DoorGroups, type DoorRule } from "./doors";
import { nameOf } from "./errors";
import { patiently, type Reading } from "./patiently";
import { isTransient, ssmText } from "./ssm-errors";

export const AWS_READING: Reading = { isTransient, text: ssmText };

export function ec2Client(region: string): EC2Client {
  // The SDK's version is pinned to one that runs on Node 20; its advice would stand in every failure's text.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
  return new EC2Client({ region });
}

/** Security groups and their inbound rules. */
export function awsDoors({ region }: { readonly region: string }): DoorGroups {
  const client = ec2Client(region);
  return {
    open: (group, patience) =>
      patiently("ec2:DescribeSecurityGroupRules", patience, AWS_READING, async (abortSignal) => {
        const found: DoorRule[] = [];
        for await (const page of paginateDescribeSecurityGroupRules({ client, pageSize: 1000 }, { Filters: [{ Name: "group-id", Values: [group] }] }, { abortSignal })) {
          found.push(...(page.SecurityGroupRules ?? []).flatMap(doorIn));
        }
        return found;
      }),
    shut: async (group, rules, patience) => {
      for (const { id } of rules) {
        await patiently("ec2:RevokeSecurityGroupIngress", patience, AWS_READING, async (abortSignal) => {
          try {
            await client.send(new RevokeSecurityGroupIngressCommand({ GroupId: group, SecurityGroupRuleIds: [id] }), { abortSignal });
          } catch (error) {
            if (!GONE.has(nameOf(error))) throw error;
          }
        });
      }
    },
  };
}

/** Somebody was faster, or an earlier try was heeded and its answer lost. */
const GONE = new Set(["InvalidSecurityGroupRuleId.NotFound", "InvalidPermission.NotFound"]);

function doorIn({ SecurityGroupRuleId: id, IsEgress, IpProtocol: protocol, FromPort = 0, ToPort = 65535, ...source }: SecurityGroupRule): DoorRule[] {
  const all = protocol === "-1";
  if (id === undefined || IsEgress === true || !(all || ((protocol === "tcp" || protocol === "6") && admits(FromPort, ToPort)))) return [];
  const who = source.PrefixListId ?? source.CidrIpv4 ?? source.CidrIpv6 ?? source.ReferencedGroupInfo?.GroupId ?? "somebody";
  const ports = FromPort === ToPort ? `port ${FromPort}` : `ports ${FromPort} to ${ToPort}`;
  return [{ id, text: `${who} to ${all ? "every port" : ports}` }];
}
