import { join } from "node:path";
import { SANDBOX_STACK, hasFlag, takeStack } from "./arguments.mjs";
import { parse } from "./doors.mjs";
import { sandboxFolders, stackEnvironment } from "./environment.mjs";
import { say } from "./progress.mjs";
import { mendTornState, releaseDeadLocks } from "./stale-lock.mjs";

/** What clouds and engine say when something was made, and the state does not know it. */
const THERE = /already (exists|been taken|associated)|AlreadyExists|AlreadyAssociated|AlreadyOwnedByYou|\.Duplicate|\bInUse\b|cannot create already existing|existing resource/i;
const LOCKED = /currently locked by|another update is currently in progress/i;

/**
 * A line for the user of a deployment that failed: whether `recover` is what helps. Empty when it is not.
 * @param {string} log the engine's events, one JSON object a line; empty when it did not get so far
 * @param {string} stack
 * @returns {string}
 */
export function recoverHint(log, stack) {
  const command = `npm run recover${stack === SANDBOX_STACK ? "" : ` -- --stack ${stack}`}`;
  const messages = log.split("\n").flatMap((line) => {
    const diagnostic = parse(line)?.diagnosticEvent;
    return diagnostic?.severity === "error" ? [String(diagnostic.message)] : [];
  });
  if (messages.length === 0 || messages.some((message) => LOCKED.test(message))) return `If a deployment of this stack was cut off before (the stack is locked): ${command}\n`;
  if (messages.some((message) => THERE.test(message))) return `Something is in the cloud that the state does not know, as after a deployment that was cut off (or it is another's, whose stack bears the same name: then give yours another): ${command}\n`;
  return "";
}

/** Milliseconds after a Ctrl-C, in which the state is put back as it was. */
const GRACE = 120_000;

/**
 * @param {import("./deploy.mjs").Job} job
 * @param {readonly string[]} args
 * @returns {Promise<number>}
 */
export async function recover({ supervisor, root, engine }, args) {
  const { stack } = takeStack(args);
  const env = stackEnvironment(root, stack, engine, process.env);
  if (stack === SANDBOX_STACK && !hasFlag(args, "--help", "-h")) {
    const { state } = sandboxFolders(root, env);
    for (const pid of releaseDeadLocks(state, stack)) say(`The last run in the sandbox (process ${pid}) was killed; its lock is released.`);
    if (mendTornState(state, stack)) say("The last run was killed while it wrote its state; the state from just before is back.");
  }
  const { code } = await supervisor.run(process.execPath, ["--import", "tsx", join("cli", "main.ts"), "recover", ...args], { cwd: root, env, grace: GRACE });
  return code;
}
