import { inside, parseCidr, type Block } from "../engine/cidr";
import { records, text, texts, whole, type JsonRecord } from "../store/json";
import type { CloudObject, CloudStore } from "../store/store";
import { addressesOf } from "./interface";
import { INGRESS_RULE, INSTANCE, NETWORK_INTERFACE, PREFIX_LIST } from "./types";

export const findInstance = (store: CloudStore, host: string): CloudObject | undefined => store.list(INSTANCE).find((one) => one.name === `${host}-instance` || one.id === host);

const interfacesOf = (store: CloudStore, instance: string): CloudObject[] =>
  store.list(NETWORK_INTERFACE).filter((nic) => records(nic.properties["attachments"]).some((one) => one["instance"] === instance));

export const instanceAddresses = (store: CloudStore, instance: string): readonly string[] => interfacesOf(store, instance).flatMap((nic) => addressesOf(nic.properties));

function sourcesOf(store: CloudStore, rule: JsonRecord): string[] {
  const list = store.get(PREFIX_LIST, text(rule["prefixListId"]));
  const named = [rule["cidrIpv4"], rule["cidrIpv6"], rule["referencedSecurityGroupId"]].map(text).filter((source) => source !== "");
  return [...named, ...records(list?.properties["entries"]).map((entry) => text(entry["cidr"]))];
}

function covers(rule: JsonRecord, port: number): boolean {
  const protocol = text(rule["ipProtocol"]);
  if (protocol === "-1") return true;
  return (protocol === "tcp" || protocol === "6") && whole(rule["fromPort"]) <= port && port <= whole(rule["toPort"], 65535);
}

/** Who may reach a TCP port of an instance through its security groups: CIDR blocks, and groups as "sg-…". */
export function instanceSources(store: CloudStore, instance: CloudObject, port: number): string[] {
  const groups = new Set(interfacesOf(store, instance.id).flatMap((nic) => texts(nic.properties["securityGroups"])));
  const rules = store.list(INGRESS_RULE).filter(({ properties }) => groups.has(text(properties["securityGroupId"])) && covers(properties, port));
  return [...new Set(rules.flatMap(({ properties }) => sourcesOf(store, properties)))].sort();
}

/** Whether every address of a block may reach a TCP port of an instance. */
export function instanceReaches(store: CloudStore, instance: CloudObject, port: number, from: Block): boolean {
  const blocks = instanceSources(store, instance, port).map(parseCidr);
  return blocks.some((block) => block !== undefined && inside(block, from));
}
