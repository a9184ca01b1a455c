import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";

/**
 * A process is named by its id and its start time: an id alone may belong to somebody else by the time it is used.
 * @typedef {{ pid: number, parent: number, start: string, marked: boolean }} Row
 */

const PROC = existsSync("/proc/self/environ");

/**
 * Every live process (zombies are not), with `marked` when its environment holds the marker.
 * @param {string} marker
 * @returns {Row[]}
 */
export function processTable(marker) {
  return PROC ? fromProc(marker) : fromPs(marker);
}

/** @param {string} marker */
function fromProc(marker) {
  /** @type {Row[]} */
  const rows = [];
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const row = parseStat(readFileSync(`/proc/${entry}/stat`, "utf8"));
      if (row) rows.push({ ...row, marked: hasMarker(entry, marker) });
    } catch {
      // It ended between the two reads.
    }
  }
  return rows;
}

/**
 * @param {string} pid
 * @param {string} marker
 */
function hasMarker(pid, marker) {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1").includes(marker);
  } catch {
    return false; // somebody else's process
  }
}

/**
 * One line of /proc/PID/stat. The command stands in brackets and may itself hold spaces and brackets.
 * @param {string} text
 * @returns {{ pid: number, parent: number, start: string } | undefined}
 */
export function parseStat(text) {
  const close = text.lastIndexOf(")");
  const fields = text.slice(close + 2).trim().split(" ");
  const [state, parent, start] = [fields[0], Number(fields[1]), fields[19]];
  if (state === "Z" || state === "X" || start === undefined) return undefined;
  return { pid: Number.parseInt(text, 10), parent, start };
}

/** @param {string} marker */
function fromPs(marker) {
  const options = { encoding: /** @type {const} */ ("utf8"), env: { ...process.env, LC_ALL: "C" }, maxBuffer: 64 << 20 };
  try {
    // -E adds the environment of our own processes to the command (macOS).
    return parsePs(execFileSync("ps", ["-axwwE", "-o", "pid=,ppid=,state=,lstart=,command="], options), marker);
  } catch {
    return []; // without `ps` nothing is known, and nothing is ended
  }
}

/**
 * @param {string} text
 * @param {string} marker
 * @returns {Row[]}
 */
export function parsePs(text, marker) {
  /** @type {Row[]} */
  const rows = [];
  for (const line of text.split("\n")) {
    //                  pid     ppid    state  start: "Sat Nov 22 19:48:01 2025"          command, environment
    const match = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(\w+\s+\w+\s+\d+\s+[\d:]+\s+\d+)\s?(.*)$/.exec(line);
    if (!match || match[3]?.startsWith("Z")) continue;
    const [, pid, parent, , start, command] = match;
    rows.push({ pid: Number(pid), parent: Number(parent), start: String(start), marked: String(command).includes(marker) });
  }
  return rows;
}

/** What somebody has started, remembered by id and start time: it outlives the parent through which it was found. */
export class Offspring {
  /** @type {Map<number, string>} */
  #known = new Map();
  /** @type {Set<number>} */
  #spared;

  /** @param {number[]} spared ids that are never taken for offspring */
  constructor(spared) {
    this.#spared = new Set(spared);
  }

  /**
   * Takes in every process that carries the marker, is `root`, or descends from one that is known; returns those alive.
   * @param {Row[]} table
   * @param {number} [root]
   * @returns {Row[]}
   */
  update(table, root) {
    const alive = new Map(table.map((row) => [row.pid, row]));
    for (const [pid, start] of this.#known) if (alive.get(pid)?.start !== start) this.#known.delete(pid);
    for (let found = true; found; ) {
      found = false;
      for (const row of table) {
        if (this.#known.has(row.pid) || this.#spared.has(row.pid)) continue;
        if (!row.marked && row.pid !== root && !this.#known.has(row.parent)) continue;
        this.#known.set(row.pid, row.start);
        found = true;
      }
    }
    return table.filter((row) => this.#known.get(row.pid) === row.start);
  }
}
