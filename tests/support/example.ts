import type { StackArgs } from "../../components/stack";
import { readSettings } from "../../components/controls/plan";
import type { AwsFleetSettings } from "../../components/aws/naming";
import { problemsText } from "../../components/settings/problem";

export const CONTEXT = { fleet: "secure-winrm-test", today: "2026-06-01" } as const;

type Written = StackArgs & { aws: NonNullable<StackArgs["aws"]> };

/** The smallest stack that is right: every test changes one thing in a copy of it. */
export function example(): Written {
  return {
    automation: { nodes: [{ name: "exec-1", addresses: ["10.20.9.5"] }] },
    account: { name: "svc-ansible", transport: "ntlm" },
    aws: {
      region: "eu-central-1",
      network: {
        vpc: { cidr: "10.20.0.0/16" },
        subnets: { app: { cidr: "10.20.1.0/24", zone: "eu-central-1a" } },
        endpoints: true,
      },
      defaults: { image: "ami-0a1b2c3d4e5f60718", instanceType: "m7i.large", subnet: "app" },
      hosts: {
        "web-1": { addresses: ["10.20.1.10"], dnsName: "web-1.corp.example" },
        "web-2": { addresses: ["10.20.1.11"], dnsName: "web-2.corp.example" },
      },
    },
  };
}

/** The example with any number of hosts: addresses and names are made, none is twice. */
export function exampleWithHosts(count: number): Written {
  const stack = example();
  stack.aws.network.vpc = { cidr: "10.20.0.0/16" };
  stack.aws.network.subnets = { app: { cidr: "10.20.0.0/17", zone: "eu-central-1a" } };
  stack.aws.hosts = Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`host-${i}`, { addresses: [`10.20.${1 + Math.floor(i / 250)}.${4 + (i % 250)}`], dnsName: `host-${i}.corp.example` }]),
  );
  return stack;
}

/** @throws with the problems' text, so that a test that spoils the example by mistake says how. */
export function settingsOf(stack: object): AwsFleetSettings {
  const { settings, problems } = readSettings(stack, CONTEXT);
  if (!settings) throw new Error(problemsText(problems));
  if (!settings.aws) throw new Error("the stack has no hosts in AWS");
  return { ...settings, aws: settings.aws };
}
