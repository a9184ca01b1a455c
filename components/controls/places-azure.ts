import type { AzureHost } from "../settings/azure";
import type { Problem } from "../settings/problem";
import type { Settings } from "../settings/settings";
import { subnetProblems, tagNames, tagsTooMany, twiceOut, type TagRules } from "./places";
import { watchProblems } from "./places-azure-watch";

type Azure = NonNullable<Settings["azure"]>;

/** What only shows when the section of Azure is seen as a whole. Its hosts reach vault and node list by their subnets, so they always have a way. */
export function azureProblems(settings: Settings): Problem[] {
  const { azure, fleet, tags } = settings;
  if (!azure) return [];
  const { vnet, subnets, egress } = azure.network;
  return [
    ...namesFromFleet(fleet, azure),
    ...networkProblems(azure),
    ...elsewhere(azure),
    ...watchProblems(settings, azure),
    ...twiceOut(egress, "azure"),
    ...subnetProblems("azure", subnets, vnet, "virtual network"),
    ...tagNames("tags", [tags], TAGS),
    ...tagNames("azure.tags", [tags, azure.tags], TAGS),
    ...tagsTooMany("azure", [tags, azure.tags], azure.hosts),
    ...Object.entries(azure.hosts).flatMap(([name, host]) => [
      ...hostProblems(settings, azure, `azure.hosts.${name}`, host),
      ...placementProblems(`azure.hosts.${name}`, host),
      ...machineName(fleet, name),
      ...tagNames(`azure.hosts.${name}.tags`, [tags, azure.tags, host.tags], TAGS),
    ]),
  ];
}

const TAGS: TagRules = { cloud: "Azure", refused: /[<>%&\\?/]/, mend: "use names without < > % & \\ ? and /" };
const RULE_NAME = 80;
const MACHINE_NAME = 64;

/** Names that are made of the fleet's: group, network, rules. Source: Microsoft's naming rules of resources. */
function namesFromFleet(fleet: string, { network }: Azure): Problem[] {
  const key = "the stack's name";
  // Without dots: an identity's name has none.
  if (!/^[A-Za-z0-9]([\w-]*[A-Za-z0-9_])?$/.test(fleet)) {
    return [{ key, what: "makes a fleet's name that Azure does not take", found: `"${fleet}"`, mend: "let the project's name begin with a letter or digit, and the stack's end in one, with nothing but letters, digits, hyphens and underscores between" }];
  }
  if (network.vnet.cidr === undefined) return [];
  const rules = ["azurekeyvault", ...network.egress.map(({ protocol, port, toPort, cidr }) => `${protocol}-${port}${toPort === undefined ? "" : `-${toPort}`}-${cidr}`)];
  const longest = Math.max(...rules.map((rule) => `${fleet}-egress-${rule}`.length));
  return longest <= RULE_NAME ? [] : [{ key, what: `makes names of rules with ${longest} characters, and Azure's end at ${RULE_NAME}`, found: `"${fleet}"`, mend: `shorten the project's or the stack's name by ${longest - RULE_NAME}` }];
}

function machineName(fleet: string, host: string): Problem[] {
  const machine = `${fleet}-${host}`;
  if (machine.length <= MACHINE_NAME) return [];
  return [{ key: `azure.hosts.${host}`, what: "makes a name that is too long for a machine in Azure", found: `"${machine}"`, mend: `shorten the project's, the stack's or the host's name: together at most ${MACHINE_NAME - 2} characters` }];
}

function networkProblems({ network: { vnet, subnets, nsg, egress, allow } }: Azure): Problem[] {
  const problems: Problem[] = [];
  if (vnet.id !== undefined && egress.length > 0) {
    problems.push({ key: "azure.network.egress", what: "belongs to the group of subnets that are not made here", found: `a list of ${egress.length}`, mend: "take it out, and set the way out in your own network security group" });
  }
  if (vnet.cidr !== undefined && nsg !== undefined) {
    problems.push({ key: "azure.network.nsg", what: "would be a second group: subnets made here get one that is made here", found: `"${nsg.id}"`, mend: "take it out, or name the existing virtual network" });
  }
  for (const [name, { id }] of Object.entries(subnets)) {
    if (vnet.id === undefined || id === undefined || id.toLowerCase().startsWith(`${vnet.id.toLowerCase()}/subnets/`)) continue;
    problems.push({ key: `azure.network.subnets.${name}.id`, what: "is not a subnet of azure.network.vnet", found: `"${id}"`, mend: "write the id of one of that network's subnets" });
  }
  if (vnet.cidr !== undefined && allow.length === 0) {
    problems.push({ key: "azure.network.allow", what: "is empty, and whoever runs Pulumi cannot be in a network that is made here, so the node list could not be written", found: "an empty list", mend: "write the public address of the machine that runs Pulumi" });
  }
  allow.forEach((range, i) => {
    if (allow.indexOf(range) < i) problems.push({ key: `azure.network.allow[${i}]`, what: "stands twice", found: `"${range}"`, mend: "name each address once" });
  });
  return problems;
}

