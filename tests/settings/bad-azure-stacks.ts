import { both, exampleAzure } from "../support/example";
import { badControls } from "./bad-controls";

type Stack = ReturnType<typeof exampleAzure>;

/** One stack file with hosts in Azure that is wrong in one way: what is spoilt, and what the message must name. */
export interface BadAzureStack {
  readonly name: string;
  readonly key: string;
  readonly spoil: (stack: Stack) => void;
  readonly what: RegExp;
  readonly mend: RegExp;
  readonly found?: RegExp;
  /** What is spoilt. @default the example in Azure */
  readonly from?: () => Stack;
}

// Tests write what no type would let them write.
const set = (target: object, key: string, value: unknown): void => void Reflect.set(target, key, value);
const app1 = (stack: Stack): object => stack.azure.hosts["app-1"] ?? {};
const bad = (name: string, key: string, spoil: BadAzureStack["spoil"], what: RegExp, mend: RegExp, found?: RegExp, from?: () => Stack): BadAzureStack => ({ name, key, spoil, what, mend, found, from });

const SUB = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/net/providers";
const VNET = `${SUB}/Microsoft.Network/virtualNetworks/corp`;
const NSG = `${SUB}/Microsoft.Network/networkSecurityGroups/corp`;
const GALLERY = `${SUB}/Microsoft.Compute/galleries/corp/images/windows/versions/1.0.0`;
const ACTIONS = `${SUB}/Microsoft.Insights/actionGroups/oncall`;
const COMPUTE = `${SUB}/Microsoft.Compute`;
const inOther = (id: string): string => id.replace("11111111", "22222222");
const exists = (stack: Stack): void => {
  stack.azure.network.vnet = { id: VNET };
  stack.azure.network.subnets = { app: { id: `${VNET}/subnets/app`, cidr: "10.30.1.0/24" } };
};
const vm = (value: object) => (stack: Stack): void => set(app1(stack), "vm", value);

