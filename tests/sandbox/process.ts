import { readFileSync } from "node:fs";

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A process that ended but was not yet fetched by its parent (a zombie) still has a number on Linux. */
function isZombie(pid: number): boolean {
  try {
    return /^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch {
    return false;
  }
}

/** Whether a process ends within three seconds. */
export async function ends(pid: number): Promise<boolean> {
  for (let i = 0; i < 60 && alive(pid); i += 1) await pause(50);
  return !alive(pid);
}
