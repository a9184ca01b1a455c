import { EGRESS_RULE, INGRESS_RULE, INSTANCE, NETWORK_INTERFACE, PREFIX_LIST, ROUTE_TABLE, SECURITY_GROUP, SUBNET, VPC, VPC_ENDPOINT } from "../aws/types";
import { text, textMap, whole } from "../store/json";
import type { CloudObject, CloudStore } from "../store/store";
import { element, items } from "./xml";

/** A refusal, as EC2's clients know it. */
export class Ec2Error extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

interface Filter {
  readonly name: string;
  readonly values: readonly string[];
}

/** What bears tags, and EC2's word for it. */
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
};

const PAGE = { least: 5, most: 1000 };

/** The part of EC2 that finds what was lost and closes a door: the query protocol, with XML for an answer. */
export class Ec2Api {
  constructor(private readonly store: CloudStore) {}

  /** @throws Ec2Error */
  handle(parameters: URLSearchParams): string {
    const action = parameters.get("Action") ?? "";
    switch (action) {
      case "DescribeSecurityGroupRules":
        return this.page(parameters, action, "securityGroupRuleSet", this.rules(filtersOf(parameters, ["group-id", "security-group-rule-id"])));
      case "DescribeTags":
        return this.page(parameters, action, "tagSet", this.tags(filtersOf(parameters, ["key", "value", "resource-id", "resource-type"])));
      case "RevokeSecurityGroupIngress":
        strictly(parameters, /^(GroupId|SecurityGroupRuleId\.\d+)$/);
        this.revoke(parameters.get("GroupId") ?? "", listed(parameters, "SecurityGroupRuleId"));
        return answer(action, element("return", "true"));
      default:
        throw new Ec2Error("InvalidAction", `The sandbox has no action ${action}.`);
    }
  }

  private page(parameters: URLSearchParams, action: string, set: string, all: readonly string[]): string {
    strictly(parameters, /^(Filter\.\d+\.(Name|Value\.\d+)|MaxResults|NextToken)$/);
    const size = Number(parameters.get("MaxResults") ?? PAGE.most);
    if (!(size >= PAGE.least && size <= PAGE.most)) throw new Ec2Error("InvalidParameterValue", `Value (${size}) for parameter maxResults is invalid. Expecting a value from ${PAGE.least} to ${PAGE.most}.`);
    const from = Number(parameters.get("NextToken") ?? "0");
    const next = from + size < all.length ? element("nextToken", String(from + size)) : "";
    return answer(action, `${items(set, all.slice(from, from + size))}${next}`);
  }

  private rules(filters: readonly Filter[]): string[] {
    return [INGRESS_RULE, EGRESS_RULE].flatMap((type) =>
      this.store
        .list(type)
        .filter(({ id, properties }) => filters.every(({ name, values }) => values.includes(name === "group-id" ? text(properties["securityGroupId"]) : id)))
        .map((rule) => ruleXml(rule, type === EGRESS_RULE)),
    );
  }

  private tags(filters: readonly Filter[]): string[] {
    const found = Object.entries(KINDS).flatMap(([type, kind]) =>
      this.store.list(type).flatMap(({ id, properties }) => Object.entries(textMap(properties["tagsAll"])).map(([key, value]) => ({ key, value, "resource-id": id, "resource-type": kind }))));
    return found
      .filter((one) => filters.every(({ name, values }) => values.includes(one[name as keyof typeof one])))
      .map((one) => [element("key", one.key), element("resourceId", one["resource-id"]), element("resourceType", one["resource-type"]), element("value", one.value)].join(""));
  }

  private revoke(group: string, rules: readonly string[]): void {
    if (this.store.get(SECURITY_GROUP, group) === undefined) throw new Ec2Error("InvalidGroup.NotFound", `The security group '${group}' does not exist`);
    const found = rules.map((id) => {
      const rule = this.store.get(INGRESS_RULE, id);
      if (rule?.properties["securityGroupId"] !== group) throw new Ec2Error("InvalidSecurityGroupRuleId.NotFound", `The security group rule ID '${id}' does not exist`);
      return rule;
    });
    for (const { id, name } of found) {
      this.store.remove(INGRESS_RULE, id);
      this.store.event({ op: "delete", type: INGRESS_RULE, id, name });
    }
  }
}

function strictly(parameters: URLSearchParams, allowed: RegExp): void {
  const strange = [...parameters.keys()].find((key) => key !== "Action" && key !== "Version" && !allowed.test(key));
  if (strange !== undefined) throw new Ec2Error("UnknownParameter", `The parameter ${strange} is not recognized by the sandbox.`);
}

const listed = (parameters: URLSearchParams, name: string): string[] => [...parameters].filter(([key]) => new RegExp(`^${name.replaceAll(".", "\\.")}\\.\\d+$`).test(key)).map(([, value]) => value);

function filtersOf(parameters: URLSearchParams, allowed: readonly string[]): Filter[] {
  return [...parameters].flatMap(([key, name]) => {
    const [, number] = /^Filter\.(\d+)\.Name$/.exec(key) ?? [];
    if (number === undefined) return [];
    const values = listed(parameters, `Filter.${number}.Value`);
    if (!allowed.includes(name)) throw new Ec2Error("InvalidParameterValue", `The filter '${name}' is invalid`);
    if (values.length === 0 || values.length > 200) throw new Ec2Error("FilterLimitExceeded", `The filter '${name}' has ${values.length} values; 1 to 200 are taken`);
    return [{ name, values }];
  });
}

function ruleXml({ id, properties }: CloudObject, egress: boolean): string {
  const given = (name: string, key: string): string => (properties[key] === undefined ? "" : element(name, text(properties[key])));
  const port = (name: string): string => element(name, String(properties[name] === undefined ? -1 : whole(properties[name])));
  const group = properties["referencedSecurityGroupId"];
  return [
    element("securityGroupRuleId", id),
    given("groupId", "securityGroupId"),
    element("isEgress", String(egress)),
    given("ipProtocol", "ipProtocol"),
    port("fromPort"),
    port("toPort"),
    given("cidrIpv4", "cidrIpv4"),
    given("cidrIpv6", "cidrIpv6"),
    given("prefixListId", "prefixListId"),
    group === undefined ? "" : `<referencedGroupInfo>${element("groupId", text(group))}</referencedGroupInfo>`,
    given("description", "description"),
  ].join("");
}

const answer = (action: string, content: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<${action}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">${element("requestId", "00000000-0000-4000-8000-000000000000")}${content}</${action}Response>`;
