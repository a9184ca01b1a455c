import { expect } from "chai";
import fc from "fast-check";
import { planAws } from "../../components/aws/plan";
import type { AwsPlanned } from "../../components/aws/types";
import { linksOf } from "../../components/graph/planned";
import { example, exampleWithHosts, settingsOf } from "../support/example";
import { expectGolden } from "../support/golden";
import { stacks } from "../support/stacks";

const script = "# script";
const reader = "node cli/reader.mjs";
const planOf = (stack: object): AwsPlanned[] => planAws(settingsOf(stack), { script, fetch: "# fetch", reader });
const find = (plan: readonly AwsPlanned[], name: string): AwsPlanned => {
  const found = plan.find((planned) => planned.name === name);
  if (!found) throw new Error(`no ${name} in the plan`);
  return found;
};
const gateTriggers = (plan: readonly AwsPlanned[], host: string): unknown => Reflect.get(find(plan, `${host}-gate`).inputs, "triggers");

describe("plan of a fleet in AWS", () => {
  it("lets 5986 in by doors only, from the node list only, and 5985 never", () => {
    fc.assert(
      fc.property(stacks, (stack) => {
        const plan = planOf(stack);
        const inbound = plan.filter((planned) => planned.type === "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule");
        for (const rule of inbound) {
          const inputs = rule.inputs as { fromPort?: number; toPort?: number; prefixListId?: unknown; cidrIpv4?: unknown; referencedSecurityGroupId?: unknown };
          if (rule.name.endsWith("-door")) {
            expect([inputs.fromPort, inputs.toPort]).to.deep.equal([5986, 5986]);
            expect(inputs.prefixListId).to.deep.equal({ $link: { name: "aws-nodes", output: "id" } });
          } else {
            expect([rule.name, inputs.fromPort, inputs.toPort]).to.deep.equal(["aws-endpoints-from-hosts", 443, 443]);
          }
          expect(inputs.cidrIpv4).to.equal(undefined);
        }
        expect(inbound.filter((rule) => rule.name.endsWith("-door"))).to.have.length(Object.keys(stack.aws.hosts).length);
        for (const planned of plan) {
          if (planned.type === "aws:ec2/securityGroup:SecurityGroup") expect(planned.inputs).to.not.have.any.keys("ingress", "egress");
        }
      }),
    );
  });

  it("hangs every door on its own gate, through an input that replaces it", () => {
    fc.assert(
      fc.property(stacks, (stack) => {
        for (const planned of planOf(stack).filter(({ name }) => name.endsWith("-door"))) {
          const { securityGroupId } = planned.inputs as { securityGroupId?: unknown };
          expect(securityGroupId).to.deep.equal({
            $behind: { proof: (gateTriggers(planOf(stack), String(planned.host)) as string[])[1], gate: `${planned.host}-gate`, value: { $link: { name: `${planned.host}-door-group`, output: "id" } }, shut: "sg-00000000000000000" },
          });
          expect(planned.deleteBeforeReplace).to.equal(true);
        }
      }),
    );
  });

  it("puts every interface into the control group and its own door group, and nothing else", () => {
    fc.assert(
      fc.property(stacks, (stack) => {
        for (const planned of planOf(stack)) {
          if (planned.type !== "aws:ec2/networkInterface:NetworkInterface") continue;
          expect(linksOf((planned.inputs as { securityGroups?: unknown }).securityGroups)).to.deep.equal(["aws-control", `${planned.host}-door-group`]);
        }
      }),
    );
  });

  it("keeps instances on IMDSv2, encrypted, without key pair and without a word of their own in user data", () => {
    fc.assert(
      fc.property(stacks, (stack) => {
        const instances = planOf(stack).filter((planned) => planned.type === "aws:ec2/instance:Instance");
        expect(new Set(instances.map((planned) => Reflect.get(planned.inputs, "userData"))).size).to.equal(1);
        for (const planned of instances) {
          expect(planned.inputs).to.deep.include({ metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1, instanceMetadataTags: "disabled" } });
          expect(Reflect.get(Reflect.get(planned.inputs, "rootBlockDevice") as object, "encrypted")).to.equal(true);
          expect(planned.inputs).to.not.have.any.keys("keyName", "getPasswordData", "vpcSecurityGroupIds", "associatePublicIpAddress");
          expect(planned.deleteBeforeReplace).to.equal(true);
        }
      }),
    );
  });

  it("keeps pass-through disks encrypted and hands the rest on", () => {
    const stack = example();
    stack.aws.hosts["web-1"] = {
      addresses: ["10.20.1.10"],
      dnsName: "web-1.corp.example",
      instance: { tenancy: "dedicated", rootBlockDevice: { kmsKeyId: "alias/disks" }, ebsBlockDevices: [{ deviceName: "xvdb", volumeSize: 100 }] },
    };
    const { inputs } = find(planOf(stack), "web-1-instance");
    expect(inputs).to.include({ tenancy: "dedicated" });
    expect(Reflect.get(inputs, "rootBlockDevice")).to.include({ kmsKeyId: "alias/disks", encrypted: true, volumeSize: 60 });
    expect((Reflect.get(inputs, "ebsBlockDevices") as object[])[0]).to.include({ deviceName: "xvdb", encrypted: true });
  });

  it("adds a node by changing the list, its object and what carries its hash, however many hosts there are", () => {
    for (const count of [1, 40]) {
      const stack = exampleWithHosts(count);
      const before = planOf(stack);
      stack.automation.nodes.push({ name: "exec-2", addresses: ["10.20.200.6"] });
      const after = new Map(planOf(stack).map((planned) => [planned.name, JSON.stringify(planned)]));
      const changed = before.filter((planned) => after.get(planned.name) !== JSON.stringify(planned)).map((planned) => planned.name);
      expect(changed).to.have.members(["aws-nodes", "aws-nodes-object", "aws-keeper", "aws-uptake"]);
      expect(changed.filter((name) => find(before, name).type.startsWith("aws:"))).to.have.length(3);
    }
  });

  it("is what it was (golden)", () => {
    const text = planOf(example())
      .map((planned) => `${planned.name} ${planned.type}${planned.deleteBeforeReplace ? " delete-before-replace" : ""}\n  needs ${planned.needs.join(", ") || "nothing"}\n${JSON.stringify(planned.inputs, null, 2).replace(/^/gm, "  ")}\n`)
      .join("\n");
    expectGolden("plan-aws.txt", text);
  });

  it("keeps the first-boot script byte by byte: a changed byte restarts every host", () => {
    expectGolden("first-boot.ps1", String(Reflect.get(find(planOf(example()), "web-1-instance").inputs, "userData")));
  });
});

