import type { GuestKind, GuestResource } from "../../components/guest/kinds";
import type { Machine } from "./machine";

export interface Judgement {
  readonly verdict: "pass" | "fail" | "unknown";
  readonly expected: string;
  readonly found: string;
  /** What must start again before the state that was written acts. */
  readonly awaits?: "service" | "boot";
}

/**
 * One kind of resource. `get` reads, `test` judges what was read, `set` brings about the declared state.
 * What throws in `get` or `test` makes the resource unknown; what throws in `set` is logged, and the next `get` judges.
 */
export interface Handler<Resource, Found> {
  get(machine: Machine, resource: Resource): Found;
  test(machine: Machine, resource: Resource, found: Found): Judgement;
  /** Left out where there is nothing to bring about. */
  set?(machine: Machine, resource: Resource): void;
}

export type ResourceOf<Kind extends GuestKind> = Extract<GuestResource, { kind: Kind }>;

export const judged = (good: boolean, expected: string, found: string): Judgement => ({ verdict: good ? "pass" : "fail", expected, found });
