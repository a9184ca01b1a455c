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
  "azure-native:managedidentity:UserAssignedIdentity": "Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}",
  "azure-native:network:ApplicationSecurityGroup": "Microsoft.Network/applicationSecurityGroups/{applicationSecurityGroupName}",
  "azure-native:network:NetworkInterface": "Microsoft.Network/networkInterfaces/{networkInterfaceName}",
  "azure-native:network:NetworkSecurityGroup": "Microsoft.Network/networkSecurityGroups/{networkSecurityGroupName}",
  "azure-native:network:SecurityRule": "Microsoft.Network/networkSecurityGroups/{networkSecurityGroupName}/securityRules/{securityRuleName}",
  "azure-native:network:Subnet": "Microsoft.Network/virtualNetworks/{virtualNetworkName}/subnets/{subnetName}",
  "azure-native:network:VirtualNetwork": "Microsoft.Network/virtualNetworks/{virtualNetworkName}",
  "azure-native:privatedns:PrivateRecordSet": "Microsoft.Network/privateDnsZones/{privateZoneName}/{recordType}/{relativeRecordSetName}",
  "azure-native:storage:Blob": "Microsoft.Storage/storageAccounts/{accountName}/blobServices/default/containers/{containerName}/blobs/{blobName}",
  "azure-native:storage:BlobContainer": "Microsoft.Storage/storageAccounts/{accountName}/blobServices/default/containers/{containerName}",
  "azure-native:storage:ManagementPolicy": "Microsoft.Storage/storageAccounts/{accountName}/managementPolicies/{managementPolicyName}",
  "azure-native:storage:StorageAccount": "Microsoft.Storage/storageAccounts/{accountName}",
} as const;

/** Azure's own types of what bears tags, and what they are in Pulumi. */
export const AZURE_KINDS: ReadonlyMap<string, string> = new Map(
  Object.entries(PATHS).flatMap(([type, path]) => {
    const [namespace = "", kind = "", , ...rest] = path.split("/");
    return rest.length === 0 ? [[`${namespace}/${kind}`.toLowerCase(), type]] : [];
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
    "azure-native:resources:ResourceGroup": idFrom(["resourceGroupName"], ([group = ""]) => groupId(group)),
  };
}
