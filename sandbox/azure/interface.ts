import { createHash } from "node:crypto";
import { freeAddress, isReserved, parseAddress, type Block } from "../engine/cidr";
import type { Call } from "../engine/resource";
import { records, text, type JsonRecord } from "../store/json";
import type { CloudObject, CloudStore } from "../store/store";
import { lastName, parentId, sameArmId } from "./arm-id";
import { armError } from "./failure";
import { named } from "./group";
import { networkInterfaceInputs } from "./inputs/network";
import { addressesIn, interfacesIn, subnetsOf } from "./interface-addresses";
import { blocksIn, sameRegion } from "./network";
import { allReferred, findObject, mustRefer, objectsOf, referred } from "./objects";
import { idOf } from "./place";
import type { AzureRow } from "./row";
import { APPLICATION_GROUP, NETWORK_INTERFACE, SECURITY_GROUP, SUBNET, VIRTUAL_NETWORK } from "./types";

const holderOf = ({ properties }: CloudObject): string => referred(properties["virtualMachine"]);

function addressMustFit(self: string, configuration: JsonRecord, subnet: CloudObject, taken: Map<string, string>): void {
  const address = text(configuration["privateIPAddress"]);
  const owner = `${self}/ipConfigurations/${text(configuration["name"])}`;
  const isStatic = text(configuration["privateIPAllocationMethod"]).toLowerCase() === "static";
  if (isStatic && address === "") throw armError(400, "StaticAllocationRequiresPrivateIPAddress", `Private static IP address must be specified for IP configuration ${owner}.`);
  if (!isStatic) return;
  const parsed = parseAddress(address);
  const block = blocksIn(subnet.properties).find(({ kind }) => kind === parsed?.kind);
  if (parsed === undefined || block === undefined || parsed.value < block.first || parsed.value > block.last) {
    throw armError(400, "PrivateIPAddressNotInSubnet", `Private static IP address ${address} does not belong to the range of subnet prefix of ${subnet.id}.`);
  }
  if (isReserved(block, parsed.value)) throw armError(400, "PrivateIPAddressInReservedRange", `Private static IP address ${address} falls within reserved IP range of subnet prefix of ${subnet.id}.`);
  const other = taken.get(address);
  if (other !== undefined) throw armError(400, "PrivateIPAddressInUse", `IP configuration ${owner} is using the private IP address ${address} which is already allocated to resource ${other}.`);
  taken.set(address, owner);
}

/** Addresses of a subnet that others have, with who has them. */
function takenIn(store: CloudStore, subnet: string, self: string): Map<string, string> {
  return new Map(interfacesIn(store, subnet).filter(({ id }) => !sameArmId(id, self)).flatMap((nic) => addressesIn(nic.properties).map((address) => [address, nic.id] as const)));
}

/** All interfaces of an application security group are in one network. */
function groupMustFit(store: CloudStore, self: string, group: string, network: string): void {
  const elsewhere = objectsOf(store, NETWORK_INTERFACE).find(({ id, properties }) =>
    !sameArmId(id, self)
    && records(properties["ipConfigurations"]).some((one) => allReferred(one["applicationSecurityGroups"]).some((other) => sameArmId(other, group)))
    && !sameArmId(parentId(subnetsOf(properties)[0] ?? ""), network));
  if (elsewhere !== undefined) {
    throw armError(400, "ApplicationSecurityGroupsNotInSameVnet", `All network interfaces assigned to application security group ${group} have to exist in the same virtual network; ${elsewhere.id} is in another one.`);
  }
}

function validate(call: Call, self: string | undefined): void {
  const { inputs, store } = call;
  const id = self ?? idOf(call, NETWORK_INTERFACE, ["networkInterfaceName"]);
  const configurations = records(inputs["ipConfigurations"]);
  if (configurations.length === 0) throw armError(400, "NetworkInterfaceMustHaveOneIpConfiguration", `Network interface ${id} must have one or more IP configurations.`);
  const names = configurations.map((one) => text(one["name"]).toLowerCase());
  if (new Set(names).size < names.length) throw armError(400, "DuplicateResourceName", `Resource ${id} has two child resources with the same name.`);
  const primaries = configurations.filter((one) => one["primary"] === true).length;
  if (configurations.length > 1 && primaries !== 1) throw armError(400, "NetworkInterfaceMustHaveOnePrimaryIPConfig", `Network interface ${id} has ${primaries} primary IP configurations; it must have one.`);
  const taken = new Map<string, string>();
  for (const configuration of configurations) {
    const subnet = mustRefer(call, SUBNET, referred(configuration["subnet"]), id);
    const network = findObject(store, VIRTUAL_NETWORK, parentId(subnet.id));
    if (network !== undefined) sameRegion(network, { id, properties: inputs }, id);
    for (const [address, owner] of takenIn(store, subnet.id, id)) taken.set(address, owner);
    addressMustFit(id, configuration, subnet, taken);
    for (const group of allReferred(configuration["applicationSecurityGroups"])) {
      mustRefer(call, APPLICATION_GROUP, group, id);
      groupMustFit(store, id, group, parentId(subnet.id));
    }
  }
  const networks = new Set(subnetsOf(inputs).map((subnet) => parentId(subnet).toLowerCase()));
  if (networks.size > 1) throw armError(400, "IpConfigurationsOnSameNicMustBeInSameVnet", `IP configurations of network interface ${id} are in several virtual networks.`);
  const group = referred(inputs["networkSecurityGroup"]);
  if (group !== "") sameRegion(mustRefer(call, SECURITY_GROUP, group, id), { id, properties: inputs }, id);
}

