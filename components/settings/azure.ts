import { z } from "zod";
import { azureAlertsSchema } from "./alerts";
import { parsePrefix } from "../network/address";
import { armIdSchema, uuidSchema } from "./arm-id";
import { commonShape, egressListSchema, needed, ownShape, someHosts, subnetsSchema, ttlSchema } from "./host";
import { vmSchema } from "./pass-through-vm";
import { cidrSchema, hostNameSchema, says, tagsSchema, wholeNumber, yesNo } from "./schema";

const vnet = z
  .strictObject({
    id: armIdSchema("Microsoft.Network/virtualNetworks").optional().describe("An existing virtual network. Either this or `cidr`."),
    cidr: cidrSchema.optional().describe("Address range of a virtual network to be made. Either this or `id`."),
  })
  .refine((value) => (value.id === undefined) !== (value.cidr === undefined), says("needs either `id` or `cidr`", "write the id of an existing virtual network, or the range of one to be made"));

const subnet = z
  .strictObject({
    id: armIdSchema("Microsoft.Network/virtualNetworks/subnets").optional().describe("An existing subnet. It needs the service endpoints Microsoft.KeyVault and Microsoft.Storage."),
    cidr: cidrSchema.optional().describe("Range of the subnet: needed to make one; of an existing one it lets addresses be checked before anything is made."),
  })
  .refine((value) => value.id !== undefined || value.cidr !== undefined, says("needs `id` or `cidr`", "write the id of an existing subnet, or the range of one to be made"));

const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "0.0.0.0/8", "224.0.0.0/3"].flatMap((text) => parsePrefix(text) ?? []);

/** Vault and storage account take single addresses without a length, ranges up to /30, and public ones only. */
const publicAddress = z.string().refine((text) => {
  const prefix = parsePrefix(text);
  if (prefix?.family !== 4 || (text.includes("/") && prefix.length > 30) || prefix.length < 16) return false;
  return !PRIVATE.some(({ first, last }) => first <= prefix.last && prefix.first <= last);
}, says("is not a public IPv4 address or a range of at most /30 and at least /16", "write single addresses without a length, such as 203.0.113.7; private ones reach vault and storage by their subnets"));

const regionSchema = z.string().regex(/^[a-z][a-z0-9]{2,30}$/, says("is not an Azure region", "write it without blanks and in lower case, such as westeurope"));

const resourceGroupSchema = z.string().regex(/^[\w().-]{0,89}[\w()-]$/, says("is not the name of a resource group", "write the name, not the id"));

const watcher = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9]([\w.-]{0,78}\w)?$/, says("is not the name of a Network Watcher", "write the name, not the id, such as NetworkWatcher_westeurope")).describe("Name."),
  resourceGroup: resourceGroupSchema.describe("Its resource group, by name."),
});

const network = z
  .strictObject({
    vnet,
    subnets: subnetsSchema(subnet),
    nsg: z
      .strictObject({
        id: armIdSchema("Microsoft.Network/networkSecurityGroups").describe("The group."),
        priority: wholeNumber(100, 4000, "priority").default(200).describe("Priority of the rule that lets nodes in; the deny has the next one. @default 200"),
      })
      .optional()
      .describe("Network security group of existing subnets, which gets the pair of rules that lets nodes, and nobody else, to WinRM. @default - its rules are somebody else's"),
    allow: z.array(publicAddress).max(100, says("has too many entries", "write at most 100")).default([])
      .describe("Public addresses that reach vault and node list beside the hosts' subnets: the machine that runs Pulumi, the certificate pipeline."),
    egress: egressListSchema.describe("What hosts may reach on top, where their subnets are made here. Without: port 443 of the service tags AzureKeyVault and Storage, which are all vaults and accounts of Azure, and with `logging.events` of AzureMonitor and AzureResourceManager; nothing else."),
    natGateway: armIdSchema("Microsoft.Network/natGateways").optional()
      .describe("An existing NAT gateway for subnets that are made here: a way out to what the rules allow, which is Azure Monitor and `egress`. @default - none; events then need guest.proxy"),
    watcher: watcher.optional().describe("The region's Network Watcher, which the flow logs belong to. @default - NetworkWatcher_<location> in NetworkWatcherRG, as Azure makes it"),
  })
  .describe("Where the hosts live.");

/** User names that Azure refuses for the first account. Source: the API's description of adminUsername. */
const RESERVED = /^(administrator|admin|user|user[1-5]|test|test[1-3]|admin[12]|1|123|a|actuser|adm|aspnet|backup|console|david|guest|john|owner|root|server|sql|support|support_388945a0|sys)$/i;

