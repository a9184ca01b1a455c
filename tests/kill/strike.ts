import { readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { endMarked, marked } from "../support/processes";
import type { Point } from "./points";
import type { Undisturbed, World } from "./world";

/** Kills one deployment at one point, recovers, deploys once. What was wrong on the way; nothing when all was well. */
export async function strike(world: World, { scenario, operation, resource, when, victim }: Point, undisturbed: Undisturbed): Promise<string[]> {
  world.begin(scenario, [{ kill: victim, resource, operation, when }]);
  const killed = await interrupted(world, scenario);
  if (!isStruck(world)) return [`nobody was killed: ${killed.output.slice(-500)}`];
  if (killed.code === 0) return ["the deployment was killed, and calls itself a success"];
  await quiet(world.stack.folder);
  const wrong = world.open().map((line) => `after the death: ${line}`);

  const recovered = await world.stack.recover();
  wrong.push(...world.open().map((line) => `after recover: ${line}`));
  if (recovered.code !== 0) return [...wrong, `recover ended with ${recovered.code}: ${recovered.output.slice(-2000)}`];
  const again = await world.run(scenario);
  if (again.code !== 0) return [...wrong, `after recover, ${scenario === "destroy" ? "destroy" : "up"} ended with ${again.code}: ${again.output.slice(-2500)}\n--- recover said:\n${recovered.output}`];
  const left = await world.left(undisturbed.cloud);
  return left.length === 0 ? wrong : [...wrong, ...left, `--- recover said:\n${recovered.output}`];
}

const isStruck = (world: World): boolean => readdirSync(world.stack.cloud).some((name) => name.startsWith(".struck-"));

/** Long after everything that a small stack does; an engine that goes on after errors may wait for ever where a provider has died. */
const STANDSTILL_SECONDS = 120;

/** Presses Ctrl-C where the engine stands still, as whoever sees it would. */
async function interrupted(world: World, scenario: Point["scenario"]): Promise<Awaited<ReturnType<World["run"]>>> {
  let ended = false;
  const run = world.run(scenario).finally(() => (ended = true));
  for (let since = 0; !ended && since < STANDSTILL_SECONDS; since += isStruck(world) ? 1 : 0) await Promise.race([run, sleep(1000)]);
  if (!ended) process.kill(await world.stack.lockedBy(), "SIGINT");
  return run;
}

/** Plugins and readers end themselves soon after their engine; the language host does not. */
async function quiet(folder: string): Promise<void> {
  for (let i = 0; i < 100 && marked(folder).some((command) => !command.includes("pulumi-language-nodejs")); i++) await sleep(50);
  endMarked(folder);
}
