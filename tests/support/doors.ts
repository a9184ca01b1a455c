import { expect } from "chai";
import { Cloud } from "../../sandbox/cloud";
import { EngineStack, resourcesOf } from "./engine";
import { both } from "./example";

export const NODE = "10.20.9.5/32";

/** In each cloud a host that is spoilt, one that is left alone, what a machine is called there, and its own id. */
export const CLOUDS = [
  { cloud: "aws", spoilt: "web-1", other: "web-2", machine: "instance", id: /i-[0-9a-f]+/ },
  { cloud: "azure", spoilt: "app-1", other: "app-2", machine: "vm", id: /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/ },
] as const;

const SPOILT = CLOUDS.map(({ spoilt }) => spoilt);
export const OTHERS = CLOUDS.map(({ other }) => other);
export const HOSTS = CLOUDS.flatMap(({ spoilt, other }) => [spoilt, other]);

export type Fault = Readonly<Record<string, string | number>>;
/** The same fault for the spoilt host of each cloud. */
export const faultsOf = (fault: (host: string) => Fault): Fault[] => SPOILT.map(fault);
export const failing = (control: string): Fault[] => faultsOf((audit) => ({ audit, control }));

/** One stack on a real engine, with hosts in both clouds, and what can be seen of it from outside. */
export class Doors {
  private constructor(
    readonly stack: EngineStack,
    readonly cloud: Cloud,
  ) {}

  static async built(settings: object = both(), faults: readonly Fault[] = []): Promise<Doors> {
    const stack = await new EngineStack(settings, { faults }).init();
    return new Doors(stack, new Cloud(stack.cloud));
  }

  async succeeds(): Promise<void> {
    const up = await this.stack.up();
    expect(up.code, up.output).to.equal(0);
  }

  /** The output of an `up` that must not succeed. */
  async fails(): Promise<string> {
    const up = await this.stack.up();
    expect(up.code, up.output).to.not.equal(0);
    return up.output;
  }

  /** Hosts that somebody can reach on 5986. */
  opened(): string[] {
    return HOSTS.filter((host) => this.cloud.sources(host, 5986).length > 0);
  }

  get now(): number {
    return this.stack.events().length;
  }

  opsSince(start: number): string[] {
    return this.stack.events().slice(start).map(({ op, name, id }) => `${op} ${name ?? id}`);
  }

  /** What was done in the clouds and to commands; not the runs on hosts. */
  doneSince(start: number): string[] {
    return this.opsSince(start).filter((op) => /^(create|update|delete) /.test(op));
  }

  async inState(): Promise<string[]> {
    return (await resourcesOf(this.stack)).map(({ urn }) => urn.split("::").at(-1) ?? "");
  }
}

/** Each of them happened, one after the other. */
export function inOrder(ops: readonly string[], ...wanted: readonly string[]): void {
  const places = wanted.map((op) => ops.indexOf(op));
  expect(places, `${wanted.join(", ")} in ${ops.join(", ")}`).to.not.include(-1);
  expect(places).to.deep.equal([...places].sort((a, b) => a - b));
}
