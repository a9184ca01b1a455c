import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { constants } from "node:os";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** The variable that marks what a launcher has started. A launcher inside another one's work adds its mark to the list. */
const MARK = "SECURE_WINRM_RUN";
/** Ctrl-C under `npm run` reaches us twice (the terminal, npm); Pulumi takes a second one for "terminate at once". */
const SAME_KEYSTROKE = 500;

/** Thrown when a signal ended the work: the launcher then ends too, with the code that shells use for it. */
export class Interrupted extends Error {
  /** @param {NodeJS.Signals} signal */
  constructor(signal) {
    super(`interrupted by ${signal}`);
    this.signal = signal;
  }
}

/** @param {NodeJS.Signals} signal */
export function exitCodeOf(signal) {
  return 128 + (constants.signals[signal] ?? 1);
}

/**
 * @typedef {object} Work
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {import("node:child_process").StdioOptions} [stdio]
 * @property {boolean} [quiet] not of interest to the user: output is collected, the terminal is not shared
 * @property {boolean} [anyway] also after a signal has asked the launcher to end
 * @property {number} [grace] milliseconds between SIGINT and SIGKILL when the launcher is killed
 * @property {number} [timeout] milliseconds
 * @property {(chunk: Buffer) => void} [onOutput] with piped output: gets it as it comes
 *
 * @typedef {{ code: number, signal: NodeJS.Signals | null, output: string, timedOut: boolean }} Outcome
 */

/** Starts every process of the launcher, passes signals on, and leaves none behind. */
export class Supervisor {
  #marker = randomBytes(12).toString("hex");
  /** @type {Map<import("node:child_process").ChildProcess, { shared: boolean, group: boolean }>} */
  #children = new Map();
  /** @type {import("node:child_process").ChildProcess | undefined} */
  #reaper;
  #lastSignal = 0;
  /** @type {NodeJS.Signals | undefined} the signal that has asked the launcher itself to end */
  interrupted;

  constructor() {
    for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
      process.on(signal, () => this.#forward(signal));
    }
  }

  /**
   * Runs a command to its end. Never throws for the command's own failure: that is in the outcome.
   * @param {string} command
   * @param {readonly string[]} args
   * @param {Work} [work]
   * @returns {Promise<Outcome>}
   */
  async run(command, args, work = {}) {
    if (this.interrupted && !work.anyway) throw new Interrupted(this.interrupted);
    this.#startReaper();
    // In a terminal a child in a group of its own could not ask its user. Elsewhere the own group makes sure that a signal
    // to ours reaches it once, through us.
    const shared = !work.quiet && process.stdin.isTTY === true;
    const child = spawn(command, args, {
      cwd: work.cwd,
      env: this.#marked(work.env ?? process.env),
      stdio: work.quiet ? ["ignore", "pipe", "pipe"] : (work.stdio ?? "inherit"),
      detached: !shared && process.platform !== "win32",
    });
    this.#children.set(child, { shared, group: work.quiet === true });
    if (child.pid !== undefined) this.#tell(`watch ${child.pid} ${work.grace ?? 0}`);
    try {
      return await outcome(child, work, () => this.#kill(child, "SIGTERM"));
    } finally {
      this.#children.delete(child);
    }
  }

  /** Ends what the finished work has left behind, and waits until it is gone. */
  async sweep() {
    const reaper = this.#reaper;
    if (!reaper?.stdout) return;
    const lines = createInterface({ input: reaper.stdout });
    const swept = new Promise((resolve) => {
      lines.once("line", resolve);
      reaper.once("exit", resolve);
    });
    this.#tell("sweep");
    await swept;
    lines.close();
  }

  /** The last thing that the launcher does. */
  async close() {
    const reaper = this.#reaper;
    if (!reaper) return;
    await this.sweep();
    const gone = new Promise((resolve) => reaper.once("exit", resolve));
    this.#tell("bye");
    reaper.stdin?.end();
    if (reaper.exitCode === null && reaper.signalCode === null) await gone;
  }

  #startReaper() {
    if (this.#reaper || process.platform === "win32") return;
    const script = fileURLToPath(new URL("./reaper.mjs", import.meta.url));
    this.#reaper = spawn(process.execPath, [script, this.#marker], { detached: true, stdio: ["pipe", "pipe", "ignore"] });
    this.#reaper.stdin?.on("error", () => {}); // it has been killed: then there is nobody to tell
  }

  /** @param {string} line */
  #tell(line) {
    this.#reaper?.stdin?.write(`${line}\n`);
  }

  /**
   * @param {NodeJS.ProcessEnv} env
   * @returns {NodeJS.ProcessEnv}
   */
  #marked(env) {
    return { ...env, [MARK]: [process.env[MARK], this.#marker].filter(Boolean).join(",") };
  }

  /** @param {NodeJS.Signals} signal */
  #forward(signal) {
    this.interrupted ??= signal;
    const again = Date.now() - this.#lastSignal < SAME_KEYSTROKE;
    this.#lastSignal = Date.now();
    if (this.#children.size === 0) return void this.close().then(() => process.exit(exitCodeOf(signal)));
    for (const [child, { shared }] of this.#children) {
      // The terminal has sent its SIGINT to the whole group itself.
      if (!again && !(shared && signal === "SIGINT")) this.#kill(child, signal === "SIGHUP" ? "SIGINT" : signal);
    }
  }

  /**
   * @param {import("node:child_process").ChildProcess} child
   * @param {NodeJS.Signals} signal
   */
  #kill(child, signal) {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const group = this.#children.get(child)?.group === true && process.platform !== "win32";
    try {
      process.kill(group ? -child.pid : child.pid, signal);
    } catch {
      // It has just ended.
    }
  }
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @param {Work} work
 * @param {() => void} end
 * @returns {Promise<Outcome>}
 */
function outcome(child, work, end) {
  return new Promise((resolve) => {
    let output = "";
    let timedOut = false;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (/** @type {Buffer} */ chunk) => {
        if (work.onOutput) work.onOutput(chunk);
        else output = (output + chunk.toString()).slice(-200_000);
      });
    }
    const timer = work.timeout === undefined ? undefined : setTimeout(() => ((timedOut = true), end()), work.timeout);
    // A command that is not there ends in `error` alone; one that ran ends in `exit`. The streams may stay open for as long as
    // something that outlived it holds them, so `close` gets a moment only.
    child.on("error", (error) => (clearTimeout(timer), resolve({ code: 127, signal: null, output: error.message, timedOut })));
    child.on("exit", (code, signal) => {
      clearTimeout(timer);
      const done = () => resolve({ code: code ?? exitCodeOf(signal ?? "SIGKILL"), signal, output, timedOut });
      const late = setTimeout(done, 1_000);
      child.on("close", () => (clearTimeout(late), done()));
    });
  });
}