const WINDOWS = ["2016", "2019", "2022", "2025"] as const;
type Windows = (typeof WINDOWS)[number];

const image = z.string().regex(
  /^[A-Za-z0-9_.-]+:[A-Za-z0-9_.-]+:[A-Za-z0-9_.-]+:\d+\.\d+\.\d+$|^\/subscriptions\/[^/\s]+\/resourceGroups\/[^/\s]+\/providers\/Microsoft\.Compute\/galleries\/[^/\s]+\/images\/[^/\s]+\/versions\/\d+\.\d+\.\d+$/i,
  says("is not an image with its version", "pin it as publisher:offer:sku:version or as the id of a gallery's image version: `latest` moves, and would replace hosts"),
);

const hostShape = {
  image: image.describe("Image, pinned: publisher:offer:sku:version, or the id of a gallery's image version. Generation 2. A change replaces the host, its door gone first."),
  windows: z.enum(WINDOWS, { error: says("is not a version of Windows Server", `write one of "${WINDOWS.join('", "')}" in quotes`) })
    .describe("Version of Windows Server; decides which certificate extension fits. @default - what the image's sku says"),
  size: z.string().regex(/^(Standard|Basic)_[A-Za-z0-9_-]+$/, says("is not a size", "write one such as Standard_D4s_v5")).describe("Size of the machine."),
  diskGiB: wholeNumber(127, 4095, "GiB").describe("Size of the system disk; Azure's Windows images have 127. Unit: GiB."),
  zone: z.enum(["1", "2", "3"], { error: says("is not an availability zone", 'write "1", "2" or "3" in quotes') }).describe("Availability zone."),
  adminUsername: z.string()
    .regex(/^(?=.{1,20}$)[A-Za-z][A-Za-z0-9._-]*[A-Za-z0-9_-]$/, says("is not a user name", "write 2 to 20 letters, digits, dots, hyphens, underscores, not ending in a dot"))
    .refine((name) => !RESERVED.test(name), says("is a name that Azure refuses", "write another, such as winadmin"))
    .describe("Name of the built-in administrator, whose password nobody needs."),
  encryptionAtHost: yesNo.describe("Encrypt caches and temporary disks too; the subscription must allow it."),
  ...commonShape,
};

const defaults = z.strictObject(hostShape).partial().prefault({}).describe("What hosts have in common; a host's own value wins.");

/** Names in a vault are at most 127 letters, digits and hyphens; a host's name at most 15. */
export const certificateNameSchema = z
  .string()
  .regex(/^([0-9A-Za-z-]|\{host\})+$/, says("is not the name of a certificate in a vault", "write letters, digits and hyphens, such as winrm-{host}, where {host} becomes the host's name"))
  .refine((name) => name.replaceAll("{host}", "x".repeat(15)).length <= 127, says("is too long for a certificate in a vault", "write at most 127 characters, of which {host} takes 15"));

const host = z
  .strictObject({
    ...z.strictObject(hostShape).partial().shape,
    ...ownShape,
    certificate: certificateNameSchema.optional().describe("This host's certificate in the vault. @default - azure.vault.certificate"),
    vm: vmSchema.optional(),
  })
  .describe("A Windows host.");

export const azureSchema = z
  .strictObject({
    environment: z.enum(["public", "usgovernment", "china"], { error: says("is not an Azure cloud", "write public, usgovernment or china") }).default("public").describe("@default - the stack's azure-native:environment, else public"),
    subscription: uuidSchema("a subscription").optional().describe("Subscription. @default - the stack's azure-native:subscriptionId"),
    tenant: uuidSchema("a tenant").optional().describe("Tenant of the vault. @default - the stack's azure-native:tenantId"),
    location: regionSchema.optional()
      .describe("Azure region. @default - the stack's azure-native:location"),
    resourceGroup: resourceGroupSchema.optional()
      .describe("An existing resource group, by name. @default - one is made"),
    network,
    vault: z
      .strictObject({
        id: armIdSchema("Microsoft.KeyVault/vaults").optional().describe("An existing Key Vault, with roles and open to the hosts' subnets. @default - one is made, for your pipeline to put the certificates into"),
        certificate: certificateNameSchema.default("winrm-{host}").describe("Name of a host's certificate. {host} is the host's name. @default winrm-{host}"),
        retentionDays: wholeNumber(7, 90, "days").default(90).describe("How long a deleted vault is kept. Unit: days. @default 90"),
      })
      .prefault({})
      .describe("Where the hosts' certificates lie. Enforces trusted-certificate."),
    dns: z
      .strictObject({
        zoneId: armIdSchema("Microsoft.Network/privateDnsZones", "Microsoft.Network/dnszones").describe("Private or public DNS zone in which the hosts' names are made."),
        ttl: ttlSchema,
      })
      .optional()
      .describe("Where the names that Ansible dials are made. @default - they are made elsewhere"),
    logging: z
      .strictObject({
        workspaceId: armIdSchema("Microsoft.OperationalInsights/workspaces").optional().describe("An existing Log Analytics workspace for events, flow logs and alerts. @default - one is made"),
        location: regionSchema.optional().describe("Region of that workspace, where it lies in another than the hosts. @default - azure.location"),
      })
      .prefault({})
      .describe("Where events and flow logs go in Azure."),
    alerts: azureAlertsSchema,
    defaults,
    hosts: someHosts(z.record(hostNameSchema, host)),
    tags: tagsSchema.default({}),
    trimAliases: yesNo.default(true).describe("Leave out the aliases for old API versions, which cost time and memory on every run. Set it to false to adopt a stack that was deployed through one of them. @default true"),
  })
  .describe("Hosts in Azure.");

