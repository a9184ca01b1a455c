import { createHash } from "node:crypto";
import { CloudError } from "../engine/failure";
import type { Call } from "../engine/resource";
import type { Problem } from "../engine/shape";
import { isUnknown } from "../engine/values";
import { ACCOUNT_ID } from "../store/account";
import { records, text, texts, type JsonRecord } from "../store/json";
import type { CloudObject, CloudStore } from "../store/store";
import { freeAddress as lowestFree, isReserved, parseAddress } from "../engine/cidr";
import { alone } from "../engine/exclusive";
import { networkInterfaceInputs } from "./inputs/compute";
import { subnetMustExist } from "./network";
import { arn, mustExist, newId, type Row } from "./row";
import { NETWORK_INTERFACE, SECURITY_GROUP } from "./types";

const GROUPS_PER_INTERFACE = 5;

/** Every private address of an interface, the primary one first. */
export function addressesOf(properties: JsonRecord): readonly string[] {
  const [listed, unordered] = [texts(properties["privateIpLists"]), texts(properties["privateIps"])];
  if (listed.length > 0) return listed;
  if (unordered.length > 0) return unordered;
  return properties["privateIp"] === undefined ? [] : [text(properties["privateIp"])];
}

const requested = (inputs: JsonRecord): readonly string[] =>
  inputs["privateIpListEnabled"] === true ? texts(inputs["privateIpLists"]) : texts(inputs["privateIps"]);

function taken(store: CloudStore, subnetId: string, self: string | undefined): Map<string, string> {
  const found = store.list(NETWORK_INTERFACE).filter((one) => one.id !== self && one.properties["subnetId"] === subnetId);
  return new Map(found.flatMap((one) => addressesOf(one.properties).map((address) => [address, one.id] as const)));
}

/** The lowest free address, for an interface that asks for none. */
export function freeAddress(call: Call, subnetId: string): string {
  const { block } = subnetMustExist(call, subnetId);
  if (block === undefined) throw new CloudError("InvalidSubnet", `the account names no range for ${subnetId}`);
  const address = lowestFree(block, new Set(taken(call.store, subnetId, undefined).keys()));
  if (address !== undefined) return address;
  throw new CloudError("InsufficientFreeAddressesInSubnet", `There are not enough free addresses in subnet '${subnetId}' to satisfy the requested number of instances.`);
}

function validate(call: Call, self: string | undefined): void {
  const { inputs, store } = call;
  const subnet = subnetMustExist(call, text(inputs["subnetId"]));
  const used = taken(store, subnet.id, self);
  for (const address of requested(inputs)) {
    const parsed = parseAddress(address);
    const { block } = subnet;
    if (parsed === undefined) throw new CloudError("InvalidParameterValue", `invalid value for parameter address: ${address}`);
    if (block !== undefined && (parsed.value < block.first || parsed.value > block.last)) {
      throw new CloudError("InvalidParameterValue", `Address ${address} does not fall within the subnet's address range`);
    }
    if (block !== undefined && isReserved(block, parsed.value)) throw new CloudError("InvalidParameterValue", `Address ${address} is in subnet's reserved address range`);
    if (used.has(address)) throw new CloudError("InvalidIPAddress.InUse", `Address ${address} is in use.`);
  }
  for (const group of texts(inputs["securityGroups"])) {
    const found = mustExist(call, SECURITY_GROUP, group, "InvalidGroup.NotFound", "security group");
    if (subnet.vpcId !== "" && found.properties["vpcId"] !== subnet.vpcId) {
      throw new CloudError("InvalidParameterValue", `Security group ${group} and subnet ${subnet.id} belong to different networks.`);
    }
  }
}

