import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { say } from "./progress.mjs";

const HEARTBEAT = 5_000;
/** A holder that has not touched its lock for so long is gone, whatever machine it ran on. */
const STALE = 60_000;

/**
 * Runs `work` while no other launcher does the same. What is guarded must be harmless to do twice: two that both find a dead
 * holder's lock may, once in a blue moon, both get it.
 * @template T
 * @param {string} file
 * @param {string} what for the one who waits: what the other is doing
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(file, what, work) {
  mkdirSync(dirname(file), { recursive: true });
  for (let said = false; !take(file); ) {
    if (isStale(file)) {
      rmSync(file, { force: true });
      continue;
    }
    if (!said) say(`waiting for another launcher: ${what} (lock ${file})`);
    said = true;
    await sleep(500);
  }
  const beat = setInterval(() => touch(file), HEARTBEAT);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    rmSync(file, { force: true });
  }
}

/** @param {string} file */
function take(file) {
  try {
    writeFileSync(file, JSON.stringify({ pid: process.pid, host: hostname() }), { flag: "wx" });
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

/** @param {string} file */
function touch(file) {
  try {
    utimesSync(file, new Date(), new Date());
  } catch {
    // Somebody took it for stale (a machine that slept): the work goes on, see above.
  }
}

/** @param {string} file */
function isStale(file) {
  try {
    if (Date.now() - statSync(file).mtimeMs > STALE) return true;
    const holder = JSON.parse(readFileSync(file, "utf8"));
    return holder.host === hostname() && !isAlive(holder.pid);
  } catch {
    return false; // being written or removed just now: look again
  }
}

/** @param {number} pid */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
