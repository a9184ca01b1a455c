import { z } from "zod";

/**
 * What a host says about itself: the last line of the guest script's output, one line of JSON, at most 4000 bytes.
 * Foreign data: parsed here and nowhere else.
 */
export const VERDICTS = ["pass", "fail", "exception", "not-applicable", "unknown"] as const;
export type Verdict = (typeof VERDICTS)[number];

const hex = (length: number) => z.string().regex(new RegExp(`^[0-9a-f]{${length}}$`));

export const findingSchema = z.object({
  control: z.string(),
  /** The resource, as `resourceKey` names it. */
  key: z.string(),
  verdict: z.enum(["fail", "unknown"]),
  expected: z.string(),
  found: z.string(),
});
export type Finding = z.infer<typeof findingSchema>;

export const guestVerdictSchema = z.object({
  v: z.literal(1),
  /** The machine's own id, from the cloud's metadata service: never from a parameter. */
  instance: z.string(),
  /** The gate hash that the host was asked to prove, or the one it has proven (maintenance run); empty for `Prepare`, which proves nothing. */
  gate: z.union([hex(64), z.literal("")]),
  /** SHA-256 of the guest document that was applied. */
  generation: hex(64),
  /** SHA-256 of the source list that the host has taken up; empty when it has none. */
  nodes: z.union([hex(64), z.literal("")]),
  nonce: z.string(),
  mode: z.enum(["Apply", "Audit"]),
  run: z.enum(["Gate", "Maintenance", "Prepare", "Pause", "Resume"]),
  /** A maintenance run that met a document whose gate part it has not proven: it kept to the proven one. */
  awaitingGate: z.boolean(),
  verdict: z.enum(["pass", "fail", "unknown"]),
  controls: z.record(z.string(), z.enum(["pass", "fail", "unknown"])),
  findings: z.array(findingSchema),
  /** Findings that did not fit into the line; the full report on the host has them. */
  omitted: z.number().int().nonnegative(),
  simulated: z.boolean().optional(),
  /** Something acts only after the machine's next start, which the run wants now: exit code 3010. */
  reboot: z.boolean().optional(),
  /** What the host has done about its own door. Left out by scripts that know no keeper. */
  keeper: z
    .object({
      /** The host has shut its port itself. */
      quarantined: z.boolean(),
      /** ISO time, UTC, until which quarantine is paused; empty when it is not. */
      pausedUntil: z.union([z.iso.datetime(), z.literal("")]),
      /** Runs that failed since the last that passed. */
      failed: z.number().int().nonnegative(),
    })
    .optional(),
});
export type GuestVerdict = z.infer<typeof guestVerdictSchema>;

/** Reads the verdict out of a run's whole output. Returns undefined when the last line is not one. */
export function parseVerdict(output: string): GuestVerdict | undefined {
  const last = output.trimEnd().split(/\r?\n/).at(-1) ?? "";
  let json: unknown;
  try {
    json = JSON.parse(last);
  } catch {
    return undefined;
  }
  const parsed = guestVerdictSchema.safeParse(json);
  return parsed.success ? parsed.data : undefined;
}
