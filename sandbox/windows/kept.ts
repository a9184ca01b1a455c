import { z } from "zod";
import { FILES, parsed, type Document } from "./document";
import type { HostState } from "./state";

/** What a host remembers of its own door from run to run. */

const keptSchema = z.object({
  quarantined: z.boolean(),
  failed: z.int().nonnegative(),
  /** Quarantine has stopped WinRM, because neither firewall nor listener did it. */
  stopped: z.boolean().default(false),
  /** On which day the certificate's end was told. */
  told: z.string().default(""),
  /** Times in ms since 1970. `passed`: a run has passed since, so that it does not count against the next one. */
  pause: z.object({ since: z.number(), until: z.number(), by: z.string(), reason: z.string(), passed: z.boolean().default(false) }).optional(),
});
export type Kept = z.infer<typeof keptSchema>;

const NOTHING: Kept = { quarantined: false, failed: 0, stopped: false, told: "" };

export const keptOf = (state: HostState): Kept => parsed(keptSchema, state.files[FILES.keeper]) ?? NOTHING;

/** Nothing to remember is no file. */
export const keptText = (kept: Kept): string | undefined => (kept.quarantined || kept.failed > 0 || kept.pause !== undefined || kept.told !== "" ? JSON.stringify(kept) : undefined);

export const HOUR = 3_600_000;

export const isPaused = ({ pause }: Kept, now: number, hours: number): boolean => pause !== undefined && pause.since <= now && now < Math.min(pause.until, pause.since + hours * HOUR);

const askedSchema = z.object({ hours: z.int().min(1), by: z.string().trim().min(1), reason: z.string().trim().min(1) });
export type Asked = z.infer<typeof askedSchema>;

/** What the run parameter `Pause` carries, or undefined when it is none of that. */
export function askedFor(base64: string, most: number): Asked | undefined {
  const asked = parsed(askedSchema, Buffer.from(base64, "base64").toString("utf8"));
  return asked !== undefined && asked.hours <= most ? asked : undefined;
}

type Row = Document["keeper"]["rows"][number];

export interface Case {
  readonly verdict: "pass" | "fail" | "unknown";
  readonly held: boolean;
  readonly quarantined: boolean;
  readonly paused: boolean;
  readonly failedBefore: number;
}

const fits = (row: Row, one: Case): boolean =>
  (["verdict", "held", "quarantined", "paused"] as const).every((key) => row[key] === undefined || row[key] === one[key]) && one.failedBefore >= (row.failedBefore ?? 0);

/** A document without rows has its host do nothing. */
export const rowFor = (rows: readonly Row[], one: Case): Pick<Row, "door" | "failed"> => rows.find((row) => fits(row, one)) ?? { door: "keep", failed: "keep" };
