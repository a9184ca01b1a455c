import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { extname, join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import { CommandError, ROOT } from "./stack";

const START_MS = 30_000;
const STOP_MS = 5_000;
/** As this file itself was: from TypeScript, or compiled. */
const LOADER = extname(__filename) === ".ts" ? ["--import", "tsx"] : [];

export interface Endpoint {
  /** What a client needs to find it, and to look for nothing else. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** The sandbox's control channels, as a process of its own: it says in one line where they are, and ends with its standard input. */
export async function startEndpoint(): Promise<Endpoint> {
  const child = spawn(process.execPath, [...LOADER, join("sandbox", `endpoint${extname(__filename)}`)], { cwd: ROOT, stdio: ["pipe", "pipe", "inherit"] });
  try {
    return { environment: await firstLine(child), stop: () => stop(child) };
  } catch (error) {
    await stop(child);
    throw error;
  }
}

async function firstLine(child: ChildProcess): Promise<Record<string, string>> {
  if (child.stdout === null) throw new CommandError("the sandbox's endpoint has no output");
  const lines = createInterface({ input: child.stdout });
  const signal = AbortSignal.timeout(START_MS);
  try {
    const [line] = await Promise.race([once(lines, "line", { signal }), once(child, "exit", { signal }).then(() => [undefined])]);
    if (typeof line === "string") return z.record(z.string(), z.string()).parse(JSON.parse(line));
    throw new CommandError("the sandbox's endpoint did not start");
  } catch (error) {
    if (signal.aborted) throw new CommandError(`the sandbox's endpoint did not start within ${START_MS / 1000} seconds`);
    throw error;
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.stdin?.end();
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
  await exit;
  clearTimeout(timer);
}
