import ipaddr from "ipaddr.js";

/** A block of addresses as two numbers; IPv4 and IPv6 never meet. */
export interface Block {
  readonly kind: "ipv4" | "ipv6";
  readonly first: bigint;
  readonly last: bigint;
  readonly prefix: number;
}

const number = (bytes: readonly number[]): bigint => bytes.reduce((sum, byte) => (sum << 8n) + BigInt(byte), 0n);

export function parseAddress(text: string): { readonly kind: "ipv4" | "ipv6"; readonly value: bigint } | undefined {
  const fits = /^\d+(\.\d+){3}$/.test(text) ? ipaddr.IPv4.isValidFourPartDecimal(text) : ipaddr.IPv6.isValid(text);
  if (!fits) return undefined;
  const address = ipaddr.parse(text);
  return { kind: address.kind(), value: number(address.toByteArray()) };
}

/** Undefined for what is no CIDR block, and for one whose address has bits below the mask. */
export function parseCidr(text: string): Block | undefined {
  const [address = "", length = "", ...rest] = text.split("/");
  const parsed = parseAddress(address);
  if (parsed === undefined || rest.length > 0 || !/^\d{1,3}$/.test(length)) return undefined;
  const bits = parsed.kind === "ipv4" ? 32 : 128;
  const prefix = Number(length);
  if (prefix > bits) return undefined;
  const size = 1n << BigInt(bits - prefix);
  if (parsed.value % size !== 0n) return undefined;
  return { kind: parsed.kind, first: parsed.value, last: parsed.value + size - 1n, prefix };
}

export const inside = (outer: Block, inner: Block): boolean => outer.kind === inner.kind && outer.first <= inner.first && inner.last <= outer.last;
export const overlap = (a: Block, b: Block): boolean => a.kind === b.kind && a.first <= b.last && b.first <= a.last;

/** AWS and Azure keep the first four addresses and the last one of every subnet. */
export function isReserved(subnet: Block, address: bigint): boolean {
  return address < subnet.first + 4n || address === subnet.last;
}

export function formatIpv4(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join(".");
}

/** The fewest blocks that hold a range of IPv4 addresses and nothing else. */
export function blocksOf(first: bigint, last: bigint): string[] {
  const found: string[] = [];
  for (let start = first; start <= last; ) {
    let prefix = 32;
    // A block twice as large must still start here and end in the range.
    while (prefix > 0 && start % (1n << BigInt(33 - prefix)) === 0n && start + (1n << BigInt(33 - prefix)) - 1n <= last) prefix -= 1;
    found.push(`${formatIpv4(start)}/${prefix}`);
    start += 1n << BigInt(32 - prefix);
  }
  return found;
}

/** The lowest address of a subnet that is neither kept nor used. */
export function freeAddress(subnet: Block, used: ReadonlySet<string>): string | undefined {
  for (let value = subnet.first + 4n; value < subnet.last; value += 1n) {
    const address = formatIpv4(value);
    if (!used.has(address)) return address;
  }
  return undefined;
}
