import { planAws } from "../components/aws/plan";
import { planAzure } from "../components/azure/plan";
import { readSettings } from "../components/controls/plan";
import type { Cloud } from "../components/fleet/naming";
import type { Planned } from "../components/graph/planned";
import { fetchScript, guestScript } from "../components/guest/script";
import { problemsText } from "../components/settings/problem";

export const CLOUDS: readonly Cloud[] = ["aws", "azure"];
export const PROJECT = "secure-winrm";
export const STACK = "bench";

/** What tells one host of the measured fleets from another. */
export interface BenchHost {
  readonly name: string;
  readonly address: string;
  readonly dnsName: string;
}

/** A fleet that differs from others in its number of hosts only. */
export interface BenchFleet {
  readonly cloud: Cloud;
  readonly hosts: readonly BenchHost[];
  /** What its stack file says. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly plan: readonly Planned[];
}

const COMMON = {
  automation: { nodes: [{ name: "exec-1", addresses: ["10.20.9.5"] }] },
  account: { name: "svc-ansible@CORP.EXAMPLE", becomeUser: "svc-become@CORP.EXAMPLE", transport: "kerberos" },
};

/** A network made here, with its private ways to the control channel: the largest that a small stack file asks for. */
const PLACES = {
  aws: {
    network: { vpc: { cidr: "10.20.0.0/16" }, subnets: { app: { cidr: "10.20.0.0/17", zone: "eu-central-1a" } }, endpoints: true },
    defaults: { image: "ami-0a1b2c3d4e5f60718", instanceType: "m7i.large", subnet: "app" },
  },
  azure: {
    network: { vnet: { cidr: "10.20.0.0/16" }, subnets: { app: { cidr: "10.20.0.0/17" } }, allow: ["203.0.113.7"] },
    defaults: { image: "MicrosoftWindowsServer:WindowsServer:2022-datacenter-azure-edition:20348.2700.240905", size: "Standard_D4s_v5", subnet: "app" },
  },
} as const;

const AZURE = { location: "westeurope", subscription: "11111111-2222-3333-4444-555555555555", tenant: "99999999-8888-7777-6666-555555555555" } as const;

const PROVIDERS = {
  aws: { "aws:region": "eu-central-1" },
  azure: { "azure-native:location": AZURE.location, "azure-native:subscriptionId": AZURE.subscription, "azure-native:tenantId": AZURE.tenant },
} as const;

/** What the providers' own settings give: the program adds it to the section by itself. */
const FROM_PROVIDER = { aws: { region: PROVIDERS.aws["aws:region"] }, azure: AZURE } as const;

export function benchFleet(cloud: Cloud, count: number): BenchFleet {
  const hosts = Array.from({ length: count }, (_, i) => {
    const name = `host-${String(i + 1).padStart(4, "0")}`;
    return { name, address: `10.20.${1 + Math.floor(i / 250)}.${4 + (i % 250)}`, dnsName: `${name}.corp.example` };
  });
  const section = { ...PLACES[cloud], hosts: Object.fromEntries(hosts.map(({ name, address, dnsName }) => [name, { addresses: [address], dnsName }])) };
  const keys = Object.entries<unknown>({ ...COMMON, [cloud]: section }).map(([key, value]) => [`${PROJECT}:${key}`, value] as const);
  return { cloud, hosts, config: { ...PROVIDERS[cloud], ...Object.fromEntries(keys) }, plan: planOf(cloud, { ...COMMON, [cloud]: { ...FROM_PROVIDER[cloud], ...section } }) };
}

function planOf(cloud: Cloud, written: object): readonly Planned[] {
  const { settings, problems } = readSettings(written, { fleet: `${PROJECT}-${STACK}`, today: new Date().toISOString().slice(0, 10) });
  if (!settings) throw new Error(problemsText(problems));
  const inputs = { script: guestScript(), fetch: fetchScript(), reader: "node cli/reader.mjs" };
  const { aws, azure } = settings;
  if (cloud === "aws" && aws) return planAws({ ...settings, aws }, inputs);
  if (cloud === "azure" && azure) return planAzure({ ...settings, azure }, inputs);
  throw new Error(`the stack has no hosts in ${cloud}`);
}
