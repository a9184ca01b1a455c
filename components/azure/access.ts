import { HTTPS_PORT } from "../controls/https-listener";
import { fixedTags } from "../fleet/naming";
import { link } from "../graph/planned";
import type { SourceList } from "../network/sources";
import type { AzureHost } from "../settings/azure";
import { machineName, parseArmId, place, resourceGroup, tagsOf, type AzureFleetSettings } from "./naming";
import { plan, type AzurePlanned } from "./types";

const VNET = "azure-vnet";
const SUBNETS_GROUP = "azure-subnets-nsg";
export const HOSTS = "azure-hosts";
export const PAIR = ["azure-allow-nodes", "azure-deny-winrm"] as const;

type Inputs = Extract<AzurePlanned, { type: "azure-native:network:SecurityRule" }>["inputs"];
type RuleGroup = Pick<Inputs, "resourceGroupName" | "networkSecurityGroupName">;

/** Whether the subnets' security group is made here, so that the nodes need to stand in one rule only. */
export const ownsSubnets = ({ azure }: AzureFleetSettings): boolean => azure.network.vnet.cidr !== undefined;

export const subnetId = ({ azure }: AzureFleetSettings, name: string) => azure.network.subnets[name]?.id ?? link(`azure-subnet-${name}`);

/** Inbound TCP from any port, by number only: every rule is one of its own, because inline ones delete these. */
const inbound = (group: RuleGroup, rest: Pick<Inputs, "securityRuleName" | "priority" | "access" | "description"> & Partial<Inputs>): Inputs => ({
  ...group,
  direction: "Inbound",
  protocol: "Tcp",
  sourcePortRange: "*",
  ...rest,
});

/**
 * What lets nodes, and nobody else, to WinRM of managed hosts, in the group of their subnets. In a group that is made
 * here the deny is for every address, so that nothing hangs on a host's membership; elsewhere there may be others.
 */
function pair(settings: AzureFleetSettings, sources: SourceList, group: RuleGroup, priority: number): AzurePlanned[] {
  const [allow, deny] = PAIR;
  const denied = ownsSubnets(settings) ? { destinationAddressPrefix: "*" } : { destinationApplicationSecurityGroups: [{ id: link(HOSTS) }] };
  // The deny comes first into being.
  return [
    plan("azure-native:network:SecurityRule", allow, inbound(group, {
      securityRuleName: `${settings.fleet}-allow-nodes`,
      priority,
      access: "Allow",
      description: "automation nodes to WinRM over HTTPS of managed hosts",
      sourceAddressPrefixes: sources.sources.map(({ prefix }) => prefix.text),
      destinationApplicationSecurityGroups: [{ id: link(HOSTS) }],
      destinationPortRange: String(HTTPS_PORT),
    })),
    plan("azure-native:network:SecurityRule", deny, inbound(group, {
      securityRuleName: `${settings.fleet}-deny-winrm`,
      priority: priority + 1,
      access: "Deny",
      // Azure's own rules let the whole virtual network in, peered ones and on-premises ranges included.
      description: "WinRM of managed hosts from everybody else",
      sourceAddressPrefix: "*",
      ...denied,
      destinationPortRanges: ["5985", String(HTTPS_PORT), "47001"],
    })),
  ].reverse();
}

/** One after the other: Azure changes one rule of a group at a time. */
function chained(rules: readonly AzurePlanned[]): AzurePlanned[] {
  return rules.map((rule, i) => ({ ...rule, needs: rules.slice(Math.max(0, i - 1), i).map(({ name }) => name) }));
}

/** The hosts as a destination, and the network around them: made here, or the pair of rules in an existing group. */
export function network(settings: AzureFleetSettings, sources: SourceList): AzurePlanned[] {
  const { vnet, nsg } = settings.azure.network;
  return [
    plan("azure-native:network:ApplicationSecurityGroup", HOSTS, { ...place(settings), applicationSecurityGroupName: `${settings.fleet}-hosts`, tags: fixedTags(settings, "hosts") }),
    ...(vnet.cidr === undefined ? [] : madeNetwork(settings, sources, vnet.cidr)),
    ...(nsg === undefined ? [] : chained(pair(settings, sources, groupById(nsg.id), nsg.priority))),
  ];
}

function groupById(id: string): RuleGroup {
  const { resourceGroup: group, name } = parseArmId(id);
  return { resourceGroupName: group, networkSecurityGroupName: name };
}

const FIRST_PRIORITY = 200;
const LAST_PRIORITY = 4096;
/** The first two places of a host's own group: a rule that somebody adds by hand comes after the deny. */
const DOOR_PRIORITY = 100;
const SHUT_PRIORITY = 101;

