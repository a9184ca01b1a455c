import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import { CLOUDS } from "./fleet";
import type { Occasion } from "./occasion";
import type { Measured } from "./preview";
import { SUBJECTS } from "./subjects";
import type { Run } from "./schedule";

/** One measured preview, with all that must be known to compare it with another. */
export interface Sample extends Run, Measured, Occasion {}

const parts = z.object({ program: z.number(), engine: z.number(), tree: z.number() });
const sample: z.ZodType<Sample> = z.object({
  cloud: z.enum(CLOUDS),
  hosts: z.number(),
  round: z.number(),
  subject: z.enum(SUBJECTS),
  seconds: z.number(),
  usage: z.object({ memory: parts, cpu: parts }).optional(),
  resources: z.number().optional(),
  finished: z.boolean(),
  date: z.string(),
  machine: z.string(),
  versions: z.string(),
  command: z.string(),
  source: z.string(),
});

/**
 * All that was measured, one line each as soon as it was: a run that was broken off goes on where it was, and one run
 * may be done in pieces.
 */
export class Journal {
  constructor(private readonly file: string) {}

  /** What was measured of the same code on the same machine: nothing else can be compared. */
  read({ machine, versions, source }: Occasion): Sample[] {
    if (!existsSync(this.file)) return [];
    const lines = readFileSync(this.file, "utf8").split("\n");
    return lines.map(parsed).filter((one) => one !== undefined).filter((one) => one.machine === machine && one.versions === versions && one.source === source);
  }

  add(one: Sample): void {
    mkdirSync(dirname(this.file), { recursive: true });
    appendFileSync(this.file, `${JSON.stringify(one)}\n`);
  }

  forget(): void {
    rmSync(this.file, { force: true });
  }
}

/** Undefined: the last line of a run that was killed, or a line of an older bench. */
function parsed(line: string): Sample | undefined {
  try {
    return sample.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
