import { expect } from "chai";
import fc from "fast-check";
import { planAws } from "../../components/aws/plan";
import type { AwsPlanned } from "../../components/aws/types";
import { linksOf } from "../../components/graph/planned";
import { parseCron } from "../../sandbox/aws/cron";
import { parsePattern } from "../../sandbox/logs/pattern";
import { readConfiguration } from "../../sandbox/ssm/agent";
import { example, exampleWithHosts, settingsOf } from "../support/example";
import { expectGolden } from "../support/golden";
import { stacks } from "../support/stacks";

const TOPIC = "arn:aws:sns:eu-central-1:123456789012:on-call";

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
            expect([rule.name.startsWith("aws-endpoints-from-"), inputs.fromPort, inputs.toPort]).to.deep.equal([true, 443, 443]);
          }
          expect(inputs.cidrIpv4).to.equal(rule.name === "aws-endpoints-from-10-20-0-0-16" ? "10.20.0.0/16" : undefined);
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

  it("has as many resources for the fleet whatever its hosts: an alarm on silence is all that watching adds to each", () => {
    const counted = (count: number, topic: boolean) => {
      const stack = exampleWithHosts(count);
      if (topic) stack.aws.alerts = { topicArn: TOPIC };
      const plan = planOf(stack);
      return { shared: plan.filter(({ host }) => host === undefined).length, own: plan.length - plan.filter(({ host }) => host === undefined).length };
    };
    expect(counted(40, true).shared).to.equal(counted(1, true).shared);
    expect(counted(40, true).own - counted(40, false).own).to.equal(40);
    const stack = exampleWithHosts(1);
    const quiet = { ...stack, logging: { events: false, flowLogs: false }, updates: { patching: "elsewhere" } };
    const types = (plan: readonly AwsPlanned[]): Set<string> => new Set(plan.map(({ type }) => type));
    expect([...types(planOf(stack))].filter((type) => !types(planOf(quiet)).has(type))).to.have.members([
      "aws:ec2/flowLog:FlowLog", "aws:ssm/parameter:Parameter", "aws:ssm/maintenanceWindow:MaintenanceWindow", "aws:ssm/maintenanceWindowTarget:MaintenanceWindowTarget", "aws:ssm/maintenanceWindowTask:MaintenanceWindowTask",
    ]);
    expect(planOf(quiet).filter(({ type }) => type === "aws:cloudwatch/logGroup:LogGroup")).to.have.length(1);
  });

  it("keeps every log group as long as the stack says, under its key, and lets no host make a group or set its time", () => {
    fc.assert(
      fc.property(stacks, fc.constantFrom(1, 30, 3653), (stack, retentionDays) => {
        const kmsKeyArn = "arn:aws:kms:eu-central-1:123456789012:key/1";
        const plan = planOf({ ...stack, logging: { retentionDays, kmsKeyArn } });
        const groups = plan.filter(({ type }) => type === "aws:cloudwatch/logGroup:LogGroup");
        expect(groups).to.have.length(4);
        for (const { inputs } of groups) expect(inputs).to.include({ retentionInDays: retentionDays, kmsKeyId: kmsKeyArn });
        const policies = JSON.stringify(plan.filter(({ type }) => type.startsWith("aws:iam/")));
        expect(policies).to.not.match(/CreateLogGroup|PutRetentionPolicy|CloudWatchAgentServerPolicy|logs:\*/);
        expect(readConfiguration(String(Reflect.get(find(plan, "aws-agent-configuration").inputs, "insecureValue")))).to.be.an("array");
      }),
      { numRuns: 20 },
    );
  });

  it("writes one flow log for each subnet that a host lives in, under however many names it goes", () => {
    const stack = example();
    const id = "subnet-0123456789abcdef0";
    stack.aws.network = { vpc: { id: "vpc-0123456789abcdef0" }, subnets: { app: { id, cidr: "10.20.1.0/24" }, same: { id, cidr: "10.20.1.0/24" }, db: { id: "subnet-0fedcba9876543210" }, empty: { id: "subnet-0000000000000000f" } }, egress: [{ cidr: "10.0.0.0/8", port: 443, purpose: "proxy" }] };
    stack.aws.hosts = { "web-1": { addresses: ["10.20.1.10"], dnsName: "web-1.corp.example" }, "web-2": { addresses: ["10.20.1.11"], dnsName: "web-2.corp.example", subnet: "same" }, "db-1": { addresses: ["10.20.2.10"], dnsName: "db-1.corp.example", subnet: "db" } };
    const logs = planOf(stack).filter(({ type }) => type === "aws:ec2/flowLog:FlowLog");
    expect(logs.map(({ inputs }) => Reflect.get(inputs, "subnetId") as unknown).sort()).to.deep.equal([id, "subnet-0fedcba9876543210"].sort());
    expect(JSON.stringify(find(planOf(stack), "aws-flow-role").inputs)).to.include('"aws:SourceAccount":{"$link":{"name":"aws-nodes","output":"ownerId"}}');
  });

  it("says a partition's own name where it is not the first one", () => {
    for (const [region, partition] of [["us-gov-west-1", "aws-us-gov"], ["cn-north-1", "aws-cn"]] as const) {
      const stack = example();
      stack.aws.region = region;
      stack.aws.network.subnets = { app: { cidr: "10.20.1.0/24", zone: `${region}a` } };
      stack.aws.alerts = { topicArn: `arn:${partition}:sns:${region}:123456789012:on-call` };
      expect(JSON.stringify(planOf(stack))).to.not.match(/arn:aws:/);
    }
  });

  it("installs updates in the window and at no other time, after the days that the demanded age leaves", () => {
    fc.assert(
      fc.property(fc.constantFrom("daily", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }), fc.integer({ min: 2, max: 12 }), fc.integer({ min: 1, max: 45 }), (day, hour, minute, hours, maximumAgeDays) => {
        const two = (value: number): string => String(value).padStart(2, "0");
        const plan = planOf({ ...example(), updates: { maximumAgeDays, window: { day, start: `${two(hour)}:${two(minute)}`, hours } } });
        const { schedule, duration, cutoff } = find(plan, "aws-patch-window").inputs as { schedule: string; duration: number; cutoff: number };
        const cron = parseCron(schedule);
        if (typeof cron === "string") throw new Error(cron);
        // 2026-06-07 is a Sunday.
        const fired = Array.from({ length: 7 * 1440 }, (_, i) => new Date(Date.UTC(2026, 5, 7, 0, i))).filter((at) => cron.fires(at));
        expect(fired.map((at) => at.toISOString().slice(11, 16))).to.deep.equal(Array.from({ length: day === "daily" ? 7 : 1 }, () => `${two(hour)}:${two(minute)}`));
        if (day !== "daily") expect(fired[0]?.toUTCString().slice(0, 3)).to.equal(day);
        expect([duration, cutoff]).to.deep.equal([hours, 1]);
        const [baseline] = JSON.parse(String(Reflect.get(find(plan, "aws-patch-baseline").inputs, "content"))) as { ApprovalRules: { PatchRules: { ApproveAfterDays: number }[] } }[];
        const wait = baseline?.ApprovalRules.PatchRules[0]?.ApproveAfterDays ?? -1;
        expect(wait).to.be.within(0, 7);
        // Five weeks may lie between two updates: with the wait they are not older than is allowed, where that can be.
        if (maximumAgeDays >= 35) expect(35 + wait).to.be.at.most(maximumAgeDays);
        else expect(wait).to.equal(0);
      }),
      { numRuns: 60 },
    );
  });

  it("keeps every pattern within what CloudWatch takes, and what it can read", () => {
    fc.assert(
      fc.property(stacks, (stack) => {
        stack.aws.alerts = { topicArn: TOPIC };
        const filters = planOf(stack).filter(({ type }) => type === "aws:cloudwatch/logMetricFilter:LogMetricFilter");
        expect(filters).to.have.length(7);
        for (const { inputs } of filters) {
          const pattern = String(Reflect.get(inputs, "pattern"));
          expect(pattern.length).to.be.at.most(1024);
          expect(() => parsePattern(pattern)).to.not.throw();
        }
      }),
      { numRuns: 30 },
    );
  });

  it("makes the alarm on a silent host anew for another machine, which needs its time to speak too", () => {
    const stack = example();
    stack.aws.alerts = { topicArn: TOPIC };
    expect(find(planOf(stack), "web-1-alarm-silence")).to.deep.include({ host: "web-1", replaceOnChanges: ["dimensions"], deleteBeforeReplace: true });
  });

  it("names an exception's rule by what it says: one more before it changes nothing of its own", () => {
    const rulesOf = (...exceptions: readonly string[]): string[] => {
      const stack = { ...example(), exceptions: exceptions.map((what) => ({ control: "event-logging", what, reason: "approved for the tests", approvedBy: "J. Doe", expires: "2027-01-01" })) };
      stack.aws.alerts = { topicArn: TOPIC };
      return planOf(stack).filter(({ type }) => type.startsWith("aws:cloudwatch/event")).map((planned) => JSON.stringify(planned));
    };
    expect(rulesOf("second size")).to.have.length(2);
    expect(rulesOf("first size", "second size")).to.include.members(rulesOf("second size")).and.have.length(4);
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

