import { expect } from "chai";
import { AWS_IDENTITIES, AWS_KINDS } from "../../components/aws/identity";
import { planAws } from "../../components/aws/plan";
import { AZURE_KINDS, azureIdentities } from "../../components/azure/identity";
import { planAzure } from "../../components/azure/plan";
import type { Identify, Identity } from "../../components/fleet/identity";
import { isAsset, isBehind, isJoined, isJson, isLink, type Planned } from "../../components/graph/planned";
import { azureSettingsOf } from "../support/azure";
import { exampleAzure, exampleWithHosts, settingsOf } from "../support/example";

const INPUTS = { script: "# nothing", fetch: "# fetch", reader: "reader" };
const SUBSCRIPTION = "11111111-2222-3333-4444-555555555555";
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Planned inputs as the engine sees them, with what only the cloud can tell. */
function known(value: unknown, tell: (name: string, output: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => known(item, tell));
  if (typeof value !== "object" || value === null) return value;
  if (isLink(value)) return tell(value.$link.name, value.$link.output);
  if (isBehind(value)) return known(value.$behind.value, tell);
  if (isJoined(value)) return value.$join.map((part) => String(known(part, tell))).join("");
  if (isJson(value)) return JSON.stringify(known(value.$json, tell));
  if (isAsset(value)) return "asset";
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, known(item, tell)]));
}

/** With alerts and an exception, so that every type is in the plan. */
function watched(stack: ReturnType<typeof exampleWithHosts>): object {
  stack.aws.alerts = { topicArn: "arn:aws:sns:eu-central-1:123456789012:on-call" };
  return { ...stack, exceptions: [{ control: "event-logging", what: "sizes", reason: "approved for the tests", approvedBy: "J. Doe", expires: "2027-01-01" }] };
}

const told = (planned: Planned, tell: (name: string, output: string) => string) => known(planned.inputs, tell) as Record<string, unknown>;
const inCloud = ({ type }: Planned): boolean => !/^(command|random):/.test(type);

for (const [cloud, plan, identities] of [
  ["aws", () => planAws(settingsOf(watched(exampleWithHosts(3))), INPUTS), AWS_IDENTITIES],
  ["azure", () => planAzure(azureSettingsOf(exampleAzure()), INPUTS), azureIdentities(SUBSCRIPTION)],
] as const satisfies readonly (readonly [string, () => readonly Planned[], Readonly<Record<string, Identify>>])[]) {
  describe(`identities (${cloud})`, () => {
    const planned: readonly Planned[] = plan().filter(inCloud);
    const identify = (one: Planned, tell: (name: string, output: string) => string): Identity | undefined => (identities as Readonly<Record<string, Identify>>)[one.type]?.(told(one, tell));

    it("tell every planned resource from every other", () => {
      const all = planned.map((one) => {
        const identity = identify(one, (name, output) => `${name}.${output}`);
        expect(identity, `${one.name} (${one.type})`).to.not.equal(undefined);
        // By its tag a resource is told from others of its kind by its own name.
        return JSON.stringify([one.type, identity, identity?.by === "tag" ? (told(one, () => "") as { tags?: Record<string, string> }).tags?.["secure-winrm-resource"] : ""]);
      });
      expect(new Set(all).size).to.equal(all.length);
      expect(all.length).to.be.greaterThan(20);
    });

    it("are known of every type that there is", () => {
      if (cloud === "aws") expect(Object.keys(identities).filter((type) => !planned.some((one) => one.type === type) && !/route53/.test(type))).to.deep.equal([]);
    });

    it("are none while a part of the name is not known", () => {
      const linked = planned.filter((one) => identify(one, (name, output) => `${name}.${output}`)?.by === "id" && JSON.stringify(identify(one, () => UNKNOWN)) !== JSON.stringify(identify(one, () => "x")));
      expect(linked.map((one) => identify(one, () => UNKNOWN))).to.deep.equal(linked.map(() => undefined));
      expect(linked.length).to.be.greaterThan(3);
    });
  });
}

describe("kinds", () => {
  it("lead back to the type in Pulumi", () => {
    expect(AWS_KINDS.get("prefix-list")).to.equal("aws:ec2/managedPrefixList:ManagedPrefixList");
    expect(AWS_KINDS.get("security-group-rule")).to.equal(undefined);
    expect(AZURE_KINDS.get("microsoft.network/networksecuritygroups")).to.equal("azure-native:network:NetworkSecurityGroup");
    expect([...AZURE_KINDS.values()]).to.not.include("azure-native:network:SecurityRule");
  });
});
