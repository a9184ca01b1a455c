import ipaddr from "ipaddr.js";
import { inside, parseCidr, type Block } from "../engine/cidr";
import type { Call } from "../engine/resource";
import { records, text } from "../store/json";
import type { CloudStore } from "../store/store";
import { parentId, lastName, sameArmId } from "./arm-id";
import { armError } from "./failure";
import { findObject } from "./objects";
import { SUBNET } from "./types";

/** The network rules of a vault or a storage account, in one form. */
export interface Firewall {
  readonly open: boolean;
  readonly addresses: readonly string[];
  readonly subnets: readonly string[];
}

const blockOf = (range: string): Block | undefined => parseCidr(range.includes("/") ? range : `${range}/32`);

/** Whether an address of the internet gets through. */
export function admitsAddress({ open, addresses }: Firewall, address: string): boolean {
  const from = blockOf(address);
  return open || addresses.some((range) => {
    const block = blockOf(range);
    return block !== undefined && from !== undefined && inside(block, from);
  });
}

/** Service endpoints of a subnet: only through one does a service see which subnet a request comes from. */
export const hasEndpoint = (store: CloudStore, subnet: string, service: string): boolean =>
  records(findObject(store, SUBNET, subnet)?.properties["serviceEndpoints"]).some((one) => text(one["service"]).toLowerCase() === service.toLowerCase());

/** Whether a machine in a subnet gets through: hosts have private addresses, so only their subnet can be named. */
export const admitsSubnet = (store: CloudStore, { open, subnets }: Firewall, subnet: string, service: string): boolean =>
  open || (subnets.some((one) => sameArmId(one, subnet)) && hasEndpoint(store, subnet, service));

/** Public IPv4 addresses and ranges; RFC 1918 and the like are refused, and so are ranges of one or two addresses. */
export function isPublicRange(range: string): boolean {
  const block = blockOf(range);
  if (block === undefined || block.kind !== "ipv4" || (range.includes("/") && block.prefix > 30)) return false;
  const [address = ""] = range.split("/");
  return ipaddr.IPv4.parse(address).range() === "unicast" || isDocumentation(address);
}

/** Addresses for examples stand for public ones here. */
const isDocumentation = (address: string): boolean => /^(192\.0\.2|198\.51\.100|203\.0\.113)\./.test(address);

/** Each subnet that a rule names exists and has the service's endpoint. */
export function subnetsMustFit(call: Call, rules: readonly { readonly id: string; readonly lenient: boolean }[], service: string): void {
  for (const { id, lenient } of rules) {
    if (findObject(call.store, SUBNET, id) === undefined) {
      throw armError(400, "NetworkAclsValidationFailure", `Validation of network acls failure: SubnetNotFound:Subnet ${id} was not found..`);
    }
    if (!lenient && !hasEndpoint(call.store, id, service)) {
      throw armError(400, "NetworkAclsValidationFailure", `Validation of network acls failure: SubnetsHaveNoServiceEndpointsConfigured:Subnets ${lastName(id)} of virtual network ${parentId(id)} do not have ServiceEndpoints for ${service} resources configured. Add ${service} to subnet's ServiceEndpoints collection before trying to ACL ${service} resources to these subnets..`);
    }
  }
}
