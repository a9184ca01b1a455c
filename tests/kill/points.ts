/** Where a deployment is killed: around which operation, and who. */
export interface Point {
  readonly cloud: CloudName;
  readonly stack: StackName;
  readonly scenario: Scenario;
  readonly operation: "create" | "update" | "delete";
  /** Logical name of the resource. */
  readonly resource: string;
  readonly when: "before" | "after";
  readonly victim: "engine" | "provider";
}

export const CLOUDS = ["aws", "azure"] as const;
export type CloudName = (typeof CLOUDS)[number];

/** One host with as little as a fleet can have; one with all that can be made for it. */
export const STACKS = ["smallest", "everything"] as const;
export type StackName = (typeof STACKS)[number];

/** First deployment; a change of what the gate vouches for, of the machine, of nodes and tags; the end of it all. */
export const SCENARIOS = ["create", "change", "destroy"] as const;
export type Scenario = (typeof SCENARIOS)[number];

export interface Operation {
  readonly op: string;
  readonly type?: string;
  readonly name?: string;
}

export const nameOf = ({ cloud, stack, scenario, operation, resource, when, victim }: Point): string => `${cloud} ${stack} ${scenario}: ${victim} killed ${when} ${operation} ${resource}`;

/** Of each operation on a type that other operations have not, the first by name: what has been killed is not killed again under another name. */
export function unlike(operations: readonly Operation[], others: readonly Operation[]): Operation[] {
  const keyOf = ({ op, type }: Operation): string => `${op} ${type}`;
  const seen = new Set(others.map(keyOf));
  return byName(operations, ({ name = "" }) => name).filter((one) => {
    const isNew = !seen.has(keyOf(one));
    seen.add(keyOf(one));
    return isNew;
  });
}

/** All points around some operations, in their order. */
export function pointsOf(where: Pick<Point, "cloud" | "stack" | "scenario">, operations: readonly Operation[]): Point[] {
  const done = new Map<string, Pick<Point, "operation" | "resource">>();
  for (const { op, name } of operations) {
    if (name !== undefined && name !== "" && (op === "create" || op === "update" || op === "delete")) done.set(`${op} ${name}`, { operation: op, resource: name });
  }
  return [...done.values()].flatMap((one) =>
    (["before", "after"] as const).flatMap((when) => (["engine", "provider"] as const).map((victim) => ({ ...where, ...one, when, victim }))));
}

/** In an order that is the same in each run: what a deployment does at the same time it does in any order. */
const byName = <T>(all: readonly T[], nameIn: (one: T) => string): T[] => [...all].sort((a, b) => (nameIn(a) < nameIn(b) ? -1 : 1));

/** Every nth, so that each part has some of everything, and all parts together have all. */
export const shard = (points: readonly Point[], part: number, parts: number): Point[] => byName(points, nameOf).filter((_, i) => i % parts === part - 1);

/** mulberry32: the same numbers for the same seed, on every machine. */
function randoms(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A few of all, the making of a gate and of a door of each cloud among them. */
export function seeded(points: readonly Point[], seed: number, count: number): Point[] {
  const random = randoms(seed);
  const shuffled = points.map((point) => ({ point, place: random() })).sort((a, b) => a.place - b.place).map(({ point }) => point);
  const musts = CLOUDS.flatMap((cloud) =>
    ["-gate", "-door"].flatMap((role) => shuffled.find((point) => point.cloud === cloud && point.operation === "create" && point.resource.endsWith(role)) ?? []));
  return [...musts, ...shuffled.filter((point) => !musts.includes(point))].slice(0, count);
}
