import { delimiter, join } from "node:path";

/**
 * Kills deployments at every point there is. Hours on a small machine: it can be cut into shards, and goes on where it was ended.
 * With `--lost` it loses the answer to an operation on each type of resource instead.
 * @param {import("./deploy.mjs").Job} job
 * @param {readonly string[]} args
 * @returns {Promise<number>}
 */
export async function deep({ supervisor, root, engine }, args) {
  const env = { ...process.env, PATH: [engine, process.env.PATH].filter(Boolean).join(delimiter) };
  const lost = args.includes("--lost");
  const script = join("tests", lost ? "trouble" : "kill", "main.ts");
  const { code } = await supervisor.run(process.execPath, ["--import", "tsx", script, ...args.filter((arg) => arg !== "--lost")], { cwd: root, env, grace: 15_000 });
  return code;
}
