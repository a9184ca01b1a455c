import { existsSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { isAlive } from "./lock.mjs";

/**
 * Removes the locks on the sandbox's stack whose engine has been killed on this machine: without that nobody could go on but with
 * `pulumi cancel` in the sandbox's environment. What the killed engine left half done is another matter. Never called for a real
 * backend, where another machine may be at work.
 * @param {string} state
 * @param {string} stack
 * @returns {number[]} the ids of the engines that are gone
 */
export function releaseDeadLocks(state, stack) {
  const folder = join(state, ".pulumi", "locks", "organization", "secure-winrm", stack);
  if (!existsSync(folder)) return [];
  const dead = [];
  for (const name of readdirSync(folder).filter((file) => file.endsWith(".json"))) {
    const file = join(folder, name);
    const holder = readHolder(file);
    if (holder === undefined || holder.host !== hostname() || isAlive(holder.pid)) continue;
    for (const each of [file, `${file}.attrs`]) rmSync(each, { force: true });
    dead.push(holder.pid);
  }
  return dead;
}

/**
 * @param {string} file
 * @returns {{ pid: number, host: string } | undefined}
 */
function readHolder(file) {
  try {
    const { pid, hostname: host } = JSON.parse(readFileSync(file, "utf8"));
    return typeof pid === "number" && typeof host === "string" ? { pid, host } : undefined;
  } catch {
    return undefined; // released in this very moment
  }
}
