import type { RoleAssignmentArgs } from "@pulumi/azure-native/authorization";
import type { VirtualMachineArgs, VirtualMachineExtensionArgs } from "@pulumi/azure-native/compute";
import type { RecordSetArgs } from "@pulumi/azure-native/dns";
import type { VaultArgs } from "@pulumi/azure-native/keyvault";
import type { ConfigurationAssignmentsForResourceGroupArgs, MaintenanceConfigurationArgs } from "@pulumi/azure-native/maintenance";
import type { UserAssignedIdentityArgs } from "@pulumi/azure-native/managedidentity";
import type { DataCollectionRuleArgs, DataCollectionRuleAssociationArgs, ScheduledQueryRuleArgs } from "@pulumi/azure-native/monitor";
import type {
  ApplicationSecurityGroupArgs,
  FlowLogArgs,
  NetworkInterfaceArgs,
  NetworkSecurityGroupArgs,
  SecurityRuleArgs,
  SubnetArgs,
  VirtualNetworkArgs,
} from "@pulumi/azure-native/network";
import type { WorkspaceArgs } from "@pulumi/azure-native/operationalinsights";
import type { PrivateRecordSetArgs } from "@pulumi/azure-native/privatedns";
import type { ResourceGroupArgs } from "@pulumi/azure-native/resources";
import type { BlobArgs, BlobContainerArgs, ManagementPolicyArgs, StorageAccountArgs } from "@pulumi/azure-native/storage";
import type { RandomPasswordArgs, RandomUuidArgs } from "@pulumi/random";
import type { CommonTypes } from "../fleet/types";
import { planner, type PlannedOf } from "../graph/planned";

/** Every type that a fleet in Azure is made of, with its arguments: plans are checked against the provider's own types. */
export interface AzureTypes extends CommonTypes {
  "azure-native:authorization:RoleAssignment": RoleAssignmentArgs;
  "azure-native:compute:VirtualMachine": VirtualMachineArgs;
  "azure-native:compute:VirtualMachineExtension": VirtualMachineExtensionArgs;
  "azure-native:dns:RecordSet": RecordSetArgs;
  "azure-native:keyvault:Vault": VaultArgs;
  "azure-native:maintenance:ConfigurationAssignmentsForResourceGroup": ConfigurationAssignmentsForResourceGroupArgs;
  "azure-native:maintenance:MaintenanceConfiguration": MaintenanceConfigurationArgs;
  "azure-native:managedidentity:UserAssignedIdentity": UserAssignedIdentityArgs;
  "azure-native:monitor:DataCollectionRule": DataCollectionRuleArgs;
  "azure-native:monitor:DataCollectionRuleAssociation": DataCollectionRuleAssociationArgs;
  "azure-native:monitor:ScheduledQueryRule": ScheduledQueryRuleArgs;
  "azure-native:network:ApplicationSecurityGroup": ApplicationSecurityGroupArgs;
  "azure-native:network:FlowLog": FlowLogArgs;
  "azure-native:network:NetworkInterface": NetworkInterfaceArgs;
  "azure-native:network:NetworkSecurityGroup": NetworkSecurityGroupArgs;
  "azure-native:network:SecurityRule": SecurityRuleArgs;
  "azure-native:network:Subnet": SubnetArgs;
  "azure-native:network:VirtualNetwork": VirtualNetworkArgs;
  "azure-native:operationalinsights:Workspace": WorkspaceArgs;
  "azure-native:privatedns:PrivateRecordSet": PrivateRecordSetArgs;
  "azure-native:resources:ResourceGroup": ResourceGroupArgs;
  "azure-native:storage:Blob": BlobArgs;
  "azure-native:storage:BlobContainer": BlobContainerArgs;
  "azure-native:storage:ManagementPolicy": ManagementPolicyArgs;
  "azure-native:storage:StorageAccount": StorageAccountArgs;
  "random:index/randomPassword:RandomPassword": RandomPasswordArgs;
  "random:index/randomUuid:RandomUuid": RandomUuidArgs;
}

export type AzurePlanned = PlannedOf<AzureTypes>;

export const plan = planner<AzureTypes>();
