import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { AwsFleet } from "../../components/aws/fleet";
import { AzureFleet } from "../../components/azure/fleet";
import { CONTEXT, example, exampleAzure } from "../support/example";
import { recorder, settled, type Recorded } from "../support/mocks";

type Hook = (error: Error, sites: NodeJS.CallSite[]) => unknown;
const errors: { prepareStackTrace?: Hook } = Error;
const LEDGER = /pulumi[\\/]runtime[\\/]debuggable\.js$/;

const failing: pulumi.ResourceTransformation = ({ name }) => {
  if (name === "web-2-nic") throw new Error("a user's mistake");
  return undefined;
};

describe("stack traces while a fleet is built", () => {
  const before = errors.prepareStackTrace;
  const limit = Error.stackTraceLimit;
  let recorded: Recorded[];
  let translated: string[];
  /** Stands for the compiler's hook. */
  const compiler: Hook = (error, sites) => {
    translated.push(sites[0]?.getFileName() ?? "");
    return `${String(error)}\n    translated, ${sites.length} frames`;
  };
  const aws = (opts?: pulumi.ComponentResourceOptions) => new AwsFleet("aws", { ...example(), ...CONTEXT }, opts);

  beforeEach(async () => {
    recorded = await recorder(true);
    translated = [];
    errors.prepareStackTrace = compiler;
  });

  afterEach(() => {
    errors.prepareStackTrace = before;
    delete process.env["PULUMI_DEBUG_PROMISE_LEAKS"];
    expect(Error.stackTraceLimit).to.equal(limit);
  });

  it("are not translated for the SDK's own book-keeping", async () => {
    aws();
    await settled(recorded);
    expect(recorded.length).to.be.greaterThan(40);
    // The fleet itself is registered before its plan.
    expect(translated.filter((file) => LEDGER.test(file)).length).to.be.lessThan(20);
  });

  it("are there for an error of user code right after, and later", async () => {
    aws();
    expect(new Error("right after").stack).to.match(/^Error: right after\n {4}translated, [1-9]/);
    await settled(recorded);
    expect(new Error("later").stack).to.match(/^Error: later\n {4}translated, [1-9]/);
  });

  it("are the compiler's again when all resources are answered", async () => {
    aws();
    expect(errors.prepareStackTrace).to.not.equal(compiler);
    await settled(recorded);
    expect(errors.prepareStackTrace).to.equal(compiler);
  });

  it("are the compiler's again after two fleets at once", async () => {
    aws();
    new AzureFleet("azure", { ...exampleAzure(), ...CONTEXT });
    await settled(recorded);
    expect(errors.prepareStackTrace).to.equal(compiler);
  });

  it("are the compiler's again at once when building throws, and the error has its own", () => {
    let caught: unknown;
    try {
      aws({ transformations: [failing] });
    } catch (error) {
      caught = error;
    }
    expect(errors.prepareStackTrace).to.equal(compiler);
    expect(caught).to.be.an("error").with.property("stack").that.matches(/^Error: a user's mistake\n {4}translated, [1-9]/);
  });

  it("stay somebody else's who takes them meanwhile", async () => {
    aws();
    const other: Hook = () => "other";
    errors.prepareStackTrace = other;
    await settled(recorded);
    expect(errors.prepareStackTrace).to.equal(other);
  });

  it("are Node's own where no compiler has a hook", () => {
    errors.prepareStackTrace = undefined;
    aws();
    expect(errors.prepareStackTrace).to.equal(undefined);
  });

  it("are left to who looks for promises that never end", () => {
    process.env["PULUMI_DEBUG_PROMISE_LEAKS"] = "true";
    aws();
    expect(errors.prepareStackTrace).to.equal(compiler);
    expect(translated.filter((file) => LEDGER.test(file)).length).to.be.greaterThan(100);
  });

  it("show a user the line in their TypeScript, under Pulumi's own compiler", () => {
    const file = join(__dirname, "user-program.ts");
    const compile = `
      const { tsnodeRequire, typescriptRequire } = require("@pulumi/pulumi/tsutils").typeScriptRequireStrings();
      require(tsnodeRequire).register({ compiler: typescriptRequire, transpileOnly: true });
      require(${JSON.stringify(file)});`;
    const { stdout, stderr } = spawnSync(process.execPath, ["-e", compile], { cwd: join(__dirname, "..", ".."), encoding: "utf8", env: { ...process.env, NODE_OPTIONS: "" } });
    const lines = readFileSync(file, "utf8").split("\n");
    for (const [when, message] of [["while", "in a transformation"], ["after", "right after"], ["later", "when all is answered"]] as const) {
      const line = lines.findIndex((text) => text.includes(message)) + 1;
      expect(stdout, stderr).to.match(new RegExp(`${when}: Error: ${message}\\n +at .*user-program\\.ts:${line}:`));
    }
  });
});
