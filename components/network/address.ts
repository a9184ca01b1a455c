import ipaddr from "ipaddr.js";

/** IPv4 and IPv6 as numbers, so that containment and complements are exact. Parsing is ipaddr.js; the sets are ours. */
export type Family = 4 | 6;

/** Both ends included. */
export interface Range {
  readonly family: Family;
  readonly first: bigint;
  readonly last: bigint;
}

export const BITS: Record<Family, number> = { 4: 32, 6: 128 };
const highest = (family: Family): bigint => (1n << BigInt(BITS[family])) - 1n;

function toNumber(bytes: readonly number[]): bigint {
  return bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

export function addressText(family: Family, value: bigint): string {
  const bytes: number[] = [];
  for (let shift = BITS[family] - 8; shift >= 0; shift -= 8) bytes.push(Number((value >> BigInt(shift)) & 0xffn));
  return ipaddr.fromByteArray(bytes).toString();
}

/**
 * A single address, `10.0.1.10` or `2001:db8::5`, in its canonical form.
 * Undefined for anything else: short forms such as `10.1`, octal or hexadecimal parts, zones, prefixes.
 */
export function parseAddress(text: string): { family: Family; value: bigint; text: string } | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) {
    if (/(^|\.)0\d/.test(text)) return undefined;
    const parsed = ipaddr.IPv4.parse(text);
    return { family: 4, value: toNumber(parsed.toByteArray()), text: parsed.toString() };
  }
  if (!text.includes(":") || text.includes("%") || !ipaddr.IPv6.isValid(text)) return undefined;
  const parsed = ipaddr.IPv6.parse(text);
  // ::ffff:10.0.0.1 is an IPv4 host; firewalls match it as IPv4 only.
  if (parsed.isIPv4MappedAddress()) return undefined;
  return { family: 6, value: toNumber(parsed.toByteArray()), text: parsed.toString() };
}

export interface Prefix extends Range {
  readonly length: number;
  /** `10.0.9.0/24`; a single address carries /32 or /128. */
  readonly text: string;
}

/** An address or a CIDR prefix whose host bits are zero. Undefined when it is not one. */
export function parsePrefix(text: string): Prefix | undefined {
  const [head = "", tail, ...rest] = text.split("/");
  const address = parseAddress(head);
  if (!address || rest.length > 0) return undefined;
  const bits = BITS[address.family];
  if (tail !== undefined && !/^(0|[1-9]\d{0,2})$/.test(tail)) return undefined;
  const length = tail === undefined ? bits : Number(tail);
  if (length > bits) return undefined;
  const size = 1n << BigInt(bits - length);
  if (address.value % size !== 0n) return undefined;
  return {
    family: address.family,
    first: address.value,
    last: address.value + size - 1n,
    length,
    text: `${address.text}/${length}`,
  };
}

export function contains(outer: Range, inner: Range): boolean {
  return outer.family === inner.family && outer.first <= inner.first && inner.last <= outer.last;
}

export function overlaps(a: Range, b: Range): boolean {
  return a.family === b.family && a.first <= b.last && b.first <= a.last;
}

/** Sorted, joined where they touch or overlap. */
export function merged(ranges: readonly Range[]): Range[] {
  const sorted = [...ranges].sort((a, b) => a.family - b.family || (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  const result: Range[] = [];
  for (const range of sorted) {
    const before = result.at(-1);
    if (before && before.family === range.family && range.first <= before.last + 1n) {
      if (range.last > before.last) result[result.length - 1] = { ...before, last: range.last };
    } else {
      result.push({ family: range.family, first: range.first, last: range.last });
    }
  }
  return result;
}

/** Everything else of both families: exact, nothing of it in `ranges`, nothing outside of both. */
export function complement(ranges: readonly Range[]): Range[] {
  const result: Range[] = [];
  for (const family of [4, 6] as const) {
    let next = 0n;
    for (const range of merged(ranges.filter((r) => r.family === family))) {
      if (range.first > next) result.push({ family, first: next, last: range.first - 1n });
      next = range.last + 1n;
    }
    if (next <= highest(family)) result.push({ family, first: next, last: highest(family) });
  }
  return result;
}

/** `10.0.0.0-10.0.0.9`, the form that Windows firewall takes for any range; a single address stays single. */
export function rangeText(range: Range): string {
  const first = addressText(range.family, range.first);
  return range.first === range.last ? first : `${first}-${addressText(range.family, range.last)}`;
}
