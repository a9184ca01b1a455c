import { join } from "node:path";
import { expect } from "chai";
import { Analyzer } from "@pulumi/pulumi/provider/experimental/analyzer";
import type { AwsArgs } from "../../components/aws/args";
import type { AzureArgs } from "../../components/azure/args";
import type { CommonArgs } from "../../components/fleet/args";
import type { settingsSchema } from "../../components/settings/settings";

const ROOT = join(__dirname, "..", "..");

const COMMON = ["fleet", "today", "automation", "account", "certificate", "logging", "passwords", "updates", "jea", "guest", "hardening", "exceptions", "tags"];

describe("public components", () => {
  it("pass the SDK's own analyzer, so that programs in other languages can use them", function () {
    this.timeout(120_000);
    const analyzer = new Analyzer(ROOT, "secure-winrm", { name: "secure-winrm", version: "0.0.0", dependencies: {} } as never, new Set(["AwsFleet", "AzureFleet"]));
    const { components, typeDefinitions } = analyzer.analyze();
    expect(Object.keys(components)).to.have.members(["AwsFleet", "AzureFleet"]);
    expect(Object.keys(components["AwsFleet"]?.inputs ?? {})).to.have.members([...COMMON, "aws"]);
    expect(Object.keys(components["AzureFleet"]?.inputs ?? {})).to.have.members([...COMMON, "azure"]);
    // In a package types go by name alone, so the clouds must not call two things the same.
    expect(Object.keys(typeDefinitions)).to.include.members(["AwsHostArgs", "AzureHostArgs", "AwsNetworkArgs", "AzureNetworkArgs"]);
  });

  it("take what the settings take: each set of arguments is a set of settings", () => {
    type Written = (typeof settingsSchema)["_zod"]["input"];
    type All = CommonArgs & { aws?: AwsArgs; azure?: AzureArgs };
    type Keys = Exclude<keyof All, "fleet" | "today">;
    const same: [Keys] extends [keyof Written] ? ([keyof Written] extends [Keys] ? true : false) : false = true;
    // Plain texts stand for enumerations in the arguments, so the other direction is: every writing is an argument.
    const written = (value: Written): All => ({ ...value });
    expect([same, typeof written]).to.deep.equal([true, "function"]);
  });
});
