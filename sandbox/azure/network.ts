import { inside, overlap, parseCidr, type Block } from "../engine/cidr";
import type { Call } from "../engine/resource";
import { records, text, texts, type JsonRecord } from "../store/json";
import type { CloudObject, CloudStore } from "../store/store";
import { lastName, parentId, sameArmId } from "./arm-id";
import { armError } from "./failure";
import { copied, named } from "./group";
import { addressesIn, interfacesIn } from "./interface-addresses";
import { applicationSecurityGroupInputs, subnetInputs, virtualNetworkInputs } from "./inputs/network";
import { mustBePart, mustRefer, objectsOf, partsOf, referred } from "./objects";
import { missingParts, replaceParts, shownParts } from "./parts";
import { idOf, locationIn } from "./place";
import type { AzureRow } from "./row";
import { APPLICATION_GROUP, NAT_GATEWAY, NETWORK_INTERFACE, SECURITY_GROUP, SECURITY_RULE, SUBNET, VIRTUAL_NETWORK } from "./types";

const SMALLEST_SUBNET = 29;

/** The ranges of a subnet, or of a network's address space. */
export function blocksIn(properties: JsonRecord): Block[] {
  const space = properties["addressSpace"];
  const prefixes = typeof space === "object" && space !== null && "addressPrefixes" in space ? texts(space["addressPrefixes"]) : texts(properties["addressPrefixes"]);
  return [text(properties["addressPrefix"]), ...prefixes].flatMap((prefix) => parseCidr(prefix) ?? []);
}

const written = (properties: JsonRecord): string => [text(properties["addressPrefix"]), ...texts(properties["addressPrefixes"])].filter((one) => one !== "").join(", ");

/** Ranges of a network that are wrong in themselves. */
function prefixesMustFit(prefixes: readonly string[], owner: string): void {
  const wrong = prefixes.find((prefix) => parseCidr(prefix) === undefined);
  if (wrong !== undefined) throw armError(400, "InvalidCIDRNotation", `The address prefix ${wrong} in resource ${owner} has an invalid CIDR notation. For the given prefix length, the address prefix should not have bits set below its mask.`);
}

function validateSubnet(call: Call, self: string, given: JsonRecord, network: Pick<CloudObject, "id" | "properties">): void {
  const blocks = blocksIn(given);
  prefixesMustFit([text(given["addressPrefix"]), ...texts(given["addressPrefixes"])].filter((one) => one !== ""), self);
  if (blocks.length === 0) throw armError(400, "MissingAddressPrefix", `Subnet ${lastName(self)} has no address prefix.`);
  if (blocks.some(({ kind, prefix }) => kind === "ipv4" && prefix > SMALLEST_SUBNET)) throw armError(400, "NetcfgSubnetRangeTooSmall", `Subnet '${lastName(self)}' is too small; the smallest has a mask of ${SMALLEST_SUBNET} bits.`);
  const spaces = blocksIn(network.properties);
  if (spaces.length > 0 && !blocks.every((block) => spaces.some((space) => inside(space, block)))) {
    throw armError(400, "NetcfgSubnetRangeOutsideVnet", `Subnet '${lastName(self)}' is not valid because its IP address range is outside the IP address range of virtual network '${lastName(network.id)}'.`);
  }
  const clash = partsOf(call.store, SUBNET, network.id).find((other) => !sameArmId(other.id, self) && blocksIn(other.properties).some((theirs) => blocks.some((block) => overlap(theirs, block))));
  if (clash !== undefined) throw armError(400, "NetcfgSubnetRangesOverlap", `Subnet '${lastName(self)}' is not valid because its IP address range overlaps with that of an existing subnet in virtual network '${lastName(network.id)}' (${lastName(clash.id)}).`);
  const group = referred(given["networkSecurityGroup"]);
  if (group !== "") sameRegion(mustRefer(call, SECURITY_GROUP, group, self), network, self);
  const gateway = referred(given["natGateway"]);
  if (gateway !== "") sameRegion(mustRefer(call, NAT_GATEWAY, gateway, self), network, self);
  const lost = interfacesIn(call.store, self).flatMap((nic) => addressesIn(nic.properties)).find((address) => !blocks.some((block) => inside(block, parseCidr(`${address}/32`) ?? block)));
  if (lost !== undefined) throw armError(400, "InUsePrefixCannotBeDeleted", `IpPrefix ${written(given)} on Subnet ${lastName(self)} cannot be set because ${lost} is in use on it.`);
}

type Region = Pick<CloudObject, "id" | "properties">;

/** Objects of one network lie in one region. */
export function sameRegion(one: Region, other: Region, owner: string): void {
  const [here, there] = [locationIn(one.properties), locationIn(other.properties)];
  if (here === "" || there === "" || here === there) return;
  throw armError(400, "InvalidResourceReference", `Resource ${one.id} referenced by resource ${owner} was not found. Please make sure that the referenced resource exists, and that both resources are in the same region.`);
}

/** A subnet or its group is in use as long as an interface is in it. */
function subnetInUse(store: CloudStore, { id }: CloudObject): void {
  const user = interfacesIn(store, id)[0];
  if (user !== undefined) throw armError(400, "InUseSubnetCannotBeDeleted", `Subnet ${lastName(id)} is in use by ${user.id} and cannot be deleted. In order to delete the subnet, delete all the resources within the subnet. See aka.ms/deletesubnet.`);
}

