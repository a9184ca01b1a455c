import { blocksOf, inside, parseAddress, parseCidr, type Block } from "../engine/cidr";
import { records, text, texts, type JsonRecord } from "../store/json";
import type { CloudObject, CloudStore } from "../store/store";
import { parentId, sameArmId } from "./arm-id";
import { addressesIn } from "./interface-addresses";
import { interfacesOf } from "./machine-addresses";
import { blocksIn } from "./network";
import { allReferred, findObject, objectsOf, referred } from "./objects";
import { inboundRules, parsePorts } from "./rules";
import { NETWORK_INTERFACE, SUBNET, VIRTUAL_NETWORK } from "./types";

/** Who sends: a range of addresses, or somebody whom only a tag names, such as a peered network. */
type Sender = Block | "VirtualNetwork" | "AzureLoadBalancer";

/** One of a machine's addresses, and what rules may know it by. */
interface Target {
  readonly address: string;
  readonly groups: readonly string[];
  readonly network: readonly Block[];
}

const EVERYWHERE = ["*", "any", "0.0.0.0/0"];
const block = (prefix: string): Block | undefined => parseCidr(prefix.includes("/") ? prefix : `${prefix}/32`);
const prefixesOf = (rule: JsonRecord, side: "source" | "destination"): readonly string[] =>
  [text(rule[`${side}AddressPrefix`]), ...texts(rule[`${side}AddressPrefixes`])].filter((one) => one !== "");
/** Private ranges (RFC 1918, RFC 6598). */
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"].flatMap((prefix) => parseCidr(prefix) ?? []);

const portsOf = (rule: JsonRecord): readonly string[] => [text(rule["destinationPortRange"]), ...texts(rule["destinationPortRanges"])].filter((one) => one !== "");

/** Addresses of the interfaces that an application security group has. */
function membersOf(store: CloudStore, group: string): Block[] {
  return objectsOf(store, NETWORK_INTERFACE)
    .flatMap((nic) => records(nic.properties["ipConfigurations"]))
    .filter((one) => allReferred(one["applicationSecurityGroups"]).some((id) => sameArmId(id, group)))
    .flatMap((one) => block(text(one["privateIPAddress"])) ?? []);
}

interface Sources {
  readonly blocks: readonly Block[];
  /** Ranges behind the tag VirtualNetwork, where the rule has it. */
  readonly tagged: readonly Block[];
  readonly tags: readonly string[];
  readonly all: boolean;
}

/** The ranges that a rule's source stands for, as far as they are known, and the tags in it. */
function sourcesOf(store: CloudStore, rule: JsonRecord, network: readonly Block[]): Sources {
  const prefixes = prefixesOf(rule, "source");
  const tags = prefixes.filter((prefix) => !EVERYWHERE.includes(prefix.toLowerCase()) && block(prefix) === undefined).map((tag) => tag.toLowerCase());
  const groups = allReferred(rule["sourceApplicationSecurityGroups"]);
  // Peered networks and those behind gateways are in the tag too, and any private address may be in one of them: it
  // counts for what a rule lets in, and not for what a rule keeps out.
  const virtual = text(rule["access"]).toLowerCase() === "allow" ? [...network, ...PRIVATE] : network;
  return {
    blocks: [...prefixes.flatMap((prefix) => block(prefix) ?? []), ...groups.flatMap((group) => membersOf(store, group))],
    tagged: tags.includes("virtualnetwork") ? virtual : [],
    tags,
    all: prefixes.some((prefix) => EVERYWHERE.includes(prefix.toLowerCase())),
  };
}

function isMeant(rule: JsonRecord, port: number, { address, groups, network }: Target): boolean {
  const protocol = text(rule["protocol"]).toLowerCase();
  const parsed = parseAddress(address);
  const prefixes = prefixesOf(rule, "destination");
  const here = (one: Block): boolean => parsed !== undefined && one.kind === parsed.kind && one.first <= parsed.value && parsed.value <= one.last;
  const byPlace = prefixes.some((prefix) => EVERYWHERE.includes(prefix.toLowerCase()) || (prefix.toLowerCase() === "virtualnetwork" ? network.length === 0 || network.some(here) : here(block(prefix) ?? { kind: "ipv6", first: 0n, last: 0n, prefix: 128 })));
  const byGroup = allReferred(rule["destinationApplicationSecurityGroups"]).some((group) => groups.some((own) => sameArmId(own, group)));
  const byPort = portsOf(rule).map(parsePorts).some((range) => range !== undefined && range.first <= port && port <= range.last);
  return (protocol === "*" || protocol === "tcp") && byPort && (byPlace || byGroup);
}

interface Decision {
  readonly allowed: boolean;
  /** The tag that let it in, where the rule named no address. */
  readonly tag: string;
}

/** The first rule of a group that is meant decides; no group lets everything in. */
function decide(store: CloudStore, group: string, port: number, target: Target, sender: Sender): Decision {
  if (group === "") return { allowed: true, tag: "" };
  for (const rule of inboundRules(store, group)) {
    if (!isMeant(rule, port, target)) continue;
    const { blocks, tagged, tags, all } = sourcesOf(store, rule, target.network);
    const byTag = typeof sender === "string" ? tags.includes(sender.toLowerCase()) : tagged.some((one) => inside(one, sender));
    const byBlock = typeof sender !== "string" && blocks.some((one) => inside(one, sender));
    if (all || byTag || byBlock) return { allowed: text(rule["access"]).toLowerCase() === "allow", tag: !all && byTag ? "VirtualNetwork" : "" };
  }
  return { allowed: false, tag: "" };
}

