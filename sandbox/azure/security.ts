import { parseCidr } from "../engine/cidr";
import type { Call } from "../engine/resource";
import { records, text, texts, whole, type JsonRecord } from "../store/json";
import type { CloudObject, CloudStore } from "../store/store";
import { lastName, parentId, sameArmId } from "./arm-id";
import { armError } from "./failure";
import { copied, named } from "./group";
import { networkSecurityGroupInputs, securityRuleInputs } from "./inputs/security";
import { allReferred, mustBePart, mustRefer, objectsOf, referred } from "./objects";
import { replaceParts, shownParts } from "./parts";
import { idOf } from "./place";
import { parsePorts, rulesIn } from "./rules";
import type { AzureRow } from "./row";
import { APPLICATION_GROUP, NETWORK_INTERFACE, SECURITY_GROUP, SECURITY_RULE, SUBNET } from "./types";

const PROTOCOLS = ["*", "tcp", "udp", "icmp", "esp", "ah"];
const LONGEST_DESCRIPTION = 140;
/** Tags of services that the sandbox knows, as far as the program uses them. Source: Azure's list of service tags. */
const SERVICE_TAGS = ["*", "any", "virtualnetwork", "azureloadbalancer", "internet", "azurekeyvault", "storage", "azurecloud", "azuremonitor", "azureactivedirectory", "azureresourcemanager", "guestandhybridmanagement", "azureplatformdns", "azureplatformimds", "azureplatformlkm"];
const isPlace = (prefix: string): boolean => SERVICE_TAGS.includes(prefix.toLowerCase()) || SERVICE_TAGS.includes(prefix.toLowerCase().split(".")[0] ?? "") || parseCidr(prefix.includes("/") ? prefix : `${prefix}/32`) !== undefined;

const asked = (rule: JsonRecord, key: string): readonly string[] => [text(rule[key]), ...texts(rule[key === "sourcePortRange" || key === "destinationPortRange" ? `${key}s` : `${key}es`])].filter((one) => one !== "");

/** What is wrong with a rule, whichever way it is written. */
function ruleMustFit(call: Call, id: string, rule: JsonRecord): void {
  const refuse = (code: string, message: string) => armError(400, code, `Security rule ${lastName(id)}: ${message}`);
  const priority = whole(rule["priority"]);
  if (priority < 100 || priority > 4096) throw refuse("SecurityRuleInvalidPriority", `has invalid Priority. Value provided: ${priority} Allowed range 100-4096.`);
  if (!["inbound", "outbound"].includes(text(rule["direction"]).toLowerCase())) throw refuse("InvalidRequestFormat", `direction ${text(rule["direction"])} is neither Inbound nor Outbound.`);
  if (!["allow", "deny"].includes(text(rule["access"]).toLowerCase())) throw refuse("InvalidRequestFormat", `access ${text(rule["access"])} is neither Allow nor Deny.`);
  if (!PROTOCOLS.includes(text(rule["protocol"]).toLowerCase())) throw refuse("SecurityRuleInvalidProtocol", `protocol ${text(rule["protocol"])} is none of ${PROTOCOLS.join(", ")}.`);
  if (text(rule["description"]).length > LONGEST_DESCRIPTION) throw refuse("InvalidRequestFormat", `the description has more than ${LONGEST_DESCRIPTION} characters.`);
  for (const side of ["source", "destination"]) {
    const [prefixes, groups, ports] = [asked(rule, `${side}AddressPrefix`), allReferred(rule[`${side}ApplicationSecurityGroups`]), asked(rule, `${side}PortRange`)];
    if (prefixes.length > 0 && groups.length > 0) throw refuse("SecurityRuleParameterContainsUnsupportedValue", `${side}AddressPrefix and ${side}ApplicationSecurityGroups exclude each other.`);
    if (prefixes.length === 0 && groups.length === 0) throw refuse("SecurityRuleMissingParameter", `required ${side}AddressPrefix, ${side}AddressPrefixes or ${side}ApplicationSecurityGroups are missing.`);
    if (ports.length === 0) throw refuse("SecurityRuleMissingParameter", `required ${side}PortRange is missing.`);
    const wrong = prefixes.find((prefix) => !isPlace(prefix));
    if (wrong !== undefined) throw refuse("SecurityRuleInvalidAddressPrefix", `has invalid Address prefix. Value provided: ${wrong}`);
    if (prefixes.length > 1 && prefixes.some((prefix) => SERVICE_TAGS.includes(prefix.toLowerCase()))) throw refuse("SecurityRuleParameterContainsUnsupportedValue", `${side}AddressPrefixes lists a service tag beside others.`);
    const port = ports.find((range) => parsePorts(range) === undefined);
    if (port !== undefined) throw refuse("SecurityRuleInvalidPortRange", `has invalid Port range. Value provided: ${port}. Value should be an integer OR integer range with '-' delimiter. Valid range 0-65535.`);
    for (const group of groups) mustRefer(call, APPLICATION_GROUP, group, id);
  }
}

