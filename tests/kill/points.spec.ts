import { expect } from "chai";
import fc from "fast-check";
import { CLOUDS, nameOf, pointsOf, seeded, shard, type Point } from "./points";

const NAMES = ["web-1-nic", "web-1-gate", "web-1-door", "aws-role"];
const operations = NAMES.flatMap((name) => [{ op: "create", name }, { op: "send", name }, { op: "create", name }]);
const all = CLOUDS.flatMap((cloud) => pointsOf(cloud, "create", [...operations, { op: "invoke" }]));

describe("points at which a deployment is killed", () => {
  it("are before and after each operation, engine and provider, each once", () => {
    expect(all).to.have.length(CLOUDS.length * NAMES.length * 4);
    expect(new Set(all.map(nameOf)).size).to.equal(all.length);
  });

  it("fall apart into shards that are all of them, and none twice", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), (parts) => {
        const together = Array.from({ length: parts }, (_, i) => shard(all, i + 1, parts)).flat();
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
