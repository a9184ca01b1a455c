import { accessSync, constants, existsSync, mkdirSync, readdirSync, realpathSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { isAlive } from "./lock.mjs";
import { compareVersions, isNewEnough, parseVersion } from "./version.mjs";

const EXE = process.platform === "win32" ? ".exe" : "";
const WORKSHOP = ".secure-winrm-";

/** @param {NodeJS.ProcessEnv} env */
export function pulumiHome(env) {
  return env.PULUMI_HOME || join(homedir(), ".pulumi");
}

/** @param {string} folder */
export function enginePath(folder) {
  return join(folder, `pulumi${EXE}`);
}

/**
 * An engine without the language host beside it can not run a program: npm's `pulumi` on PATH, for one, is a script alone.
 * @param {string} folder
 */
export function isEngineFolder(folder) {
  return isExecutable(enginePath(folder)) && isExecutable(join(folder, `pulumi-language-nodejs${EXE}`));
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * The folder of the `pulumi` that a shell would run; behind a link when the language host is there.
 * @param {NodeJS.ProcessEnv} env
 * @returns {string | undefined}
 */
export function folderOnPath(env) {
  const folder = (env.PATH ?? "").split(delimiter).find((entry) => entry !== "" && isExecutable(enginePath(entry)));
  if (folder === undefined || isEngineFolder(folder)) return folder;
  return dirname(realpathSync(enginePath(folder)));
}

/**
 * The newest usable engine under $PULUMI_HOME/versions, where this launcher, npm's `pulumi` and the Automation API keep theirs.
 * @param {string} home
 * @returns {{ folder: string, version: string } | undefined}
 */
export function newestInHome(home) {
  const versions = join(home, "versions");
  if (!existsSync(versions)) return undefined;
  return readdirSync(versions)
    .filter((name) => parseVersion(name) !== undefined && isNewEnough(name))
    .sort((left, right) => compareVersions(right, left))
    .map((version) => ({ version, folder: join(versions, version, "bin") }))
    .find(({ folder }) => isEngineFolder(folder));
}

/**
 * Lets `work` fill a folder beside the versions and moves it to its place in one step, so that nobody ever meets half an engine.
 * @param {string} home
 * @param {string} version
 * @param {(workshop: string) => Promise<string>} work returns the folder (inside the workshop) that becomes versions/<version>
 */
export async function installVersion(home, version, work) {
  const versions = join(home, "versions");
  mkdirSync(versions, { recursive: true });
  for (const name of readdirSync(versions)) {
    // What a killed launcher has left. The caller holds the lock, but another version may be in the making.
    if (name.startsWith(WORKSHOP) && !isAlive(Number(name.slice(WORKSHOP.length)))) remove(join(versions, name));
  }
  const workshop = join(versions, `${WORKSHOP}${process.pid}`);
  remove(workshop);
  mkdirSync(workshop, { recursive: true });
  try {
    const made = await work(workshop);
    const target = join(versions, version);
    if (existsSync(target)) renameSync(target, join(workshop, "half-installed"));
    renameSync(made, target);
  } finally {
    remove(workshop);
  }
}

/** @param {string} folder */
function remove(folder) {
  rmSync(folder, { recursive: true, force: true });
}
