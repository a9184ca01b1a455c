import type { CommonArgs, EgressArgs } from "../fleet/args";

/** What only Azure is told, as plain interfaces; what all clouds are told stands in `fleet/args.ts`. */

/** An existing virtual network by `id`, or the range of one to be made. */
export interface VnetArgs {
  /** ARM id of an existing virtual network. */
  id?: string;
  /** Range of a virtual network to be made. */
  cidr?: string;
}

/** An existing subnet by `id`, or the range of one to be made. */
export interface AzureSubnetArgs {
  /** ARM id of an existing subnet. */
  id?: string;
  /** Range; of an existing subnet it lets addresses be checked beforehand. */
  cidr?: string;
}

/** An existing network security group of the hosts' subnets. */
export interface NsgArgs {
  /** ARM id. */
  id: string;
  /** Priority of the rule that lets nodes in; the deny has the next one. @default 200 */
  priority?: number;
}

/** The Network Watcher that flow logs belong to. */
export interface WatcherArgs {
  /** Name. */
  name: string;
  /** Its resource group, by name. */
  resourceGroup: string;
}

/** Where the hosts live. */
export interface AzureNetworkArgs {
  /** Existing virtual network, or one to be made. */
  vnet: VnetArgs;
  /** Subnets by a name of your own. */
  subnets: { [name: string]: AzureSubnetArgs };
  /** Group of existing subnets that gets the pair of rules. @default - the subnets' rules are somebody else's */
  nsg?: NsgArgs;
  /** Public addresses that reach vault and node list beside the hosts' subnets. */
  allow?: string[];
  /** What hosts may reach, where their subnets are made here. */
  egress?: EgressArgs[];
  /** ARM id of an existing NAT gateway for subnets that are made here. @default - no way out of them */
  natGateway?: string;
  /** Network Watcher of the region. @default - as Azure makes it */
  watcher?: WatcherArgs;
}

/** Where the hosts' certificates lie. */
export interface VaultArgs {
  /** ARM id of an existing Key Vault. @default - one is made */
  id?: string;
  /** Name of a host's certificate; `{host}` is the host's name. @default winrm-{host} */
  certificate?: string;
  /** How long a deleted vault is kept. Unit: days. @default 90 */
  retentionDays?: number;
}

/** Where the hosts' names are made. */
export interface AzureDnsArgs {
  /** ARM id of a private or public DNS zone. */
  zoneId: string;
  /** Unit: seconds. @default 300 */
  ttl?: number;
}

/** What hosts have in common. */
export interface AzureHostDefaultsArgs {
  /** `publisher:offer:sku:version`, pinned, or the ARM id of a gallery's image version. */
  image?: string;
  /** Windows Server version: 2016, 2019, 2022 or 2025. @default - what the image's sku says */
  windows?: string;
  /** Size of the machine. */
  size?: string;
  /** One of the network's subnets. */
  subnet?: string;
  /** System disk. Unit: GiB. @default 127 */
  diskGiB?: number;
  /** Rollout ring, 1 to 9. @default 1 */
  ring?: number;
  /** Refuse to delete or replace the host. @default false */
  protect?: boolean;
  /** Availability zone: 1, 2 or 3. @default - none */
  zone?: string;
  /** Name of the built-in administrator. @default winadmin */
  adminUsername?: string;
  /** Encrypt the host's own disks and caches too; the subscription must allow it. @default false */
  encryptionAtHost?: boolean;
}

/** A Windows host. */
export interface AzureHostArgs extends AzureHostDefaultsArgs {
  /** Private IPv4 addresses in order; the first is the primary one. */
  addresses: string[];
  /** Addresses that WinRM listens on. @default - the first of `addresses` */
  listen?: string[];
  /** Name that Ansible dials; the certificate carries it. */
  dnsName: string;
  /** This host's certificate in the vault. @default - vault.certificate */
  certificate?: string;
  /** Tags of this host. */
  tags?: { [key: string]: string };
  /** Further properties of the machine; what a control decides is refused. */
  vm?: { [property: string]: any }; // eslint-disable-line @typescript-eslint/no-explicit-any -- the analyzer of packaged components knows no unknown
}

/** Where events and flow logs go in Azure. */
export interface AzureLoggingArgs {
  /** Existing Log Analytics workspace. @default - one is made */
  workspaceId?: string;
  /** Region of that workspace. @default - azure.location */
  location?: string;
}

/** Who is told when something is wrong. */
export interface AzureAlertsArgs {
  /** Action group that is told. */
  actionGroupId: string;
}

/** Hosts in Azure. */
export interface AzureArgs {
  /** `public`, `usgovernment` or `china`. @default public */
  environment?: string;
  /** Subscription. */
  subscription?: string;
  /** Tenant of the vault. */
  tenant?: string;
  /** Azure region, such as westeurope. */
  location?: string;
  /** Existing resource group, by name. @default - one is made */
  resourceGroup?: string;
  /** Where the hosts live. */
  network: AzureNetworkArgs;
  /** Where the hosts' certificates lie. */
  vault?: VaultArgs;
  /** Where names are made. @default - elsewhere */
  dns?: AzureDnsArgs;
  /** Where events and flow logs go. */
  logging?: AzureLoggingArgs;
  /** Who is told when something is wrong. @default - nobody */
  alerts?: AzureAlertsArgs;
  /** What hosts have in common. */
  defaults?: AzureHostDefaultsArgs;
  /** Hosts by name, at most 15 characters. */
  hosts: { [name: string]: AzureHostArgs };
  /** Tags of what is made in Azure. */
  tags?: { [key: string]: string };
  /** Leave out the aliases for old API versions, which cost time and memory. Set it to false to adopt a stack that was deployed through one of them. @default true */
  trimAliases?: boolean;
}

/** A fleet of Windows hosts in Azure that stay closed until they have proven themselves. */
export interface AzureFleetArgs extends CommonArgs {
  /** The hosts and where they live. */
  azure: AzureArgs;
}