/** The provider makes rules and records by group and name, in its own subscription: one of another would be looked for in vain. */
function elsewhere({ subscription, network, dns }: Azure): Problem[] {
  const made = [
    { key: "azure.network.nsg.id", id: network.nsg?.id, instead: "leave azure.network.nsg out, and let the nodes in there yourself" },
    { key: "azure.network.natGateway", id: network.natGateway, instead: "name one of the hosts' subscription, or leave it out" },
    { key: "azure.dns.zoneId", id: dns?.zoneId, instead: "leave azure.dns out, and make the hosts' names there yourself" },
  ];
  return made.flatMap(({ key, id, instead }): Problem[] =>
    id === undefined || id.toLowerCase().startsWith(`/subscriptions/${subscription.toLowerCase()}/`) ? [] : [{ key, what: "lies in another subscription than the hosts", found: `"${id}"`, mend: instead }]);
}

/** Azure's own images of Windows Server whose sku names no second generation. Others may be either. */
const FIRST_GENERATION = /^MicrosoftWindowsServer:WindowsServer:\d{4}-datacenter(-server)?(-core)?(-with-containers)?(-smalldisk)?:/i;

function hostProblems({ account }: Settings, { dns }: Azure, key: string, { adminUsername, dnsName, image }: AzureHost): Problem[] {
  const problems: Problem[] = [];
  const zone = dns?.zoneId.split("/").at(-1);
  if ([account.name, account.becomeUser].some((user) => user?.split("@")[0]?.toLowerCase() === adminUsername.toLowerCase())) {
    problems.push({ key: `${key}.adminUsername`, what: "is an account of Ansible's, which must not be the built-in administrator", found: `"${adminUsername}"`, mend: "write another name, such as winadmin" });
  }
  if (zone !== undefined && !dnsName.endsWith(`.${zone.toLowerCase()}`)) {
    problems.push({ key: `${key}.dnsName`, what: "is not a name of the zone in azure.dns", found: `"${dnsName}"`, mend: `write one that ends in .${zone}` });
  }
  if (FIRST_GENERATION.test(image)) {
    problems.push({ key: `${key}.image`, what: "is of the first generation, which knows no Trusted Launch", found: `"${image}"`, mend: "write a sku of the second, such as 2022-datacenter-g2 or 2022-datacenter-azure-edition" });
  }
  return problems;
}

function placementProblems(key: string, { vm, zone }: AzureHost): Problem[] {
  const problems: Problem[] = [];
  if (vm?.availabilitySet !== undefined && zone !== undefined) {
    problems.push({ key: `${key}.vm.availabilitySet`, what: "is for machines without a zone", found: `"${vm.availabilitySet}"`, mend: `keep either it or the host's zone, "${zone}"` });
  }
  if (vm?.host !== undefined && vm.hostGroup !== undefined) {
    problems.push({ key: `${key}.vm.hostGroup`, what: "cannot stand beside vm.host", found: `"${vm.hostGroup}"`, mend: "keep one of the two: a dedicated host, or a group in which Azure chooses one" });
  }
  vm?.dataDisks?.forEach(({ storageAccountType, caching }, i) => {
    if (storageAccountType !== "PremiumV2_LRS" || caching === undefined || caching === "None") return;
    problems.push({ key: `${key}.vm.dataDisks[${i}].caching`, what: "is nothing that a disk of PremiumV2_LRS can do", found: `"${caching}"`, mend: "write None, or leave the key out" });
  });
  return problems;
}
