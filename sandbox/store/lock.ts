import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { readIfThere } from "./read";

const PATIENCE_MS = 30_000;
const pause = new Int32Array(new SharedArrayBuffer(4));

function holderLives(path: string): boolean {
  const pid = Number(readIfThere(path) ?? "");
  // An empty file is one that its owner is about to write into.
  if (!Number.isInteger(pid) || pid === 0) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Runs `work` while no other process does so under the same path. A lock whose holder was killed is taken over. */
export function withLock(path: string, work: () => void): void {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      const file = openSync(path, "wx");
      writeSync(file, String(process.pid));
      closeSync(file);
      break;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
      if (!holderLives(path) || Date.now() > deadline) rmSync(path, { force: true });
      else Atomics.wait(pause, 0, 0, 5);
    }
  }
  try {
    work();
  } finally {
    rmSync(path, { force: true });
  }
}
