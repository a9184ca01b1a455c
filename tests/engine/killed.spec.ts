import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { Cloud } from "../../sandbox/cloud";
import { prepare } from "../../sandbox/prepare";
import { run } from "../support/engine";
import { marked } from "../support/processes";

const ROOT = join(__dirname, "..", "..");

describe("a killed engine (engine, simulated)", () => {
  let folder: string;
  let env: NodeJS.ProcessEnv;

  const account = (change: object): void => {
    const file = join(folder, "cloud", "account.json");
    writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, "utf8")) as object), ...change }));
  };
  const done = (op: string): boolean => new Cloud(join(folder, "cloud")).events().some((event) => event["op"] === op.split(" ")[0] && event["name"] === op.split(" ")[1]);
  const reading = (task: string): boolean => marked(folder).some((command) => command === `node cli/reader.mjs ${task}`);

  before(function () {
    if (!existsSync("/proc")) this.skip();
    const base = join(ROOT, ".sandbox", "tests");
    mkdirSync(base, { recursive: true });
    folder = mkdtempSync(join(base, "killed-"));
    env = { ...process.env, SECURE_WINRM_STATE: join(folder, "state"), SECURE_WINRM_SANDBOX: join(folder, "cloud"), SECURE_WINRM_INVENTORY: join(folder, "inventory") };
    mkdirSync(join(folder, "cloud"), { recursive: true });
    prepare(join(ROOT, "stacks", "Pulumi.sandbox.yaml"), join(folder, "cloud"));
  });
  after(() => {
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  it("at a gate leaves no process, and the next run opens every door and vouches for it", async () => {
    // One host never answers, so that the rest is done and written down when the engine dies at this one gate.
    account({ faults: [{ audit: "web-1", answer: "never" }] });
    const launcher = spawn(process.execPath, [join("cli", "run.mjs"), "up"], { cwd: ROOT, env, stdio: "ignore" });
    const ended = new Promise((resolve) => launcher.on("close", resolve));
    await waitFor(() => (["web-2", "db-1", "app-1", "app-2"].every((host) => done(`create ${host}-audit`)) && reading("gate") && !reading("audit") ? true : undefined));
    const engine = await waitFor(() => engineOf(folder));
    process.kill(engine, "SIGKILL");
    await ended;
    await waitFor(() => (marked(folder).length === 0 ? true : undefined));
    account({ faults: [] });

    const up = await run(process.execPath, [join("cli", "run.mjs"), "up"], env);
    expect(up.code, up.output).to.equal(0);
    expect(up.output).to.match(/3 hosts, 3 doors open/).and.match(/2 hosts, 2 doors open/).and.not.match(/UNCERTAIN/);
    expect(readFileSync(join(folder, "inventory", "sandbox.yaml"), "utf8")).to.include("web-1.corp.example");
  });
});

/** The engine itself: the process whose program is pulumi, and whose environment names the folder. */
function engineOf(folder: string): number | undefined {
  const pid = readdirSync("/proc").find((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      return /\/pulumi\0/.test(readFileSync(`/proc/${name}/cmdline`, "utf8")) && readFileSync(`/proc/${name}/environ`, "utf8").includes(folder);
    } catch {
      return false;
    }
  });
  return pid === undefined ? undefined : Number(pid);
}

async function waitFor<T>(look: () => T | undefined): Promise<T> {
  // A guard, no measure: on a busy machine a whole deployment comes before it.
  for (let i = 0; i < 3000; i++) {
    const found = look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("nothing came of it");
}
