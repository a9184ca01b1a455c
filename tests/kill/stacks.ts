import { example, exampleAzure } from "../support/example";
import type { CloudName, StackName } from "./points";

const NETWORK = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/network/providers/Microsoft.Network";
const DNS = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/dns/providers/Microsoft.Network/privateDnsZones/corp.example";
const ACTIONS = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/on-call/providers/Microsoft.Insights/actionGroups/on-call";
const [VPC, SUBNET] = ["vpc-0123456789abcdef0", "subnet-0123456789abcdef0"];

/** What the accounts hold before any stack. */
export const EXISTING: object[] = [
  { type: "vpc", id: VPC, cidr: "10.20.0.0/16" },
  { type: "subnet", id: SUBNET, vpcId: VPC, cidr: "10.20.1.0/24" },
  { type: "aws:route53/zone:Zone", id: "Z0SANDBOX0000" },
  { id: `${NETWORK}/virtualNetworks/corp`, properties: { addressSpace: { addressPrefixes: ["10.30.0.0/16"] } } },
  { id: `${NETWORK}/virtualNetworks/corp/subnets/app`, properties: { addressPrefix: "10.30.1.0/24", networkSecurityGroup: { id: `${NETWORK}/networkSecurityGroups/corp` }, serviceEndpoints: [{ service: "Microsoft.Storage" }, { service: "Microsoft.KeyVault" }] } },
  { id: `${NETWORK}/networkSecurityGroups/corp` },
  { id: DNS },
  { id: ACTIONS },
];

const host = { aws: { "web-1": { addresses: ["10.20.1.10"], dnsName: "web-1.corp.example" } }, azure: { "app-1": { addresses: ["10.30.1.10"], dnsName: "app-1.corp.example" } } };
const exception = { control: "up-to-date", what: "frozen image", reason: "the vendor has not released it", approvedBy: "J. Doe", expires: "2199-07-01" };

/** One host in a network that exists: as few resources as a fleet can have. */
function smallest(cloud: CloudName) {
  if (cloud === "azure") {
    const { azure, ...stack } = exampleAzure();
    const network = { vnet: { id: `${NETWORK}/virtualNetworks/corp` }, subnets: { app: { id: `${NETWORK}/virtualNetworks/corp/subnets/app`, cidr: "10.30.1.0/24" } }, nsg: { id: `${NETWORK}/networkSecurityGroups/corp` }, allow: azure.network.allow };
    return { ...stack, azure: { ...azure, network, hosts: host.azure } };
  }
  const { aws, ...stack } = example();
  return { ...stack, aws: { ...aws, network: { vpc: { id: VPC }, subnets: { app: { id: SUBNET, cidr: "10.20.1.0/24" } }, egress: [{ cidr: "10.20.0.0/16", port: 443, purpose: "endpoints that exist" }] }, hosts: host.aws } };
}

/** One host with all that can be made for it: network, endpoints, name, alerts. */
function everything(cloud: CloudName) {
  if (cloud === "azure") {
    const { azure, ...stack } = exampleAzure();
    return { ...stack, azure: { ...azure, dns: { zoneId: DNS }, alerts: { actionGroupId: ACTIONS }, hosts: host.azure } };
  }
  const { aws, ...stack } = example();
  return { ...stack, exceptions: [exception], aws: { ...aws, dns: { zoneId: "Z0SANDBOX0000" }, alerts: { topicArn: "arn:aws:sns:eu-central-1:123456789012:on-call" }, hosts: host.aws } };
}

export const stackOf = (cloud: CloudName, name: StackName): object => (name === "smallest" ? smallest : everything)(cloud);

/** What the gate vouches for, the machine's image, a node more, and a host's tag: every kind of change at once. */
export function changed(cloud: CloudName, name: StackName): object {
  const stack = { ...stackOf(cloud, name), account: { name: "svc-other@CORP.EXAMPLE", becomeUser: "svc-become@CORP.EXAMPLE", transport: "kerberos" }, automation: { nodes: [{ name: "exec-1", addresses: ["10.20.9.5"] }, { name: "exec-2", addresses: ["10.20.9.6"] }] } };
  const images = { aws: "ami-0fedcba9876543210", azure: "MicrosoftWindowsServer:WindowsServer:2022-datacenter-azure-edition:20348.9999.991231" } as const;
  const section = (stack as unknown as Record<CloudName, { defaults: object; hosts: Record<string, object> }>)[cloud];
  const hosts = Object.fromEntries(Object.entries(section.hosts).map(([key, one]) => [key, { ...one, tags: { owner: "somebody-else" } }]));
  return { ...stack, [cloud]: { ...section, hosts, defaults: { ...section.defaults, image: images[cloud] } } };
}