/** Rules of one group differ in name, and in priority in each direction. */
function mustNotConflict(rules: readonly JsonRecord[]): void {
  const seen = new Map<string, string>();
  for (const rule of rules) {
    const key = `${text(rule["direction"]).toLowerCase()} ${whole(rule["priority"])}`;
    const other = seen.get(key);
    if (other !== undefined) throw armError(400, "SecurityRuleConflict", `Security rule ${other} conflicts with rule ${text(rule["name"])}. Rules cannot have the same Priority and Direction. To learn more, see aka.ms/nsgrules.`);
    seen.set(key, text(rule["name"]));
  }
}

const securityRule: AzureRow = {
  token: SECURITY_RULE,
  title: "Security Rule",
  apiVersion: "2024-05-01",
  inputs: securityRuleInputs,
  path: ["resourceGroupName", "networkSecurityGroupName", "securityRuleName"],
  replaces: [],
  autoName: copied("securityRuleName"),
  outputs: ["access", "description", "destinationAddressPrefix", "destinationAddressPrefixes", "destinationApplicationSecurityGroups", "destinationPortRange", "destinationPortRanges", "direction", "etag", "name", "priority", "protocol", "provisioningState", "sourceAddressPrefix", "sourceAddressPrefixes", "sourceApplicationSecurityGroups", "sourcePortRange", "sourcePortRanges", "type"],
  identify: (call) => idOf(call, SECURITY_RULE, ["networkSecurityGroupName", "securityRuleName"]),
  validate: (call, self) => {
    const id = self ?? idOf(call, SECURITY_RULE, ["networkSecurityGroupName", "securityRuleName"]);
    const group = mustBePart(call, SECURITY_GROUP, parentId(id));
    ruleMustFit(call, id, call.inputs);
    mustNotConflict([...rulesIn(call.store, group.id).filter((rule) => !sameArmId(rule.id, id)).map(({ properties }) => properties), { ...call.inputs, name: lastName(id) }]);
  },
  compute: () => ({}),
};

function groupInUse(store: CloudStore, { id }: CloudObject): void {
  const users = [...objectsOf(store, NETWORK_INTERFACE), ...objectsOf(store, SUBNET)].filter(({ properties }) => sameArmId(referred(properties["networkSecurityGroup"]), id));
  if (users.length === 0) return;
  throw armError(400, "InUseNetworkSecurityGroupCannotBeDeleted", `Network security group ${id} cannot be deleted because it is in use by the following resources: ${users.map((user) => user.id).join(", ")}. In order to delete the Network security group, remove the association with the resource(s). To learn how to do this, see aka.ms/deletensg.`);
}

const securityGroup: AzureRow = {
  token: SECURITY_GROUP,
  title: "Network Security Group",
  apiVersion: "2024-05-01",
  inputs: networkSecurityGroupInputs,
  path: ["resourceGroupName", "networkSecurityGroupName"],
  replaces: [],
  maintains: ["securityRules"],
  autoName: named("networkSecurityGroupName"),
  outputs: ["defaultSecurityRules", "etag", "flowLogs", "flushConnection", "location", "name", "networkInterfaces", "provisioningState", "resourceGuid", "securityRules", "subnets", "tags", "type"],
  identify: (call) => idOf(call, SECURITY_GROUP, ["networkSecurityGroupName"]),
  validate: (call, self) => {
    const id = self ?? idOf(call, SECURITY_GROUP, ["networkSecurityGroupName"]);
    const rules = records(call.inputs["securityRules"]);
    for (const rule of rules) ruleMustFit(call, `${id}/securityRules/${text(rule["name"])}`, rule);
    mustNotConflict(rules);
  },
  compute: (_call, id, olds) => ({ resourceGuid: olds?.["resourceGuid"] ?? id, flushConnection: false }),
  shows: (store, object) => ({ securityRules: shownParts(store, SECURITY_RULE, object, object.properties["securityRules"]) }),
  after: (call, object) => replaceParts(call.store, SECURITY_RULE, object, "securityRules", call.inputs["securityRules"]),
  inUse: groupInUse,
};

export const securityRows: readonly AzureRow[] = [securityGroup, securityRule];
