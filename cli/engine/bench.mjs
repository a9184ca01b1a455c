import { join } from "node:path";
import { SANDBOX_STACK } from "./arguments.mjs";
import { stackEnvironment } from "./environment.mjs";

/**
 * Measures previews, in the sandbox's environment but in a cloud and a backend of their own. The result is the exit code.
 * @param {import("./deploy.mjs").Job} job
 * @param {readonly string[]} args
 * @returns {Promise<number>}
 */
export async function bench({ supervisor, root, engine }, args) {
  const folder = join(root, ".sandbox", "bench");
  const own = { ...process.env, SECURE_WINRM_STATE: join(folder, "state"), SECURE_WINRM_SANDBOX: join(folder, "cloud") };
  const env = stackEnvironment(root, SANDBOX_STACK, engine, own);
  const { code } = await supervisor.run(process.execPath, ["--import", "tsx", join("bench", "main.ts"), ...args], { cwd: root, env });
  return code;
}
