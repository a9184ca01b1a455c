import { existsSync, readdirSync, readFileSync } from "node:fs";

/**
 * Processes (Linux) whose environment names a folder: everything that a run with that folder has started, this one left out.
 * Zombies are none: whoever is pid 1 reaps them when it likes.
 */
export const marked = (folder: string): string[] => markedProcesses(folder).map(({ command }) => command);

/** Ends them: a language host outlives its killed engine. */
export function endMarked(folder: string): void {
  for (const { pid } of markedProcesses(folder)) process.kill(pid, "SIGKILL");
}

function markedProcesses(folder: string): { readonly pid: number; readonly command: string }[] {
  if (!existsSync("/proc")) return [];
  return readdirSync("/proc")
    .filter((pid) => /^\d+$/.test(pid) && pid !== String(process.pid))
    .filter((pid) => read(`/proc/${pid}/environ`).includes(folder))
    .map((pid) => ({ pid: Number(pid), command: read(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim() }))
    .filter(({ command }) => command !== "");
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
