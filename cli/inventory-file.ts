import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { ROOT, shortName } from "./stack";

/** Where a stack's inventory lies. Tests, and whoever wants it elsewhere, name a folder by SECURE_WINRM_INVENTORY. */
export function inventoryFile(stack: string, env: NodeJS.ProcessEnv): string {
  return join(resolve(ROOT, env.SECURE_WINRM_INVENTORY || join(".secure-winrm", "inventory")), `${shortName(stack)}.yaml`);
}

/** In one step: whoever reads at the same time sees the old text or the new one, never half of it. */
export function writeInventory(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(draft, text);
    renameSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
}

export const removeInventory = (file: string): void => rmSync(file, { force: true });

/** As somebody at the root of the project would write it. */
export function shownPath(file: string): string {
  const path = relative(ROOT, file);
  return path.startsWith("..") ? file : path;
}
