import { CloudError } from "../engine/failure";
import type { Call } from "../engine/resource";
import type { Problem } from "../engine/shape";
import { isUnknown } from "../engine/values";
import { ACCOUNT_ID, readAccount } from "../store/account";
import { text, texts, type Json } from "../store/json";
import type { CloudStore } from "../store/store";
import { inside, overlap, parseCidr, type Block } from "../engine/cidr";
import { exactlyOne } from "../engine/exclusive";
import { routeTableAssociationInputs, routeTableInputs, subnetInputs, vpcInputs } from "./inputs/network";
import { arn, mustExist, newId, regionOf, type Row } from "./row";
import { NETWORK_INTERFACE, ROUTE_TABLE, ROUTE_TABLE_ASSOCIATION, SECURITY_GROUP, SUBNET, VPC, VPC_ENDPOINT } from "./types";

export interface Place {
  readonly id: string;
  readonly vpcId: string;
  readonly block: Block | undefined;
}

/** A VPC or subnet, made here or named in the account as existing. */
export function findPlace(store: CloudStore, type: typeof VPC | typeof SUBNET, id: string): Place | undefined {
  const made = store.get(type, id);
  if (made !== undefined) {
    const cidr = text(made.properties["cidrBlock"]);
    return { id, vpcId: type === VPC ? id : text(made.properties["vpcId"]), block: parseCidr(cidr) };
  }
  const given = readAccount(store.root).existing.find((one) => one.id === id && one.type === (type === VPC ? "vpc" : "subnet"));
  return given && { id, vpcId: type === VPC ? id : given.vpcId, block: parseCidr(given.cidr) };
}

export function vpcMustExist(call: Call, id: string): Place {
  const found = findPlace(call.store, VPC, id);
  if (found === undefined) throw new CloudError("InvalidVpcID.NotFound", `The vpc ID '${id}' does not exist`);
  return found;
}

export function subnetMustExist(call: Call, id: string): Place {
  const found = findPlace(call.store, SUBNET, id);
  if (found === undefined) throw new CloudError("InvalidSubnetID.NotFound", `The subnet ID '${id}' does not exist`);
  return found;
}

export function cidrProblem(property: string, value: Json | undefined, least: number, most: number): Problem[] {
  if (value === undefined || isUnknown(value)) return [];
  const block = parseCidr(text(value));
  if (block === undefined) return [{ property, reason: `"${text(value)}" is not a valid CIDR block, or has bits set below its mask` }];
  const fits = block.kind !== "ipv4" || (block.prefix >= least && block.prefix <= most);
  return fits ? [] : [{ property, reason: `expected "${text(value)}" to contain a network Value with between ${least} and ${most} significant bits` }];
}

/** Objects of a type that lie in a VPC or subnet keep it from being deleted. */
function refuseWhileUsed(store: CloudStore, key: "vpcId" | "subnetId", id: string, types: readonly string[], what: string): void {
  const user = types.flatMap((type) => store.list(type)).find((one) => one.properties[key] === id || texts(one.properties[`${key}s`]).includes(id));
  if (user !== undefined) throw new CloudError("DependencyViolation", `The ${what} '${id}' has dependencies and cannot be deleted (${user.id})`);
}

const vpc: Row = {
  token: VPC,
  title: "EC2 VPC",
  inputs: vpcInputs,
  replaces: ["cidrBlock", "instanceTenancy", "ipv4IpamPoolId", "ipv4NetmaskLength"],
  defaults: { enableDnsSupport: true, instanceTenancy: "default" },
  outputs: ["arn", "defaultNetworkAclId", "defaultRouteTableId", "defaultSecurityGroupId", "dhcpOptionsId", "mainRouteTableId", "ownerId"],
  check: (inputs) => [
    ...(inputs["cidrBlock"] === undefined && inputs["ipv4IpamPoolId"] === undefined
      ? [{ property: "cidrBlock", reason: "one of `cidrBlock,ipv4IpamPoolId` must be specified" }]
      : []),
    ...cidrProblem("cidrBlock", inputs["cidrBlock"], 16, 28),
  ],
  identify: () => newId("vpc"),
  compute: (call, id, olds) => ({
    arn: arn(call, "ec2", `vpc/${id}`),
    ownerId: ACCOUNT_ID,
    defaultNetworkAclId: olds?.["defaultNetworkAclId"] ?? newId("acl"),
    defaultRouteTableId: olds?.["defaultRouteTableId"] ?? newId("rtb"),
    mainRouteTableId: olds?.["mainRouteTableId"] ?? newId("rtb"),
    defaultSecurityGroupId: olds?.["defaultSecurityGroupId"] ?? newId("sg"),
    dhcpOptionsId: olds?.["dhcpOptionsId"] ?? newId("dopt"),
  }),
  inUse: (store, { id }) => refuseWhileUsed(store, "vpcId", id, [SUBNET, ROUTE_TABLE, SECURITY_GROUP, VPC_ENDPOINT], "vpc"),
};

