import { idFrom, type Identify } from "../fleet/identity";
import type { CommonTypes } from "../fleet/types";
import type { AzureTypes } from "./types";

type CloudTypes = Exclude<keyof AzureTypes, keyof CommonTypes | `random:${string}`>;

/** Azure's ids are made of names, and the names are the program's: what follows `/providers/`, with inputs in braces. */
const PATHS = {
  "azure-native:compute:VirtualMachine": "Microsoft.Compute/virtualMachines/{vmName}",
  "azure-native:compute:VirtualMachineExtension": "Microsoft.Compute/virtualMachines/{vmName}/extensions/{vmExtensionName}",
  "azure-native:dns:RecordSet": "Microsoft.Network/dnsZones/{zoneName}/{recordType}/{relativeRecordSetName}",
  "azure-native:keyvault:Vault": "Microsoft.KeyVault/vaults/{vaultName}",
  "azure-native:maintenance:ConfigurationAssignmentsForResourceGroup": "Microsoft.Maintenance/configurationAssignments/{configurationAssignmentName}",
  "azure-native:maintenance:MaintenanceConfiguration": "Microsoft.Maintenance/maintenanceConfigurations/{resourceName}",
  "azure-native:managedidentity:UserAssignedIdentity": "Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}",
  "azure-native:monitor:DataCollectionRule": "Microsoft.Insights/dataCollectionRules/{dataCollectionRuleName}",
  "azure-native:monitor:ScheduledQueryRule": "Microsoft.Insights/scheduledQueryRules/{ruleName}",
  "azure-native:network:ApplicationSecurityGroup": "Microsoft.Network/applicationSecurityGroups/{applicationSecurityGroupName}",
  "azure-native:network:FlowLog": "Microsoft.Network/networkWatchers/{networkWatcherName}/flowLogs/{flowLogName}",
  "azure-native:network:NetworkInterface": "Microsoft.Network/networkInterfaces/{networkInterfaceName}",
  "azure-native:network:NetworkSecurityGroup": "Microsoft.Network/networkSecurityGroups/{networkSecurityGroupName}",
  "azure-native:network:SecurityRule": "Microsoft.Network/networkSecurityGroups/{networkSecurityGroupName}/securityRules/{securityRuleName}",
  "azure-native:network:Subnet": "Microsoft.Network/virtualNetworks/{virtualNetworkName}/subnets/{subnetName}",
  "azure-native:network:VirtualNetwork": "Microsoft.Network/virtualNetworks/{virtualNetworkName}",
  "azure-native:operationalinsights:Workspace": "Microsoft.OperationalInsights/workspaces/{workspaceName}",
  "azure-native:privatedns:PrivateRecordSet": "Microsoft.Network/privateDnsZones/{privateZoneName}/{recordType}/{relativeRecordSetName}",
  "azure-native:storage:Blob": "Microsoft.Storage/storageAccounts/{accountName}/blobServices/default/containers/{containerName}/blobs/{blobName}",
  "azure-native:storage:BlobContainer": "Microsoft.Storage/storageAccounts/{accountName}/blobServices/default/containers/{containerName}",
  "azure-native:storage:ManagementPolicy": "Microsoft.Storage/storageAccounts/{accountName}/managementPolicies/{managementPolicyName}",
  "azure-native:storage:StorageAccount": "Microsoft.Storage/storageAccounts/{accountName}",
} as const;

/** Part of something that is not ours, and a thing of its own to us: nobody else would find one again. */
const FLOW_LOG = "azure-native:network:FlowLog";

/** Azure's own types of what bears tags, and what they are in Pulumi. */
export const AZURE_KINDS: ReadonlyMap<string, string> = new Map(
  Object.entries(PATHS).flatMap(([type, path]) => {
    const [namespace = "", ...rest] = path.split("/");
    const kinds = rest.filter((_, i) => i % 2 === 0);
    return kinds.length === 1 || type === FLOW_LOG ? [[[namespace, ...kinds].join("/").toLowerCase(), type]] : [];
  }),
);

/** @param subscription the provider's own, in which all of it lies */
export function azureIdentities(subscription: string): { readonly [Type in CloudTypes]: Identify } {
  const groupId = (group: string): string => `/subscriptions/${subscription}/resourceGroups/${group}`;
  const inGroup = (path: string): Identify => {
    const keys = [...path.matchAll(/\{(\w+)\}/g)].map(([, key = ""]) => key);
    return idFrom(["resourceGroupName", ...keys], ([group = "", ...names]) => `${groupId(group)}/providers/${keys.reduce((text, key, i) => text.replace(`{${key}}`, () => names[i] ?? ""), path)}`);
  };
  const lying = Object.fromEntries(Object.entries(PATHS).map(([type, path]) => [type, inGroup(path)])) as { readonly [Type in keyof typeof PATHS]: Identify };
  return {
    ...lying,
    "azure-native:authorization:RoleAssignment": idFrom(["scope", "roleAssignmentName"], ([scope = "", name = ""]) => `${scope.replace(/\/$/, "")}/providers/Microsoft.Authorization/roleAssignments/${name}`),
    "azure-native:monitor:DataCollectionRuleAssociation": idFrom(["resourceUri", "associationName"], ([uri = "", name = ""]) => `${uri.replace(/\/$/, "")}/providers/Microsoft.Insights/dataCollectionRuleAssociations/${name}`),
    "azure-native:resources:ResourceGroup": idFrom(["resourceGroupName"], ([group = ""]) => groupId(group)),
  };
}
