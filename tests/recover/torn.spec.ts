import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { mendTorn } from "../../cli/recover/torn";
import { CommandError } from "../../cli/stack";

describe("a state in a folder that was torn while it was written", () => {
  let folder: string;
  const file = (suffix = ""): string => join(folder, ".pulumi", "stacks", "secure-winrm", `test.json${suffix}`);
  const mend = (): string | undefined => mendTorn(`file://${folder}`, "secure-winrm", "test", folder);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "secure-winrm-"));
    mkdirSync(join(folder, ".pulumi", "stacks", "secure-winrm"), { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("is the whole copy again, and the half one is kept", () => {
    writeFileSync(file(), '{"half": ');
    writeFileSync(file(".bak"), '{"whole": true}');
    expect(mend()).to.include("was not whole");
    expect(readFileSync(file(), "utf8")).to.equal('{"whole": true}');
    expect(mend()).to.equal(undefined);
  });

  it("stays as it is when only what is written beside it is torn, and that is removed", () => {
    writeFileSync(file(), '{"whole": true}');
    writeFileSync(file(".attrs"), "");
    expect(mend()).to.include("is whole");
    expect([existsSync(file()), existsSync(file(".attrs"))]).to.deep.equal([true, false]);
  });

  it("is not touched while somebody deploys, and nothing is made up without a copy", () => {
    writeFileSync(file(), '{"half": ');
    const locks = join(folder, ".pulumi", "locks", "organization", "secure-winrm", "test");
    mkdirSync(locks, { recursive: true });
    writeFileSync(join(locks, "a.json"), JSON.stringify({ pid: process.pid, hostname: hostname() }));
    expect(mend()).to.equal(undefined);
    rmSync(locks, { recursive: true });
    expect(mend).to.throw(CommandError, "neither is a copy");
  });
});
