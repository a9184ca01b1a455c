import { execFileSync } from "node:child_process";
import { appendFileSync, rmSync, statfsSync } from "node:fs";
import { join } from "node:path";

const SIZE = 16 * 1024 * 1024;

/** A disk of its own at a folder, that can be filled up. Only who may mount can have one (Linux, root). */
export class SmallDisk {
  private constructor(private readonly folder: string) {}

  /** @returns the reason when there can be none */
  static at(folder: string): SmallDisk | string {
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", `size=${SIZE}`, "tmpfs", folder], { stdio: "pipe" });
      return new SmallDisk(folder);
    } catch (error) {
      return error instanceof Error ? error.message.trim() : String(error);
    }
  }

  get #ballast(): string {
    return join(this.folder, "ballast");
  }

  /** Leaves so many bytes to others, whatever they write or delete in the meantime. */
  fill(left: number): void {
    for (let free = this.#free() - left; free > 0; free = this.#free() - left) {
      try {
        appendFileSync(this.#ballast, Buffer.alloc(free));
      } catch (error) {
        if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
      }
    }
  }

  #free(): number {
    const { bavail, bsize } = statfsSync(this.folder);
    return bavail * bsize;
  }

  empty(): void {
    rmSync(this.#ballast, { force: true });
  }

  unmount(): void {
    execFileSync("umount", [this.folder]);
  }
}
