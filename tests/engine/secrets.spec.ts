import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { Cloud } from "../../sandbox/cloud";
import { text } from "../../sandbox/store/json";
import { EngineStack } from "../support/engine";
import { both } from "../support/example";

/** Where the emulated clouds keep what is secret: nothing else may hold it. */
const STORES = /authority|secretsmanager|azure\.keyvault\.certificate/;

/** The sandbox plants recognisable passwords and real private keys in its secret stores; machines in Azure get passwords that are made. */
describe("secrets (engine, simulated)", () => {
  let stack: EngineStack;
  let planted: string[];
  let made: string[];
  let run: { code: number; output: string };

  before(async () => {
    stack = await new EngineStack(both()).init();
    planted = canaries(stack);
    run = await stack.up("--logtostderr", "-v=9", "--debug");
    made = await madePasswords(stack);
  });
  after(() => stack.remove());

  it("are planted: a password and a key for each host, and an administrator's for each in Azure", () => {
    expect(planted.filter((canary) => canary.startsWith("CANARY-"))).to.have.length(4);
    expect(made.filter((one) => one.length === 40)).to.have.length(2);
    expect(run.code, run.output.slice(-2000)).to.equal(0);
  });

  it("are in no log, at the highest verbosity", () => {
    expect(run.output.length).to.be.greaterThan(100_000);
    expect(leaks(run.output, planted)).to.deep.equal([]);
  });

  it("are not in the exported state, nor in the backend's files", async () => {
    const all = [...planted, ...made];
    expect(leaks(JSON.stringify(await stack.state()), all)).to.deep.equal([]);
    for (const file of filesBelow(join(stack.folder, "state"))) expect(leaks(readFileSync(file, "utf8"), all), file).to.deep.equal([]);
  });

  it("are not in user data, documents, parameters or anything else that the cloud was given, nor on the host's disk", () => {
    for (const file of filesBelow(stack.cloud)) {
      if (STORES.test(file)) continue;
      expect(leaks(readFileSync(file, "utf8"), [...planted, ...made]), file).to.deep.equal([]);
    }
  });

  it("of machines in Azure are worth nothing once Pulumi's engine has logged them: each host has set another before its gate", () => {
    // The engine's most verbose log shows every value that it handles, secret or not; nothing of ours can keep it from that.
    const cloud = new Cloud(stack.cloud);
    for (const host of ["app-1", "app-2"]) {
      const history = cloud.hostHistory(text(cloud.byName(`${host}-vm`)?.properties["vmId"]));
      const keys = history.map(({ what, key }) => `${text(what)} ${text(key)}`);
      expect(keys.indexOf("set administrator's password"), host).to.be.within(0, keys.findIndex((key) => key.startsWith("allow-on")) - 1);
    }
  });

  it("would be found: a canary let through into a tag shows", async () => {
    const leaking = { ...both(), tags: { note: planted.find((canary) => canary.startsWith("CANARY-")) ?? "" } };
    stack.configure(leaking);
    await stack.up();
    expect(leaks(JSON.stringify(await stack.state()), planted).length).to.be.greaterThan(0);
  });
});

const leaks = (text: string, planted: readonly string[]): string[] => planted.filter((canary) => text.includes(canary)).map((canary) => canary.slice(0, 20));

/** Passwords as they are, and pieces from the middle of each PFX (which holds the key), so that a re-wrapped copy is found too. */
function canaries(stack: EngineStack): string[] {
  return filesBelow(stack.cloud)
    .filter((file) => STORES.test(file) && file.endsWith(".json"))
    .flatMap((file) => {
      const { properties } = JSON.parse(readFileSync(file, "utf8")) as { properties: { secretString?: string; pfx?: string; password?: string } };
      const { pfx, password } = (properties.secretString === undefined ? properties : JSON.parse(properties.secretString)) as { pfx: string; password: string };
      return [password, pfx.slice(400, 460), pfx.slice(1000, 1060)];
    });
}

/** What only somebody with the stack's passphrase can read. */
async function madePasswords(stack: EngineStack): Promise<string[]> {
  const { code, output } = await stack.pulumi("stack", "export", "--stack", "test", "--show-secrets");
  if (code !== 0) throw new Error(output);
  const { deployment } = JSON.parse(output) as { deployment: { resources: { type: string; outputs?: { result?: { plaintext?: string } } }[] } };
  return deployment.resources
    .filter(({ type }) => type === "random:index/randomPassword:RandomPassword")
    .map(({ outputs }) => JSON.parse(outputs?.result?.plaintext ?? '""') as string);
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesBelow(path) : [path];
  });
}
