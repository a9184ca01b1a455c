import { CloudError } from "../engine/failure";
import type { Call } from "../engine/resource";
import type { Problem } from "../engine/shape";
import { isUnknown } from "../engine/values";
import { ACCOUNT_ID } from "../store/account";
import { canonical, records, text, texts, whole, type JsonRecord } from "../store/json";
import type { CloudObject, CloudStore } from "../store/store";
import { alone, exactlyOne, oneOf, pattern } from "../engine/exclusive";
import { managedPrefixListInputs, securityGroupInputs, securityGroupRuleInputs } from "./inputs/security";
import { cidrProblem, vpcMustExist } from "./network";
import { arn, mustExist, newId, type Row } from "./row";
import { EGRESS_RULE, INGRESS_RULE, NETWORK_INTERFACE, PREFIX_LIST, SECURITY_GROUP, VPC_ENDPOINT } from "./types";

/** Quota "Inbound or outbound rules per security group", per address family. */
const RULES_PER_GROUP = 60;
const SOURCES = ["cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"] as const;

const familyOf = (rule: JsonRecord): "IPv4" | "IPv6" => (rule["cidrIpv6"] === undefined ? "IPv4" : "IPv6");

/** A rule on a prefix list counts as many rules as the list may hold, used or not. */
function weight(store: CloudStore, rule: JsonRecord): number {
  return whole(store.get(PREFIX_LIST, text(rule["prefixListId"]))?.properties["maxEntries"], 1);
}

function rulesOf(store: CloudStore, token: string, group: string): CloudObject[] {
  return store.list(token).filter((rule) => rule.properties["securityGroupId"] === group);
}

