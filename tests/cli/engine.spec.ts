import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { hasFlag, pulumiArguments, takeStack } from "../../cli/engine/arguments.mjs";
import { closingDoors, doorsLine } from "../../cli/engine/doors.mjs";
import { recoverHint } from "../../cli/engine/recover.mjs";
import { stackEnvironment } from "../../cli/engine/environment.mjs";
import { folderOnPath, installVersion, newestInHome } from "../../cli/engine/home.mjs";
import { noEngine } from "../../cli/engine/obtain.mjs";
import { isInstalled, npmCommand } from "../../cli/engine/packages.mjs";
import { countsLine, judge } from "../../cli/engine/test.mjs";
import { Turnstile } from "../../cli/engine/turnstile.mjs";
import { compareVersions, isNewEnough, parseVersion } from "../../cli/engine/version.mjs";

describe("the engine's version", () => {
  for (const [text, expected] of [
    ["v3.200.0", [3, 200, 0]],
    ["3.201.1-alpha.x+dirty\n", [3, 201, 1]],
    ["", undefined],
    ["3.200", undefined],
    ["dev", undefined],
  ] as const) {
    it(`reads ${JSON.stringify(text)}`, () => expect(parseVersion(text)).to.deep.equal(expected));
  }
  it("compares by number, not by letter", () => expect(compareVersions("3.99.0", "3.200.0")).to.be.below(0));
  it("refuses what is too old or no version", () => {
    expect(["3.199.9", "2.300.0", "", "dev"].filter(isNewEnough)).to.deep.equal([]);
    expect(["3.200.0", "v3.200.1", "4.0.0"].every(isNewEnough)).to.equal(true);
  });
});

describe("the launcher's arguments", () => {
  for (const [args, stack, rest] of [
    [[], "sandbox", []],
    [["--stack", "prod-aws", "--diff"], "prod-aws", ["--diff"]],
    [["--diff", "--stack=org/secure-winrm/prod"], "org/secure-winrm/prod", ["--diff"]],
    [["-s", "dev-aws"], "dev-aws", []],
    [["-sdev-aws"], "dev-aws", []],
    [["-s=dev-aws", "--stack", "sandbox"], "sandbox", []],
    [["--stack-trace", "--suppress-outputs"], "sandbox", ["--stack-trace", "--suppress-outputs"]],
  ] as const) {
    it(`finds the stack in "${args.join(" ")}"`, () => expect(takeStack(args)).to.deep.equal({ stack, rest }));
  }
  it("refuses a stack without a name", () => expect(() => takeStack(["--stack"])).to.throw("the stack's name is missing"));
  it("knows a flag with and without a value", () => {
    expect(hasFlag(["--json=true"], "--json", "-j")).to.equal(true);
    expect(hasFlag(["--jsonish", "json"], "--json", "-j")).to.equal(false);
  });
});

describe("what Pulumi is called with", () => {
  it("asks nothing in the sandbox, and lets the user's arguments win", () => {
    expect(pulumiArguments("/p", "up", "sandbox", ["--skip-preview=false"])).to.deep.equal(
      ["up", "-C", join("/p", "sandbox"), "--non-interactive", "--stack", "sandbox", "--yes", "--skip-preview", "--continue-on-error", "--skip-preview=false"],
    );
  });
  it("leaves preview and question to Pulumi on a stack of the user's own", () => {
    for (const command of ["up", "preview", "refresh", "destroy"] as const) {
      const args = pulumiArguments("/p", command, "prod-aws", []);
      expect(args.filter((arg) => ["--yes", "--skip-preview", "--non-interactive", "-C"].includes(arg))).to.deep.equal([]);
      expect(args.slice(0, 3)).to.deep.equal([command, "--stack", "prod-aws"]);
    }
  });
  it("goes on after the first error where something is changed host by host", () => {
    const goesOn = (command: "up" | "preview" | "refresh" | "destroy") => pulumiArguments("/p", command, "prod", []).includes("--continue-on-error");
    expect([goesOn("up"), goesOn("destroy"), goesOn("preview"), goesOn("refresh")]).to.deep.equal([true, true, false, false]);
  });
  it("does not skip the preview that was asked for", () => {
    expect(pulumiArguments("/p", "destroy", "sandbox", ["--preview-only"])).not.to.include("--skip-preview");
  });
});

