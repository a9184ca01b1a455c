import ipaddr from "ipaddr.js";

/** Sets of addresses as Windows firewall writes them, for comparing two of them and for finding what one lets through. */
export interface Range {
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

export const EVERYWHERE: readonly Range[] = [
  { family: 4, first: 0n, last: (1n << 32n) - 1n },
  { family: 6, first: 0n, last: (1n << 128n) - 1n },
];

function numberOf(text: string): { family: 4 | 6; value: bigint } {
  const parsed = ipaddr.parse(text);
  return {
    family: parsed.kind() === "ipv4" ? 4 : 6,
    value: parsed.toByteArray().reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n),
  };
}

/** `10.0.0.1`, `10.0.0.0/24`, `10.0.0.0/255.255.255.0`, `10.0.0.1-10.0.0.9`. @throws Error on anything else */
export function rangeOf(text: string): Range {
  const [from = "", to] = text.split("-");
  if (to !== undefined) {
    const first = numberOf(from);
    const last = numberOf(to);
    return { family: first.family, first: first.value, last: last.value };
  }
  const [head = "", tail] = text.split("/");
  const { family, value } = numberOf(head);
  const bits = family === 4 ? 32 : 128;
  let length = bits;
  if (tail?.includes(".")) length = ipaddr.IPv4.parse(tail).prefixLengthFromSubnetMask() ?? bits;
  else if (tail !== undefined) length = Number(tail);
  const size = 1n << BigInt(bits - length);
  const first = value - (value % size);
  return { family, first, last: first + size - 1n };
}

export function rangesOf(texts: readonly string[] | "Any"): readonly Range[] {
  return texts === "Any" ? EVERYWHERE : texts.map(rangeOf);
}

/** Sorted and joined: two lists that mean the same become the same. */
export function joined(ranges: readonly Range[]): Range[] {
  const sorted = [...ranges].sort((a, b) => a.family - b.family || (a.first < b.first ? -1 : 1));
  const result: Range[] = [];
  for (const range of sorted) {
    const before = result.at(-1);
    if (before?.family === range.family && range.first <= before.last + 1n) {
      result[result.length - 1] = { ...before, last: range.last > before.last ? range.last : before.last };
    } else {
      result.push(range);
    }
  }
  return result;
}

export function subtracted(from: readonly Range[], what: readonly Range[]): Range[] {
  let left = joined(from);
  for (const cut of what) {
    left = left.flatMap((range) => {
      if (range.family !== cut.family || cut.last < range.first || range.last < cut.first) return [range];
      return [
        ...(range.first < cut.first ? [{ ...range, last: cut.first - 1n }] : []),
        ...(cut.last < range.last ? [{ ...range, first: cut.last + 1n }] : []),
      ];
    });
  }
  return left;
}

export function holds(ranges: readonly Range[], address: string): boolean {
  const { family, value } = numberOf(address);
  return ranges.some((range) => range.family === family && range.first <= value && value <= range.last);
}

/** The same text for the same set, whatever the spelling and the order. */
export function canonical(texts: readonly string[] | "Any"): string {
  if (texts === "Any") return "Any";
  return joined(texts.map(rangeOf))
    .map((range) => `${range.family}:${range.first}-${range.last}`)
    .join(",");
}

export const sameAddress = (a: string, b: string): boolean => canonical([a]) === canonical([b]);

/** Assumed: the subnet is a /24 or a /64; the model knows addresses, not masks. */
export const subnetOf = (address: string): Range => rangeOf(`${address}/${address.includes(":") ? 64 : 24}`);
