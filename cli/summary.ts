import { existsSync } from "node:fs";
import { inventoryText } from "../components/ansible/inventory";
import { catalogue } from "../components/controls/catalogue";
import { ExportError } from "../components/evidence/export";
import type { StackState } from "../components/evidence/state";
import { summaryText } from "../components/evidence/summary";
import { inventoryFile, removeInventory, shownPath, writeInventory } from "./inventory-file";
import { CommandError, nameToTell, stackState } from "./stack";

/** Prints what a stack holds, and brings its inventory up to date: what the state does not vouch for is not listed. */
export async function summary(stack: string, today: string): Promise<void> {
  const file = inventoryFile(stack, process.env);
  const state = await understood(stack, file);
  if (state === undefined || state.fleets.length === 0) {
    const old = existsSync(file);
    removeInventory(file);
    const what = state === undefined ? "there is no such stack" : "it is empty";
    process.stdout.write(`stack ${stack}: ${what}, so there are no hosts${old ? `; its old inventory ${shownPath(file)} was removed` : ""}\n`);
    return;
  }
  const open = state.fleets.flatMap(({ hosts }) => hosts).filter(({ door }) => door === "open").length;
  writeInventory(file, inventoryText(state, stack));
  process.stdout.write(`${summaryText({ state, catalogue, today, stack: nameToTell(stack) })}\ninventory (${open} ${open === 1 ? "host" : "hosts"}): ${shownPath(file)}\n`);
}

/** Writes the inventory alone: to its own place, to a file, or to standard output (`-`). */
export async function inventory(stack: string, output: string | undefined): Promise<void> {
  const state = await stackState(stack);
  if (state === undefined || state.fleets.length === 0) throw new CommandError(`stack ${stack} has no hosts: there is nothing to write`);
  const text = inventoryText(state, stack);
  if (output === "-") {
    process.stdout.write(text);
    return;
  }
  const file = output ?? inventoryFile(stack, process.env);
  writeInventory(file, text);
  process.stdout.write(`${output ?? shownPath(file)}\n`);
}

/** A state that cannot be read vouches for no door: an inventory from before must not outlive it. */
async function understood(stack: string, file: string): Promise<StackState | undefined> {
  try {
    return await stackState(stack);
  } catch (error) {
    if (error instanceof ExportError) removeInventory(file);
    throw error;
  }
}
