import { join } from "node:path";
import { expect } from "chai";
import { Analyzer } from "@pulumi/pulumi/provider/experimental/analyzer";
import type { FleetArgs } from "../../components/aws/args";
import type { settingsSchema } from "../../components/settings/settings";
import { Fleet } from "../../components/aws/fleet";

const ROOT = join(__dirname, "..", "..");

describe("public components", () => {
  it("pass the SDK's own analyzer, so that programs in other languages can use them", function () {
    this.timeout(120_000);
    const analyzer = new Analyzer(ROOT, "secure-winrm", { name: "secure-winrm", version: "0.0.0", dependencies: {} } as never, new Set([Fleet.name]));
    const { components } = analyzer.analyze();
    expect(Object.keys(components)).to.deep.equal(["Fleet"]);
    expect(Object.keys(components["Fleet"]?.inputs ?? {})).to.have.members(["fleet", "today", "automation", "account", "certificate", "logging", "exceptions", "tags", "aws"]);
  });

  it("take what the settings take: each set of arguments is a set of settings", () => {
    type Written = (typeof settingsSchema)["_zod"]["input"];
    type Keys = Exclude<keyof FleetArgs, "fleet" | "today">;
    const same: [Keys] extends [keyof Written] ? ([keyof Written] extends [Keys] ? true : false) : false = true;
    // Plain texts stand for enumerations in the arguments, so the other direction is: every writing is an argument.
    const written = (value: Written): Omit<FleetArgs, "aws"> => ({ ...value });
    expect([same, typeof written]).to.deep.equal([true, "function"]);
  });
});
