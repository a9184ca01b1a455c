import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { SANDBOX_STACK, hasFlag, pulumiArguments, takeStack } from "./arguments.mjs";
import { closingDoors, doorsLine } from "./doors.mjs";
import { sandboxFolders, stackEnvironment } from "./environment.mjs";
import { enginePath } from "./home.mjs";
import { say } from "./progress.mjs";
import { recoverHint } from "./recover.mjs";
import { mendTornState, releaseDeadLocks } from "./stale-lock.mjs";
import { watchStandstill } from "./standstill.mjs";

/**
 * What the engine gets between an interrupt and its end when the launcher is killed. A real cloud needs longer to finish what it
 * is doing, and what is not finished is an orphan that somebody pays for.
 */
const GRACE = { sandbox: 15_000, cloud: 120_000 };

/**
 * @typedef {object} Job
 * @property {import("./supervisor.mjs").Supervisor} supervisor
 * @property {string} root
 * @property {string} engine folder of the engine
 */

/**
 * Runs one Pulumi command with what belongs before and after it; the result is Pulumi's exit code.
 * @param {Job} job
 * @param {import("./arguments.mjs").PulumiCommand} command
 * @param {readonly string[]} args
 * @returns {Promise<number>}
 */
export async function deploy(job, command, args) {
  const { supervisor, root } = job;
  const { stack, rest } = takeStack(args);
  const env = stackEnvironment(root, stack, job.engine, process.env);
  if (hasFlag(rest, "--help", "-h")) {
    return (await supervisor.run(enginePath(job.engine), [command, "--help"], { cwd: root, env })).code;
  }
  // Standard output is the engine's where a program reads it.
  const machine = hasFlag(rest, "--json", "-j");
  if (stack === SANDBOX_STACK) {
    const obstacle = await prepareSandbox(job, command, rest, env);
    if (obstacle !== 0) return obstacle;
  }
  const { code, log } = await logged(job, command, stack, rest, env);
  if (command === "preview" && code === 0) {
    const line = `${doorsLine(closingDoors(log))}\n`;
    if (machine) process.stderr.write(line);
    else process.stdout.write(line);
  }
  await supervisor.sweep();
  if (command !== "preview") await summary(job, stack, env, machine);
  // The summary shows what stands, also what stood before: without this line a failed run would end like a good one.
  if (code !== 0 && command !== "preview") process.stderr.write(`\n${command} FAILED (exit code ${code}): the reason stands above the summary.\n${recoverHint(log, stack)}`);
  return code;
}

/**
 * @param {Job} job
 * @param {import("./arguments.mjs").PulumiCommand} command
 * @param {string} stack
 * @param {readonly string[]} rest
 * @param {NodeJS.ProcessEnv} env
 */
async function pulumi({ supervisor, root, engine }, command, stack, rest, env) {
  const grace = stack === SANDBOX_STACK ? GRACE.sandbox : GRACE.cloud;
  const { code, output } = await supervisor.run(enginePath(engine), pulumiArguments(root, command, stack, rest), { cwd: root, env, grace });
  if (code === 127) throw new Error(`${enginePath(engine)} could not be started: ${output || "no such file"}`);
  return code;
}

/**
 * The same, and what the engine writes down of it beside what it shows, which stays as it is.
 * @param {Job} job
 * @param {import("./arguments.mjs").PulumiCommand} command
 * @param {string} stack
 * @param {readonly string[]} rest
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ code: number, log: string }>}
 */
async function logged(job, command, stack, rest, env) {
  const folder = mkdtempSync(join(tmpdir(), "secure-winrm-"));
  const file = join(folder, "events.json");
  const unwatch = watchStandstill(file);
  try {
    // The flag is there only with the engine's debugging commands, which do nothing unless asked.
    const code = await pulumi(job, command, stack, ["--event-log", file, ...rest], { ...env, PULUMI_DEBUG_COMMANDS: "true" });
    return { code, log: existsSync(file) ? readFileSync(file, "utf8") : "" };
  } finally {
    unwatch();
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Hosts, verdicts and the inventory, from the state; also after a failed or interrupted run, which may have opened or shut doors.
 * @param {Job} job
 * @param {string} stack
 * @param {NodeJS.ProcessEnv} env
 * @param {boolean} machine
 */
async function summary({ supervisor, root }, stack, env, machine) {
  const args = ["--import", "tsx", join("cli", "main.ts"), "summary", "--stack", stack];
  await supervisor.run(process.execPath, args, { cwd: root, env, stdio: ["ignore", machine ? 2 : "inherit", "inherit"], anyway: true });
}

/**
 * The sandbox's folders, secrets, faults, and stack.
 * @param {Job} job
 * @param {import("./arguments.mjs").PulumiCommand} command
 * @param {readonly string[]} rest
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>}
 */
async function prepareSandbox({ supervisor, root, engine }, command, rest, env) {
  const { state, cloud } = sandboxFolders(root, env);
  mkdirSync(state, { recursive: true });
  mkdirSync(cloud, { recursive: true });
  for (const pid of releaseDeadLocks(state, SANDBOX_STACK)) say(`The last run in the sandbox (process ${pid}) was killed; its lock is released.`);
  if (mendTornState(state, SANDBOX_STACK)) say("The last run was killed while it wrote its state; the state from just before is back.");
  const stackFile = configFile(root, rest);
  const script = join("sandbox", "prepare.ts");
  // Who brings a folder with an account in it (a test) has prepared it.
  const prepared = Boolean(process.env.SECURE_WINRM_SANDBOX) && existsSync(join(cloud, "account.json"));
  if ((command === "up" || command === "preview") && !prepared && existsSync(join(root, script))) {
    const args = ["--import", "tsx", script, stackFile, cloud];
    const { code } = await supervisor.run(process.execPath, args, { cwd: root, env, stdio: ["ignore", 2, "inherit"] });
    if (code !== 0) return code;
  }
  if (existsSync(join(state, ".pulumi", "stacks", "secure-winrm", `${SANDBOX_STACK}.json`))) return 0;
  const before = existsSync(stackFile) ? readFileSync(stackFile) : undefined;
  const args = ["stack", "init", SANDBOX_STACK, "--no-select", "--non-interactive", "-C", join(root, "sandbox")];
  const { code, output } = await supervisor.run(enginePath(engine), args, { cwd: root, env, quiet: true });
  // The file has its salt. Should an engine write it anew all the same, the checked-out one stays.
  if (before?.includes("encryptionsalt:") && !before.equals(readFileSync(stackFile))) writeFileSync(stackFile, before);
  if (code !== 0) process.stderr.write(output);
  return code;
}

/**
 * @param {string} root
 * @param {readonly string[]} rest
 */
function configFile(root, rest) {
  const index = rest.findIndex((arg) => arg === "--config-file" || arg.startsWith("--config-file="));
  const named = index < 0 ? undefined : (rest[index]?.split("=")[1] ?? rest[index + 1]);
  return named === undefined ? join(root, "stacks", `Pulumi.${SANDBOX_STACK}.yaml`) : resolve(root, "sandbox", named);
}
