import { chmodSync, copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { lastLines } from "./download.mjs";
import { installVersion, isEngineFolder } from "./home.mjs";
import { say, seconds, withProgress } from "./progress.mjs";

/**
 * A pair that works together and that module proxies serve. The language host is older than the engine because later ones are
 * no plain Go packages any more; it knows no resource hooks and no stack transforms, and this project uses none.
 */
export const BUILD_VERSION = "3.200.0";
const HOST_VERSION = "3.68.0";
const ENGINE = { package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi", version: BUILD_VERSION };
const HOST = { package: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs", version: HOST_VERSION };
const HOST_MODULE = "github.com/pulumi/pulumi/sdk/v3";
/** Policy packs and dynamic providers are started by these. */
const SCRIPTS = ["pulumi-analyzer-policy", "pulumi-resource-pulumi-nodejs"];
const VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";
const STEP_TIMEOUT = 1_200_000;

/**
 * Builds the engine from Go modules. Returns why it did not, or undefined.
 * @param {import("./supervisor.mjs").Supervisor} supervisor
 * @param {string} home
 * @returns {Promise<string | undefined>}
 */
export async function buildEngine(supervisor, home) {
  const go = await supervisor.run("go", ["version"], { quiet: true, timeout: 20_000 });
  if (go.code === 127) return "`go` is not on PATH";
  if (go.code !== 0) return `\`go version\` ended with ${go.code}: ${lastLines(go.output)}`;
  try {
    const start = Date.now();
    say(`building the Pulumi engine ${BUILD_VERSION} from Go modules (once, some minutes):`);
    await installVersion(home, BUILD_VERSION, (workshop) => build(supervisor, workshop));
    say(`  the engine is in ${home}, after ${seconds(start)}`);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * @param {import("./supervisor.mjs").Supervisor} supervisor
 * @param {string} workshop
 */
async function build(supervisor, workshop) {
  const bin = join(workshop, "engine", "bin");
  mkdirSync(bin, { recursive: true });
  const flags = `-s -w -X ${VERSION_VARIABLE}=${BUILD_VERSION}`;
  await buildPackage(supervisor, join(workshop, "cli"), ENGINE, flags, bin);
  const folder = join(workshop, "host");
  await buildPackage(supervisor, folder, HOST, "-s -w", bin);
  const module = (await goStep(supervisor, folder, ["list", "-m", "-f", "{{.Dir}}", HOST_MODULE])).trim().split("\n").pop() ?? "";
  for (const script of SCRIPTS) {
    copyFileSync(join(module, "nodejs", "dist", script), join(bin, script));
    chmodSync(join(bin, script), 0o755); // files of the module cache are read-only and not executable
  }
  if (!isEngineFolder(bin)) throw new Error("the build left no engine");
  return join(workshop, "engine");
}

/**
 * Each binary has a go.mod of its own: `go install PACKAGE@VERSION` refuses modules with replace directives, and the two want
 * different versions of the same module.
 * @param {import("./supervisor.mjs").Supervisor} supervisor
 * @param {string} folder
 * @param {{ package: string, version: string }} what
 * @param {string} flags
 * @param {string} bin
 */
async function buildPackage(supervisor, folder, what, flags, bin) {
  mkdirSync(folder);
  const name = what.package.slice(what.package.lastIndexOf("/") + 1);
  await goStep(supervisor, folder, ["mod", "init", "engine"]);
  await withProgress(`  fetching the modules of ${name} ${what.version}`, () =>
    goStep(supervisor, folder, ["get", `${what.package}@v${what.version}`]),
  );
  await withProgress(`  compiling ${name}`, () =>
    goStep(supervisor, folder, ["build", "-ldflags", flags, "-o", join(bin, name), what.package]),
  );
}

/**
 * @param {import("./supervisor.mjs").Supervisor} supervisor
 * @param {string} folder
 * @param {string[]} args
 */
async function goStep(supervisor, folder, args) {
  const env = { ...process.env, GO111MODULE: "on", GOWORK: "off" };
  const { code, output, timedOut } = await supervisor.run("go", args, { cwd: folder, env, quiet: true, timeout: STEP_TIMEOUT });
  if (timedOut) throw new Error(`\`go ${args[0]}\` was not done after ${STEP_TIMEOUT / 60_000} minutes`);
  if (code !== 0) throw new Error(`\`go ${args.join(" ")}\` ended with ${code}: ${lastLines(output)}`);
  return output;
}
