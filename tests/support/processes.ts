import { existsSync, readdirSync, readFileSync } from "node:fs";

/**
 * Processes (Linux) whose environment names a folder: everything that a run with that folder has started, this one left out.
 * Zombies are none: whoever is pid 1 reaps them when it likes.
 */
export function marked(folder: string): string[] {
  if (!existsSync("/proc")) return [];
  return readdirSync("/proc")
    .filter((pid) => /^\d+$/.test(pid) && pid !== String(process.pid))
    .filter((pid) => read(`/proc/${pid}/environ`).includes(folder))
    .map((pid) => read(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim())
    .filter((command) => command !== "");
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
