/**
 * What every `npm run` of this project starts. It runs before node_modules exists: no dependencies, plain JavaScript.
 *
 *   up | preview | refresh | destroy [-- PULUMI ARGUMENTS]   on the sandbox stack, or on the one that --stack names
 *   recover [-- --stack NAME --yes]                          after a deployment that was cut off: state and cloud know the same again
 *   pulumi ARGUMENTS                                         Pulumi itself, on stacks of your own (login, stack init, ...)
 *   cli ARGUMENTS                                            the project's own commands
 *   test [MOCHA ARGUMENTS]                                   everything that is checked, or the tests that the arguments choose
 *   test:deep [--shard 1/4 --only TEXT | --lost]             kills deployments at every point; hours; goes on where it was ended
 *   test:guest                                               the guest script alone; its handlers where PowerShell and Pester 5 are found
 *   bench [--clouds aws --hosts 1,10 --rounds N --anew]      what a preview costs, against other programs
 */
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { PULUMI_COMMANDS, hasFlag, takeStack } from "./engine/arguments.mjs";
import { bench } from "./engine/bench.mjs";
import { deep } from "./engine/deep.mjs";
import { deploy } from "./engine/deploy.mjs";
import { stackEnvironment } from "./engine/environment.mjs";
import { enginePath } from "./engine/home.mjs";
import { obtainEngine } from "./engine/obtain.mjs";
import { ensurePackages } from "./engine/packages.mjs";
import { say } from "./engine/progress.mjs";
import { recover } from "./engine/recover.mjs";
import { Supervisor, exitCodeOf } from "./engine/supervisor.mjs";
import { test } from "./engine/test.mjs";

const root = resolve(fileURLToPath(new URL("..", import.meta.url)));
const [command = "", ...args] = process.argv.slice(2);
/** As package.json has it, which npm only warns of. */
const OLDEST_NODE = { major: 20, minor: 19 };
const supervisor = new Supervisor();

/** @returns {Promise<number>} */
async function main() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < OLDEST_NODE.major || (major === OLDEST_NODE.major && minor < OLDEST_NODE.minor)) {
    say(`Node.js ${process.versions.node} is too old: install ${OLDEST_NODE.major}.${OLDEST_NODE.minor} or newer (https://nodejs.org/).`);
    return 1;
  }
  const deployment = PULUMI_COMMANDS.find((name) => name === command);
  if (deployment) {
    await ensurePackages(supervisor, root);
    return deploy({ supervisor, root, engine: await obtainEngine(supervisor) }, deployment, args);
  }
  if (command === "recover") {
    await ensurePackages(supervisor, root);
    return recover({ supervisor, root, engine: await obtainEngine(supervisor) }, args);
  }
  if (command === "pulumi") {
    await ensurePackages(supervisor, root);
    const engine = await obtainEngine(supervisor);
    const env = stackEnvironment(root, "", engine, process.env);
    return (await supervisor.run(enginePath(engine), args, { cwd: root, env })).code;
  }
  if (command === "cli") {
    await ensurePackages(supervisor, root);
    return ownCommand();
  }
  if (command === "test") {
    await ensurePackages(supervisor, root);
    return test({ supervisor, root, engine: await obtainEngine(supervisor) }, args);
  }
  if (command === "test:deep") {
    await ensurePackages(supervisor, root);
    return deep({ supervisor, root, engine: await obtainEngine(supervisor) }, args);
  }
  if (command === "test:guest") {
    await ensurePackages(supervisor, root);
    return (await supervisor.run(process.execPath, [join("node_modules", "mocha", "bin", "mocha.js"), "tests/guest/*.spec.ts"], { cwd: root, env: process.env })).code;
  }
  if (command === "bench") {
    await ensurePackages(supervisor, root);
    return bench({ supervisor, root, engine: await obtainEngine(supervisor) }, args);
  }
  say(`Unknown command ${command || "(none)"}: expected one of ${PULUMI_COMMANDS.join(", ")}, recover, pulumi, cli, test, test:deep, test:guest, bench.`);
  return 2;
}

async function ownCommand() {
  const help = args.length === 0 || hasFlag(args, "--help", "-h", "help", "--version");
  const engine = help ? undefined : await obtainEngine(supervisor);
  const env = stackEnvironment(root, takeStack(args).stack, engine, process.env);
  const { code } = await supervisor.run(process.execPath, ["--import", "tsx", join("cli", "main.ts"), ...args], { cwd: root, env });
  return code;
}

try {
  process.exitCode = await main();
} catch (error) {
  // What an interrupt has cut short fails in its own words; the user knows why.
  if (supervisor.interrupted) process.exitCode = exitCodeOf(supervisor.interrupted);
  else {
    say(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
} finally {
  await supervisor.close();
}
