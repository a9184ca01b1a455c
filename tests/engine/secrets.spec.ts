import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { EngineStack } from "../support/engine";
import { example } from "../support/example";

/** The sandbox plants recognisable passwords and real private keys in its secret store; nothing else may hold them. */
describe("secrets (engine, simulated)", () => {
  let stack: EngineStack;
  let planted: string[];
  let run: { code: number; output: string };

  before(async () => {
    stack = await new EngineStack(example()).init();
    planted = canaries(stack);
    run = await stack.up("--logtostderr", "-v=9", "--debug");
  });
  after(() => stack.remove());

  it("are planted: a password and a key for each host", () => {
    expect(planted.filter((text) => text.startsWith("CANARY-"))).to.have.length(2);
    expect(planted.length).to.be.at.least(4);
    expect(run.code, run.output.slice(-2000)).to.equal(0);
  });

  it("are in no log, at the highest verbosity", () => {
    expect(run.output.length).to.be.greaterThan(100_000);
    expect(leaks(run.output, planted)).to.deep.equal([]);
  });

  it("are not in the exported state, nor in the backend's files", async () => {
    expect(leaks(JSON.stringify(await stack.state()), planted)).to.deep.equal([]);
    for (const file of filesBelow(join(stack.folder, "state"))) expect(leaks(readFileSync(file, "utf8"), planted), file).to.deep.equal([]);
  });

  it("are not in user data, documents, parameters or anything else that the cloud was given, nor on the host's disk", () => {
    for (const file of filesBelow(stack.cloud)) {
      if (/authority|secretsmanager/.test(file)) continue;
      expect(leaks(readFileSync(file, "utf8"), planted), file).to.deep.equal([]);
    }
  });

  it("would be found: a canary let through into a tag shows", async () => {
    const leaking = { ...example(), tags: { note: planted.find((text) => text.startsWith("CANARY-")) ?? "" } };
    stack.configure(leaking);
    await stack.up();
    expect(leaks(JSON.stringify(await stack.state()), planted).length).to.be.greaterThan(0);
  });
});

const leaks = (text: string, planted: readonly string[]): string[] => planted.filter((canary) => text.includes(canary)).map((canary) => canary.slice(0, 20));

/** Passwords as they are, and pieces from the middle of each PFX (which holds the key), so that a re-wrapped copy is found too. */
function canaries(stack: EngineStack): string[] {
  return filesBelow(stack.cloud)
    .filter((file) => file.includes("secretsmanager"))
    .flatMap((file) => {
      const { properties } = JSON.parse(readFileSync(file, "utf8")) as { properties: { secretString: string } };
      const { pfx, password } = JSON.parse(properties.secretString) as { pfx: string; password: string };
      return [password, pfx.slice(400, 460), pfx.slice(1000, 1060)];
    });
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesBelow(path) : [path];
  });
}
