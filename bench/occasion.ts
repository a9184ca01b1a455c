import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { version as sdk } from "@pulumi/pulumi/version";
import { HEAP_MIB } from "./subjects";

/** When, where and of what something was measured. Nothing in it names the machine. */
export interface Occasion {
  /** YYYY-MM-DD, UTC. */
  readonly date: string;
  readonly machine: string;
  readonly versions: string;
  readonly command: string;
  /** Hash of all that takes part. */
  readonly source: string;
}

/** What a figure depends on. Not bench/page: how figures are shown may change after they were taken. */
const TAKES_PART = ["index.ts", "components", "sandbox", "package-lock.json", "bench/fleet.ts", "bench/program.ts", "bench/styles.ts", "bench/subjects.ts", "bench/template.ts", "bench/preview.ts", "bench/processes.ts"];

export function occasion(root: string, args: readonly string[]): Occasion {
  const engine = execFileSync("pulumi", ["version"], { encoding: "utf8" }).trim();
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${process.arch}, heap of a program up to ${HEAP_MIB} MiB`,
    versions: `Node ${process.versions.node}, Pulumi ${engine}, @pulumi/pulumi ${sdk}`,
    command: ["npm run bench", ...(args.length === 0 ? [] : ["--", ...args])].join(" "),
    source: sourceOf(root),
  };
}

function sourceOf(root: string): string {
  const hash = createHash("sha256");
  for (const file of TAKES_PART.flatMap((path) => filesIn(root, path))) hash.update(`${file}\0`).update(readFileSync(join(root, file))).update("\0");
  return hash.digest("hex").slice(0, 16);
}

const filesIn = (root: string, path: string): string[] =>
  statSync(join(root, path)).isDirectory() ? readdirSync(join(root, path)).sort().flatMap((name) => filesIn(root, `${path}/${name}`)) : [path];
