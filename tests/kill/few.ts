import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { nameOf, pointsOf, seeded, type CloudName, type Scenario } from "./points";
import { strike } from "./strike";
import { World } from "./world";

const ROOT = join(__dirname, "..", "..");
const COUNT = 3;
/** Another one kills elsewhere. */
const SEED = Number(process.env["SECURE_WINRM_SEED"] ?? "5986");

/** A few points of one cloud's small stack, gate and door among them; `npm run test:deep` has all. */
export function killedAtAFewPoints(cloud: CloudName): void {
  describe(`a deployment killed in ${cloud} (engine, simulated)`, () => {
    let folder: string;
    let world: World;

    before(async () => {
      const base = join(ROOT, ".sandbox", "tests");
      mkdirSync(base, { recursive: true });
      folder = mkdtempSync(join(base, "kill-"));
      world = await World.made(cloud, "smallest", folder);
    });
    after(() => rmSync(folder, { recursive: true, force: true }));

    it(`at ${COUNT} points (seed ${SEED}) opens no door without proof; recover and one more run make what an undisturbed one makes`, async () => {
      const create = world.first;
      // Its end deletes what was created, and leaves nothing.
      const destroy = { operations: create.operations.map((one) => (one.op === "create" ? { ...one, op: "delete" } : one)), cloud: [] };
      const all = Object.entries({ create, destroy }).flatMap(([scenario, { operations }]) => pointsOf({ cloud, stack: "smallest", scenario: scenario as Scenario }, operations));
      const points = seeded(all, SEED, COUNT);
      for (const point of points) {
        const wrong = await strike(world, point, point.scenario === "create" ? create : destroy);
        console.log(`      ${nameOf(point)}`);
        expect(wrong, `${nameOf(point)}:\n${wrong.join("\n")}`).to.have.length(0);
      }
      console.log(`      ${points.length} points killed`);
    });
  });
}
