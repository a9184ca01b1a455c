import { DescribeSecurityGroupRulesCommand, DescribeSecurityGroupsCommand, RevokeSecurityGroupIngressCommand, type SecurityGroupRule } from "@aws-sdk/client-ec2";
import { holdsPort, NoGroupError, type DoorGroups, type DoorRule } from "./doors";
import { Ec2, type Ec2Place } from "./ec2";
import type { Patience } from "./patience";

/** EC2 gives no more in one page. */
const PAGE = 1000;

/** Doors in AWS: rules of a security group. */
export function awsDoors(place: Ec2Place): DoorGroups {
  const ec2 = new Ec2(place);
  return {
    async open(group, patience) {
      // A list of the rules of a group that is not there is empty, and would look shut.
      const known = await ec2.asked("DescribeSecurityGroups", patience, (client, options) => client.send(new DescribeSecurityGroupsCommand({ GroupIds: [group] }), options), "InvalidGroup.NotFound");
      if (known === undefined) throw new NoGroupError(`AWS has no security group ${group} in ${place.region}; run refresh, and up again`);
      const rules = await ec2.listed("DescribeSecurityGroupRules", patience, async (client, NextToken, options) => {
        const page = await client.send(new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: "group-id", Values: [group] }], MaxResults: PAGE, NextToken }), options);
        return { items: page.SecurityGroupRules, next: page.NextToken };
      });
      return rules.filter(letsIn).map(doorOf);
    },
    async shut(group, rules, patience) {
      // One at a time: EC2 refuses all of them when one is gone.
      for (const { id } of rules) await revoke(ec2, group, id, patience);
    },
  };
}

const revoke = (ec2: Ec2, GroupId: string, rule: string, patience: Patience): Promise<unknown> =>
  ec2.asked("RevokeSecurityGroupIngress", patience, (client, options) => client.send(new RevokeSecurityGroupIngressCommand({ GroupId, SecurityGroupRuleIds: [rule] }), options), "InvalidSecurityGroupRuleId.NotFound");

/** Ports that are left out, and -1, stand for all of them; so does the protocol -1. */
function letsIn({ IsEgress, IpProtocol, FromPort = -1, ToPort = -1 }: SecurityGroupRule): boolean {
  if (IsEgress === true) return false;
  if (IpProtocol === "-1") return true;
  return (IpProtocol === "tcp" || IpProtocol === "6") && (FromPort === -1 || ToPort === -1 || holdsPort(FromPort, ToPort));
}

function doorOf({ SecurityGroupRuleId: id = "", IpProtocol, FromPort, ToPort, PrefixListId, CidrIpv4, CidrIpv6, ReferencedGroupInfo }: SecurityGroupRule): DoorRule {
  const ports = FromPort === ToPort ? String(FromPort ?? "all ports") : `${FromPort}-${ToPort}`;
  const source = PrefixListId ?? CidrIpv4 ?? CidrIpv6 ?? ReferencedGroupInfo?.GroupId ?? "an unknown source";
  return { id, text: `${id} (${IpProtocol === "-1" ? "everything" : `${IpProtocol} ${ports}`} from ${source})` };
}
