import { expect } from "chai";
import { EngineStack, resourcesOf } from "../support/engine";
import { example } from "../support/example";

describe("bad stack file (engine)", () => {
  it("is refused as a whole, in plain words, before anything is registered or made", async () => {
    const bad = example();
    bad.account.transport = "basic";
    bad.automation.nodes = [{ name: "all", addresses: ["0.0.0.0/0"] }];
    Object.assign(bad.aws.hosts["web-1"] ?? {}, { imge: "ami-0a1b2c3d4e5f60718" });
    const stack = await new EngineStack(bad).init();
    try {
      const { code, output } = await stack.up();
      expect(code).to.not.equal(0);
      expect(output).to.include("3 problems in the stack's settings; nothing was changed:");
      expect(output).to.include('account.transport: is not a transport that the guidance allows (got "basic"); write kerberos');
      expect(output).to.match(/aws\.hosts\.web-1\.imge: is not a known key; did you mean image\?/);
      expect(output).to.not.match(/^\s+at .*\.(ts|js):\d+/m);
      expect(stack.events()).to.deep.equal([]);
      expect((await resourcesOf(stack)).filter(({ type }) => type !== "pulumi:pulumi:Stack")).to.deep.equal([]);
    } finally {
      stack.remove();
    }
  });
});