function checkRule(inputs: JsonRecord): Problem[] {
  const { fromPort, toPort, ipProtocol } = inputs;
  const problems = [
    ...exactlyOne(inputs, SOURCES),
    ...cidrProblem("cidrIpv4", inputs["cidrIpv4"], 0, 32),
    ...cidrProblem("cidrIpv6", inputs["cidrIpv6"], 0, 128),
  ];
  for (const key of ["fromPort", "toPort"]) {
    const value = inputs[key];
    if (typeof value === "number" && (value < -1 || value > 65535)) problems.push({ property: key, reason: `expected ${key} to be between -1 and 65535, got ${value}` });
  }
  const all = ipProtocol === "-1";
  const transport = ipProtocol === "tcp" || ipProtocol === "udp";
  if (all && (fromPort !== undefined || toPort !== undefined)) problems.push({ property: "fromPort", reason: "no ports with ipProtocol -1, which means all of them" });
  if (transport && (fromPort === undefined || toPort === undefined)) problems.push({ property: "fromPort", reason: `ipProtocol ${ipProtocol} needs fromPort and toPort` });
  if (transport && whole(fromPort) > whole(toPort, 65535)) problems.push({ property: "fromPort", reason: `is ${whole(fromPort)}, above toPort ${whole(toPort)}` });
  problems.push(...pattern(inputs, "description", /^[\w .:/()#,@[\]+=&;{}!$*-]{0,255}$/, "holds a character that AWS refuses in a rule's description, or is longer than 255"));
  return problems;
}

function validateRule(token: string): NonNullable<Row["validate"]> {
  return (call, self) => {
    const { store, inputs } = call;
    const group = text(inputs["securityGroupId"]);
    mustExist(call, SECURITY_GROUP, group, "InvalidGroup.NotFound", "security group");
    const list = text(inputs["prefixListId"]);
    if (list !== "" && !isServiceList(list)) mustExist(call, PREFIX_LIST, list, "InvalidPrefixListID.NotFound", "prefix list ID");
    const other = text(inputs["referencedSecurityGroupId"]);
    if (other !== "") mustExist(call, SECURITY_GROUP, other, "InvalidGroup.NotFound", "security group");
    const rules = rulesOf(store, token, group).filter((rule) => rule.id !== self);
    const key = (rule: JsonRecord): string => canonical([...SOURCES, "ipProtocol", "fromPort", "toPort"].map((name) => rule[name] ?? null));
    if (rules.some((rule) => key(rule.properties) === key(inputs))) {
      throw new CloudError("InvalidPermission.Duplicate", `the specified rule "${key(inputs)}" already exists`);
    }
    const count = [...rules.map((rule) => rule.properties), inputs].filter((rule) => familyOf(rule) === familyOf(inputs)).reduce((sum, rule) => sum + weight(store, rule), 0);
    if (count > RULES_PER_GROUP) {
      throw new CloudError("RulesPerSecurityGroupLimitExceeded", `The maximum number of rules per security group has been reached (${count} of ${RULES_PER_GROUP}; a prefix list counts with its maximum of entries).`);
    }
  };
}

/** A prefix list of an AWS service, such as S3: not made here. */
export const isServiceList = (id: string): boolean => /^pl-[0-9a-f]{8}$/.test(id);

// internal/service/ec2/vpc_security_group_ingress_rule.go: RequiresReplace on security_group_id, and ModifyPlan on another kind of source
function ruleRow(token: string, title: string): Row {
  return {
    token,
    title,
    inputs: securityGroupRuleInputs,
    replaces: ["securityGroupId"],
    outputs: ["arn", "securityGroupRuleId"],
    replacesWhen: (olds, news) => {
      const source = (rule: JsonRecord): string => SOURCES.find((key) => rule[key] !== undefined) ?? "";
      return source(olds) === source(news) ? [] : [source(olds), source(news)];
    },
    check: checkRule,
    identify: () => newId("sgr"),
    validate: validateRule(token),
    compute: (call, id) => ({ arn: arn(call, "ec2", `security-group-rule/${id}`), securityGroupRuleId: id }),
  };
}

function groupInUse(store: CloudStore, { id }: CloudObject): void {
  const user = [...store.list(NETWORK_INTERFACE), ...store.list(VPC_ENDPOINT)].find(({ properties }) =>
    [...texts(properties["securityGroups"]), ...texts(properties["securityGroupIds"])].includes(id));
  const rule = [...store.list(INGRESS_RULE), ...store.list(EGRESS_RULE)].find(
    ({ properties }) => properties["referencedSecurityGroupId"] === id && properties["securityGroupId"] !== id,
  );
  if (user !== undefined || rule !== undefined) throw new CloudError("DependencyViolation", `resource ${id} has a dependent object (${(user ?? rule)?.id})`);
}

// internal/service/ec2/vpc_security_group.go
const securityGroup: Row = {
  token: SECURITY_GROUP,
  title: "EC2 Security Group",
  inputs: securityGroupInputs,
  replaces: ["description", "name", "namePrefix", "vpcId"],
  sets: ["egress", "ingress"],
  autoName: { property: "name", prefix: "namePrefix", maxLength: 255 },
  defaults: { description: "Managed by Pulumi", revokeRulesOnDelete: false },
  outputs: ["arn", "egress", "ingress", "name", "namePrefix", "ownerId", "vpcId"],
  check: (inputs) => [
    ...alone(inputs, "name", ["namePrefix"]),
    ...pattern(inputs, "name", /^(?!sg-)[\w .:/()#,@[\]+=&;{}!$*-]{1,255}$/, "is no name for a security group: up to 255 of a-zA-Z0-9 and . _-:/()#,@[]+=&;{}!$*, not starting with sg-"),
    ...pattern(inputs, "description", /^[\w .:/()#,@[\]+=&;{}!$*-]{1,255}$/, "holds a character that AWS refuses in a group's description, or is longer than 255"),
  ],
  identify: () => newId("sg"),
  validate: ({ store, inputs, ...rest }, self) => {
    const vpcId = text(inputs["vpcId"]);
    if (vpcId !== "") vpcMustExist({ store, inputs, ...rest }, vpcId);
    const twin = store.list(SECURITY_GROUP).find(({ id, properties }) => id !== self && properties["vpcId"] === vpcId && properties["name"] === inputs["name"] && inputs["name"] !== undefined);
    if (twin !== undefined) throw new CloudError("InvalidGroup.Duplicate", `The security group '${text(inputs["name"])}' already exists for VPC '${vpcId}'`);
  },
  compute: (call, id, olds) => ({
    arn: arn(call, "ec2", `security-group/${id}`),
    ownerId: ACCOUNT_ID,
    ingress: [],
    egress: [],
    name: olds?.["name"] ?? (text(call.inputs["namePrefix"]) + newId("x").slice(2)),
    namePrefix: "",
    vpcId: "",
  }),
  inUse: groupInUse,
  removed: (store, { id }) => {
    // AWS drops a group's own rules with it.
    for (const token of [INGRESS_RULE, EGRESS_RULE]) for (const rule of rulesOf(store, token, id)) store.remove(token, rule.id);
  },
};

function checkPrefixList(inputs: JsonRecord): Problem[] {
  const entries = records(inputs["entries"]);
  const max = inputs["maxEntries"];
  const problems = [...oneOf(inputs, "addressFamily", ["IPv4", "IPv6"]), ...pattern(inputs, "name", /^(?!com\.amazonaws).{1,255}$/, "is no name for a prefix list")];
  if (typeof max === "number" && (max < 1 || max > 1000)) problems.push({ property: "maxEntries", reason: `expected maxEntries to be between 1 and 1000, got ${max}` });
  if (typeof max === "number" && entries.length > max) problems.push({ property: "entries", reason: `has ${entries.length} entries, maxEntries is ${max}` });
  const seen = new Set<string>();
  entries.forEach(({ cidr, description }, i) => {
    if (isUnknown(cidr)) return;
    problems.push(...cidrProblem(`entries[${i}].cidr`, cidr, 0, 32));
    if (text(cidr).includes(":") !== (inputs["addressFamily"] === "IPv6")) problems.push({ property: `entries[${i}].cidr`, reason: `is not of the family ${text(inputs["addressFamily"])}` });
    if (seen.has(text(cidr))) problems.push({ property: `entries[${i}].cidr`, reason: `"${text(cidr)}" is listed twice` });
    if (text(description).length > 255) problems.push({ property: `entries[${i}].description`, reason: "has more than 255 characters" });
    seen.add(text(cidr));
  });
  return problems;
}

/** Raising the maximum fails when a group that refers to the list would overflow. */
function validatePrefixList({ store, inputs }: Call, self: string | undefined): void {
  if (self === undefined) return;
  for (const token of [INGRESS_RULE, EGRESS_RULE]) {
    for (const rule of store.list(token).filter(({ properties }) => properties["prefixListId"] === self)) {
      const others = rulesOf(store, token, text(rule.properties["securityGroupId"])).filter(({ id }) => id !== rule.id);
      const count = others.reduce((sum, { properties }) => sum + weight(store, properties), whole(inputs["maxEntries"]));
      if (count > RULES_PER_GROUP) throw new CloudError("PrefixListMaxEntriesExceeded", `You can't resize the prefix list ${self}: ${text(rule.properties["securityGroupId"])} would have ${count} rules of ${RULES_PER_GROUP}.`);
    }
  }
}

// internal/service/ec2/vpc_managed_prefix_list.go: ForceNew on address_family alone
const prefixList: Row = {
  token: PREFIX_LIST,
  title: "EC2 Managed Prefix List",
  inputs: managedPrefixListInputs,
  replaces: ["addressFamily"],
  sets: ["entries"],
  autoName: { property: "name", maxLength: 255 },
  outputs: ["arn", "ownerId", "version"],
  renews: (changed) => (changed.has("entries") ? ["version"] : []),
  check: checkPrefixList,
  identify: () => newId("pl"),
  validate: validatePrefixList,
  compute: (call, id, olds) => {
    const same = olds !== undefined && canonical(olds["entries"]) === canonical(call.inputs["entries"]);
    return { arn: arn(call, "ec2", `prefix-list/${id}`), ownerId: ACCOUNT_ID, version: whole(olds?.["version"]) + (same ? 0 : 1) };
  },
  inUse: (store, { id }) => {
    const user = [...store.list(INGRESS_RULE), ...store.list(EGRESS_RULE)].find(({ properties }) => properties["prefixListId"] === id);
    if (user !== undefined) throw new CloudError("DependencyViolation", `prefix list ${id} is referenced by ${user.id}`);
  },
};

export const securityRows: readonly Row[] = [
  prefixList,
  securityGroup,
  ruleRow(INGRESS_RULE, "VPC Security Group Ingress Rule"),
  ruleRow(EGRESS_RULE, "VPC Security Group Egress Rule"),
];
