import type { Planned } from "../graph/planned";
import type { Cloud } from "./naming";
import { plan, type CommonPlanned } from "./types";

/** Nothing in the cloud: a knot that stands while every door of a ring does, so that the next ring hangs on one thing. */
const knot = (cloud: Cloud, ring: number): string => `${cloud}-ring-${ring}-open`;

/**
 * Hosts ring by ring: what closes doors of a ring waits until those of the ring before are open again.
 *
 * @param hostPlan everything of one host; `ringBefore` names what its seal, gate and door must need
 */
export function inRings<Of extends Planned>(
  cloud: Cloud,
  hosts: Readonly<Record<string, { readonly ring: number }>>,
  hostPlan: (name: string, ringBefore: readonly string[]) => readonly Of[],
): (Of | CommonPlanned)[] {
  const names = Object.keys(hosts).sort();
  const ringOf = (name: string): number => hosts[name]?.ring ?? 1;
  const rings = [...new Set(names.map(ringOf))].sort((a, b) => a - b);
  return rings.flatMap((ring, i) => {
    const members = names.filter((name) => ringOf(name) === ring);
    const before = rings[i - 1];
    const planned: (Of | CommonPlanned)[] = members.flatMap((name) => hostPlan(name, before === undefined ? [] : [knot(cloud, before)]));
    if (i === rings.length - 1) return planned;
    return [...planned, plan("random:index/randomId:RandomId", knot(cloud, ring), { byteLength: 1 }, { needs: members.map((name) => `${name}-door`) })];
  });
}
