import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, delimiter, join } from "node:path";
import { seconds } from "./progress.mjs";
import { Turnstile } from "./turnstile.mjs";
import { ensureAnsible } from "./venv.mjs";

const SPECS = "tests/**/*.spec.ts";
const ENGINE_SPECS = "tests/engine/**/*.spec.ts";
/** Far beyond what a run takes: for the test that never ends. */
const TIMEOUT = 1_200_000;

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/**
 * Everything that is checked, in two lanes that share the engine's tests, which wait for processes most of the time, or with arguments just the
 * tests that mocha chooses by them. The last line counts; the result is the exit code.
 * @param {import("./deploy.mjs").Job} job
 * @param {readonly string[]} args
 * @returns {Promise<number>}
 */
export async function test(job, args) {
  const start = Date.now();
  const scratch = mkdtempSync(join(tmpdir(), "secure-winrm-"));
  try {
    const bench = new Bench(job, scratch);
    await (args.length > 0 ? bench.chosen(args) : bench.everything());
    process.stdout.write(`\nin ${seconds(start)}\n${countsLine(bench.counts)}\n`);
    return bench.counts.failed === 0 ? 0 : 1;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * @param {Counts} counts
 * @returns {string}
 */
export function countsLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

/**
 * What a mocha process adds to the counts. One that counts no test, or ends badly without a failed test, has failed itself.
 * @param {Counts | undefined} counted undefined: it ended before it could count
 * @param {number} code
 * @returns {{ counts: Counts, complaint?: string }}
 */
export function judge(counted, code) {
  const counts = counted ?? { passed: 0, failed: 0, skipped: 0 };
  const fails = (/** @type {string} */ complaint) => ({ counts: { ...counts, failed: counts.failed + 1 }, complaint });
  if (counted === undefined) return fails(`mocha ended with ${code} before all tests had run`);
  if (counts.passed + counts.failed + counts.skipped === 0) return fails("no test ran");
  if (code !== 0 && counts.failed === 0) return fails(`mocha ended with ${code}, although no test failed`);
  return { counts };
}

/**
 * The longest first, going by size, so that no lane waits long for the other in the end.
 * @param {string} root
 */
function engineSpecs(root) {
  const folder = join("tests", "engine");
  if (!existsSync(join(root, folder))) return [];
  const files = readdirSync(join(root, folder)).filter((name) => name.endsWith(".spec.ts")).map((name) => join(folder, name));
  const size = (/** @type {string} */ file) => statSync(join(root, file)).size;
  return files.sort((a, b) => size(b) - size(a) || a.localeCompare(b));
}

class Bench {
  /** @type {Counts} */
  counts = { passed: 0, failed: 0, skipped: 0 };
  #turnstile = new Turnstile((text) => process.stdout.write(text));

  /**
   * @param {import("./deploy.mjs").Job} job
   * @param {string} scratch
   */
  constructor(job, scratch) {
    this.job = job;
    this.scratch = scratch;
    this.env = { ...process.env, PATH: [job.engine, process.env.PATH].filter(Boolean).join(delimiter) };
  }

  /** @param {readonly string[]} args */
  async chosen(args) {
    const ansible = ensureAnsible(this.job.supervisor, this.job.root);
    await this.#mocha("tests", this.#turnstile.place(), args, ansible);
  }

  async everything() {
    const { supervisor, root } = this.job;
    const ansible = ensureAnsible(supervisor, root);
    const rooms = ["components", "cli", "sandbox", "tests", "bench", "index.ts"].filter((name) => existsSync(join(root, name)));
    const borders = ["--config", ".dependency-cruiser.cjs", "--output-type", "err", ...rooms];
    const tsc = join("typescript", "bin", "tsc");
    /** @type {[string, ReturnType<Turnstile["place"]>, string[][]][]} */
    const checks = [
      ["type check", this.#turnstile.place(), [[tsc, "-p", "."], [tsc, "-p", join("cli", "engine")]]],
      ["lint", this.#turnstile.place(), [[join("eslint", "bin", "eslint.js"), "."]]],
      ["borders", this.#turnstile.place(), [[join("dependency-cruiser", "bin", "dependency-cruise.mjs"), ...borders]]],
    ];
    const unit = this.#turnstile.place();
    const waiting = engineSpecs(root).map((file) => ({ file, place: this.#turnstile.place() }));
    const engine = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        await this.#mocha(`engine tests, ${basename(next.file, ".spec.ts")}`, next.place, ["--forbid-only", next.file], ansible);
      }
    };
    await Promise.all([
      (async () => {
        for (const [name, place, commands] of checks) await this.#check(name, place, commands);
        await this.#mocha("tests", unit, ["--forbid-only", "--ignore", ENGINE_SPECS, SPECS], ansible);
        await engine();
      })(),
      engine(),
    ]);
  }

  /**
   * @param {string} name
   * @param {ReturnType<Turnstile["place"]>} place
   * @param {readonly string[][]} commands that all have to succeed
   */
  async #check(name, place, commands) {
    place.write(`\n${name}\n`);
    let ok = true;
    for (const args of commands) ok = (await this.#node(args, place, this.env)) === 0 && ok;
    place.write(ok ? "  passed\n" : "  failed\n");
    place.end();
    this.#add(ok ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 });
  }

  /**
   * @param {string} name
   * @param {ReturnType<Turnstile["place"]>} place
   * @param {readonly string[]} args
   * @param {Promise<string | undefined>} ansible
   */
  async #mocha(name, place, args, ansible) {
    const obstacle = await ansible;
    const file = join(this.scratch, `${name}.json`);
    const env = { ...this.env, SECURE_WINRM_TEST_COUNTS: file, ...(obstacle && { SECURE_WINRM_NO_ANSIBLE: obstacle }) };
    const look = [process.stdout.isTTY ? "--color" : "--no-color", "--reporter", join("cli", "engine", "mocha-reporter.cjs")];
    place.write(`\n${name}\n`);
    const code = await this.#node([join("mocha", "bin", "mocha.js"), ...look, ...args], place, env);
    const { counts, complaint } = judge(existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined, code);
    if (complaint) place.write(`  ${name}: ${complaint}\n`);
    place.end();
    this.#add(counts);
  }

  /**
   * @param {readonly string[]} args the first: a script in node_modules
   * @param {ReturnType<Turnstile["place"]>} place
   * @param {NodeJS.ProcessEnv} env
   */
  async #node([script = "", ...args], place, env) {
    const { supervisor, root } = this.job;
    const decoder = new TextDecoder();
    const { code, timedOut } = await supervisor.run(process.execPath, [join(root, "node_modules", script), ...args], {
      cwd: root,
      env,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: TIMEOUT,
      grace: 5_000,
      onOutput: (chunk) => place.write(decoder.decode(chunk, { stream: true })),
    });
    if (timedOut) place.write(`  ended: it was not done after ${TIMEOUT / 60_000} minutes\n`);
    return code;
  }

  /** @param {Counts} more */
  #add(more) {
    for (const key of /** @type {const} */ (["passed", "failed", "skipped"])) this.counts[key] += more[key];
  }
}
