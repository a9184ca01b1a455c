import { z } from "zod";
import type { Judgement } from "./judge";
import type { GuestVerdict } from "./verdict";

/**
 * What stays of a passed gate or audit: one line of JSON, the reader's standard output, kept in the state.
 * No nonce and no time of the run in it: the same proof is the same line.
 */
export const resultSchema = z.object({
  host: z.string(),
  instance: z.string(),
  gate: z.string(),
  generation: z.string(),
  nodes: z.string(),
  verdict: z.literal("pass"),
  controls: z.record(z.string(), z.enum(["pass", "exception"])),
  /** What no door waits for may be anything. */
  reported: z.record(z.string(), z.enum(["pass", "exception", "fail", "unknown"])).optional(),
  simulated: z.literal(true).optional(),
  /** ISO time: until then the host would not shut itself. Left out where that is not paused. */
  pausedUntil: z.iso.datetime().optional(),
});
export type Result = z.infer<typeof resultSchema>;

/** The line of a judgement that is in order. */
export function resultLine(host: string, verdict: GuestVerdict, { controls, reported }: Judgement): string {
  const { instance, gate, generation, nodes } = verdict;
  const more = Object.keys(reported).length === 0 ? {} : { reported: sorted(reported) };
  const result = { host, instance, gate, generation, nodes, verdict: "pass", controls: sorted(controls), ...more, ...paused(verdict), ...(verdict.simulated === true && { simulated: true }) };
  return JSON.stringify(resultSchema.parse(result));
}

const paused = ({ keeper }: GuestVerdict): { pausedUntil?: string } => (keeper === undefined || keeper.pausedUntil === "" ? {} : { pausedUntil: keeper.pausedUntil });

const sorted = <T>(map: Readonly<Record<string, T>>): Record<string, T> => Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));

export function parseResult(line: string): Result | undefined {
  try {
    return resultSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
