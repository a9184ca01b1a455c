import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir, hostname } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const lockSchema = z.object({ pid: z.number(), username: z.string().optional(), hostname: z.string(), timestamp: z.string().optional() });

export interface Lock {
  readonly text: string;
  /** Its deployment runs on this machine at this moment. */
  readonly alive: boolean;
}

/** Who holds a stack, where the backend is a folder; undefined elsewhere: only the backend itself knows, and `pulumi cancel` asks it. */
export function locksOf(backend: string, project: string, stack: string): Lock[] | undefined {
  const root = folderOf(backend);
  if (root === undefined) return undefined;
  const folder = join(root, ".pulumi", "locks", "organization", project, stack);
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => name.endsWith(".json")).flatMap((name) => lockIn(join(folder, name)));
}

/** Undefined where the backend is no folder. */
export function folderOf(backend: string): string | undefined {
  if (!backend.startsWith("file://")) return undefined;
  const path = backend.slice("file://".length);
  if (path === "~" || path.startsWith("~/")) return join(homedir(), path.slice(1));
  return path.startsWith("/") ? fileURLToPath(backend) : path;
}

function lockIn(file: string): Lock[] {
  try {
    const { pid, username, hostname: host, timestamp } = lockSchema.parse(JSON.parse(readFileSync(file, "utf8")));
    const here = host === hostname();
    return [{ text: `process ${pid} of ${username ?? "somebody"} on ${host}${timestamp === undefined ? "" : ` since ${timestamp}`}`, alive: here && isAlive(pid) }];
  } catch {
    return []; // released in this very moment
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