/** There is no public address and no default way out: hosts reach vault and node list by service endpoints, and the rest by a NAT gateway that is named. */
function madeNetwork(settings: AzureFleetSettings, sources: SourceList, cidr: string): AzurePlanned[] {
  const group: RuleGroup = { resourceGroupName: resourceGroup(settings), networkSecurityGroupName: link(SUBNETS_GROUP, "name") };
  const rules = chained([...pair(settings, sources, group, FIRST_PRIORITY), ...egress(settings, group)]);
  const { subnets, natGateway } = settings.azure.network;
  const names = Object.keys(subnets).sort();
  return [
    plan("azure-native:network:VirtualNetwork", VNET, { ...place(settings), virtualNetworkName: settings.fleet, addressSpace: { addressPrefixes: [cidr] }, tags: tagsOf(settings, "vnet") }),
    plan("azure-native:network:NetworkSecurityGroup", SUBNETS_GROUP, { ...place(settings), networkSecurityGroupName: `${settings.fleet}-subnets`, tags: fixedTags(settings, "subnets") }),
    ...rules,
    ...names.map((name, i) =>
      plan("azure-native:network:Subnet", `azure-subnet-${name}`, {
        resourceGroupName: resourceGroup(settings),
        virtualNetworkName: link(VNET, "name"),
        subnetName: name,
        addressPrefix: subnets[name]?.cidr,
        networkSecurityGroup: { id: link(SUBNETS_GROUP) },
        serviceEndpoints: [{ service: "Microsoft.KeyVault" }, { service: "Microsoft.Storage" }],
        defaultOutboundAccess: false,
        ...(natGateway === undefined ? {} : { natGateway: { id: natGateway } }),
        // One after the other: Azure changes one subnet of a network at a time.
      }, { needs: [...rules.map((rule) => rule.name), ...names.slice(i - 1, i).map((before) => `azure-subnet-${before}`)] }),
    ),
  ];
}

/** Azure's names of what hosts must reach. The agent's documentation asks for Resource Manager too, though events go to Azure Monitor. */
const CHANNEL = { azurekeyvault: "AzureKeyVault", storage: "Storage" } as const;
const LOGGING = { azuremonitor: "AzureMonitor", manager: "AzureResourceManager" } as const;

/** Out to vault, node list, logging and what the stack names, and nowhere else. The platform's own addresses are not filtered. */
function egress(settings: AzureFleetSettings, group: RuleGroup): AzurePlanned[] {
  const to = (name: string, priority: number, rest: Pick<Inputs, "access" | "protocol" | "description"> & Partial<Inputs>) =>
    plan("azure-native:network:SecurityRule", `azure-egress-${name}`, {
      ...group,
      securityRuleName: `${settings.fleet}-egress-${name}`,
      direction: "Outbound",
      priority,
      sourceAddressPrefix: "*",
      sourcePortRange: "*",
      ...rest,
    });
  const tags = Object.entries({ ...CHANNEL, ...(settings.logging.events ? LOGGING : {}) }).map(([name, tag], i) =>
    to(name, FIRST_PRIORITY + i, { access: "Allow", protocol: "Tcp", description: name in CHANNEL ? "control channel" : "logging", destinationAddressPrefix: tag, destinationPortRange: "443" }));
  const named = settings.azure.network.egress.map((rule, i) => {
    const ports = rule.toPort === undefined ? String(rule.port) : `${rule.port}-${rule.toPort}`;
    return to(`${rule.protocol}-${ports}-${rule.cidr.replace(/[./:]/g, "-")}`, FIRST_PRIORITY + 10 + i, {
      access: "Allow",
      protocol: rule.protocol === "tcp" ? "Tcp" : "Udp",
      description: rule.purpose,
      destinationAddressPrefix: rule.cidr,
      destinationPortRange: ports,
    });
  });
  return [...tags, ...named, to("else", LAST_PRIORITY, { access: "Deny", protocol: "*", description: "everything else", destinationAddressPrefix: "*", destinationPortRange: "*" })];
}

/** A host's own group, shut before its interface is in it. */
export function doorGroup(settings: AzureFleetSettings, name: string): AzurePlanned[] {
  const group = `${name}-door-nsg`;
  return [
    plan("azure-native:network:NetworkSecurityGroup", group, { ...place(settings), networkSecurityGroupName: `${machineName(settings, name)}-nsg`, tags: fixedTags(settings, name) }, { host: name }),
    plan("azure-native:network:SecurityRule", `${name}-deny`, {
      ...inbound({ resourceGroupName: resourceGroup(settings), networkSecurityGroupName: link(group, "name") }, {
        securityRuleName: "deny-inbound",
        priority: SHUT_PRIORITY,
        access: "Deny",
        description: "everything: only the door lets anybody in",
        sourceAddressPrefix: "*",
        destinationAddressPrefix: "*",
        destinationPortRange: "*",
      }),
      protocol: "*",
    }, { host: name }),
  ];
}

/** The door: the one rule that lets the nodes in, in the host's own group, there only while its gate stands. */
export function door(settings: AzureFleetSettings, name: string, host: AzureHost, sources: SourceList, group: ReturnType<typeof link>, needs: readonly string[]): AzurePlanned {
  const owned = ownsSubnets(settings);
  return plan("azure-native:network:SecurityRule", `${name}-door`, inbound({ resourceGroupName: resourceGroup(settings), networkSecurityGroupName: group }, {
    securityRuleName: "door",
    priority: DOOR_PRIORITY,
    access: "Allow",
    description: "automation nodes to WinRM over HTTPS",
    // Where the subnets' group is made here, it lets in nodes and nobody else, and a new node changes that group only.
    ...(owned ? { sourceAddressPrefix: "*" } : { sourceAddressPrefixes: sources.sources.map(({ prefix }) => prefix.text) }),
    destinationAddressPrefixes: host.listen.map((address) => `${address}/32`),
    destinationPortRange: String(HTTPS_PORT),
  }), { host: name, needs: [...needs, ...(owned || settings.azure.network.nsg !== undefined ? PAIR : [])], deleteBeforeReplace: true });
}

/** What one more node costs where the subnets' group is not made here; undefined where it costs one rule. */
export function nodeNotice(settings: AzureFleetSettings): string | undefined {
  if (ownsSubnets(settings)) return undefined;
  const count = Object.keys(settings.azure.hosts).length;
  return `azure: the subnets' network security group is not made here, so each host's own rule lists the nodes: one more node changes ${count} ${count === 1 ? "rule" : "rules"}`;
}
