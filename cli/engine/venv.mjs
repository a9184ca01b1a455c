import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lastLines } from "./download.mjs";
import { withLock } from "./lock.mjs";
import { say } from "./progress.mjs";

/** The inventory test lets the real `ansible-inventory` read what we write. */
const REQUIREMENT = "ansible-core==2.19.*";
const OLDEST_PYTHON = "3.11";
const TIMEOUT = 180_000;

/**
 * Makes .cache/venv with Ansible in it. Returns why there is none, or undefined: the test that needs it then skips and says so.
 * @param {import("./supervisor.mjs").Supervisor} supervisor
 * @param {string} root
 * @returns {Promise<string | undefined>}
 */
export async function ensureAnsible(supervisor, root) {
  const folder = join(root, ".cache", "venv");
  const receipt = join(folder, "installed");
  // A virtual environment has its own path in its scripts: a moved one does not work.
  const content = `${REQUIREMENT} in ${folder}\n`;
  const isThere = () => existsSync(receipt) && readFileSync(receipt, "utf8") === content;
  if (isThere()) return undefined;
  return withLock(join(root, ".cache", "venv.lock"), "it installs Ansible for the tests", async () => {
    if (isThere()) return undefined;
    say(`installing ${REQUIREMENT} for the tests in ${folder} ...`);
    rmSync(folder, { recursive: true, force: true });
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "1", "--timeout", "15", REQUIREMENT];
    const obstacle =
      (await step(supervisor, "python3", ["-c", `import sys; assert sys.version_info >= (${OLDEST_PYTHON.replace(".", ",")}), sys.version`])) ??
      (await step(supervisor, "python3", ["-m", "venv", folder])) ??
      (await step(supervisor, join(folder, "bin", "python"), pip));
    if (obstacle === undefined) writeFileSync(receipt, content);
    else say(`no Ansible for the tests: ${obstacle}`);
    return obstacle;
  });
}

/**
 * @param {import("./supervisor.mjs").Supervisor} supervisor
 * @param {string} command
 * @param {string[]} args
 * @returns {Promise<string | undefined>}
 */
async function step(supervisor, command, args) {
  const { code, output, timedOut } = await supervisor.run(command, args, { quiet: true, timeout: TIMEOUT });
  if (code === 0) return undefined;
  if (code === 127) return `${command} is not there (Python ${OLDEST_PYTHON} or newer is needed)`;
  if (timedOut) return `${command} ${args.slice(0, 3).join(" ")} was not done after ${TIMEOUT / 60_000} minutes`;
  return lastLines(output);
}