interface Way {
  readonly target: Target;
  readonly groups: readonly string[];
}

/** Each address of a machine with the groups before it: its interface's and its subnet's, which must both let in. */
function waysTo(store: CloudStore, machine: CloudObject): Way[] {
  return interfacesOf(store, machine).flatMap((nic) =>
    records(nic.properties["ipConfigurations"]).flatMap((configuration) => {
      const subnet = findObject(store, SUBNET, referred(configuration["subnet"]));
      const [address] = addressesIn({ ipConfigurations: [configuration] });
      if (address === undefined) return [];
      const network = subnet === undefined ? [] : blocksIn(findObject(store, VIRTUAL_NETWORK, parentId(subnet.id))?.properties ?? {});
      const target = { address, groups: allReferred(configuration["applicationSecurityGroups"]), network };
      return [{ target, groups: [referred(nic.properties["networkSecurityGroup"]), referred(subnet?.properties["networkSecurityGroup"])] }];
    }),
  );
}

/** Borders between which no rule tells one address from another. */
function pieces(store: CloudStore, ways: readonly Way[], extra: readonly Block[]): Block[] {
  const rules = ways.flatMap(({ target, groups }) => groups.filter((group) => group !== "").flatMap((group) => inboundRules(store, group).map((rule) => sourcesOf(store, rule, target.network))));
  const known = rules.flatMap(({ blocks, tagged }) => [...blocks, ...tagged]);
  const all = [...known, ...extra].filter(({ kind }) => kind === "ipv4");
  const borders = [...new Set([0n, 1n << 32n, ...all.flatMap(({ first, last }) => [first, last + 1n])])].sort((a, b) => (a < b ? -1 : 1));
  return borders.slice(0, -1).map((first, i) => ({ kind: "ipv4", first, last: (borders[i + 1] ?? 0n) - 1n, prefix: 32 }));
}

const TAGGED = ["VirtualNetwork", "AzureLoadBalancer"] as const;

function admitted(store: CloudStore, way: Way, port: number, sender: Sender): Decision {
  const decisions = way.groups.map((group) => decide(store, group, port, way.target, sender));
  const open = way.groups.every((group) => group === "");
  return { allowed: decisions.every(({ allowed }) => allowed), tag: open ? "" : (decisions.find(({ tag }) => tag !== "")?.tag ?? "") };
}

/** Who may reach a TCP port of a machine: ranges as "10.0.9.5/32", and tags by their name where nothing narrower counts. */
export function machineSources(store: CloudStore, machine: CloudObject, port: number): string[] {
  const ways = waysTo(store, machine);
  const ranges: { first: bigint; last: bigint }[] = [];
  const found = new Set<string>();
  for (const piece of pieces(store, ways, [])) {
    const decisions = ways.map((way) => narrow(store, way, port, piece)).filter((one) => one !== undefined);
    if (decisions.length === 0) continue;
    if (!decisions.includes("range")) {
      found.add("VirtualNetwork");
      continue;
    }
    const last = ranges.at(-1);
    if (last !== undefined && last.last + 1n === piece.first) last.last = piece.last;
    else ranges.push({ first: piece.first, last: piece.last });
  }
  for (const tag of TAGGED) if (ways.some((way) => admitted(store, way, port, tag).allowed)) found.add(tag);
  return [...ranges.flatMap(({ first, last }) => blocksOf(first, last)), ...found].sort();
}

/** How a piece gets in on a way: by its address, only by being of the virtual network, or not at all. */
function narrow(store: CloudStore, { target, groups }: Way, port: number, piece: Block): "range" | "tag" | undefined {
  const decisions = groups.map((group) => ({ group, ...decide(store, group, port, target, piece) }));
  if (!decisions.every(({ allowed }) => allowed)) return undefined;
  const named = decisions.filter(({ group }) => group !== "");
  const tags = named.filter(({ tag }) => tag !== "");
  // A rule that names addresses is narrower than a tag in the other group; one that names everybody is not.
  const byAddress = named.some(({ group, tag }) => tag === "" && !isOpenTo(store, group, port, target));
  return tags.length === 0 || byAddress ? "range" : "tag";
}

/** Whether a group lets everybody in on a port. */
const isOpenTo = (store: CloudStore, group: string, port: number, target: Target): boolean =>
  decide(store, group, port, target, { kind: "ipv4", first: 0n, last: (1n << 32n) - 1n, prefix: 0 }).allowed;

/** Whether every address of a block may reach a TCP port of a machine. */
export function machineReaches(store: CloudStore, machine: CloudObject, port: number, from: Block): boolean {
  const ways = waysTo(store, machine);
  const parts = pieces(store, ways, [from]).filter((piece) => inside(from, piece));
  return parts.length > 0 && ways.some((way) => parts.every((piece) => admitted(store, way, port, piece).allowed));
}
