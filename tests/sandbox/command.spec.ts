import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { commandPackage } from "../../sandbox/command/main";
import { checkFields } from "../../sandbox/engine/shape";
import type { Call, ResourceType } from "../../sandbox/engine/resource";
import type { JsonRecord } from "../../sandbox/store/json";
import { CloudStore } from "../../sandbox/store/store";
import { refusal } from "./lab";
import { alive, ends, pause } from "./process";

describe("sandbox: command", () => {
  const root = mkdtempSync(join(tmpdir(), "sandbox-command-"));
  const store = new CloudStore(root);
  const [command] = commandPackage(undefined).resources as readonly [ResourceType];
  after(() => rmSync(root, { recursive: true, force: true }));

  const call = (inputs: JsonRecord, cancelled = new AbortController().signal): Call => ({
    store,
    config: { region: "", defaultTags: {} },
    urn: "",
    name: "gate",
    inputs,
    cancelled,
  });
  const create = async (inputs: JsonRecord): Promise<JsonRecord> => (await command.create(call(inputs))).properties;

  it("runs the command with its environment, folder, input and interpreter", async () => {
    expect(await create({ create: "echo $WHO; pwd; cat; echo no >&2", environment: { WHO: "me" }, dir: "/", stdin: "in" })).to.include({ stdout: "me\n/\nin", stderr: "no" });
    expect(await create({ create: "console.log(1+1)", interpreter: [process.execPath, "-e"] })).to.include({ stdout: "2" });
  });

  it("takes one newline off the end, as the provider does", async () => {
    expect(await create({ create: "printf 'a\\n\\n'" })).to.include({ stdout: "a\n" });
  });

  it("fails with the command and all that it wrote, and leaves no state", async () => {
    expect(await refusal(create({ create: "echo out; echo err >&2; exit 3" }))).to.equal('exit status 3: running "echo out; echo err >&2; exit 3":\nout\nerr\n');
    expect(command.failureKeepsState).to.equal(false);
  });

  it("updates with update, else with create, and hands over the output before", async () => {
    const olds = { stdout: "before" };
    expect(await command.update(call({ create: "echo create", update: "echo $PULUMI_COMMAND_STDOUT" }), "id", olds)).to.include({ stdout: "before" });
    expect(await command.update(call({ create: "echo again" }), "id", olds)).to.include({ stdout: "again" });
    expect(await command.update(call({ create: "echo [$PULUMI_COMMAND_STDOUT]", addPreviousOutputInEnv: false }), "id", olds)).to.include({ stdout: "[]" });
  });

  it("deletes with the inputs of the state", async () => {
    const mark = join(root, "deleted");
    const olds = { delete: "echo $WHO > " + mark, environment: { WHO: "old" }, stdout: "x" };
    await command.delete(call(olds), "id", olds);
    expect(readFileSync(mark, "utf8")).to.equal("old\n");
  });

  it("tells the child where Systems Manager and Azure Resource Manager are, and keeps it off every other AWS", async () => {
    const { stdout } = await create({ create: "echo $AWS_ENDPOINT_URL_SSM $SECURE_WINRM_ARM_ENDPOINT $AWS_ACCESS_KEY_ID $AWS_EC2_METADATA_DISABLED" });
    expect(stdout).to.match(/^http:\/\/127\.0\.0\.1:\d+ http:\/\/127\.0\.0\.1:\d+ SANDBOX true$/);
  });

  it("ends the command and what it started when the engine cancels", async () => {
    const cancel = new AbortController();
    const mark = join(root, "pid");
    const work = refusal(Promise.resolve(command.create(call({ create: `sleep 60 & echo $! > ${mark}; wait` }, cancel.signal))));
    while (!existsSync(mark) || readFileSync(mark, "utf8") === "") await pause(20);
    const pid = Number(readFileSync(mark, "utf8"));
    expect(alive(pid)).to.equal(true);
    cancel.abort();
    expect(await work).to.match(/^signal: killed: running/);
    expect(await ends(pid)).to.equal(true);
  });

  it("refuses what it does not know", () => {
    expect(checkFields(command.inputs, { createe: "x" }).map((problem) => problem.property)).to.deep.equal(["createe"]);
    expect(command.check?.({ logging: "loud" }).map((problem) => problem.property)).to.deep.equal(["logging"]);
    expect(command.check?.({ assetPaths: ["*"] }).map((problem) => problem.property)).to.deep.equal(["assetPaths"]);
  });
});