const virtualNetwork: AzureRow = {
  token: VIRTUAL_NETWORK,
  title: "Virtual Network",
  apiVersion: "2024-05-01",
  inputs: virtualNetworkInputs,
  path: ["resourceGroupName", "virtualNetworkName"],
  replaces: ["location"],
  maintains: ["subnets", "virtualNetworkPeerings"],
  autoName: named("virtualNetworkName"),
  outputs: ["addressSpace", "bgpCommunities", "ddosProtectionPlan", "dhcpOptions", "enableDdosProtection", "enableVmProtection", "encryption", "etag", "extendedLocation", "flowLogs", "flowTimeoutInMinutes", "ipAllocations", "location", "name", "privateEndpointVNetPolicies", "provisioningState", "resourceGuid", "subnets", "tags", "type", "virtualNetworkPeerings"],
  identify: (call) => idOf(call, VIRTUAL_NETWORK, ["virtualNetworkName"]),
  validate: (call, self) => {
    const id = self ?? idOf(call, VIRTUAL_NETWORK, ["virtualNetworkName"]);
    const space = call.inputs["addressSpace"];
    prefixesMustFit(typeof space === "object" && space !== null && "addressPrefixes" in space ? texts(space["addressPrefixes"]) : [], id);
    const spaces = blocksIn(call.inputs);
    if (spaces.length === 0) throw armError(400, "InvalidRequestFormat", `Virtual network ${lastName(id)} has no address space.`);
    const outside = self === undefined ? undefined : partsOf(call.store, SUBNET, id).find(({ properties }) => !blocksIn(properties).every((block) => spaces.some((one) => inside(one, block))));
    if (outside !== undefined && call.inputs["subnets"] === undefined) throw armError(400, "InUsePrefixCannotBeDeleted", `The address space of ${lastName(id)} cannot lose the range of ${outside.id}, which is in it.`);
    for (const one of records(call.inputs["subnets"])) validateSubnet(call, `${id}/subnets/${text(one["name"])}`, one, { id, properties: call.inputs });
    for (const gone of missingParts(call.store, SUBNET, id, call.inputs["subnets"])) subnetInUse(call.store, gone);
  },
  compute: (_call, id, olds) => ({ resourceGuid: olds?.["resourceGuid"] ?? id, enableDdosProtection: false }),
  shows: (store, object) => ({ subnets: shownParts(store, SUBNET, object, object.properties["subnets"]) }),
  after: (call, object) => replaceParts(call.store, SUBNET, object, "subnets", call.inputs["subnets"]),
  inUse: (store, { id }) => {
    for (const subnet of partsOf(store, SUBNET, id)) subnetInUse(store, subnet);
  },
};

const subnet: AzureRow = {
  token: SUBNET,
  title: "Subnet",
  apiVersion: "2024-05-01",
  inputs: subnetInputs,
  path: ["resourceGroupName", "virtualNetworkName", "subnetName"],
  replaces: [],
  autoName: copied("subnetName"),
  outputs: ["addressPrefix", "addressPrefixes", "applicationGatewayIPConfigurations", "defaultOutboundAccess", "delegations", "etag", "ipAllocations", "ipConfigurationProfiles", "ipConfigurations", "ipamPoolPrefixAllocations", "name", "natGateway", "networkSecurityGroup", "privateEndpointNetworkPolicies", "privateEndpoints", "privateLinkServiceNetworkPolicies", "provisioningState", "purpose", "resourceNavigationLinks", "routeTable", "serviceAssociationLinks", "serviceEndpointPolicies", "serviceEndpoints", "sharingScope", "type"],
  identify: (call) => idOf(call, SUBNET, ["virtualNetworkName", "subnetName"]),
  validate: (call, self) => {
    const id = self ?? idOf(call, SUBNET, ["virtualNetworkName", "subnetName"]);
    validateSubnet(call, id, call.inputs, mustBePart(call, VIRTUAL_NETWORK, parentId(id)));
  },
  compute: () => ({}),
  inUse: subnetInUse,
};

const applicationGroup: AzureRow = {
  token: APPLICATION_GROUP,
  title: "Application Security Group",
  apiVersion: "2024-05-01",
  inputs: applicationSecurityGroupInputs,
  path: ["resourceGroupName", "applicationSecurityGroupName"],
  replaces: [],
  autoName: named("applicationSecurityGroupName"),
  outputs: ["etag", "location", "name", "provisioningState", "resourceGuid", "tags", "type"],
  identify: (call) => idOf(call, APPLICATION_GROUP, ["applicationSecurityGroupName"]),
  compute: (_call, id, olds) => ({ resourceGuid: olds?.["resourceGuid"] ?? id }),
  inUse: (store, { id }) => {
    const holds = ({ properties }: CloudObject): boolean => JSON.stringify(properties).toLowerCase().includes(`"${id.toLowerCase()}"`);
    const user = [...objectsOf(store, NETWORK_INTERFACE), ...objectsOf(store, SECURITY_RULE)].find(holds);
    if (user !== undefined) throw armError(400, "InUseApplicationSecurityGroupCannotBeDeleted", `Application Security Group ${lastName(id)} cannot be deleted because it is referenced by ${user.id}.`);
  },
};

export const networkRows: readonly AzureRow[] = [virtualNetwork, subnet, applicationGroup];
