import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { withLock } from "./lock.mjs";
import { withProgress } from "./progress.mjs";

/**
 * @typedef {{ version?: string, integrity?: string, link?: boolean, optional?: boolean, devOptional?: boolean, peer?: boolean }} Entry
 * @typedef {{ packages?: Record<string, Entry> }} LockFile
 */

/**
 * Whether what is installed is what the lock file asks for. Times of files say nothing after a `git checkout`, so this compares
 * npm's own record of what it installed. Optional packages (of other systems) may be missing.
 * @param {LockFile} wanted package-lock.json
 * @param {LockFile} installed node_modules/.package-lock.json
 * @returns {boolean}
 */
export function isInstalled(wanted, installed) {
  const have = installed.packages ?? {};
  const want = Object.entries(wanted.packages ?? {}).filter(([path]) => path.startsWith("node_modules/"));
  const paths = new Set(want.map(([path]) => path));
  return (
    want.every(([path, entry]) => {
      const found = have[path];
      if (found === undefined) return entry.optional === true || entry.devOptional === true || entry.peer === true;
      return found.version === entry.version && found.integrity === entry.integrity;
    }) && Object.keys(have).every((path) => paths.has(path))
  );
}

/**
 * @param {string} file
 * @returns {LockFile}
 */
function readLock(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return {};
  }
}

/** @param {string} root */
function isComplete(root) {
  if (!existsSync(join(root, "package-lock.json"))) return existsSync(join(root, "node_modules"));
  if (!existsSync(join(root, "node_modules", ".package-lock.json"))) return false;
  return isInstalled(readLock(join(root, "package-lock.json")), readLock(join(root, "node_modules", ".package-lock.json")));
}

/**
 * How to start npm: by the script that `npm run` names, so that it is the same npm, else by name.
 * @param {NodeJS.ProcessEnv} env
 * @returns {[string, ...string[]]}
 */
export function npmCommand(env) {
  const script = env.npm_execpath;
  return script !== undefined && /npm-cli\.c?js$/.test(script) ? [process.execPath, script] : ["npm"];
}

/**
 * `npm ci` when node_modules is missing or is not what package-lock.json says.
 * @param {import("./supervisor.mjs").Supervisor} supervisor
 * @param {string} root
 */
export async function ensurePackages(supervisor, root) {
  if (isComplete(root)) return;
  await withLock(join(root, ".cache", "npm-ci.lock"), "it installs the npm packages", async () => {
    if (isComplete(root)) return;
    const [npm, ...first] = npmCommand(process.env);
    const args = [...first, "ci", "--no-audit", "--no-fund", "--loglevel=error"];
    const { code, output } = await withProgress("installing the npm packages (npm ci)", () =>
      supervisor.run(npm, args, { cwd: root, quiet: true }),
    );
    if (code === 0) return;
    throw new Error(
      `The npm packages could not be installed: \`npm ci\` in ${root} ended with ${code}.\n${output.trim()}\n` +
        "Check with `npm ping` that the registry can be reached (`npm config get registry`, HTTPS_PROXY), then run this again.",
    );
  });
}
