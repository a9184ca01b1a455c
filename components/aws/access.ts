import { HTTPS_PORT } from "../controls/https-listener";
import { fixedTags } from "../fleet/naming";
import { joined, link } from "../graph/planned";
import type { SourceList } from "../network/sources";
import { tagsOf, type AwsFleetSettings } from "./naming";
import { plan, type AwsPlanned } from "./types";

export const NODES = "aws-nodes";
export const CONTROL_GROUP = "aws-control";

/** The nodes as one list that every door refers to: a new node changes this list and no rule. */
export function nodeList(settings: AwsFleetSettings, sources: SourceList): AwsPlanned {
  return plan("aws:ec2/managedPrefixList:ManagedPrefixList", NODES, {
    name: `${settings.fleet}-automation-nodes`,
    addressFamily: "IPv4",
    maxEntries: settings.automation.capacity,
    entries: sources.sources.map(({ name, prefix }) => ({ cidr: prefix.text, description: name })),
    tags: tagsOf(settings, "automation-nodes"),
  });
}

export const vpcId = (settings: AwsFleetSettings) => settings.aws.network.vpc.id ?? link("aws-vpc");

export const subnetId = (settings: AwsFleetSettings, name: string) => settings.aws.network.subnets[name]?.id ?? link(`aws-subnet-${name}`);

/** VPC and subnets, where the stack is to make them. There is no internet gateway: a managed host has no public side. */
export function madeNetwork(settings: AwsFleetSettings): AwsPlanned[] {
  const { vpc, subnets } = settings.aws.network;
  if (vpc.cidr === undefined) return [];
  const made = Object.entries(subnets);
  return [
    plan("aws:ec2/vpc:Vpc", "aws-vpc", { cidrBlock: vpc.cidr, enableDnsHostnames: true, enableDnsSupport: true, tags: tagsOf(settings, "vpc") }),
    plan("aws:ec2/routeTable:RouteTable", "aws-routes", { vpcId: link("aws-vpc"), tags: tagsOf(settings, "routes") }),
    ...made.flatMap(([name, subnet]) => [
      plan("aws:ec2/subnet:Subnet", `aws-subnet-${name}`, {
        vpcId: link("aws-vpc"),
        cidrBlock: subnet.cidr,
        ...(subnet.zone === undefined ? {} : { availabilityZone: subnet.zone }),
        mapPublicIpOnLaunch: false,
        tags: tagsOf(settings, name),
      }),
      plan("aws:ec2/routeTableAssociation:RouteTableAssociation", `aws-routes-${name}`, {
        routeTableId: link("aws-routes"),
        subnetId: link(`aws-subnet-${name}`),
      }),
    ]),
  ];
}

/** The group that every host is in: no way in, and out only to the control channel and to what the stack names. */
export function controlGroup(settings: AwsFleetSettings): AwsPlanned[] {
  return [
    plan("aws:ec2/securityGroup:SecurityGroup", CONTROL_GROUP, {
      description: "Managed Windows hosts: no inbound rule, outbound to the control channel",
      vpcId: vpcId(settings),
      tags: fixedTags(settings, "control"),
    }),
    ...settings.aws.network.egress.map((rule) => {
      const ports = rule.toPort === undefined ? String(rule.port) : `${rule.port}-${rule.toPort}`;
      const name = `aws-egress-${rule.protocol}-${ports}-${rule.cidr.replace(/[./:]/g, "-")}`;
      return plan("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", name, {
        securityGroupId: link(CONTROL_GROUP),
        ipProtocol: rule.protocol,
        fromPort: rule.port,
        toPort: rule.toPort ?? rule.port,
        ...(rule.cidr.includes(":") ? { cidrIpv6: rule.cidr } : { cidrIpv4: rule.cidr }),
        description: rule.purpose,
        tags: fixedTags(settings, "egress"),
      });
    }),
  ];
}

/** Agents of version 3.3.40.0 and newer need no ec2messages, and regions made since 2024 have none. */
const INTERFACE_ENDPOINTS = ["ssm", "ssmmessages", "secretsmanager", "logs"] as const;
const ENDPOINT_GROUP = "aws-endpoints";

