import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { Offspring, parsePs, parseStat } from "../../cli/engine/process-table.mjs";

const ROOT = join(__dirname, "..", "..");

/** An engine as bad as the real one at its worst: what it starts has sessions of its own, and one even an empty environment. */
const FAKE_ENGINE = `#!${process.execPath}
const { spawn } = require("node:child_process");
const { appendFileSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
if (process.argv[2] === "version") { console.log("v3.200.0"); process.exit(0); }
if (process.argv[2] === "stack") process.exit(0);
const away = { detached: true, stdio: "ignore" };
spawn(process.execPath, [join(__dirname, "plugin.cjs"), "marked"], away).unref();
spawn(process.execPath, [join(__dirname, "plugin.cjs"), "bare"], { ...away, env: {} }).unref();
const seen = join(__dirname, "signals");
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => {
  appendFileSync(seen, signal + "\\n");
  if (!process.env.FAKE_STUBBORN) setTimeout(() => process.exit(5), 300);
});
writeFileSync(join(__dirname, "pid"), String(process.pid));
setTimeout(() => process.exit(3), Number(process.env.FAKE_RUNS ?? 60000));
`;
/** Lives on when asked politely, as a language host in the middle of something may. */
const PLUGIN = `process.on("SIGTERM", () => {}); setTimeout(() => {}, 120000);`;

describe("no process stays behind", function () {
  if (process.platform === "win32") return;
  let folder = "";
  let launcher: ChildProcess | undefined;
  let shown = "";

  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), "secure-winrm-")));
    cpSync(join(ROOT, "cli", "engine"), join(folder, "cli", "engine"), { recursive: true });
    cpSync(join(ROOT, "cli", "run.mjs"), join(folder, "cli", "run.mjs"));
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
    mkdirSync(join(folder, "bin"));
    writeFileSync(join(folder, "cli", "main.ts"), "console.log(`summary of ${process.argv[4]}`);\n");
    writeFileSync(join(folder, "bin", "plugin.cjs"), PLUGIN);
    for (const [name, text] of [["pulumi", FAKE_ENGINE], ["pulumi-language-nodejs", "#!/bin/sh\n"]] as const) {
      writeFileSync(join(folder, "bin", name), text);
      chmodSync(join(folder, "bin", name), 0o755);
    }
  });

  afterEach(() => {
    // Only after a red test: what is left is found by the path of this test's own folder.
    for (const pid of ours()) process.kill(pid, "SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  /** Everything that runs from this test's folder: launcher, reaper, engine, plugins. */
  function ours(): number[] {
    const lines = execFileSync("ps", ["-axww", "-o", "pid=,stat=,args="], { encoding: "utf8" }).split("\n");
    return lines.filter((line) => line.includes(`${folder}/`) && !/^\s*\d+\s+Z/.test(line)).map((line) => Number.parseInt(line, 10));
  }

  async function until(what: string, holds: () => boolean, patience = 20_000): Promise<void> {
    for (const start = Date.now(); !holds(); await sleep(50)) {
      if (Date.now() - start > patience) expect.fail(`${what}; still there: ${ours().join(", ")}; shown: ${shown}`);
    }
  }

  /** Starts `up` on the fake engine and waits until engine, plugins and reaper stand. */
  async function up(env: NodeJS.ProcessEnv = {}, args: string[] = []): Promise<{ engine: number; ended: Promise<number | null> }> {
    const path = [join(folder, "bin"), process.env.PATH].join(delimiter);
    const child = spawn(process.execPath, [join(folder, "cli", "run.mjs"), "up", ...args], {
      env: { ...process.env, SECURE_WINRM_SANDBOX: "", SECURE_WINRM_STATE: "", ...env, PATH: path },
      stdio: ["ignore", "pipe", "pipe"],
    });
    launcher = child;
    shown = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (shown += chunk.toString()));
    const ended = new Promise<number | null>((resolve) => child.on("exit", (code) => resolve(code)));
    const pid = join(folder, "bin", "pid");
    await until("the engine starts", () => existsSync(pid) && readFileSync(pid, "utf8") !== "" && ours().length === 5);
    await sleep(1_200); // the plugin without environment is known by descent alone: once the reaper has looked
    return { engine: Number(readFileSync(pid, "utf8")), ended };
  }
  const signals = () => (existsSync(join(folder, "bin", "signals")) ? readFileSync(join(folder, "bin", "signals"), "utf8").trim().split("\n") : []);

  it("when the engine is killed", async () => {
    const { engine, ended } = await up();
    process.kill(engine, "SIGKILL");
    expect(await ended).to.equal(137);
    expect(ours()).to.deep.equal([]);
    expect(shown).to.contain("summary of sandbox");
  });

  it("when the launcher is killed: the engine is interrupted once and may finish", async () => {
    await up();
    launcher?.kill("SIGKILL");
    await until("all of it ends", () => ours().length === 0);
    expect(signals()).to.deep.equal(["SIGINT"]);
  });

  it("when the launcher is killed and the engine does not listen", async () => {
    await up({ FAKE_STUBBORN: "1" });
    launcher?.kill("SIGKILL");
    await until("the engine is interrupted", () => signals().length > 0);
    await sleep(1_000);
    expect(ours().length, "it gets its time").to.be.above(1);
    await until("all of it ends", () => ours().length === 0, 40_000);
  });

  it("when the engine fails by itself: its code, and the summary all the same", async () => {
    const { ended } = await up({ FAKE_RUNS: "2500" }, ["--stack", "prod-aws"]);
    expect(await ended).to.equal(3);
    expect(ours()).to.deep.equal([]);
    expect(shown).to.contain("summary of prod-aws");
  });

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`when the launcher gets ${signal}, twice at once: the engine gets it once`, async () => {
      const { ended } = await up();
      launcher?.kill(signal);
      await sleep(50); // the same signal twice at the very same time is one
      launcher?.kill(signal);
      expect(await ended).to.equal(5);
      expect(signals()).to.deep.equal([signal]);
      expect(ours()).to.deep.equal([]);
    });
  }
});

