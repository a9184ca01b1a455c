import { spawn } from "node:child_process";
import { STACK } from "./fleet";
import { watch, type Usage } from "./processes";
import { HEAP_MIB } from "./subjects";

/** One preview, measured from outside. */
export interface Measured {
  /** Unit: seconds. */
  readonly seconds: number;
  readonly usage?: Usage;
  /** Resources that the preview would make, the stack itself left out; unknown when it did not get so far. */
  readonly resources?: number;
  /** False: the program ran out of memory, so it needs more than all that was measured. */
  readonly finished: boolean;
}

/** A project folder and what its engine is started with. */
export interface Place {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}

const KEPT_OUTPUT = 20_000;
/**
 * Node says so when its heap is full, and aborts itself. Under Pulumi it may break in the attempt (the debugger's session that
 * the SDK opens is told first): then it was ended by a signal with the heap all but full.
 */
export function ranOutOfMemory(output: string, bytes = 0): boolean {
  if (output.includes("JavaScript heap out of memory")) return true;
  return output.includes("Program exited with non-zero exit code: -1") && bytes > 0.9 * HEAP_MIB * 1024 * 1024;
}

export async function initStack(place: Place): Promise<void> {
  const { code, output } = await pulumi(place, ["stack", "init", STACK, "--no-select"]);
  if (code !== 0) throw new Error(output);
}

/** A preview on a stack that has nothing yet. */
export async function preview(place: Place): Promise<Measured> {
  const { code, output, ...measured } = await pulumi(place, ["preview", "--stack", STACK, "--suppress-outputs"]);
  if (code === 0) return { ...measured, resources: resourcesOf(output), finished: true };
  if (ranOutOfMemory(output, measured.usage?.memory.program)) return { ...measured, finished: false };
  throw new Error(`the preview in ${place.folder} ended with ${code}:\n${output}`);
}

/** `+ 41 to create` of the engine's last lines, without the stack. */
export function resourcesOf(output: string): number {
  const made = /^\s*\+ (\d+) to create$/m.exec(output)?.[1];
  if (made === undefined) throw new Error(`the preview does not say what it would make:\n${output}`);
  return Number(made) - 1;
}

interface Outcome {
  readonly code: number;
  readonly seconds: number;
  readonly usage?: Usage;
  readonly output: string;
}

function pulumi({ folder, env }: Place, args: readonly string[]): Promise<Outcome> {
  const start = process.hrtime.bigint();
  const child = spawn("pulumi", ["-C", folder, ...args, "--non-interactive"], { env, stdio: ["ignore", "pipe", "pipe"] });
  const used = child.pid === undefined ? undefined : watch(child.pid);
  return new Promise((resolve, reject) => {
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output = (output + chunk.toString()).slice(-KEPT_OUTPUT)));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? -1, seconds: Number(process.hrtime.bigint() - start) / 1e9, usage: used?.(), output }));
  });
}
