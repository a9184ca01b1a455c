import { z } from "zod";
import type { Judgement } from "./judge";
import type { GuestVerdict } from "./verdict";

/**
 * What stays of a passed gate or audit: one line of JSON, the reader's standard output, kept in the state.
 * No nonce and no time in it: the same proof is the same line.
 */
export const resultSchema = z.object({
  host: z.string(),
  instance: z.string(),
  gate: z.string(),
  generation: z.string(),
  nodes: z.string(),
  verdict: z.literal("pass"),
  controls: z.record(z.string(), z.enum(["pass", "exception"])),
  simulated: z.literal(true).optional(),
});
export type Result = z.infer<typeof resultSchema>;

/** The line of a judgement that is in order. */
export function resultLine(host: string, verdict: GuestVerdict, { controls }: Judgement): string {
  const { instance, gate, generation, nodes } = verdict;
  const sorted = Object.fromEntries(Object.entries(controls).sort(([a], [b]) => (a < b ? -1 : 1)));
  const result = { host, instance, gate, generation, nodes, verdict: "pass", controls: sorted, ...(verdict.simulated === true && { simulated: true }) };
  return JSON.stringify(resultSchema.parse(result));
}

export function parseResult(line: string): Result | undefined {
  try {
    return resultSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
