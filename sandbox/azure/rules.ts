import { records, text, whole, type JsonRecord } from "../store/json";
import type { CloudObject, CloudStore } from "../store/store";
import { lastName, sameArmId, parentId } from "./arm-id";
import { findObject } from "./objects";
import { SECURITY_GROUP, SECURITY_RULE } from "./types";

export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** "5986", "100-200" or "*"; undefined for what is none of them. */
export function parsePorts(range: string): PortRange | undefined {
  if (range === "*") return { first: 0, last: 65535 };
  const [, first = "", last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(range) ?? [];
  const ports = { first: Number(first), last: Number(last) };
  return first !== "" && ports.first <= ports.last && ports.last <= 65535 ? ports : undefined;
}

/** All rules of a group but Azure's own: those made here, and those that an existing group had. */
export function rulesIn(store: CloudStore, group: string): CloudObject[] {
  const made = store.list(SECURITY_RULE).filter(({ id }) => sameArmId(parentId(id), group));
  const had = store.get(SECURITY_GROUP, group) === undefined ? records(findObject(store, SECURITY_GROUP, group)?.properties["securityRules"]) : [];
  const rest = had
    .map((properties) => ({ type: SECURITY_RULE, id: `${group}/securityRules/${text(properties["name"])}`, name: "", properties }))
    .filter(({ id }) => !made.some((one) => lastName(one.id).toLowerCase() === lastName(id).toLowerCase()));
  return [...made, ...rest];
}

/** Azure's own inbound rules, which nobody can remove. */
const DEFAULTS: readonly JsonRecord[] = [
  { name: "AllowVnetInBound", priority: 65000, access: "Allow", sourceAddressPrefix: "VirtualNetwork", destinationAddressPrefix: "VirtualNetwork" },
  { name: "AllowAzureLoadBalancerInBound", priority: 65001, access: "Allow", sourceAddressPrefix: "AzureLoadBalancer", destinationAddressPrefix: "*" },
  { name: "DenyAllInBound", priority: 65500, access: "Deny", sourceAddressPrefix: "*", destinationAddressPrefix: "*" },
].map((rule) => ({ direction: "Inbound", protocol: "*", sourcePortRange: "*", destinationPortRange: "*", ...rule }));

/** Inbound rules in the order in which they are tried. */
export const inboundRules = (store: CloudStore, group: string): readonly JsonRecord[] =>
  [...rulesIn(store, group).map(({ properties }) => properties).filter((rule) => text(rule["direction"]).toLowerCase() === "inbound"), ...DEFAULTS].sort((a, b) => whole(a["priority"]) - whole(b["priority"]));
