import { createHash } from "node:crypto";
import { literalsOf } from "../guest/script";
import { refusedScript } from "../guest/script-policy";
import type { GuestMachine, Outcome, runScript } from "../guest/windows";
import type { CloudStore } from "../store/store";
import { readObject } from "./windows";

/** What the agent writes to the disk, and what it sets before it starts it. */
export interface AgentScript {
  readonly script: string;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Runs what a Systems Manager document says: it fetches a file from the bucket as the instance's role, runs it when its
 * bytes have the hash that the document names, and hands on the run's parameters.
 *
 * @param run what runs the file
 */
export function fetched(store: CloudStore, machine: GuestMachine, { script, environment }: AgentScript, run: typeof runScript): Outcome {
  const refused = refusedScript(store, "C:\\ProgramData\\Amazon\\SSM\\_script.ps1", script);
  if (refused !== undefined) return { output: "", exitCode: 1, error: refused };
  const file = literalsOf(script, "SecureWinrmScript", environment);
  const args = literalsOf(script, "SecureWinrmArguments", environment);
  if (file === undefined || args === undefined) return { output: "the sandbox runs no document but secure-winrm's own\n", exitCode: 1 };
  const { Bucket = "", Key = "", Hash = "" } = file;
  const body = readObject(store, machine.id, Bucket, Key);
  if (body === undefined) return { output: "", exitCode: 1, error: `The remote server returned an error: (403) Forbidden: s3://${Bucket}/${Key}\n` };
  const hash = createHash("sha256").update(body, "utf8").digest("hex");
  if (hash !== Hash) return { output: "", exitCode: 1, error: `${Key} has SHA-256 ${hash}, the document wants ${Hash}: nothing was run\n` };
  return run(store, machine, body, args);
}
