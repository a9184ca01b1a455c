import { parsePrefix, contains } from "../network/address";
import { hostsOf } from "../settings/places";
import type { Problem } from "../settings/problem";
import type { Settings } from "../settings/settings";

/** What only shows when a cloud's section is seen as a whole: networks, ways out, names that are made from others. */

/** Names are one namespace over all sections: faults, exceptions, inventory and summary go by them. */
export function nameProblems(settings: Settings): Problem[] {
  const sections = new Map<string, string>();
  return hostsOf(settings).flatMap(({ cloud, key, name }) => {
    const other = sections.get(name);
    sections.set(name, cloud);
    return other === undefined ? [] : [{ key, what: `is the name of a host in ${other} too`, found: `"${name}"`, mend: "give each host of a stack its own name" }];
  });
}

/** A closed host that cannot reach its control channel would never be configured, nor audited. */
export function awsProblems({ aws, fleet }: Settings): Problem[] {
  if (!aws) return [];
  const { vpc, subnets, endpoints, egress, routeTables } = aws.network;
  const problems: Problem[] = [];
  if (!endpoints && !egress.some((rule) => rule.protocol === "tcp" && rule.port <= 443 && 443 <= (rule.toPort ?? rule.port))) {
    problems.push({ key: "aws.network.egress", what: "gives hosts no way to their control channel", found: egress.length === 0 ? "an empty list" : `a list of ${egress.length} without 443`, mend: "set aws.network.endpoints to true, or add a rule for tcp 443 to the proxy, NAT or endpoints that lead to Systems Manager" });
  }
  if (vpc.cidr !== undefined && !endpoints) {
    problems.push({ key: "aws.network.endpoints", what: "is off, and a VPC made here has no other way out", found: "false", mend: "set it to true, or name an existing VPC that has a way to Systems Manager" });
  }
  if (vpc.id !== undefined && endpoints && routeTables.length === 0) {
    problems.push({ key: "aws.network.routeTables", what: "names no route table, and the S3 endpoint needs those of the hosts' subnets", found: "an empty list", mend: "write their ids, or set aws.network.endpoints to false and name the way out in aws.network.egress" });
  }
  return [
    ...problems,
    ...(/^[a-z0-9][a-z0-9-]*$/.test(fleet) ? [] : [{ key: "the stack's name", what: "makes a fleet's name that no bucket can have", found: `"${fleet}"`, mend: "name project and stack with lower-case letters, digits and hyphens" }]),
    ...twiceOut(egress, "aws"),
    ...strayedSubnets("aws", subnets, vpc, "VPC"),
  ];
}

/** Hosts in Azure reach vault and node list by their subnets' service endpoints, so they always have a way. */
export function azureProblems({ azure, account, fleet }: Settings): Problem[] {
  if (!azure) return [];
  const { vnet, subnets, nsg, egress } = azure.network;
  const problems: Problem[] = [];
  if (vnet.id !== undefined && egress.length > 0) {
    problems.push({ key: "azure.network.egress", what: "belongs to the group of subnets that are not made here", found: `a list of ${egress.length}`, mend: "take it out, and set the way out in your own network security group" });
  }
  if (vnet.cidr !== undefined && nsg !== undefined) {
    problems.push({ key: "azure.network.nsg", what: "would be a second group: subnets made here get one that is made here", found: `"${nsg.id}"`, mend: "take it out, or name the existing virtual network" });
  }
  const ids = Object.entries(subnets).flatMap(([name, { id, cidr }]): Problem[] => {
    const key = `azure.network.subnets.${name}`;
    if (vnet.id !== undefined && id !== undefined && !id.toLowerCase().startsWith(`${vnet.id.toLowerCase()}/subnets/`)) return [{ key: `${key}.id`, what: "is not a subnet of azure.network.vnet", found: `"${id}"`, mend: "write the id of one of that network's subnets" }];
    const [outer, inner] = [vnet.cidr, cidr].map((text) => (text === undefined ? undefined : parsePrefix(text)));
    return outer && inner && !contains(outer, inner) ? [{ key: `${key}.cidr`, what: "is outside the virtual network", found: `"${cidr ?? ""}"`, mend: `write a range inside ${vnet.cidr ?? ""}` }] : [];
  });
  const hosts = Object.entries(azure.hosts).flatMap(([name, host]): Problem[] => {
    const key = `azure.hosts.${name}`;
    const own = host.adminUsername.toLowerCase();
    const zone = azure.dns?.zoneId.split("/").at(-1);
    const machine = `${fleet}-${name}`;
    return [
      ...([account.name, account.becomeUser].some((user) => user?.split("@")[0]?.toLowerCase() === own)
        ? [{ key: `${key}.adminUsername`, what: "is an account of Ansible's, which must not be the built-in administrator", found: `"${host.adminUsername}"`, mend: "write another name, such as winadmin" }]
        : []),
      ...(zone === undefined || host.dnsName.endsWith(`.${zone.toLowerCase()}`) ? [] : [{ key: `${key}.dnsName`, what: "is not a name of the zone in azure.dns", found: `"${host.dnsName}"`, mend: `write one that ends in .${zone}` }]),
      ...(machine.length > 64 ? [{ key, what: "makes a name that is too long for a machine in Azure", found: `"${machine}"`, mend: "shorten the project's, the stack's or the host's name: together at most 62 characters" }] : []),
    ];
  });
  return [...problems, ...ids, ...hosts, ...twiceOut(egress, "azure"), ...strayedSubnets("azure", subnets, vnet, "virtual network")];
}

type Egress = NonNullable<Settings["aws"]>["network"]["egress"];

function twiceOut(egress: Egress, section: string): Problem[] {
  const seen = new Map<string, number>();
  return egress.flatMap((rule, i): Problem[] => {
    const text = `${rule.protocol} ${rule.port}-${rule.toPort ?? rule.port} ${parsePrefix(rule.cidr)?.text ?? rule.cidr}`;
    const twin = seen.get(text);
    seen.set(text, i);
    return twin === undefined ? [] : [{ key: `${section}.network.egress[${i}]`, what: `says the same as ${section}.network.egress[${twin}]`, found: `"${rule.cidr}"`, mend: "keep one of the two" }];
  });
}

interface Made {
  readonly id?: string;
  readonly cidr?: string;
}

/** Subnets lie in the network that the section names: made with it, or found with it. */
function strayedSubnets(section: string, subnets: Readonly<Record<string, Made>>, network: Made, what: string): Problem[] {
  return Object.entries(subnets).flatMap(([name, { id }]): Problem[] => {
    const key = `${section}.network.subnets.${name}`;
    if (id === undefined && network.id !== undefined) return [{ key, what: `would be made in a ${what} that is not made here`, found: "no id", mend: `write the id of an existing subnet of that ${what}` }];
    if (id !== undefined && network.cidr !== undefined) return [{ key: `${key}.id`, what: `cannot lie in a ${what} that is yet to be made`, found: `"${id}"`, mend: `write a cidr and no id, or name the existing ${what}` }];
    return [];
  });
}
