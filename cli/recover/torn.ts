import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { shownPath } from "../inventory-file";
import { CommandError } from "../stack";
import { folderOf, locksOf } from "./locks";

/**
 * Where the backend is a folder: an engine that could not write its state whole (a full disk, a kill) leaves half of it, which no
 * command of the engine reads. Puts the newest whole one in its place; what was done since then is found as anything that is unknown to the state.
 *
 * @param kept folder for the half one
 * @returns what was done; undefined when the state is whole, or not in a folder
 * @throws CommandError when no whole one is left
 */
export function mendTorn(backend: string, project: string, stack: string, kept: string): string | undefined {
  const root = folderOf(backend);
  if (root === undefined) return undefined;
  const file = join(root, ".pulumi", "stacks", project, `${stack}.json`);
  if (!existsSync(file)) return undefined;
  // Whoever is alive may be writing in this moment: the look at the locks says so, and stops.
  if (locksOf(backend, project, stack)?.some(({ alive }) => alive)) return undefined;
  const attributes = `${file}.attrs`;
  if (existsSync(attributes) && !isWhole(attributes)) {
    // Content type and checksum, which the engine can do without; half of them it cannot read.
    rmSync(attributes);
    if (isWhole(file)) return `the state of stack ${stack} is whole, and what is written beside it (${attributes}) was not: it was removed`;
  }
  if (isWhole(file)) return undefined;
  const whole = [`${file}.bak`, ...checkpoints(join(root, ".pulumi", "history", project, stack))].find(isWhole);
  const half = join(kept, `${stack}-torn-${new Date().toISOString().replace(/[:.]/g, "-")}.json`);
  if (whole === undefined) {
    throw new CommandError(`the state of stack ${stack} (${file}) is not whole, and neither is a copy of it: put one of your own in its place, and run recover again; without any, delete by hand in the clouds what bears this fleet's tag secure-winrm-fleet`);
  }
  copyFileSync(file, half);
  copyFileSync(whole, file);
  return `the state of stack ${stack} was not whole, as after a full disk; in its place is now ${whole}, and the half one is kept in ${shownPath(half)}`;
}

/** The state at the end of each deployment, the newest first: the names tell the time. */
function checkpoints(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => name.endsWith(".checkpoint.json")).sort().reverse().map((name) => join(folder, name));
}

function isWhole(file: string): boolean {
  try {
    return typeof JSON.parse(readFileSync(file, "utf8")) === "object";
  } catch {
    return false;
  }
}
