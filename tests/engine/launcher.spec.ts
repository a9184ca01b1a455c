import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { parse } from "yaml";
import { prepare } from "../../sandbox/prepare";
import { run, type Run } from "../support/engine";
import { marked } from "../support/processes";

const ROOT = join(__dirname, "..", "..");

/** What a newcomer types, on the sandbox stack as it is checked in, with folders of its own. */
describe("two commands (engine, simulated)", () => {
  let folder: string;
  let env: NodeJS.ProcessEnv;
  const npm = (command: string): Promise<Run> => run(process.execPath, [join("cli", "run.mjs"), command], env);
  const inventory = (): string | undefined => {
    const file = join(folder, "inventory", "sandbox.yaml");
    return existsSync(file) ? readFileSync(file, "utf8") : undefined;
  };
  const faults = (list: readonly object[]): void => {
    const file = join(folder, "cloud", "account.json");
    writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, "utf8")) as object), faults: list }));
  };

  before(() => {
    const base = join(ROOT, ".sandbox", "tests");
    mkdirSync(base, { recursive: true });
    folder = mkdtempSync(join(base, "launcher-"));
    env = { ...process.env, SECURE_WINRM_STATE: join(folder, "state"), SECURE_WINRM_SANDBOX: join(folder, "cloud"), SECURE_WINRM_INVENTORY: join(folder, "inventory") };
    mkdirSync(join(folder, "cloud"), { recursive: true });
    prepare(join(ROOT, "stacks", "Pulumi.sandbox.yaml"), join(folder, "cloud"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("leaves one door shut and says so, lists the others for Ansible, and leaves no process", async () => {
    faults([{ audit: "web-1", control: "no-http-listener" }]);
    const up = await npm("up");
    expect(up.code).to.not.equal(0);
    expect(up.output.match(/listener HTTP: expected absent, found HTTP on \*:5985/g)).to.have.length(1);
    expect(up.output).to.match(/web-1 +10\.20\.1\.10 .* shut/);
    expect(up.output).to.match(/web-2 +10\.20\.1\.11 .* open/);
    expect(inventory()).to.include("web-2.corp.example").and.not.include("web-1.corp.example");
    expect(marked(folder)).to.deep.equal([]);
  });

  it("opens it when mended, with every control's verdict marked as simulated and the inventory's path at the end", async () => {
    faults([]);
    const up = await npm("up");
    expect(up.code, up.output).to.equal(0);
    expect(up.output).to.match(/\(aws, eu-central-1\): 3 hosts, 3 doors open/).and.match(/\(azure, westeurope\): 2 hosts, 2 doors open/);
    expect(up.output.match(/no-http-listener( +pass \(simulated\))+/g)).to.have.length(2);
    expect(up.output).to.match(/20 of 20 controls enforced/);
    expect(up.output.trimEnd().split("\n").at(-1)).to.include("inventory");
    const { windows } = parse(inventory() ?? "") as { windows: object };
    expect(JSON.stringify(windows)).to.include("web-1.corp.example").and.include("app-1.corp.example");
  });

  it("changes nothing when run again", async () => {
    const up = await npm("up");
    expect(up.code, up.output).to.equal(0);
    expect(up.output).to.match(/\d+ unchanged/).and.not.match(/\d+ (created|updated|replaced)/);
  });

  it("previews how many doors will close", async () => {
    expect((await npm("preview")).output).to.match(/no door will close/i);
  });

  it("destroys to an empty stack, takes the inventory away, and leaves no process", async () => {
    const destroyed = await npm("destroy");
    expect(destroyed.code, destroyed.output).to.equal(0);
    expect(inventory()).to.equal(undefined);
    expect(marked(folder)).to.deep.equal([]);
  });
});