describe("the environment of a stack", () => {
  const user = { PATH: "/bin", PULUMI_ACCESS_TOKEN: "t", PULUMI_BACKEND_URL: "s3://mine", PULUMI_CONFIG_PASSPHRASE_FILE: "/f" };
  it("keeps the sandbox away from a logged-in backend", () => {
    const env = stackEnvironment("/p", "sandbox", "/engine", user);
    expect(env.PULUMI_BACKEND_URL).to.equal(`file://${join("/p", ".sandbox", "state")}`);
    expect(env.PULUMI_CREDENTIALS_PATH).to.equal(join("/p", ".sandbox", "state"));
    expect([env.PULUMI_ACCESS_TOKEN, env.PULUMI_CONFIG_PASSPHRASE_FILE, env.PULUMI_CONFIG_PASSPHRASE]).to.deep.equal([undefined, undefined, ""]);
  });
  it("leaves the user's own stacks as they are", () => {
    expect(stackEnvironment("/p", "prod", "/engine", user)).to.deep.equal({ ...user, PATH: "/engine:/bin", PULUMI_NODEJS_TRANSPILE_ONLY: "true" });
    expect(stackEnvironment("/p", "prod", undefined, { PULUMI_NODEJS_TRANSPILE_ONLY: "false" }).PULUMI_NODEJS_TRANSPILE_ONLY).to.equal("false");
  });
  it("takes folders that a test has named", () => {
    const env = stackEnvironment("/p", "sandbox", undefined, { SECURE_WINRM_STATE: "/t/state", SECURE_WINRM_SANDBOX: "/t/cloud" });
    expect([env.PULUMI_BACKEND_URL, env.SECURE_WINRM_SANDBOX]).to.deep.equal(["file:///t/state", "/t/cloud"]);
  });
});

describe("doors that will close", () => {
  const RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
  const event = (op: string, name: string, type = RULE) =>
    JSON.stringify({ resourcePreEvent: { metadata: { op, type, urn: `urn:pulumi:s::secure-winrm::${type}::${name}` } } });
  it("counts what is taken away, once a door", () => {
    const log = [event("delete-replaced", "web-2-door"), event("replace", "web-2-door"), event("create-replacement", "web-2-door"), event("delete", "web-1-door")];
    expect(closingDoors(log.join("\n"))).to.deep.equal(["web-1-door", "web-2-door"]);
  });
  it("leaves out doors that open, stay, or are shut already, and what is no door", () => {
    const log = [
      event("create", "a-door"), event("same", "b-door"), event("update", "c-door"), event("replace", "d-door"),
      event("delete", "aws-egress"), event("delete", "e-door", "aws:ec2/instance:Instance"), '{"cut off',
    ];
    expect(closingDoors(log.join("\n"))).to.deep.equal([]);
  });
  it("says it in one line", () => {
    expect(doorsLine([])).to.equal("no door will close");
    expect(doorsLine(["web-1-door", "web-2-door"])).to.equal("doors that will close: 2 (web-1-door, web-2-door)");
  });
});

describe("the npm packages", () => {
  const wanted = { packages: { "": {}, "node_modules/a": { version: "1.0.0", integrity: "x" }, "node_modules/b": { version: "1.0.0", optional: true } } };
  const installed = (packages: Record<string, { version: string; integrity?: string }>) => isInstalled(wanted, { packages });
  it("are there when npm's record agrees with the lock file, optional ones of other systems aside", () => {
    expect(installed({ "node_modules/a": { version: "1.0.0", integrity: "x" } })).to.equal(true);
  });
  it("are not there when one is missing, older, different, or too many", () => {
    expect(installed({})).to.equal(false);
    expect(installed({ "node_modules/a": { version: "0.9.0", integrity: "x" } })).to.equal(false);
    expect(installed({ "node_modules/a": { version: "1.0.0", integrity: "y" } })).to.equal(false);
    expect(installed({ "node_modules/a": { version: "1.0.0", integrity: "x" }, "node_modules/c": { version: "1.0.0" } })).to.equal(false);
  });
  it("are installed by the npm that runs us", () => {
    expect(npmCommand({ npm_execpath: "/lib/npm/bin/npm-cli.js" })).to.deep.equal([process.execPath, "/lib/npm/bin/npm-cli.js"]);
    expect(npmCommand({ npm_execpath: "/lib/yarn.js" })).to.deep.equal(["npm"]);
  });
});

