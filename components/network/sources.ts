import { complement, merged, parsePrefix, rangeText, type Prefix } from "./address";
import { canonicalJson, sha256 } from "../guest/canonical";

/**
 * Who may connect: the one list from which Windows firewall, security group and perimeter rules are made.
 * Pure; the nodes come from settings.
 */
export interface Source {
  /** Of the execution or hybrid node, for descriptions. */
  readonly name: string;
  readonly prefix: Prefix;
}

export interface SourceList {
  /** Sorted by address, without doubles. Never empty. */
  readonly sources: readonly Source[];
  /** Everybody else, as ranges for Windows firewall. */
  readonly others: readonly string[];
  /** What the guest reads: one line of canonical JSON. */
  readonly text: string;
  /** SHA-256 of `text`, hex. */
  readonly hash: string;
}

export interface NodeAddresses {
  readonly name: string;
  readonly addresses: readonly string[];
}

/**
 * @throws Error when the list is empty or an address does not parse: settings have refused both before,
 * and an empty list must never become an empty or a wider rule.
 */
export function sourceList(nodes: readonly NodeAddresses[]): SourceList {
  const byText = new Map<string, Source>();
  for (const node of nodes) {
    for (const address of node.addresses) {
      const prefix = parsePrefix(address);
      if (!prefix) throw new Error(`automation node ${node.name}: ${address} is not an address`);
      if (!byText.has(prefix.text)) byText.set(prefix.text, { name: node.name, prefix });
    }
  }
  const sources = [...byText.values()].sort(
    (a, b) => a.prefix.family - b.prefix.family || Number(a.prefix.first - b.prefix.first > 0n) - Number(a.prefix.first - b.prefix.first < 0n) || a.prefix.length - b.prefix.length,
  );
  if (sources.length === 0) throw new Error("the list of automation nodes is empty");
  const others = complement(merged(sources.map((source) => source.prefix))).map(rangeText);
  const text = canonicalJson({ schema: 1, nodes: sources.map((source) => source.prefix.text), others });
  return { sources, others, text, hash: sha256(text) };
}
