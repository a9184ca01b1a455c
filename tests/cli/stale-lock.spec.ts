import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { mendTornState, releaseDeadLocks } from "../../cli/engine/stale-lock.mjs";

describe("locks of the sandbox's stack", () => {
  it("are released when their engine has been killed on this machine, and only then", () => {
    const state = mkdtempSync(join(tmpdir(), "secure-winrm-"));
    const locks = join(state, ".pulumi", "locks", "organization", "secure-winrm", "sandbox");
    mkdirSync(locks, { recursive: true });
    const gone = 999_999_999;
    for (const [name, pid, host] of [["dead", gone, hostname()], ["alive", process.pid, hostname()], ["elsewhere", gone, "another-machine"]] as const) {
      writeFileSync(join(locks, `${name}.json`), JSON.stringify({ pid, hostname: host }));
      writeFileSync(join(locks, `${name}.json.attrs`), "{}");
    }
    expect(releaseDeadLocks(state, "sandbox")).to.deep.equal([gone]);
    expect(readdirSync(locks)).to.deep.equal(["alive.json", "alive.json.attrs", "elsewhere.json", "elsewhere.json.attrs"]);
    expect(releaseDeadLocks(state, "other")).to.deep.equal([]);
    rmSync(state, { recursive: true });
  });
});

describe("a torn state of the sandbox's stack", () => {
  const folder = (): string => {
    const state = mkdtempSync(join(tmpdir(), "secure-winrm-"));
    mkdirSync(join(state, ".pulumi", "stacks", "secure-winrm"), { recursive: true });
    return state;
  };
  const file = (state: string, suffix = ""): string => join(state, ".pulumi", "stacks", "secure-winrm", `sandbox.json${suffix}`);

  for (const [what, torn] of [["empty", ""], ["cut off", '{"version":3,"checkp'], ["missing", undefined]] as const) {
    it(`that is ${what} gives way to the engine's copy`, () => {
      const state = folder();
      if (torn !== undefined) writeFileSync(file(state), torn);
      writeFileSync(file(state, ".bak"), '{"version":3}');
      expect(mendTornState(state, "sandbox")).to.equal(true);
      expect(readFileSync(file(state), "utf8")).to.equal('{"version":3}');
      rmSync(state, { recursive: true });
    });
  }
  it("stays when it is whole, and when the copy is torn too", () => {
    const state = folder();
    writeFileSync(file(state), '{"version":4}');
    writeFileSync(file(state, ".bak"), '{"version":3}');
    expect(mendTornState(state, "sandbox")).to.equal(false);
    writeFileSync(file(state), "");
    writeFileSync(file(state, ".bak"), "{");
    expect(mendTornState(state, "sandbox")).to.equal(false);
    expect(readFileSync(file(state), "utf8")).to.equal("");
    rmSync(state, { recursive: true });
  });
});
