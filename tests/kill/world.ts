import { cpSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Cloud } from "../../sandbox/cloud";
import { EngineStack, type Run } from "../support/engine";
import type { CloudName, Operation, Scenario, StackName } from "./points";
import { openHosts, snapshot, strangers, unprovenAndOpen } from "./snapshot";
import { changed, EXISTING, stackOf } from "./stacks";

/** What a scenario does and comes to when nobody is killed. */
export interface Undisturbed {
  readonly operations: readonly Operation[];
  readonly cloud: readonly string[];
}

/** One stack in one cloud at one place on the disk, put back to where a scenario begins before each point. */
export class World {
  readonly stack: EngineStack;
  #first: Undisturbed = { operations: [], cloud: [] };

  private constructor(
    readonly cloudName: CloudName,
    readonly stackName: StackName,
    private readonly base: string,
    private readonly place: string,
  ) {
    rmSync(place, { recursive: true, force: true });
    mkdirSync(place, { recursive: true });
    this.stack = new EngineStack(stackOf(cloudName, stackName), { existing: EXISTING }, place);
  }

  /** Deploys once, and keeps what was there before and after. */
  static async made(cloud: CloudName, stack: StackName, folder: string): Promise<World> {
    const world = new World(cloud, stack, join(folder, `${cloud}-${stack}-base`), join(folder, `${cloud}-${stack}`));
    rmSync(world.base, { recursive: true, force: true });
    await world.stack.init();
    world.#keep("nothing");
    const up = await world.stack.up();
    if (up.code !== 0) throw new Error(up.output);
    // Where nobody could ever get in, no death could show that somebody does.
    if (openHosts(world.cloud).length !== 1) throw new Error(`the host of ${cloud} ${stack} is not reached when it has passed`);
    world.#keep("deployed");
    world.#first = { operations: world.stack.events(), cloud: snapshot(world.cloud) };
    return world;
  }

  /** The deployment that made the world. */
  get first(): Undisturbed {
    return this.#first;
  }

  #keep(name: string): void {
    cpSync(this.place, join(this.base, name), { recursive: true });
  }

  get cloud(): Cloud {
    return new Cloud(this.stack.cloud);
  }

  /** As before the scenario, with its settings. */
  begin(scenario: Scenario, faults: readonly { readonly [key: string]: string }[] = []): void {
    rmSync(this.place, { recursive: true, force: true });
    cpSync(join(this.base, scenario === "create" ? "nothing" : "deployed"), this.place, { recursive: true });
    this.stack.configure((scenario === "change" ? changed : stackOf)(this.cloudName, this.stackName));
    this.stack.faults(faults);
  }

  run(scenario: Scenario): Promise<Run> {
    return scenario === "destroy" ? this.stack.destroy() : this.stack.up();
  }

  /** The scenario, with nobody killed. */
  async undisturbed(scenario: Scenario): Promise<Undisturbed> {
    this.begin(scenario);
    const before = this.stack.events().length;
    const ended = await this.run(scenario);
    if (ended.code !== 0) throw new Error(ended.output);
    return { operations: this.stack.events().slice(before), cloud: snapshot(this.cloud) };
  }

  /** What is not as it must be at every moment. */
  open(): string[] {
    return unprovenAndOpen(this.cloud);
  }

  /** What is not as it must be in the end. */
  async left(wanted: readonly string[]): Promise<string[]> {
    const state = await this.stack.state();
    const now = snapshot(this.cloud);
    return [
      ...this.open(),
      ...strangers(this.cloud, state),
      ...((state.deployment.pending_operations ?? []).length > 0 ? ["operations are still pending"] : []),
      ...now.filter((line) => !wanted.includes(line)).map((line) => `too much, or other than undisturbed: ${line}`),
      ...wanted.filter((line) => !now.includes(line)).map((line) => `missing, or other than undisturbed: ${line}`),
    ];
  }

  /** Puts the broken world aside for somebody to look at. */
  keepFor(name: string): string {
    const folder = join(this.base, "..", "failed", name.replace(/[^\w-]+/g, "-"));
    if (existsSync(folder)) rmSync(folder, { recursive: true });
    cpSync(this.place, folder, { recursive: true });
    return folder;
  }
}
