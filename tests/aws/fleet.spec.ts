import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { AwsFleet } from "../../components/aws/fleet";
import { planAws } from "../../components/aws/plan";
import { CONTEXT, example, settingsOf } from "../support/example";
import { recorder, settled, type Recorded } from "../support/mocks";

const find = (recorded: readonly Recorded[], name: string): Recorded => {
  const found = recorded.find((one) => one.name === name);
  if (!found) throw new Error(`${name} was not registered`);
  return found;
};

describe("component of a fleet in AWS", () => {
  for (const preview of [false, true]) {
    describe(preview ? "at preview, everything computed unknown" : "at deployment", () => {
      let recorded: Recorded[];
      before(async () => {
        recorded = await recorder(preview);
        new AwsFleet("aws", { ...example(), ...CONTEXT });
        await settled(recorded);
      });

      it("registers exactly the plan's resources, a component for the fleet, and one for each host", () => {
        const planned = planAws(settingsOf(example()), { script: "", fetch: "# fetch", reader: "" }).map(({ name, type }) => `${type} ${name}`);
        expect(recorded.map(({ name, type }) => `${type} ${name}`)).to.have.members([
          ...planned,
          "secure-winrm:aws:Fleet aws",
          "secure-winrm:aws:Host web-1",
          "secure-winrm:aws:Host web-2",
        ]);
      });

      it("starts the reader by a path that is the same on every machine", () => {
        expect(find(recorded, "web-1-gate").inputs["create"]).to.equal("node cli/reader.mjs gate");
      });

      it("prints the reader's text once: the error has it, the log does not", () => {
        expect(find(recorded, "web-1-gate").inputs["logging"]).to.equal("none");
      });
    });
  }

  it("opens the door on the door group once the gate has spoken", async () => {
    const recorded = await recorder(false);
    new AwsFleet("aws", { ...example(), ...CONTEXT });
    await settled(recorded);
    expect(find(recorded, "web-1-door").inputs).to.include({ securityGroupId: "web-1-door-group-id", fromPort: 5986, prefixListId: "aws-nodes-id" });
  });

  for (const line of ['{"verdict":"fail"}', "", "pass", '"pass"', '{"verdict":"pass"', '["pass"]', '{"verdict":"pass"}', `{"verdict":"pass","gate":"${"0".repeat(64)}"}`]) {
    it(`names no group for a gate that says ${JSON.stringify(line)}`, async () => {
      const recorded = await recorder(false, line);
      new AwsFleet("aws", { ...example(), ...CONTEXT });
      await settled(recorded);
      expect(find(recorded, "web-1-door").inputs).to.include({ securityGroupId: "sg-00000000000000000" });
    });
  }

  it("asks the gate for this machine, this hash and every control that the door waits for", async () => {
    const recorded = await recorder(false);
    new AwsFleet("aws", { ...example(), ...CONTEXT });
    await settled(recorded);
    const { environment } = find(recorded, "web-1-gate").inputs as { environment: Record<string, string> };
    expect(environment["SECURE_WINRM_INSTANCE"]).to.equal("web-1-instance-id");
    const request = JSON.parse(environment["SECURE_WINRM_REQUEST"] ?? "") as { controls: string[]; document: string; gate: string };
    expect(request.controls).to.include.members(["https-listener", "no-http-listener", "trusted-certificate", "secrets-kept"]);
    expect(request.document).to.equal("secure-winrm-test-winrm");
    expect(request.gate).to.match(/^[0-9a-f]{64}$/);
  });

  it("refuses bad arguments with one error that prints clean, before anything is registered", async () => {
    const recorded = await recorder(false);
    const stack = example();
    stack.account.transport = "basic";
    stack.automation.nodes = [];
    expect(() => new AwsFleet("aws", { ...stack, ...CONTEXT })).to.throw(pulumi.RunError, /2 problems[\s\S]*account\.transport[\s\S]*automation\.nodes/);
    await settled(recorded);
    expect(recorded).to.deep.equal([]);
  });
});