function check(inputs: JsonRecord): Problem[] {
  const groups = texts(inputs["securityGroups"]);
  const addresses = [...texts(inputs["privateIpLists"]), ...texts(inputs["privateIps"])].filter((address) => !isUnknown(address));
  const problems = [...alone(inputs, "privateIpLists", ["privateIps", "privateIpsCount"])];
  if (groups.length > GROUPS_PER_INTERFACE) problems.push({ property: "securityGroups", reason: `lists ${groups.length} groups; an interface takes ${GROUPS_PER_INTERFACE}` });
  if (new Set(addresses).size < addresses.length) problems.push({ property: "privateIpLists", reason: "names an address twice" });
  for (const address of addresses) if (parseAddress(address)?.kind !== "ipv4") problems.push({ property: "privateIpLists", reason: `"${address}" is not an IPv4 address` });
  return problems;
}

/** internal/service/ec2/vpc_network_interface.go: only another primary address needs another interface. */
function replacesWhen(olds: JsonRecord, news: JsonRecord): readonly string[] {
  const old = text(olds["privateIp"]);
  if (news["privateIpListEnabled"] === true) {
    const list = news["privateIpLists"];
    if (list === undefined) return [];
    return isUnknown(list) || texts(list)[0] !== old ? ["privateIpLists"] : [];
  }
  const set = news["privateIps"];
  if (set === undefined) return [];
  return isUnknown(set) || !texts(set).includes(old) ? ["privateIps"] : [];
}

function compute(call: Call, id: string, olds: JsonRecord | undefined): JsonRecord {
  const asked = requested(call.inputs);
  const addresses = asked.length > 0 ? asked : olds === undefined ? [freeAddress(call, text(call.inputs["subnetId"]))] : addressesOf(olds);
  const primary = addresses[0] ?? "";
  const digits = createHash("sha256").update(id).digest("hex");
  return {
    arn: arn(call, "ec2", `network-interface/${id}`),
    ownerId: ACCOUNT_ID,
    outpostArn: "",
    macAddress: `0a:${[0, 2, 4, 6, 8].map((i) => digits.slice(i, i + 2)).join(":")}`,
    privateDnsName: `ip-${primary.replaceAll(".", "-")}.${call.config.region}.compute.internal`,
    privateIp: primary,
    privateIps: [...addresses],
    privateIpLists: [...addresses],
    interfaceType: "interface",
    attachments: olds?.["attachments"] ?? [],
    // An interface that lists no group is in the VPC's default group.
    securityGroups: olds?.["securityGroups"] ?? [],
  };
}

/** The instance that an interface hangs on; empty when it hangs on none. */
export const attachedTo = (nic: CloudObject): string => text(records(nic.properties["attachments"])[0]?.["instance"]);

/** Attaching is the instance's doing; the interface only shows it. */
export function attach(store: CloudStore, id: string, instance: string | undefined): void {
  const nic = store.get(NETWORK_INTERFACE, id);
  if (nic === undefined) return;
  const attachments = instance === undefined ? [] : [{ attachmentId: newId("eni-attach"), deviceIndex: 0, instance, networkCardIndex: 0 }];
  store.put({ ...nic, properties: { ...nic.properties, attachments } });
}

const networkInterface: Row = {
  token: NETWORK_INTERFACE,
  title: "EC2 Network Interface",
  inputs: networkInterfaceInputs,
  replaces: ["interfaceType", "subnetId"],
  sets: ["attachments", "privateIps", "securityGroups"],
  outputs: ["arn", "attachments", "interfaceType", "macAddress", "outpostArn", "ownerId", "privateDnsName", "privateIp", "privateIpLists", "privateIps", "securityGroups"],
  replacesWhen,
  renews: (changed) => (changed.has("privateIpLists") || changed.has("privateIps") ? ["privateIps"] : []),
  check,
  identify: () => newId("eni"),
  validate,
  compute,
  inUse: (_store, nic) => {
    if (attachedTo(nic) !== "") throw new CloudError("InvalidParameterValue", `Network interface '${nic.id}' is currently in use.`);
  },
};

export const interfaceRows: readonly Row[] = [networkInterface];
