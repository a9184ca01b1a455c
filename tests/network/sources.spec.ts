import { expect } from "chai";
import fc from "fast-check";
import { complement, contains, parseAddress, parsePrefix, rangeText, type Range } from "../../components/network/address";
import { sourceList } from "../../components/network/sources";

const ipv4 = fc.ipV4();
const node = fc.record({ name: fc.constantFrom("exec-1", "exec-2", "hybrid-1"), addresses: fc.array(fc.oneof(ipv4, fc.ipV6()), { minLength: 1, maxLength: 6 }) });
const nodes = fc.array(node, { minLength: 1, maxLength: 12 }).filter((list) => list.every((one) => one.addresses.every((text) => parsePrefix(text) !== undefined)));

/** Of one range text as Windows takes it. */
function rangeOf(text: string): Range {
  const [first = "", last = first] = text.split("-");
  const from = parseAddress(first);
  const to = parseAddress(last);
  if (!from || !to) throw new Error(`not a range: ${text}`);
  return { family: from.family, first: from.value, last: to.value };
}

describe("addresses", () => {
  for (const text of ["10.1", "010.0.0.1", "10.0.0.256", "0x0a.0.0.1", "10.0.0.1/33", "10.0.0.1/24", "10.0.0.0/08", "fe80::1%eth0", "::ffff:10.0.0.1", "", " 10.0.0.1", "10.0.0.1/", "1:2"]) {
    it(`refuses ${JSON.stringify(text)}`, () => expect(parsePrefix(text)).to.equal(undefined));
  }

  it("agrees with a bit-by-bit reading of every IPv4 prefix", () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.integer({ min: 0, max: 32 }), fc.nat(0xffffffff), (value, length, other) => {
        const bits = (n: number): string => n.toString(2).padStart(32, "0");
        const base = length === 0 ? 0 : parseInt(bits(value).slice(0, length).padEnd(32, "0"), 2);
        const text = (n: number): string => [24, 16, 8, 0].map((shift) => (n >>> shift) & 255).join(".");
        const prefix = parsePrefix(`${text(base)}/${length}`);
        const address = parseAddress(text(other));
        if (!prefix || !address) throw new Error("must parse");
        expect(contains(prefix, { family: 4, first: address.value, last: address.value })).to.equal(bits(other).startsWith(bits(base).slice(0, length)));
      }),
    );
  });
});

describe("source list", () => {
  it("divides the whole of both families into nodes and others, exactly", () => {
    fc.assert(
      fc.property(nodes, (list) => {
        const { sources, others } = sourceList(list);
        const allow = sources.map((source) => source.prefix);
        const block = others.map(rangeOf);
        for (const family of [4, 6] as const) {
          const size = 1n << (family === 4 ? 32n : 128n);
          const count = (ranges: readonly Range[]): bigint => ranges.filter((range) => range.family === family).reduce((sum, range) => sum + range.last - range.first + 1n, 0n);
          expect(count(allow) + count(block)).to.equal(size);
        }
        for (const a of allow) for (const b of block) expect(a.family === b.family && a.first <= b.last && b.first <= a.last).to.equal(false);
      }),
    );
  });

  it("is the same whatever the order of nodes and addresses, doubles dropped", () => {
    fc.assert(
      fc.property(nodes, (list) => {
        const turned = [...list, ...list].reverse().map((one) => ({ ...one, addresses: [...one.addresses].reverse() }));
        expect(sourceList(turned).hash).to.equal(sourceList(list).hash);
      }),
    );
  });

  it("refuses to be empty", () => expect(() => sourceList([])).to.throw("the list of automation nodes is empty"));

  it("writes what a person can check", () => {
    const list = sourceList([{ name: "exec-1", addresses: ["10.0.9.5"] }]);
    expect(list.text).to.equal('{"nodes":["10.0.9.5/32"],"others":["0.0.0.0-10.0.9.4","10.0.9.6-255.255.255.255","::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],"schema":1}');
  });

  it("leaves nothing over when everything is a source", () => {
    const all = ["0.0.0.0/0", "::/0"].flatMap((text) => parsePrefix(text) ?? []);
    expect(complement(all).map(rangeText)).to.deep.equal([]);
  });
});
