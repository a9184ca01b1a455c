/**
 * A small process of its own, in a session of its own, that sees to it that nothing which the launcher has started stays behind.
 * Pulumi's plugins run in process groups of their own and outlive a killed engine, the language host for up to five minutes.
 *
 * It knows its flock by a marker in their environment and by descent (see process-table.mjs), and ends by id only what is in it.
 * The launcher talks to it over standard input, one line each:
 *   watch PID GRACE   this one is the head of the work; GRACE: milliseconds that it gets between SIGINT and SIGKILL
 *   sweep             end whatever is left now; answered by `swept N`
 *   bye               all is done
 * When standard input ends without `bye`, the launcher has been killed: interrupt the heads, wait, sweep, end.
 */
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { Offspring, processTable } from "./process-table.mjs";

const POLL = 1_000;
const TERM_GRACE = 2_000;
/** How long a process may still show up after SIGKILL before it counts as not ours to end. */
const KILL_GRACE = 8_000;

const marker = String(process.argv[2]);
const offspring = new Offspring([process.pid, process.ppid, 1]);
/** @type {Map<number, { start: string, grace: number }>} */
const heads = new Map();

// A terminal that closes, or a Ctrl-C, is the launcher's business.
for (const signal of ["SIGINT", "SIGHUP"]) process.on(signal, () => {});

/** @param {number} [root] */
function look(root) {
  return offspring.update(processTable(marker), root);
}

/**
 * @param {{ pid: number }} row
 * @param {NodeJS.Signals} signal
 */
function send(row, signal) {
  try {
    process.kill(row.pid, signal);
  } catch {
    // It has gone by itself.
  }
}

/** Ends what is left, politely first; returns how many there were. */
async function sweep() {
  const seen = new Set();
  const start = Date.now();
  for (let left = look(); left.length > 0; left = look()) {
    const signal = Date.now() - start < TERM_GRACE ? "SIGTERM" : "SIGKILL";
    for (const row of left) {
      const name = `${row.pid} ${row.start}`;
      if (signal === "SIGKILL" || !seen.has(name)) send(row, signal);
      seen.add(name);
    }
    if (Date.now() - start > TERM_GRACE + KILL_GRACE) break; // not ours to kill, or stuck in the kernel
    await sleep(50);
  }
  return seen.size;
}

/** The launcher is gone. The engine gets the chance to finish what the cloud is doing and to write it down. */
async function clearUp() {
  const start = Date.now();
  const living = () => look().filter((row) => heads.get(row.pid)?.start === row.start);
  for (const row of living()) send(row, "SIGINT");
  for (let rows = living(); rows.length > 0; rows = living()) {
    const overdue = Date.now() - start;
    for (const row of rows) if (overdue >= (heads.get(row.pid)?.grace ?? 0)) send(row, "SIGKILL");
    if (rows.every((row) => overdue >= (heads.get(row.pid)?.grace ?? 0) + KILL_GRACE)) break;
    await sleep(100);
  }
  await sweep();
}

const poll = setInterval(look, POLL);
process.stdout.on("error", () => {}); // the launcher died before it read the answer
let finished = false;

for await (const line of createInterface({ input: process.stdin })) {
  const [order, pid, grace] = line.split(" ");
  if (order === "watch") {
    const row = look(Number(pid)).find((found) => found.pid === Number(pid));
    if (row) heads.set(row.pid, { start: row.start, grace: Number(grace) });
  } else if (order === "sweep") {
    const count = await sweep();
    process.stdout.write(`swept ${count}\n`);
  } else if (order === "bye") {
    finished = true;
  }
}
clearInterval(poll);
if (!finished) await clearUp();
process.exit(0);
