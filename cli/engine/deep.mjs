import { delimiter, join } from "node:path";

/**
 * Kills deployments at every point there is. Hours on a small machine: it can be cut into shards, and goes on where it was ended.
 * @param {import("./deploy.mjs").Job} job
 * @param {readonly string[]} args
 * @returns {Promise<number>}
 */
export async function deep({ supervisor, root, engine }, args) {
  const env = { ...process.env, PATH: [engine, process.env.PATH].filter(Boolean).join(delimiter) };
  const { code } = await supervisor.run(process.execPath, ["--import", "tsx", join("tests", "kill", "main.ts"), ...args], { cwd: root, env, grace: 15_000 });
  return code;
}