describe("engines on this machine", () => {
  let folder = "";
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "secure-winrm-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function engine(at: string, ...files: string[]): string {
    mkdirSync(at, { recursive: true });
    for (const file of files) {
      writeFileSync(join(at, file), "#!/bin/sh\n");
      chmodSync(join(at, file), 0o755);
    }
    return at;
  }
  const PAIR = ["pulumi", "pulumi-language-nodejs"];

  it("takes the newest version that is complete and new enough", () => {
    engine(join(folder, "versions", "3.99.0", "bin"), ...PAIR);
    engine(join(folder, "versions", "3.210.0", "bin"), "pulumi");
    const best = engine(join(folder, "versions", "3.201.0", "bin"), ...PAIR);
    expect(newestInHome(folder)).to.deep.equal({ version: "3.201.0", folder: best });
    expect(newestInHome(join(folder, "none"))).to.equal(undefined);
  });
  it("follows a link on PATH to the folder with the language host", () => {
    const real = engine(join(folder, "real"), ...PAIR);
    mkdirSync(join(folder, "links"));
    symlinkSync(join(real, "pulumi"), join(folder, "links", "pulumi"));
    expect(folderOnPath({ PATH: `/nowhere:${join(folder, "links")}` })).to.equal(real);
    expect(folderOnPath({ PATH: "/nowhere" })).to.equal(undefined);
  });
  it("installs all or nothing, and clears up after a killed launcher", async () => {
    const stale = join(folder, "versions", ".secure-winrm-999999999");
    mkdirSync(stale, { recursive: true });
    await installVersion(folder, "3.200.0", async () => Promise.reject(new Error("no disk"))).then(
      () => expect.fail("it should have failed"),
      (error: unknown) => expect(String(error)).to.contain("no disk"),
    );
    expect(readdirSync(join(folder, "versions"))).to.deep.equal([]);
    mkdirSync(join(folder, "versions", "3.200.0")); // half an engine is replaced
    await installVersion(folder, "3.200.0", async (workshop) => {
      engine(join(workshop, "made", "bin"), ...PAIR);
      return join(workshop, "made");
    });
    expect(readdirSync(join(folder, "versions"))).to.deep.equal(["3.200.0"]);
    expect(existsSync(join(folder, "versions", "3.200.0", "bin", "pulumi"))).to.equal(true);
  });
  it("says what was tried and the ways out when there is none", () => {
    const text = noEngine(["`pulumi` on PATH: none", "build from Go modules: `go` is not on PATH"], "/h");
    expect(text).to.contain("  - build from Go modules: `go` is not on PATH\nAny one of these mends it:\n");
  });
});

describe("the last line of the tests", () => {
  it("counts, and mentions skipped ones when there are some", () => {
    expect(countsLine({ passed: 3, failed: 0, skipped: 0 })).to.equal("3 passed, 0 failed");
    expect(countsLine({ passed: 3, failed: 1, skipped: 2 })).to.equal("3 passed, 1 failed, 2 skipped");
  });
  for (const [name, counts, code, failed] of [
    ["keeps honest counts", { passed: 2, failed: 1, skipped: 0 }, 1, 1],
    ["fails a run without tests", { passed: 0, failed: 0, skipped: 0 }, 0, 1],
    ["fails a run that ended before it counted", undefined, 1, 1],
    ["fails a run that ended badly without a failed test", { passed: 2, failed: 0, skipped: 0 }, 7, 1],
  ] as const) {
    it(name, () => expect(judge(counts, code).counts.failed).to.equal(failed));
  }
  it("shows tasks that run at once one after the other", () => {
    const shown: string[] = [];
    const turnstile = new Turnstile((text: string) => shown.push(text));
    const [first, second] = [turnstile.place(), turnstile.place()];
    second.write("c");
    first.write("a");
    second.end();
    first.write("b");
    first.end();
    expect(shown).to.deep.equal(["a", "b", "c"]);
  });
});

describe("the launcher's files", () => {
  it("need no package", () => {
    const folder = join(__dirname, "..", "..", "cli");
    const files = ["run.mjs", ...readdirSync(join(folder, "engine")).map((name) => join("engine", name))].filter((name) => name.endsWith(".mjs"));
    const imports = files.flatMap((name) => [...readFileSync(join(folder, name), "utf8").matchAll(/^import .* from "([^"]+)";$/gm)].map((match) => match[1] ?? ""));
    expect(imports.length).to.be.above(20);
    expect(imports.filter((name) => !name.startsWith("node:") && !/^\.\/.*\.mjs$/.test(name))).to.deep.equal([]);
  });
});

describe("the hint at recovery", () => {
  const error = (message: string): string => JSON.stringify({ diagnosticEvent: { severity: "error", message } });

  it("is given when something exists that the state does not know, when the stack is locked, and when the engine did not start", () => {
    for (const message of ["creating EC2 Network Interface: api error InvalidIPAddress.InUse: Address 10.0.0.1 is in use.", "api error InvalidPermission.Duplicate: the rule", "cannot create already existing resource '/subscriptions/x'", "EntityAlreadyExists: Role"]) {
      expect(recoverHint(error(message), "sandbox"), message).to.match(/does not know.*: npm run recover\n$/);
    }
    for (const log of ["", error("the stack is currently locked by 1 lock(s).")]) expect(recoverHint(log, "prod")).to.match(/locked.*npm run recover -- --stack prod\n$/);
  });

  it("is not given for a gate that failed", () => {
    expect(recoverHint(error("web-1 (i-1): the audit failed, the door stays shut"), "sandbox")).to.equal("");
  });
});
