import { join } from "node:path";
import { installVersion, isEngineFolder } from "./home.mjs";
import { npmCommand } from "./packages.mjs";
import { withProgress } from "./progress.mjs";

/** The oldest release of npm's `pulumi` package; the engine that it downloads has the same number. */
export const DOWNLOAD_VERSION = "3.250.0";
export const DOWNLOAD_SOURCE = `the npm package pulumi@${DOWNLOAD_VERSION}`;
const INSTALLER = "https://get.pulumi.com/install.sh";
const PROBE_TIMEOUT = 5_000;
const DOWNLOAD_TIMEOUT = 600_000;

/**
 * Lets the official npm package download its engine. Returns why it did not, or undefined.
 * @param {import("./supervisor.mjs").Supervisor} supervisor
 * @param {string} home
 * @returns {Promise<string | undefined>}
 */
export async function downloadEngine(supervisor, home) {
  // The package waits for minutes where a firewall swallows its request: ask first, with little patience.
  const obstacle = await probe();
  if (obstacle !== undefined) return `${new URL(INSTALLER).host} can not be reached (${obstacle})`;
  try {
    await withProgress(`downloading the Pulumi engine ${DOWNLOAD_VERSION} (${DOWNLOAD_SOURCE})`, () =>
      installVersion(home, DOWNLOAD_VERSION, (workshop) => download(supervisor, workshop)),
    );
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** @returns {Promise<string | undefined>} */
async function probe() {
  try {
    const answer = await fetch(INSTALLER, { method: "HEAD", signal: AbortSignal.timeout(PROBE_TIMEOUT) });
    return answer.ok ? undefined : `HTTP ${answer.status}`;
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return cause instanceof Error ? cause.message : String(cause);
  }
}

/**
 * @param {import("./supervisor.mjs").Supervisor} supervisor
 * @param {string} workshop
 */
async function download(supervisor, workshop) {
  const [npm, ...first] = npmCommand(process.env);
  const args = [...first, "exec", "--yes", `--package=pulumi@${DOWNLOAD_VERSION}`, "--", "pulumi", "version"];
  const { code, output, timedOut } = await supervisor.run(npm, args, {
    cwd: workshop, // away from the project: npm would look for a `pulumi` of its own first
    quiet: true,
    timeout: DOWNLOAD_TIMEOUT,
    env: { ...process.env, PULUMI_HOME: workshop, PULUMI_VERSION: DOWNLOAD_VERSION, PULUMI_SKIP_UPDATE_CHECK: "true" },
  });
  if (timedOut) throw new Error(`it was not done after ${DOWNLOAD_TIMEOUT / 60_000} minutes`);
  if (code !== 0) throw new Error(`it ended with ${code}: ${lastLines(output)}`);
  const made = join(workshop, "versions", DOWNLOAD_VERSION);
  if (!isEngineFolder(join(made, "bin"))) throw new Error("it brought no engine with a language host for Node.js");
  return made;
}

/** @param {string} output */
export function lastLines(output) {
  return output.trim().split("\n").slice(-3).join(" / ");
}
