import type { AwsArgs } from "../../components/aws/args";
import type { AwsFleetSettings } from "../../components/aws/naming";
import type { AzureArgs } from "../../components/azure/args";
import { readSettings } from "../../components/controls/plan";
import type { CommonArgs } from "../../components/fleet/args";
import { problemsText } from "../../components/settings/problem";

export const CONTEXT = { fleet: "secure-winrm-test", today: "2026-06-01" } as const;

type Written = CommonArgs & { aws: AwsArgs };
type WrittenAzure = CommonArgs & { azure: AzureArgs };

const common = (): CommonArgs => ({
  automation: { nodes: [{ name: "exec-1", addresses: ["10.20.9.5"] }] },
  account: { name: "svc-ansible@CORP.EXAMPLE", becomeUser: "svc-become@CORP.EXAMPLE", transport: "kerberos" },
});

/** The smallest stack that is right: every test changes one thing in a copy of it. */
export function example(): Written {
  return {
    ...common(),
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

/** The same in Azure. */
export function exampleAzure(): WrittenAzure {
  return {
    ...common(),
    azure: {
      subscription: "11111111-2222-3333-4444-555555555555",
      tenant: "99999999-8888-7777-6666-555555555555",
      location: "westeurope",
      // The last is where the program runs in the sandbox.
      network: { vnet: { cidr: "10.30.0.0/16" }, subnets: { app: { cidr: "10.30.1.0/24" } }, allow: ["203.0.113.7"] },
      defaults: { image: "MicrosoftWindowsServer:WindowsServer:2022-datacenter-azure-edition:20348.2700.240905", size: "Standard_D4s_v5", subnet: "app" },
      hosts: {
        "app-1": { addresses: ["10.30.1.10"], dnsName: "app-1.corp.example" },
        "app-2": { addresses: ["10.30.1.11"], dnsName: "app-2.corp.example" },
      },
    },
  };
}

/** One stack with hosts in both clouds. */
export const both = (): Written & WrittenAzure => ({ ...example(), azure: exampleAzure().azure });

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
