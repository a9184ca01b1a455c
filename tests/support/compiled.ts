import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { buildSync } from "esbuild";

const ROOMS = ["index.ts", "components", "cli", "sandbox"];
const HOUR = 3_600_000;

/** Plain files of a room, relative to the project. */
function filesOf(root: string, path: string): string[] {
  if (!statSync(join(root, path)).isDirectory()) return [path];
  return readdirSync(join(root, path)).sort().flatMap((name) => filesOf(root, `${path}/${name}`));
}

/** What loads TypeScript when it is started loads JavaScript in the copy. */
const started = (text: string): string => text.replace(/^ *require\("tsx\/cjs"\);\n/m, "").replace(/(require\("[^"]+)\.ts"\)/g, '$1.js")');

/**
 * The program, its commands and the sandbox as JavaScript, file by file as they lie here. An engine test starts two dozen
 * processes, and most of their time is TypeScript's loader; what users start is tested where `npm run up` is.
 *
 * @returns the folder; what has not changed is compiled once
 */
export function compiled(root: string): string {
  const files = ROOMS.flatMap((room) => filesOf(root, room));
  const hash = createHash("sha256").update(readFileSync(__filename));
  for (const file of files) hash.update(`${file}\n`).update(readFileSync(join(root, file)));
  const base = join(root, ".sandbox", "compiled");
  const folder = join(base, hash.digest("hex").slice(0, 16));
  if (existsSync(folder)) return folder;
  mkdirSync(base, { recursive: true });
  for (const old of readdirSync(base)) if (Date.now() - statSync(join(base, old)).mtimeMs > HOUR) rmSync(join(base, old), { recursive: true, force: true });
  // Two runs may come here at once: each makes its own, and the first one's stays.
  const making = mkdtempSync(join(base, "making-"));
  buildSync({ entryPoints: files.filter((file) => file.endsWith(".ts")), outdir: making, outbase: root, absWorkingDir: root, platform: "node", target: "node20", format: "cjs", logLevel: "error" });
  for (const file of files.filter((name) => !name.endsWith(".ts"))) {
    mkdirSync(dirname(join(making, file)), { recursive: true });
    cpSync(join(root, file), join(making, file));
    if (/\.mjs$|pulumi-resource-/.test(file)) writeFileSync(join(making, file), started(readFileSync(join(root, file), "utf8")), { mode: statSync(join(root, file)).mode });
  }
  const { main: _, ...rest } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Record<string, unknown>;
  writeFileSync(join(making, "package.json"), JSON.stringify({ ...rest, main: "index.js" }));
  try {
    renameSync(making, folder);
  } catch (error) {
    rmSync(making, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}
