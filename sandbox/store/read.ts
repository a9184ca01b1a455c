import { readFileSync } from "node:fs";

/** A file's text, or undefined when there is none: between a look and a read another process may take it away. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
