import { existsSync } from "node:fs";
import { join } from "node:path";
import { buildEngine } from "./build.mjs";
import { DOWNLOAD_SOURCE, downloadEngine } from "./download.mjs";
import { enginePath, folderOnPath, isEngineFolder, newestInHome, pulumiHome } from "./home.mjs";
import { withLock } from "./lock.mjs";
import { Interrupted } from "./supervisor.mjs";
import { OLDEST_ENGINE, isNewEnough } from "./version.mjs";

/**
 * The folder with a usable engine and its language host: one that is there, else one that is fetched, else one that is built.
 * @param {import("./supervisor.mjs").Supervisor} supervisor
 * @returns {Promise<string>}
 */
export async function obtainEngine(supervisor) {
  const home = pulumiHome(process.env);
  /** @type {string[]} */
  const tried = [];
  const present = await findEngine(supervisor, home, tried);
  if (present !== undefined) return present;
  const lock = join(home, "versions", ".secure-winrm.lock");
  return withLock(lock, "it obtains the Pulumi engine", async () => {
    const meanwhile = newestInHome(home);
    if (meanwhile) return meanwhile.folder;
    for (const [what, obtain] of /** @type {const} */ ([
      [`download by ${DOWNLOAD_SOURCE}`, downloadEngine],
      ["build from Go modules", buildEngine],
    ])) {
      const obstacle = await obtain(supervisor, home);
      if (supervisor.interrupted) throw new Interrupted(supervisor.interrupted);
      if (obstacle !== undefined) tried.push(`${what}: ${obstacle}`);
      const found = newestInHome(home);
      if (found) return found.folder;
    }
    throw new Error(noEngine(tried, home));
  });
}

/**
 * @param {import("./supervisor.mjs").Supervisor} supervisor
 * @param {string} home
 * @param {string[]} tried gets a line for each place without a usable one
 * @returns {Promise<string | undefined>}
 */
async function findEngine(supervisor, home, tried) {
  const places = [
    { what: "`pulumi` on PATH", folder: folderOnPath(process.env) },
    { what: join(home, "bin"), folder: existsSync(join(home, "bin")) ? join(home, "bin") : undefined },
  ];
  for (const { what, folder } of places) {
    if (folder === undefined) tried.push(`${what}: none`);
    else if (!isEngineFolder(folder)) tried.push(`${what}: ${folder} holds no pulumi with a pulumi-language-nodejs beside it`);
    else {
      const version = await versionOf(supervisor, folder);
      if (isNewEnough(version)) return folder;
      tried.push(`${what}: ${enginePath(folder)} is ${version || "broken"}, ${OLDEST_ENGINE} or newer is needed`);
    }
  }
  tried.push(`${join(home, "versions")}: none from ${OLDEST_ENGINE} on`);
  return newestInHome(home)?.folder;
}

/**
 * @param {import("./supervisor.mjs").Supervisor} supervisor
 * @param {string} folder
 */
async function versionOf(supervisor, folder) {
  const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
  const { code, output } = await supervisor.run(enginePath(folder), ["version"], { env, quiet: true, timeout: 20_000 });
  return code === 0 ? (output.trim().split("\n").pop() ?? "") : "";
}

/**
 * @param {readonly string[]} tried
 * @param {string} home
 */
export function noEngine(tried, home) {
  return [
    "No Pulumi engine could be obtained.",
    "Tried:",
    ...tried.map((line) => `  - ${line}`),
    "Any one of these mends it:",
    `  - install Pulumi ${OLDEST_ENGINE} or newer (https://www.pulumi.com/docs/install/), so that \`pulumi\` is on PATH`,
    "  - let this machine reach https://get.pulumi.com (behind a proxy: HTTPS_PROXY and, with Node 22.21 or newer, NODE_USE_ENV_PROXY=1)",
    "  - install Go 1.24 or newer and let it reach a module proxy (GOPROXY)",
    `  - copy ${join(home, "versions", "<version>")} from a machine with the same system to this one`,
  ].join("\n");
}
