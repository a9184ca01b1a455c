import { expect } from "chai";
import fc from "fast-check";
import { CLOUDS, nameOf, pointsOf, seeded, shard, unlike, type Point } from "./points";

const NAMES = ["web-1-nic", "web-1-gate", "web-1-door", "aws-role"];
const operations = NAMES.flatMap((name) => [{ op: "create", name }, { op: "send", name }, { op: "create", name }]);
const all = CLOUDS.flatMap((cloud) => pointsOf({ cloud, stack: "smallest", scenario: "create" }, [...operations, { op: "invoke" }]));

describe("points at which a deployment is killed", () => {
  it("are before and after each operation, engine and provider, each once", () => {
    expect(all).to.have.length(CLOUDS.length * NAMES.length * 4);
    expect(new Set(all.map(nameOf)).size).to.equal(all.length);
  });

  it("of a larger stack are those of operations on types that the smallest has not, once each", () => {
    const operation = fc.record({ op: fc.constantFrom("create", "update", "delete"), type: fc.constantFrom("a", "b", "c", "d"), name: fc.string() });
    fc.assert(
      fc.property(fc.array(operation), fc.array(operation), (larger, smallest) => {
        const kinds = (all: typeof larger): Set<string> => new Set(all.map(({ op, type }) => `${op} ${type}`));
        const found = unlike(larger, smallest) as typeof larger;
        expect(found.every((one) => larger.includes(one) && !kinds(smallest).has(`${one.op} ${one.type}`))).to.equal(true);
        expect(kinds(found).size).to.equal(found.length);
        expect(unlike([...larger].reverse(), smallest).map(({ op, type, name }) => `${op} ${type} ${name}`).sort()).to.deep.equal(found.map(({ op, type, name }) => `${op} ${type} ${name}`).sort());
        expect(kinds([...found, ...smallest])).to.deep.equal(kinds([...larger, ...smallest]));
      }),
    );
  });

  it("fall apart into shards that are all of them, and none twice", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }).chain((parts) => fc.tuple(fc.constant(parts), fc.array(fc.shuffledSubarray(all, { minLength: all.length }), { minLength: parts, maxLength: parts }))), ([parts, seen]) => {
        // Each part has its own run, which does things in its own order.
        const together = seen.flatMap((points, i) => shard(points, i + 1, parts));
        expect(together.map(nameOf).sort()).to.deep.equal(all.map(nameOf).sort());
      }),
    );
  });

  it("chosen by a seed are the same for the same one, and have gate and door of each cloud among them", () => {
    const has = (points: readonly Point[], cloud: string, role: string): boolean => points.some((point) => point.cloud === cloud && point.operation === "create" && point.resource.endsWith(role));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), fc.integer({ min: 4, max: 12 }), (seed, count) => {
        const chosen = seeded(all, seed, count);
        expect(chosen).to.deep.equal(seeded(all, seed, count)).and.to.have.length(count);
        expect(new Set(chosen.map(nameOf)).size).to.equal(count);
        for (const cloud of CLOUDS) for (const role of ["-gate", "-door"]) expect(has(chosen, cloud, role)).to.equal(true);
      }),
    );
    expect(seeded(all, 1, 8)).to.not.deep.equal(seeded(all, 2, 8));
  });
});