export const badAzureStacks: readonly BadAzureStack[] = [
  // where
  bad("no subscription", "azure.subscription", (s) => set(s.azure, "subscription", undefined), /missing/, /azure-native:subscriptionId/),
  bad("no tenant", "azure.tenant", (s) => set(s.azure, "tenant", undefined), /missing/, /azure-native:tenantId/),
  bad("no location", "azure.location", (s) => set(s.azure, "location", undefined), /missing/, /azure-native:location/),
  bad("a subscription by name", "azure.subscription", (s) => set(s.azure, "subscription", "Production"), /not the id of a subscription/, /8-4-4-4-12/, /Production/),
  bad("a tenant by domain", "azure.tenant", (s) => set(s.azure, "tenant", "corp.example"), /not the id of a tenant/, /8-4-4-4-12/, /corp\.example/),
  bad("a location as people write it", "azure.location", (s) => set(s.azure, "location", "West Europe"), /not an Azure region/, /westeurope/, /West Europe/),
  bad("an unknown cloud", "azure.environment", (s) => set(s.azure, "environment", "germany"), /not an Azure cloud/, /usgovernment/, /germany/),
  bad("a resource group by id", "azure.resourceGroup", (s) => set(s.azure, "resourceGroup", "/subscriptions/x/resourceGroups/y"), /not the name of a resource group/, /not the id/),
  bad("an unknown key", "azure.subscriptionId", (s) => set(s.azure, "subscriptionId", "x"), /not a known key/, /did you mean subscription/),
  // network
  bad("no network", "azure.network", (s) => set(s.azure, "network", undefined), /missing/, /a map/),
  bad("a network both found and made", "azure.network.vnet", (s) => set(s.azure.network, "vnet", { id: VNET, cidr: "10.30.0.0/16" }), /either `id` or `cidr`/, /existing virtual network/),
  bad("a network by name", "azure.network.vnet.id", (s) => set(s.azure.network, "vnet", { id: "corp-vnet" }), /not the id of Microsoft\.Network\/virtualNetworks/, /\/subscriptions\//, /corp-vnet/),
  bad("a subnet's id as a network's", "azure.network.vnet.id", (s) => set(s.azure.network, "vnet", { id: `${VNET}/subnets/app` }), /not the id of Microsoft\.Network\/virtualNetworks/, /\/subscriptions\//),
  bad("a made subnet in a found network", "azure.network.subnets.app", (s) => set(s.azure.network, "vnet", { id: VNET }), /not made here/, /id of an existing subnet/),
  bad("a found subnet in a made network", "azure.network.subnets.app.id", (s) => set(s.azure.network.subnets, "app", { id: `${VNET}/subnets/app`, cidr: "10.30.1.0/24" }), /yet to be made/, /no id/),
  bad("a subnet of another network", "azure.network.subnets.app.id", (s) => { exists(s); set(s.azure.network.subnets, "app", { id: `${SUB}/Microsoft.Network/virtualNetworks/other/subnets/app`, cidr: "10.30.1.0/24" }); }, /not a subnet of/, /that network's subnets/),
  bad("a subnet outside its network", "azure.network.subnets.data.cidr", (s) => set(s.azure.network.subnets, "data", { cidr: "10.40.1.0/24" }), /outside the virtual network/, /10\.30\.0\.0\/16/, /10\.40\.1\.0/),
  bad("a subnet with host bits", "azure.network.subnets.app.cidr", (s) => set(s.azure.network.subnets, "app", { cidr: "10.30.1.1/24" }), /not a CIDR/, /no host bits/),
  bad("no subnet", "azure.network.subnets", (s) => set(s.azure.network, "subnets", {}), /names no subnet/, /at least one/),
  bad("a second group for made subnets", "azure.network.nsg", (s) => set(s.azure.network, "nsg", { id: NSG }), /second group/, /existing virtual network/),
  bad("a group by name", "azure.network.nsg.id", (s) => { exists(s); set(s.azure.network, "nsg", { id: "corp-nsg" }); }, /not the id of/, /networkSecurityGroups/, /corp-nsg/),
  bad("a priority that Azure keeps", "azure.network.nsg.priority", (s) => { exists(s); set(s.azure.network, "nsg", { id: NSG, priority: 65000 }); }, /too large/, /100 to 4000/, /65000/),
  bad("a way out of subnets that are not made here", "azure.network.egress", (s) => { exists(s); set(s.azure.network, "egress", [{ cidr: "10.0.0.0/8", port: 88, purpose: "Kerberos" }]); }, /not made here/, /your own network security group/),
  bad("the same way out twice", "azure.network.egress[1]", (s) => set(s.azure.network, "egress", [{ cidr: "10.0.0.0/8", port: 88, purpose: "Kerberos" }, { cidr: "10.0.0.0/8", port: 88, purpose: "tickets" }]), /says the same as azure\.network\.egress\[0\]/, /keep one/),
  bad("nobody who could write the node list", "azure.network.allow", (s) => set(s.azure.network, "allow", []), /could not be written/, /machine that runs Pulumi/),
  bad("a private address for the vault", "azure.network.allow[0]", (s) => set(s.azure.network, "allow", ["10.0.0.5"]), /not a public IPv4 address/, /by their subnets/, /10\.0\.0\.5/),
  bad("a single address with its length", "azure.network.allow[0]", (s) => set(s.azure.network, "allow", ["203.0.113.7/32"]), /not a public IPv4 address/, /without a length/),
  bad("everybody for the vault", "azure.network.allow[0]", (s) => set(s.azure.network, "allow", ["0.0.0.0/0"]), /at least \/16/, /single addresses/, /0\.0\.0\.0\/0/),
  bad("a range for two machines", "azure.network.allow[0]", (s) => set(s.azure.network, "allow", ["203.0.113.6/31"]), /not a public IPv4 address/, /\/30|without a length/, /\/31/),
  bad("an IPv6 address for the vault", "azure.network.allow[0]", (s) => set(s.azure.network, "allow", ["2001:db8::7"]), /not a public IPv4 address/, /203\.0\.113\.7/, /2001/),
  bad("an address twice for the vault", "azure.network.allow[1]", (s) => set(s.azure.network, "allow", ["203.0.113.7", "203.0.113.7"]), /stands twice/, /once/, /203\.0\.113\.7/),
  bad("two subnets in one range", "azure.network.subnets.data.cidr", (s) => set(s.azure.network.subnets, "data", { cidr: "10.30.1.128/25" }), /overlaps with azure\.network\.subnets\.app/, /range of its own/, /10\.30\.1\.128/),
  bad("two found subnets in one range", "azure.network.subnets.data.cidr", (s) => { exists(s); set(s.azure.network.subnets, "data", { id: `${VNET}/subnets/data`, cidr: "10.30.1.0/24" }); }, /overlaps with azure\.network\.subnets\.app/, /range of its own/),
  bad("a group of another subscription", "azure.network.nsg.id", (s) => { exists(s); set(s.azure.network, "nsg", { id: inOther(NSG) }); }, /another subscription/, /let the nodes in there yourself/, /22222222/),
  bad("a range for a machine's network", "azure.network.subnets.app.cidr", (s) => set(s.azure.network.subnets, "app", { cidr: "10.30.1.0" }), /not a CIDR/, /10\.0\.1\.0\/24/),
  bad("a subnet that is neither found nor made", "azure.network.subnets.app", (s) => set(s.azure.network.subnets, "app", {}), /needs `id` or `cidr`/, /existing subnet/),
  bad("a NAT gateway for subnets that are not made here", "azure.network.natGateway", (s) => { exists(s); set(s.azure.network, "natGateway", `${SUB}/Microsoft.Network/natGateways/corp`); }, /not made here/, /way out yourself/, /natGateways/),
  bad("a NAT gateway of another subscription", "azure.network.natGateway", (s) => set(s.azure.network, "natGateway", inOther(`${SUB}/Microsoft.Network/natGateways/corp`)), /another subscription/, /leave it out/, /22222222/),
  bad("a NAT gateway by name", "azure.network.natGateway", (s) => set(s.azure.network, "natGateway", "corp-nat"), /not the id of Microsoft\.Network\/natGateways/, /\/subscriptions\//, /corp-nat/),
  bad("a watcher by id", "azure.network.watcher.name", (s) => set(s.azure.network, "watcher", { name: `${SUB}/Microsoft.Network/networkWatchers/w`, resourceGroup: "net" }), /not the name of a Network Watcher/, /NetworkWatcher_westeurope/),
  bad("a watcher without its group", "azure.network.watcher.resourceGroup", (s) => set(s.azure.network, "watcher", { name: "corp" }), /missing/, /a text/),
  // logging, patching, alerts
  bad("a workspace by name", "azure.logging.workspaceId", (s) => set(s.azure, "logging", { workspaceId: "logs" }), /not the id of Microsoft\.OperationalInsights\/workspaces/, /\/subscriptions\//, /logs/),
  bad("a region for a workspace that is made here", "azure.logging.location", (s) => set(s.azure, "logging", { location: "northeurope" }), /for a workspace that exists/, /azure\.logging\.workspaceId/, /northeurope/),
  bad("an action group by name", "azure.alerts.actionGroupId", (s) => set(s.azure, "alerts", { actionGroupId: "oncall" }), /not the id of Microsoft\.Insights\/actionGroups/, /\/subscriptions\//, /oncall/),
  bad("alerts without events", "logging.events", (s) => { set(s.azure, "alerts", { actionGroupId: ACTIONS }); set(s, "logging", { events: false }); }, /is off, and alerts/, /take azure\.alerts out/, /false/),
  bad("alerts without flow logs", "logging.flowLogs", (s) => { set(s.azure, "alerts", { actionGroupId: ACTIONS }); set(s, "logging", { flowLogs: false }); }, /is off, and the alert of refused connections/, /take azure\.alerts out/, /false/),
  bad("a window of five hours", "updates.window.hours", (s) => set(s, "updates", { window: { hours: 5 } }), /3 hours and 55 minutes/, /at most 4/, /5/),
  // vault, names
  bad("a vault by name", "azure.vault.id", (s) => set(s.azure, "vault", { id: "corp-vault" }), /not the id of Microsoft\.KeyVault\/vaults/, /\/subscriptions\//, /corp-vault/),
  bad("a vault that forgets after a day", "azure.vault.retentionDays", (s) => set(s.azure, "vault", { retentionDays: 1 }), /too small/, /7 to 90/, /1/),
  bad("a certificate's name with a slash", "azure.vault.certificate", (s) => set(s.azure, "vault", { certificate: "winrm/{host}" }), /not the name of a certificate/, /winrm-\{host\}/, /winrm\/\{host\}/),
  bad("one certificate for all hosts", "azure.vault.certificate", (s) => set(s.azure, "vault", { certificate: "winrm" }), /certificate and key of app-1/, /winrm-\{host\}/),
  bad("another host's certificate", "azure.hosts.app-2.certificate", (s) => set(s.azure.hosts["app-2"] ?? {}, "certificate", "winrm-app-1"), /certificate and key of app-1/, /winrm-\{host\}/),
  bad("another host's certificate in capitals", "azure.hosts.app-2.certificate", (s) => set(s.azure.hosts["app-2"] ?? {}, "certificate", "WINRM-app-1"), /certificate and key of app-1/, /winrm-\{host\}/, /WINRM/),
  bad("a certificate's name of an unknown placeholder", "azure.vault.certificate", (s) => set(s.azure, "vault", { certificate: "winrm-{name}" }), /not the name of a certificate/, /\{host\}/, /\{name\}/),
  bad("a certificate's name that grows too long", "azure.vault.certificate", (s) => set(s.azure, "vault", { certificate: "{host}".repeat(9) }), /too long for a certificate/, /127/),
  bad("a zone of another subscription", "azure.dns.zoneId", (s) => set(s.azure, "dns", { zoneId: inOther(`${SUB}/Microsoft.Network/privateDnsZones/corp.example`) }), /another subscription/, /make the hosts' names there yourself/, /22222222/),
  bad("a zone that is a name", "azure.dns.zoneId", (s) => set(s.azure, "dns", { zoneId: "corp.example" }), /not the id of/, /privateDnsZones/, /corp\.example/),
  bad("a name of another zone", "azure.hosts.app-1.dnsName", (s) => { s.azure.dns = { zoneId: `${SUB}/Microsoft.Network/privateDnsZones/corp.example` }; set(app1(s), "dnsName", "app-1.other.example"); }, /not a name of the zone/, /\.corp\.example/, /other/),
  // hosts
  bad("no hosts", "azure.hosts", (s) => set(s.azure, "hosts", {}), /names no host/, /at least one host/),
  bad("a computer name of 16 characters", "azure.hosts.app-frontend-001", (s) => set(s.azure.hosts, "app-frontend-001", { addresses: ["10.30.1.12"], dnsName: "w.corp.example" }), /not a host name/, /at most 15/),
  bad("a host named like what hosts share", "azure.hosts.azure-vault", (s) => set(s.azure.hosts, "azure-vault", { addresses: ["10.30.1.12"], dnsName: "w.corp.example" }), /like what hosts share/, /other than/),
  bad("no size", "azure.hosts.app-1.size", (s) => { set(s.azure.defaults ?? {}, "size", undefined); delete s.azure.hosts["app-2"]; }, /missing/, /azure\.defaults\.size/),
  bad("an AWS instance type", "azure.hosts.app-1.size", (s) => set(app1(s), "size", "m7i.large"), /not a size/, /Standard_D4s_v5/, /m7i/),
  bad("the latest image", "azure.hosts.app-1.image", (s) => set(app1(s), "image", "MicrosoftWindowsServer:WindowsServer:2022-datacenter-azure-edition:latest"), /not an image with its version/, /`latest` moves/),
  bad("an image without version", "azure.hosts.app-1.image", (s) => set(app1(s), "image", "MicrosoftWindowsServer:WindowsServer:2022-datacenter"), /not an image with its version/, /publisher:offer:sku:version/),
  bad("an AMI", "azure.hosts.app-1.image", (s) => set(app1(s), "image", "ami-0a1b2c3d4e5f60718"), /not an image/, /gallery/),
  bad("a gallery image of unknown Windows", "azure.hosts.app-1.windows", (s) => set(app1(s), "image", GALLERY), /missing/, /does not say it/),
  bad("another Windows than the image's", "azure.hosts.app-1.windows", (s) => set(app1(s), "windows", "2019"), /not the version of the image, 2022/, /leave it out/, /2019/),
  bad("Windows Server 2012", "azure.hosts.app-1.windows", (s) => set(app1(s), "windows", "2012"), /not a version of Windows Server/, /"2016"/, /2012/),
  bad("a version without quotes", "azure.hosts.app-1.windows", (s) => set(app1(s), "windows", 2022), /not a version of Windows Server/, /in quotes/),
  bad("an image of the first generation", "azure.hosts.app-1.image", (s) => set(app1(s), "image", "MicrosoftWindowsServer:WindowsServer:2022-datacenter:20348.2700.240905"), /first generation/, /2022-datacenter-g2/, /2022-datacenter:/),
  bad("a host whose name JavaScript keeps", "azure.hosts.__proto__", (s) => void Object.defineProperty(s.azure.hosts, "__proto__", { value: { addresses: ["10.30.1.12"], dnsName: "w.corp.example" }, enumerable: true, configurable: true }), /JavaScript keeps/, /another name/),
  bad("an unknown subnet", "azure.hosts.app-1.subnet", (s) => set(app1(s), "subnet", "dmz"), /not one of azure\.network\.subnets/, /app/, /dmz/),
  bad("an address outside the subnet", "azure.hosts.app-1.addresses[0]", (s) => set(app1(s), "addresses", ["10.30.2.10"]), /outside its subnet/, /10\.30\.1\.0\/24/),
  bad("an address that Azure keeps", "azure.hosts.app-1.addresses[0]", (s) => set(app1(s), "addresses", ["10.30.1.3"]), /Azure keeps/, /free address/),
  bad("the subnet's last address", "azure.hosts.app-1.addresses[0]", (s) => set(app1(s), "addresses", ["10.30.1.255"]), /Azure keeps/, /free address/),
  bad("two hosts at one address", "azure.hosts.app-2.addresses[0]", (s) => set(app1(s), "addresses", ["10.30.1.11"]), /address of app-1 too/, /own addresses/),
  bad("listening elsewhere", "azure.hosts.app-1.listen[0]", (s) => set(app1(s), "listen", ["10.30.1.99"]), /not an address of the host/, /10\.30\.1\.10/),
  bad("several listeners on one port", "azure.hosts.app-1.listen", (s) => { set(app1(s), "addresses", ["10.30.1.10", "10.30.1.20"]); set(app1(s), "listen", ["10.30.1.10", "10.30.1.20"]); }, /only one per port/, /wildcard-listener/),
  bad("a disk smaller than the image", "azure.hosts.app-1.diskGiB", (s) => set(app1(s), "diskGiB", 64), /too small/, /127/, /64/),
  bad("a zone as a number", "azure.hosts.app-1.zone", (s) => set(app1(s), "zone", 1), /not an availability zone/, /in quotes/),
  bad("an administrator that Azure refuses", "azure.hosts.app-1.adminUsername", (s) => set(app1(s), "adminUsername", "administrator"), /Azure refuses/, /winadmin/, /administrator/),
  bad("an administrator that ends in a dot", "azure.hosts.app-1.adminUsername", (s) => set(app1(s), "adminUsername", "ops."), /not a user name/, /not ending in a dot/),
  bad("Ansible's account as administrator", "azure.hosts.app-1.adminUsername", (s) => set(app1(s), "adminUsername", "svc-Ansible"), /account of Ansible's/, /winadmin/, /svc-Ansible/),
  bad("the account that tasks become as administrator", "azure.hosts.app-1.adminUsername", (s) => { set(s.account, "becomeUser", "winadmin@CORP.EXAMPLE"); set(s.azure.hosts["app-2"] ?? {}, "adminUsername", "builtin"); }, /account of Ansible's/, /another name/, /winadmin/),
  bad("the usual administrator for all hosts", "azure.defaults.adminUsername", (s) => set(s.azure.defaults ?? {}, "adminUsername", "Admin"), /Azure refuses/, /winadmin/, /Admin/),
  bad("an IPv6 node for Azure's hosts", "automation.nodes[0].addresses[0]", (s) => set(s.automation.nodes[0] ?? {}, "addresses", ["2001:db8::5"]), /IPv6 address/, /IPv4 address/),
  bad("a tag's name that Azure refuses", "azure.hosts.app-1.tags.cost/centre", (s) => set(app1(s), "tags", { "cost/centre": "1" }), /character that Azure refuses/, /without </, /cost\/centre/),
  bad("a tag of the whole stack that Azure refuses", "tags.share%", (s) => set(s, "tags", { "share%": "5" }), /character that Azure refuses/, /without </, /share%/),
  bad("a key in a tag", "tags.note", (s) => set(s, "tags", { note: "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----" }), /looks like a private key/, /secret store/, /a text of \d+ characters/),
  bad("one tag in two spellings", "azure.tags.Owner", (s) => { set(s, "tags", { owner: "platform" }); set(s.azure, "tags", { Owner: "web" }); }, /the tag owner to Azure/, /write it as owner/, /Owner/),
  bad("a tag that is set here in other letters", "azure.tags.name", (s) => set(s.azure, "tags", { name: "web" }), /the tag Name to Azure/, /Name/, /name/),
  bad("too many tags for one host", "azure.hosts.app-1.tags", (s) => { set(s, "tags", Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`a${i}`, "x"]))); set(app1(s), "tags", Object.fromEntries(Array.from({ length: 6 }, (_, i) => [`b${i}`, "x"]))); }, /too many/, /at most 45/, /46 tags/),
  // pass-through
  bad("Azure's own listener", "azure.hosts.app-1.vm.winRM", vm({ winRM: { listeners: [] } }), /a control decides it/, /every address/),
  bad("an identity by the side door", "azure.hosts.app-1.vm.identity", vm({ identity: { type: "SystemAssigned" } }), /a control decides it/, /secrets-kept/),
  bad("custom data", "azure.hosts.app-1.vm.customData", vm({ customData: "x" }), /a control decides it/, /image or a playbook/),
  bad("a password", "azure.hosts.app-1.vm.adminPassword", vm({ adminPassword: "Hunter2!Hunter2!" }), /a control decides it/, /nobody needs/),
  bad("a further interface", "azure.hosts.app-1.vm.networkProfile", vm({ networkProfile: {} }), /a control decides it/, /automation-nodes-only/),
  bad("no Trusted Launch", "azure.hosts.app-1.vm.securityProfile", vm({ securityProfile: { securityType: "Standard" } }), /a control decides it/, /Trusted Launch/),
  ...Object.entries({
    osProfile: /secrets-kept/, hardwareProfile: /`size`/, secrets: /Key Vault extension/, userData: /image or a playbook/, additionalUnattendContent: /passwords and commands/,
    extensionsTimeBudget: /certificate extension/, applicationProfile: /image or a playbook/, patchSettings: /up-to-date/, provisionVMAgent: /no gate/, zones: /`zone`/, extensions: /playbook/,
  }).map(([key, mend]) => bad(`${key} by the side door`, `azure.hosts.app-1.vm.${key}`, vm({ [key]: "x" }), /a control decides it/, mend)),
  bad("an availability set in a zone", "azure.hosts.app-1.vm.availabilitySet", (s) => { set(app1(s), "zone", "2"); vm({ availabilitySet: `${COMPUTE}/availabilitySets/web` })(s); }, /without a zone/, /either it or the host's zone, "2"/, /availabilitySets/),
  bad("a dedicated host and its group", "azure.hosts.app-1.vm.hostGroup", vm({ host: `${COMPUTE}/hostGroups/web/hosts/one`, hostGroup: `${COMPUTE}/hostGroups/web` }), /beside vm\.host/, /keep one/, /hostGroups/),
  bad("a system disk that nothing boots from", "azure.hosts.app-1.vm.osDisk.storageAccountType", vm({ osDisk: { storageAccountType: "PremiumV2_LRS" } }), /does not boot from/, /data disks/, /PremiumV2/),
  bad("a cache that the disk cannot have", "azure.hosts.app-1.vm.dataDisks[0].caching", vm({ dataDisks: [{ lun: 0, sizeGiB: 64, storageAccountType: "PremiumV2_LRS", caching: "ReadOnly" }] }), /nothing that a disk of PremiumV2_LRS can do/, /None/, /ReadOnly/),
  bad("two disks at one place", "azure.hosts.app-1.vm.dataDisks", vm({ dataDisks: [{ lun: 0, sizeGiB: 10 }, { lun: 0, sizeGiB: 20 }] }), /logical unit twice/, /of its own/),
  bad("a misspelt property", "azure.hosts.app-1.vm.licenceType", vm({ licenceType: "Windows_Server" }), /not a known key/, /did you mean licenseType/),
  bad("a key set by name", "azure.hosts.app-1.vm.osDisk.diskEncryptionSet", vm({ osDisk: { diskEncryptionSet: "keys" } }), /not the id of Microsoft\.Compute\/diskEncryptionSets/, /\/subscriptions\//, /keys/),
  // both clouds
  bad("a host in both clouds", "azure.hosts.web-1", (s) => set(s.azure.hosts, "web-1", { addresses: ["10.30.1.12"], dnsName: "other.corp.example" }), /host in aws too/, /own name/, /web-1/, both),
  bad("an address in both clouds", "azure.hosts.app-1.addresses[0]", (s) => { s.azure.network = { vnet: { cidr: "10.20.0.0/16" }, subnets: { app: { cidr: "10.20.1.0/24" } }, allow: ["203.0.113.7"] }; set(app1(s), "addresses", ["10.20.1.10"]); set(s.azure.hosts["app-2"] ?? {}, "addresses", ["10.20.1.12"]); }, /address of web-1 too/, /own addresses/, /10\.20\.1\.10/, both),
  bad("an exception for a host of neither cloud", "exceptions[0].hosts[0]", (s) => set(s, "exceptions", [{ control: "chosen-addresses", what: "wildcard-listener", reason: "two addresses until the migration ends", approvedBy: "J. Doe", expires: "2027-01-31", hosts: ["app-9"] }]), /not a host of this stack/, /web-1, web-2, app-1, app-2/, /app-9/, both),
  bad("a DNS name in both clouds", "azure.hosts.app-1.dnsName", (s) => set(app1(s), "dnsName", "web-1.corp.example"), /name of web-1 too/, /own name/, /web-1/, both),
  bad("a password in a tag", "azure.tags.note", (s) => set(s.azure, "tags", { note: "password=Hunter2!" }), /looks like a password/, /secret store/),
  ...badControls("Azure"),
];
