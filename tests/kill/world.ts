import { cpSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Cloud } from "../../sandbox/cloud";
import { EngineStack, type Run } from "../support/engine";
import { example, exampleAzure } from "../support/example";
import type { CloudName, Point, Scenario } from "./points";
import { pointsOf } from "./points";
import { snapshot, strangers, unprovenAndOpen } from "./snapshot";

/** One host: as few resources as a fleet can have, of every type that it usually has. */
function smallest(cloud: CloudName) {
  if (cloud === "azure") {
    const stack = exampleAzure();
    return { ...stack, azure: { ...stack.azure, hosts: { "app-1": { addresses: ["10.30.1.10"], dnsName: "app-1.corp.example" } } } };
  }
  const stack = example();
  return {
    ...stack,
    exceptions: [{ control: "up-to-date", what: "frozen image", reason: "the vendor has not released it", approvedBy: "J. Doe", expires: "2199-07-01" }],
    aws: { ...stack.aws, hosts: { "web-1": { addresses: ["10.20.1.10"], dnsName: "web-1.corp.example" } }, alerts: { topicArn: "arn:aws:sns:eu-central-1:123456789012:on-call" } },
  };
}

/** What the gate vouches for, the machine's image, a node more, and a host's tag: every kind of change at once. */
function changed(cloud: CloudName): object {
  const stack = { ...smallest(cloud), account: { name: "svc-other@CORP.EXAMPLE", becomeUser: "svc-become@CORP.EXAMPLE", transport: "kerberos" }, automation: { nodes: [{ name: "exec-1", addresses: ["10.20.9.5"] }, { name: "exec-2", addresses: ["10.20.9.6"] }] } };
  const images = { aws: "ami-0fedcba9876543210", azure: "MicrosoftWindowsServer:WindowsServer:2022-datacenter-azure-edition:20348.9999.991231" } as const;
  const section = (stack as unknown as Record<CloudName, { defaults: object; hosts: Record<string, object> }>)[cloud];
  const hosts = Object.fromEntries(Object.entries(section.hosts).map(([name, host]) => [name, { ...host, tags: { owner: "somebody-else" } }]));
  return { ...stack, [cloud]: { ...section, hosts, defaults: { ...section.defaults, image: images[cloud] } } };
}

export interface Undisturbed {
  readonly points: readonly Point[];
  readonly cloud: readonly string[];
}

/** One cloud's small stack at one place on the disk, put back to where a scenario begins before each point. */
export class World {
  readonly stack: EngineStack;

  private constructor(
    readonly cloudName: CloudName,
    private readonly base: string,
    private readonly place: string,
  ) {
    rmSync(place, { recursive: true, force: true });
    mkdirSync(place, { recursive: true });
    this.stack = new EngineStack(smallest(cloudName), {}, place);
  }

  /** Deploys once, and keeps what was there before and after. */
  static async made(cloud: CloudName, folder: string): Promise<World> {
    const world = new World(cloud, join(folder, `${cloud}-base`), join(folder, cloud));
    rmSync(world.base, { recursive: true, force: true });
    await world.stack.init();
    world.#keep("nothing");
    const up = await world.stack.up();
    if (up.code !== 0) throw new Error(up.output);
    world.#keep("deployed");
    world.#first = { points: pointsOf(cloud, "create", world.stack.events()), cloud: snapshot(world.cloud) };
    return world;
  }

  #first: Undisturbed = { points: [], cloud: [] };

  /** The deployment that made the world, and its end: what was created is deleted, and nothing is left. */
  get ends(): { readonly create: Undisturbed; readonly destroy: Undisturbed } {
    const points = this.#first.points.map((point): Point => ({ ...point, scenario: "destroy", operation: "delete" }));
    return { create: this.#first, destroy: { points, cloud: [] } };
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
    this.stack.configure(scenario === "change" ? changed(this.cloudName) : smallest(this.cloudName));
    this.stack.faults(faults);
  }

  run(scenario: Scenario): Promise<Run> {
    return scenario === "destroy" ? this.stack.destroy() : this.stack.up();
  }

  /** What there is to be killed, and what the clouds hold in the end when nobody is. */
  async undisturbed(scenario: Scenario): Promise<Undisturbed> {
    this.begin(scenario);
    const before = this.stack.events().length;
    const ended = await this.run(scenario);
    if (ended.code !== 0) throw new Error(ended.output);
    return { points: pointsOf(this.cloudName, scenario, this.stack.events().slice(before)), cloud: snapshot(this.cloud) };
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
