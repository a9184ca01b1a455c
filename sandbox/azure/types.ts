/** Tokens, once: rows refer to each other's objects by them. */
export const RESOURCE_GROUP = "azure-native:resources:ResourceGroup";
export const VIRTUAL_NETWORK = "azure-native:network:VirtualNetwork";
export const SUBNET = "azure-native:network:Subnet";
export const SECURITY_GROUP = "azure-native:network:NetworkSecurityGroup";
export const SECURITY_RULE = "azure-native:network:SecurityRule";
export const APPLICATION_GROUP = "azure-native:network:ApplicationSecurityGroup";
export const NETWORK_INTERFACE = "azure-native:network:NetworkInterface";
export const VIRTUAL_MACHINE = "azure-native:compute:VirtualMachine";
export const EXTENSION = "azure-native:compute:VirtualMachineExtension";
export const IDENTITY = "azure-native:managedidentity:UserAssignedIdentity";
export const ROLE_ASSIGNMENT = "azure-native:authorization:RoleAssignment";
export const VAULT = "azure-native:keyvault:Vault";
export const STORAGE_ACCOUNT = "azure-native:storage:StorageAccount";
export const CONTAINER = "azure-native:storage:BlobContainer";
export const BLOB = "azure-native:storage:Blob";
export const MANAGEMENT_POLICY = "azure-native:storage:ManagementPolicy";
export const PRIVATE_RECORD_SET = "azure-native:privatedns:PrivateRecordSet";
export const RECORD_SET = "azure-native:dns:RecordSet";
export const WORKSPACE = "azure-native:operationalinsights:Workspace";
export const COLLECTION_RULE = "azure-native:monitor:DataCollectionRule";
export const RULE_ASSOCIATION = "azure-native:monitor:DataCollectionRuleAssociation";
export const QUERY_RULE = "azure-native:monitor:ScheduledQueryRule";
export const FLOW_LOG = "azure-native:network:FlowLog";
export const MAINTENANCE = "azure-native:maintenance:MaintenanceConfiguration";
export const MAINTENANCE_ASSIGNMENT = "azure-native:maintenance:ConfigurationAssignmentsForResourceGroup";
/** In the account or nowhere: nothing here makes one. */
export const ACTION_GROUP = "azure-native:monitor:ActionGroup";
export const NETWORK_WATCHER = "azure-native:network:NetworkWatcher";
export const NAT_GATEWAY = "azure-native:network:NatGateway";
/** Made by the reader, through the ARM endpoint; the provider only takes them away with their machine. */
export const RUN_COMMAND = "azure-native:compute:VirtualMachineRunCommandByVirtualMachine";
/** Made with its machine. */
export const DISK = "azure-native:compute:Disk";
/** No resource: what the organisation's pipeline has put into every vault. Id: the certificate's name. */
export const CERTIFICATE = "azure:keyvault/certificate";
/** No resource: a vault that was deleted and can be had back. Id: its name in lower case. */
export const DELETED_VAULT = "azure:keyvault/deletedVault";
/** No resource: how often a role was asked for while a fault held it back. Id: the assignment's. */
export const ROLE_USE = "azure:authorization/roleUse";

/** The types that Azure Resource Manager has for what an account may hold already. */
export const ARM_TYPES: Readonly<Record<string, string>> = {
  [VIRTUAL_NETWORK]: "Microsoft.Network/virtualNetworks",
  [SUBNET]: "Microsoft.Network/virtualNetworks/subnets",
  [SECURITY_GROUP]: "Microsoft.Network/networkSecurityGroups",
  [SECURITY_RULE]: "Microsoft.Network/networkSecurityGroups/securityRules",
  [APPLICATION_GROUP]: "Microsoft.Network/applicationSecurityGroups",
  [NETWORK_INTERFACE]: "Microsoft.Network/networkInterfaces",
  [VIRTUAL_MACHINE]: "Microsoft.Compute/virtualMachines",
  [EXTENSION]: "Microsoft.Compute/virtualMachines/extensions",
  [RUN_COMMAND]: "Microsoft.Compute/virtualMachines/runCommands",
  [DISK]: "Microsoft.Compute/disks",
  [IDENTITY]: "Microsoft.ManagedIdentity/userAssignedIdentities",
  [VAULT]: "Microsoft.KeyVault/vaults",
  [STORAGE_ACCOUNT]: "Microsoft.Storage/storageAccounts",
  [CONTAINER]: "Microsoft.Storage/storageAccounts/blobServices/containers",
  [MANAGEMENT_POLICY]: "Microsoft.Storage/storageAccounts/managementPolicies",
  [WORKSPACE]: "Microsoft.OperationalInsights/workspaces",
  [COLLECTION_RULE]: "Microsoft.Insights/dataCollectionRules",
  [QUERY_RULE]: "Microsoft.Insights/scheduledQueryRules",
  [ACTION_GROUP]: "Microsoft.Insights/actionGroups",
  [NETWORK_WATCHER]: "Microsoft.Network/networkWatchers",
  [FLOW_LOG]: "Microsoft.Network/networkWatchers/flowLogs",
  [NAT_GATEWAY]: "Microsoft.Network/natGateways",
  [MAINTENANCE]: "Microsoft.Maintenance/maintenanceConfigurations",
  [MAINTENANCE_ASSIGNMENT]: "Microsoft.Maintenance/configurationAssignments",
};