describe("the process table", () => {
  it("reads a line of /proc, whatever the command is called", () => {
    const tail = "S 7 1 1 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 4242 1 1";
    expect(parseStat(`12 (a b) c) ${tail}`)).to.deep.equal({ pid: 12, parent: 7, start: "4242" });
    expect(parseStat(`12 (gone) ${tail.replace("S", "Z")}`)).to.equal(undefined);
  });
  it("reads ps of macOS, with the environment behind the command", () => {
    const text = "  501     1 S    Sat Nov 22 19:48:01 2025     node x.js SECURE_WINRM_RUN=abc\n  502   501 Z    Sat Nov  2 19:48:02 2025     (node)\n  503   501 Ss   Sat Nov  2 19:48:02 2025     /bin/sleep 9\n";
    expect(parsePs(text, "abc")).to.deep.equal([
      { pid: 501, parent: 1, start: "Sat Nov 22 19:48:01 2025", marked: true },
      { pid: 503, parent: 501, start: "Sat Nov  2 19:48:02 2025", marked: false },
    ]);
  });

  const row = (pid: number, parent: number, start = "1", marked = false) => ({ pid, parent, start, marked });
  const pids = (rows: { pid: number }[]) => rows.map(({ pid }) => pid);
  it("remembers a descendant after its parent has gone", () => {
    const offspring = new Offspring([]);
    expect(pids(offspring.update([row(30, 20), row(20, 10), row(10, 1), row(99, 1)], 10))).to.deep.equal([30, 20, 10]);
    expect(pids(offspring.update([row(30, 1), row(99, 1)]))).to.deep.equal([30]);
  });
  it("does not take a reused id for the process that had it", () => {
    const offspring = new Offspring([]);
    offspring.update([row(20, 10), row(10, 1)], 10);
    expect(pids(offspring.update([row(20, 1, "2"), row(21, 20)]))).to.deep.equal([]);
  });
  it("finds by the mark what was never seen under its parent, and spares what it must", () => {
    expect(pids(new Offspring([40]).update([row(40, 1, "1", true), row(50, 1, "1", true)]))).to.deep.equal([50]);
  });
});