function validateSubnet(call: Call, self: string | undefined): void {
  const { inputs, store } = call;
  const outer = vpcMustExist(call, text(inputs["vpcId"]));
  const block = parseCidr(text(inputs["cidrBlock"]));
  if (block === undefined || outer.block === undefined) return;
  if (!inside(outer.block, block)) throw new CloudError("InvalidSubnet.Range", `The CIDR '${text(inputs["cidrBlock"])}' is invalid.`);
  for (const other of store.list(SUBNET)) {
    const theirs = parseCidr(text(other.properties["cidrBlock"]));
    const clashes = other.id !== self && other.properties["vpcId"] === inputs["vpcId"] && theirs !== undefined && overlap(theirs, block);
    if (clashes) throw new CloudError("InvalidSubnet.Conflict", `The CIDR '${text(inputs["cidrBlock"])}' conflicts with another subnet`);
  }
  const zone = text(inputs["availabilityZone"]);
  if (zone !== "" && !zone.startsWith(regionOf(call))) {
    throw new CloudError("InvalidParameterValue", `Value (${zone}) for parameter availabilityZone is invalid. Subnets can currently only be created in the region's zones.`);
  }
}

const subnet: Row = {
  token: SUBNET,
  title: "EC2 Subnet",
  inputs: subnetInputs,
  replaces: ["availabilityZone", "availabilityZoneId", "cidrBlock", "ipv4IpamPoolId", "ipv4NetmaskLength", "ipv6Native", "outpostArn", "vpcId"],
  defaults: { assignIpv6AddressOnCreation: false, mapPublicIpOnLaunch: false },
  outputs: ["arn", "availabilityZone", "availabilityZoneId", "ipv6CidrBlockAssociationId", "ownerId"],
  check: (inputs) => cidrProblem("cidrBlock", inputs["cidrBlock"], 16, 28),
  identify: () => newId("subnet"),
  validate: validateSubnet,
  compute: (call, id) => ({
    arn: arn(call, "ec2", `subnet/${id}`),
    availabilityZone: `${regionOf(call)}a`,
    availabilityZoneId: `${regionOf(call)}-az1`,
    ipv6CidrBlockAssociationId: "",
    ownerId: ACCOUNT_ID,
  }),
  inUse: (store, { id }) => refuseWhileUsed(store, "subnetId", id, [NETWORK_INTERFACE, VPC_ENDPOINT], "subnet"),
};

const routeTable: Row = {
  token: ROUTE_TABLE,
  title: "EC2 Route Table",
  inputs: routeTableInputs,
  replaces: ["vpcId"],
  sets: ["routes", "propagatingVgws"],
  outputs: ["arn", "ownerId", "propagatingVgws", "routes"],
  identify: () => newId("rtb"),
  validate: (call) => void vpcMustExist(call, text(call.inputs["vpcId"])),
  compute: (call, id) => ({ arn: arn(call, "ec2", `route-table/${id}`), ownerId: ACCOUNT_ID, propagatingVgws: [], routes: [] }),
  inUse: (store, { id }) => {
    const user = store.list(ROUTE_TABLE_ASSOCIATION).find((one) => one.properties["routeTableId"] === id);
    if (user !== undefined) throw new CloudError("DependencyViolation", `The routeTable '${id}' has dependencies and cannot be deleted.`);
  },
};

const routeTableAssociation: Row = {
  token: ROUTE_TABLE_ASSOCIATION,
  title: "Route Table Association",
  inputs: routeTableAssociationInputs,
  replaces: ["gatewayId", "subnetId"],
  outputs: [],
  check: (inputs) => exactlyOne(inputs, ["subnetId", "gatewayId"]),
  identify: () => newId("rtbassoc"),
  // Imported as SUBNET/TABLE (internal/service/ec2/vpc_route_table_association.go).
  resolves: (store, given) => store.list(ROUTE_TABLE_ASSOCIATION).find(({ properties }) => given === `${text(properties["subnetId"])}/${text(properties["routeTableId"])}`)?.id,
  importFails: (id) => `No association found between route table ID (${id.split("/").at(-1) ?? ""}) and target ID (${id.split("/")[0] ?? ""})`,
  validate: (call, self) => {
    mustExist(call, ROUTE_TABLE, text(call.inputs["routeTableId"]), "InvalidRouteTableID.NotFound", "routeTable ID");
    const id = text(call.inputs["subnetId"]);
    if (id === "") return;
    subnetMustExist(call, id);
    const taken = call.store.list(ROUTE_TABLE_ASSOCIATION).find((one) => one.id !== self && one.properties["subnetId"] === id);
    if (taken !== undefined) throw new CloudError("Resource.AlreadyAssociated", `the specified association for route table ${text(call.inputs["routeTableId"])} conflicts with an existing association`);
  },
  compute: () => ({}),
};

export const networkRows: readonly Row[] = [vpc, subnet, routeTable, routeTableAssociation];
