import { EGRESS_RULE, FLOW_LOG, INGRESS_RULE, INSTANCE, NETWORK_INTERFACE, PREFIX_LIST, ROUTE_TABLE, SECURITY_GROUP, SUBNET, VPC, VPC_ENDPOINT } from "../aws/types";
import { takeAway } from "../removal";
import { ACCOUNT_ID } from "../store/account";
import { text, textMap, type JsonRecord } from "../store/json";
import type { CloudObject, CloudStore } from "../store/store";
import { Ec2Error, fits, type Query } from "./query";

/** What EC2 calls the kinds of things that bear tags. */
const KINDS: Readonly<Record<string, string>> = {
  [INSTANCE]: "instance",
  [NETWORK_INTERFACE]: "network-interface",
  [SECURITY_GROUP]: "security-group",
  [INGRESS_RULE]: "security-group-rule",
  [EGRESS_RULE]: "security-group-rule",
  [PREFIX_LIST]: "prefix-list",
  [VPC]: "vpc",
  [SUBNET]: "subnet",
  [ROUTE_TABLE]: "route-table",
  [VPC_ENDPOINT]: "vpc-endpoint",
  [FLOW_LOG]: "vpc-flow-log",
};

interface Tag {
  readonly key: string;
  readonly resourceId: string;
  readonly resourceType: string;
  readonly value: string;
}

/** The part of EC2 that looks for doors, and for what a deployment has left. */
export class Ec2Api {
  constructor(
    private readonly store: CloudStore,
    private readonly region: string,
  ) {}

  handle(query: Query): JsonRecord {
    const answer = this.operations[query.action];
    if (answer === undefined) throw new Ec2Error("InvalidAction", `the sandbox has no ${query.action}`);
    return answer(query);
  }

  private readonly operations: Readonly<Record<string, (query: Query) => JsonRecord>> = {
    DescribeSecurityGroups: (query) => this.groups(query),
    DescribeSecurityGroupRules: (query) => this.rules(query),
    RevokeSecurityGroupIngress: (query) => this.revoke(query),
    DescribeTags: (query) => this.tags(query),
  };

  private list(type: string): CloudObject[] {
    return this.store.list(type).filter(({ properties }) => (text(properties["region"]) || this.region) === this.region);
  }

  private group(id: string): CloudObject {
    const found = this.list(SECURITY_GROUP).find((one) => one.id === id);
    if (found === undefined) throw new Ec2Error("InvalidGroup.NotFound", `The security group '${id}' does not exist`);
    return found;
  }

  private groups(query: Query): JsonRecord {
    const ids = query.texts("GroupId");
    query.mustBeKnown();
    const found = ids.length === 0 ? this.list(SECURITY_GROUP) : ids.map((id) => this.group(id));
    return { securityGroupInfo: found.map(({ id, properties }) => ({ groupId: id, groupName: properties["name"], vpcId: properties["vpcId"], ownerId: ACCOUNT_ID, groupDescription: properties["description"] })) };
  }

  /** Of a group that is not there: an empty list. */
  private rules(query: Query): JsonRecord {
    const filters = query.filters(/^(group-id|security-group-rule-id)$/);
    const all = [INGRESS_RULE, EGRESS_RULE].flatMap((type) => this.list(type)).filter(({ id, properties }) => fits(filters, (name) => (name === "group-id" ? text(properties["securityGroupId"]) : id)));
    const { items, nextToken } = query.page(all);
    query.mustBeKnown();
    return { securityGroupRuleSet: items.map(ruleView), nextToken };
  }

  private revoke(query: Query): JsonRecord {
    const [group, ids] = [this.group(query.text("GroupId")), query.texts("SecurityGroupRuleId")];
    query.mustBeKnown();
    if (ids.length === 0) throw new Ec2Error("MissingParameter", "the sandbox revokes by SecurityGroupRuleId");
    const rules = ids.map((id) => {
      const found = this.list(INGRESS_RULE).find((one) => one.id === id && one.properties["securityGroupId"] === group.id);
      if (found === undefined) throw new Ec2Error("InvalidSecurityGroupRuleId.NotFound", `The security group rule ID '${id}' does not exist`);
      return found;
    });
    for (const rule of rules) takeAway(this.store, rule);
    return { return: true };
  }

  private tags(query: Query): JsonRecord {
    const filters = query.filters(/^(key|value|resource-id|resource-type|tag:.+)$/);
    const all = Object.entries(KINDS).flatMap(([type, resourceType]) => this.list(type).flatMap(({ id, properties }) =>
      Object.entries(textMap(properties["tagsAll"])).map(([key, value]): Tag => ({ key, resourceId: id, resourceType, value }))));
    const { items, nextToken } = query.page(all.filter((tag) => fits(filters, (name) => valueOf(tag, name))));
    query.mustBeKnown();
    return { tagSet: items.map((tag) => ({ ...tag })), nextToken };
  }
}

/** `tag:fleet` is about this very tag: another tag of the same thing does not fit. */
function valueOf({ key, resourceId, resourceType, value }: Tag, name: string): string | undefined {
  if (name.startsWith("tag:")) return name === `tag:${key}` ? value : undefined;
  return { key, value, "resource-id": resourceId, "resource-type": resourceType }[name];
}

function ruleView({ type, id, properties }: CloudObject): JsonRecord {
  const all = properties["ipProtocol"] === "-1";
  const other = properties["referencedSecurityGroupId"];
  return {
    securityGroupRuleId: id,
    groupId: properties["securityGroupId"],
    groupOwnerId: ACCOUNT_ID,
    isEgress: type === EGRESS_RULE,
    ipProtocol: properties["ipProtocol"],
    fromPort: all ? -1 : properties["fromPort"],
    toPort: all ? -1 : properties["toPort"],
    cidrIpv4: properties["cidrIpv4"],
    cidrIpv6: properties["cidrIpv6"],
    prefixListId: properties["prefixListId"],
    referencedGroupInfo: other === undefined ? undefined : { groupId: other },
    description: properties["description"],
    tagSet: Object.entries(textMap(properties["tagsAll"])).map(([key, value]) => ({ key, value })),
  };
}