/** Private ways to the control channel, on request. */
export function endpoints(settings: AwsFleetSettings): AwsPlanned[] {
  const { network, region } = settings.aws;
  if (!network.endpoints) return [];
  const routeTables = network.vpc.id === undefined ? [link("aws-routes")] : [...network.routeTables];
  // One endpoint interface per zone is enough, and AWS refuses two subnets of one zone: the first subnet of each zone.
  const zones = new Map(Object.entries(network.subnets).map(([name, subnet]) => [subnet.zone ?? "", name] as const).reverse());
  return [
    plan("aws:ec2/securityGroup:SecurityGroup", ENDPOINT_GROUP, {
      description: "Endpoints of the control channel: 443 from managed hosts",
      vpcId: vpcId(settings),
      tags: fixedTags(settings, "endpoints"),
    }),
    plan("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", `${ENDPOINT_GROUP}-from-hosts`, {
      securityGroupId: link(ENDPOINT_GROUP),
      ipProtocol: "tcp",
      fromPort: 443,
      toPort: 443,
      referencedSecurityGroupId: link(CONTROL_GROUP),
      description: "managed hosts",
      tags: fixedTags(settings, "endpoints"),
    }),
    ...(network.endpointClients ?? []).map((cidr) =>
      plan("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", `${ENDPOINT_GROUP}-from-${cidr.replace(/[./:]/g, "-")}`, {
        securityGroupId: link(ENDPOINT_GROUP),
        ipProtocol: "tcp",
        fromPort: 443,
        toPort: 443,
        ...(cidr.includes(":") ? { cidrIpv6: cidr } : { cidrIpv4: cidr }),
        description: "other machines of the VPC",
        tags: fixedTags(settings, "endpoints"),
      })),
    ...INTERFACE_ENDPOINTS.map((service) =>
      plan(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        `aws-endpoint-${service}`,
        {
          vpcId: vpcId(settings),
          serviceName: `com.amazonaws.${region}.${service}`,
          vpcEndpointType: "Interface",
          subnetIds: [...zones.values()].sort().map((name) => subnetId(settings, name)),
          securityGroupIds: [link(ENDPOINT_GROUP)],
          privateDnsEnabled: true,
          tags: tagsOf(settings, service),
        },
      ),
    ),
    plan("aws:ec2/vpcEndpoint:VpcEndpoint", "aws-endpoint-s3", {
      vpcId: vpcId(settings),
      serviceName: `com.amazonaws.${region}.s3`,
      vpcEndpointType: "Gateway",
      routeTableIds: routeTables,
      tags: tagsOf(settings, "s3"),
    }),
    egressTo443("aws-egress-endpoints", { referencedSecurityGroupId: link(ENDPOINT_GROUP) }, settings),
    egressTo443("aws-egress-s3", { prefixListId: link("aws-endpoint-s3", "prefixListId") }, settings),
  ];
}

function egressTo443(name: string, destination: { referencedSecurityGroupId: ReturnType<typeof link> } | { prefixListId: ReturnType<typeof link> }, settings: AwsFleetSettings): AwsPlanned {
  return plan("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", name, {
    securityGroupId: link(CONTROL_GROUP),
    ipProtocol: "tcp",
    fromPort: 443,
    toPort: 443,
    ...destination,
    description: "control channel",
    tags: fixedTags(settings, "egress"),
  });
}

/** The door: the one rule that lets the nodes in, on the host's own group, there only while its gate stands. */
export function door(settings: AwsFleetSettings, host: string, group: ReturnType<typeof joined>, needs: readonly string[]): AwsPlanned {
  return plan(
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    `${host}-door`,
    {
      securityGroupId: group,
      ipProtocol: "tcp",
      fromPort: HTTPS_PORT,
      toPort: HTTPS_PORT,
      prefixListId: link(NODES),
      description: "automation nodes to WinRM over HTTPS",
      tags: fixedTags(settings, host),
    },
    { host, needs, deleteBeforeReplace: true },
  );
}