type Parsed = z.infer<typeof azureSchema>;

/** A host with its defaults filled in. */
export type AzureHost = Readonly<Omit<Parsed["hosts"][string], "listen" | "tags" | keyof typeof hostShape>> & {
  readonly image: string;
  readonly windows: Windows;
  readonly size: string;
  readonly subnet: string;
  readonly diskGiB: number;
  readonly ring: number;
  readonly protect: boolean;
  readonly zone?: "1" | "2" | "3";
  readonly adminUsername: string;
  readonly encryptionAtHost: boolean;
  readonly listen: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
};

export type AzureSettings = Omit<Parsed, "hosts" | "defaults" | "subscription" | "tenant" | "location"> & {
  readonly subscription: string;
  readonly tenant: string;
  readonly location: string;
  readonly hosts: Readonly<Record<string, AzureHost>>;
};

const FALLBACK = { diskGiB: 127, ring: 1, protect: false, adminUsername: "winadmin", encryptionAtHost: false } as const;

/** The version that a marketplace sku names: `2022-datacenter-azure-edition`. */
const versionOf = (image: string): Windows | undefined => (image.startsWith("/") ? undefined : WINDOWS.find((version) => (image.split(":")[2] ?? "").startsWith(version)));

/** Second step of parsing: defaults into hosts, and what only shows when sections are seen together. */
export const completeAzureSchema = azureSchema.transform((azure, context): AzureSettings => {
  const { defaults: common, hosts: given, subscription, tenant, location, ...rest } = azure;
  const hosts = Object.fromEntries(
    Object.entries(given).map(([name, own]): [string, AzureHost] => {
      const need = (key: "image" | "size" | "subnet"): string => needed(context, ["hosts", name, key], own[key] ?? common[key], `write it here, or for all hosts as azure.defaults.${key}`);
      const chosen = need("image");
      // A default says nothing of an image that a host brings itself.
      const said = own.windows ?? (own.image === undefined ? common.windows : undefined);
      const shown = versionOf(chosen);
      if (said !== undefined && shown !== undefined && said !== shown) {
        context.addIssue({ code: "custom", path: ["hosts", name, "windows"], input: said, message: says(`is not the version of the image, ${shown}`, "leave it out: the image's sku says it") });
      }
      const windows = said ?? shown;
      if (windows === undefined && chosen !== "") needed(context, ["hosts", name, "windows"], undefined, `write "2022" or another version: the image does not say it`);
      const zone = own.zone ?? common.zone;
      return [name, {
        ...own,
        image: chosen,
        windows: windows ?? "2022",
        size: need("size"),
        subnet: need("subnet"),
        diskGiB: own.diskGiB ?? common.diskGiB ?? FALLBACK.diskGiB,
        ring: own.ring ?? common.ring ?? FALLBACK.ring,
        protect: own.protect ?? common.protect ?? FALLBACK.protect,
        adminUsername: own.adminUsername ?? common.adminUsername ?? FALLBACK.adminUsername,
        encryptionAtHost: own.encryptionAtHost ?? common.encryptionAtHost ?? FALLBACK.encryptionAtHost,
        ...(zone === undefined ? { zone: undefined } : { zone }),
        listen: own.listen ?? own.addresses.slice(0, 1),
        tags: own.tags ?? {},
      }];
    }),
  );
  return {
    ...rest,
    subscription: needed(context, ["subscription"], subscription, "write azure-native:subscriptionId in the stack file"),
    tenant: needed(context, ["tenant"], tenant, "write azure-native:tenantId in the stack file"),
    location: needed(context, ["location"], location, "write azure-native:location in the stack file, such as westeurope"),
    hosts,
  };
});
