import { copyFileSync, existsSync, readFileSync, readdirSync, rmSync } from "node:fs";
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
  const dead = [];
  for (const file of locksOf(state, stack)) {
    const holder = readHolder(file);
    if (holder === undefined || holder.host !== hostname() || isAlive(holder.pid)) continue;
    for (const each of [file, `${file}.attrs`]) rmSync(each, { force: true });
    dead.push(holder.pid);
  }
  return dead;
}

/**
 * @param {string} state
 * @param {string} stack
 */
function locksOf(state, stack) {
  const folder = join(state, ".pulumi", "locks", "organization", "secure-winrm", stack);
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => (name.endsWith(".json") ? [join(folder, name)] : []));
}

/**
 * Puts the last whole state in the place of one that the killed engine was just writing: the engine keeps a copy of what it
 * overwrites. What it did after that copy, the next run finds as it finds any half-done work.
 * @param {string} state
 * @param {string} stack
 * @returns {boolean} whether a torn state was replaced
 */
export function mendTornState(state, stack) {
  const file = join(state, ".pulumi", "stacks", "secure-winrm", `${stack}.json`);
  const copy = `${file}.bak`;
  // Whoever holds the lock may be writing in this moment.
  if (locksOf(state, stack).length > 0) return false;
  // Content type and checksum, which the engine can do without; half of them it cannot read.
  if (existsSync(`${file}.attrs`) && !isWhole(`${file}.attrs`)) rmSync(`${file}.attrs`);
  if (!existsSync(copy) || isWhole(file) || !isWhole(copy)) return false;
  copyFileSync(copy, file);
  return true;
}

/** @param {string} file */
function isWhole(file) {
  try {
    return typeof JSON.parse(readFileSync(file, "utf8")) === "object";
  } catch {
    return false;
  }
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
