import { execFile } from "node:child_process";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { readState, type StackState } from "../components/evidence/state";

export const ROOT = resolve(__dirname, "..");
/** The stack that needs no account: its own project file, backend and emulated providers. */
export const SANDBOX = "sandbox";

/** A failure that a person can read as it is. */
export class CommandError extends Error {}

/** `prod` of `organization/project/prod`. */
export const shortName = (stack: string): string => stack.split("/").at(-1) ?? stack;
/** What a command is to be told, so that it asks this stack: without a name it asks the sandbox, whose hosts may bear the same names. */
export const nameToTell = (stack: string): string | undefined => (isSandbox(stack) ? undefined : stack);
export const isSandbox = (stack: string): boolean => stack === SANDBOX;

const run = promisify(execFile);
/** A thousand hosts are some 30 MB. */
const LARGEST_STATE = 1024 ** 3;

/** The stack's state, or undefined where there is no such stack. */
export async function stackState(stack: string): Promise<StackState | undefined> {
  const project = isSandbox(stack) ? ["-C", join(ROOT, "sandbox")] : [];
  try {
    const { stdout } = await run("pulumi", ["stack", "export", "--stack", stack, "--non-interactive", ...project], { cwd: ROOT, maxBuffer: LARGEST_STATE });
    return readState(stdout);
  } catch (error) {
    if (!isProcessError(error)) throw error;
    if (error.code === "ENOENT") throw new CommandError("there is no pulumi on PATH; start this command with `npm run cli -- ...`, which finds or builds one");
    const text = error.stderr.trim();
    // The sandbox's backend is a folder that its first deployment makes.
    if (/no stack named/.test(text) || (isSandbox(stack) && /unable to open bucket/.test(text))) return undefined;
    throw new CommandError(`the state of stack ${stack} could not be read:\n${text === "" ? error.message : text}`);
  }
}

interface ProcessError extends Error {
  readonly code?: string | number | null;
  readonly stderr: string;
}

const isProcessError = (error: unknown): error is ProcessError => error instanceof Error && "stderr" in error && typeof error.stderr === "string";