/** An address for who asks for none: the one that it has, or the lowest free one. */
function dynamicAddress(store: CloudStore, self: string, configuration: JsonRecord, olds: JsonRecord | undefined): string {
  const had = records(olds?.["ipConfigurations"]).find((one) => one["name"] === configuration["name"]);
  const subnet = findObject(store, SUBNET, referred(configuration["subnet"]));
  const block: Block | undefined = blocksIn(subnet?.properties ?? {})[0];
  const kept = text(had?.["privateIPAddress"]);
  if (kept !== "" || block === undefined || subnet === undefined) return kept;
  const free = freeAddress(block, new Set(takenIn(store, subnet.id, self).keys()));
  if (free === undefined) throw armError(400, "SubnetIsFull", `Subnet ${lastName(subnet.id)} with address prefix ${text(subnet.properties["addressPrefix"])} does not have enough capacity for 1 IP addresses.`);
  return free;
}

function compute({ inputs, store }: Call, id: string, olds: JsonRecord | undefined): JsonRecord {
  const given = records(inputs["ipConfigurations"]);
  const digits = createHash("sha256").update(id).digest("hex");
  return {
    ipConfigurations: given.map((one) => ({
      ...one,
      id: `${id}/ipConfigurations/${text(one["name"])}`,
      provisioningState: "Succeeded",
      privateIPAddress: text(one["privateIPAddress"]) || dynamicAddress(store, id, one, olds),
      privateIPAllocationMethod: text(one["privateIPAllocationMethod"]) || "Dynamic",
      privateIPAddressVersion: text(one["privateIPAddressVersion"]) || "IPv4",
      primary: given.length === 1 || one["primary"] === true,
    })),
    macAddress: ["00", "0D", "3A", ...[0, 2, 4].map((i) => digits.slice(i, i + 2).toUpperCase())].join("-"),
    enableIPForwarding: inputs["enableIPForwarding"] === true,
    enableAcceleratedNetworking: inputs["enableAcceleratedNetworking"] === true,
    nicType: "Standard",
    resourceGuid: olds?.["resourceGuid"] ?? id,
    ...(olds?.["virtualMachine"] === undefined ? {} : { virtualMachine: olds["virtualMachine"], primary: true }),
  };
}

const networkInterface: AzureRow = {
  token: NETWORK_INTERFACE,
  title: "Network Interface",
  apiVersion: "2024-05-01",
  inputs: networkInterfaceInputs,
  path: ["resourceGroupName", "networkInterfaceName"],
  replaces: [],
  autoName: named("networkInterfaceName"),
  outputs: ["auxiliaryMode", "auxiliarySku", "defaultOutboundConnectivityEnabled", "disableTcpStateTracking", "dnsSettings", "dscpConfiguration", "enableAcceleratedNetworking", "enableIPForwarding", "etag", "extendedLocation", "hostedWorkloads", "ipConfigurations", "location", "macAddress", "migrationPhase", "name", "networkSecurityGroup", "nicType", "primary", "privateEndpoint", "privateLinkService", "provisioningState", "resourceGuid", "tags", "tapConfigurations", "type", "virtualMachine", "vnetEncryptionSupported", "workloadType"],
  identify: (call) => idOf(call, NETWORK_INTERFACE, ["networkInterfaceName"]),
  validate,
  compute,
  inUse: (_store, nic) => {
    if (holderOf(nic) !== "") {
      throw armError(400, "NicInUse", `Network Interface ${nic.id} is used by existing resource ${holderOf(nic)}. In order to delete the network interface, it must be dissociated from the resource. To learn more, see aka.ms/deletenic.`);
    }
  },
};

/** Attaching is the machine's doing; the interface only shows it. */
export function attach(store: CloudStore, id: string, machine: string | undefined): void {
  const nic = findObject(store, NETWORK_INTERFACE, id);
  if (nic === undefined || store.get(NETWORK_INTERFACE, nic.id) === undefined) return;
  const { virtualMachine: _, primary: __, ...rest } = nic.properties;
  store.put({ ...nic, properties: machine === undefined ? rest : { ...rest, virtualMachine: { id: machine }, primary: true } });
}

/** A machine takes an interface that no other has. */
export function mustBeFree(nic: CloudObject, machine: string): void {
  const holder = holderOf(nic);
  if (holder === "" || sameArmId(holder, machine)) return;
  throw armError(400, "NicInUse", `Network Interface ${nic.id} is used by existing resource ${holder}. In order to delete the network interface, it must be dissociated from the resource. To learn more, see aka.ms/deletenic.`);
}

export const interfaceRows: readonly AzureRow[] = [networkInterface];
