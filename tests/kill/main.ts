import { join } from "node:path";
import { parseArgs } from "node:util";
import { CLOUDS, nameOf, pointsOf, SCENARIOS, shard, STACKS, unlike, type Operation, type Point, type Scenario } from "./points";
import { Results } from "./results";
import { strike } from "./strike";
import { World, type Undisturbed } from "./world";

const ROOT = join(__dirname, "..", "..");

/** `npm run test:deep -- [--shard 1/4] [--only TEXT] [--cloud aws]`: every operation on the smallest stack of both clouds, and one on each type that only other stacks have. Goes on where it was ended. */
async function main(): Promise<number> {
  const { values } = parseArgs({ options: { shard: { type: "string", default: "1/1" }, only: { type: "string", default: "" }, cloud: { type: "string", default: CLOUDS.join(",") } } });
  const [part = 0, parts = 0] = values.shard.split("/").map(Number);
  if (!(parts >= 1 && part >= 1 && part <= parts)) throw new Error(`--shard ${values.shard}: write the part and the number of parts, such as 1/4`);
  const folder = join(ROOT, ".sandbox", "deep");
  const results = new Results(join(folder, "results"), ROOT);
  const mine: Point[] = [];
  for (const cloud of CLOUDS.filter((name) => values.cloud.split(",").includes(name))) {
    const smallest = new Map<Scenario, readonly Operation[]>();
    for (const stack of STACKS) {
      const world = await World.made(cloud, stack, join(folder, `shard-${part}-of-${parts}`));
      for (const scenario of SCENARIOS) {
        const undisturbed = await world.undisturbed(scenario);
        if (stack === "smallest") smallest.set(scenario, undisturbed.operations);
        const operations = stack === "smallest" ? undisturbed.operations : unlike(undisturbed.operations, smallest.get(scenario) ?? []);
        const points = shard(pointsOf({ cloud, stack, scenario }, operations), part, parts).filter((point) => nameOf(point).includes(values.only));
        if (points.length === 0) continue;
        same(undisturbed, await world.undisturbed(scenario));
        mine.push(...points);
        await strikeAll(world, points, undisturbed, results);
      }
    }
  }
  return summary(mine, results);
}

/** Those that have not passed before. */
async function strikeAll(world: World, points: readonly Point[], undisturbed: Undisturbed, results: Results): Promise<void> {
  const passed = results.read();
  const open = points.filter((point) => passed.get(nameOf(point))?.wrong.length !== 0);
  const [{ cloud, stack, scenario }] = points as [Point];
  process.stdout.write(`${cloud} ${stack} ${scenario}: ${points.length} points, ${points.length - open.length} of them passed before\n`);
  for (const [i, point] of open.entries()) {
    const wrong = await strike(world, point, undisturbed);
    results.add({ point: nameOf(point), wrong });
    const kept = wrong.length > 0 ? `\n    kept: ${world.keepFor(nameOf(point))}` : "";
    process.stdout.write(`  ${i + 1}/${open.length} ${wrong.length === 0 ? "ok    " : "FAILED"} ${nameOf(point)}${wrong.map((line) => `\n    ${line}`).join("")}${kept}\n`);
  }
}

/** A harness that sees differences where nobody was killed sees nothing. */
function same(first: Undisturbed, second: Undisturbed): void {
  const differences = [...first.cloud.filter((line) => !second.cloud.includes(line)), ...second.cloud.filter((line) => !first.cloud.includes(line))];
  if (differences.length > 0) throw new Error(`two undisturbed runs differ:\n${differences.join("\n")}`);
}

function summary(points: readonly Point[], results: Results): number {
  const told = results.read();
  const failed = points.filter((point) => told.get(nameOf(point))?.wrong.length !== 0);
  const kinds = new Set(points.map(({ cloud, stack, scenario }) => `${cloud} ${stack} ${scenario}`));
  for (const kind of kinds) {
    const of = points.filter(({ cloud, stack, scenario }) => `${cloud} ${stack} ${scenario}` === kind);
    const by = (key: "victim" | "when", value: string): number => of.filter((point) => point[key] === value).length;
    process.stdout.write(`${kind}: ${of.length} (engine ${by("victim", "engine")}, provider ${by("victim", "provider")}; before ${by("when", "before")}, after ${by("when", "after")})\n`);
  }
  for (const point of failed) process.stdout.write(`FAILED ${nameOf(point)}\n`);
  process.stdout.write(`${points.length} points killed, ${failed.length} failed\n`);
  return failed.length === 0 ? 0 : 1;
}

void main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
