import { RoleAssignment } from "@pulumi/azure-native/authorization";
import { VirtualMachine, VirtualMachineExtension } from "@pulumi/azure-native/compute";
import { RecordSet } from "@pulumi/azure-native/dns";
import { Vault } from "@pulumi/azure-native/keyvault";
import { ConfigurationAssignmentsForResourceGroup, MaintenanceConfiguration } from "@pulumi/azure-native/maintenance";
import { UserAssignedIdentity } from "@pulumi/azure-native/managedidentity";
import { DataCollectionRule, DataCollectionRuleAssociation, ScheduledQueryRule } from "@pulumi/azure-native/monitor";
import { ApplicationSecurityGroup, FlowLog, NetworkInterface, NetworkSecurityGroup, SecurityRule, Subnet, VirtualNetwork } from "@pulumi/azure-native/network";
import { Workspace } from "@pulumi/azure-native/operationalinsights";
import { PrivateRecordSet } from "@pulumi/azure-native/privatedns";
import { ResourceGroup } from "@pulumi/azure-native/resources";
import { Blob, BlobContainer, ManagementPolicy, StorageAccount } from "@pulumi/azure-native/storage";
import { RandomPassword, RandomUuid } from "@pulumi/random";
import { commonClasses } from "../fleet/makers";
import { makersOf } from "../graph/realise";
import type { AzureTypes } from "./types";

export const makers = makersOf<AzureTypes>({
  ...commonClasses,
  "azure-native:authorization:RoleAssignment": RoleAssignment,
  "azure-native:compute:VirtualMachine": VirtualMachine,
  "azure-native:compute:VirtualMachineExtension": VirtualMachineExtension,
  "azure-native:dns:RecordSet": RecordSet,
  "azure-native:keyvault:Vault": Vault,
  "azure-native:maintenance:ConfigurationAssignmentsForResourceGroup": ConfigurationAssignmentsForResourceGroup,
  "azure-native:maintenance:MaintenanceConfiguration": MaintenanceConfiguration,
  "azure-native:managedidentity:UserAssignedIdentity": UserAssignedIdentity,
  "azure-native:monitor:DataCollectionRule": DataCollectionRule,
  "azure-native:monitor:DataCollectionRuleAssociation": DataCollectionRuleAssociation,
  "azure-native:monitor:ScheduledQueryRule": ScheduledQueryRule,
  "azure-native:network:ApplicationSecurityGroup": ApplicationSecurityGroup,
  "azure-native:network:FlowLog": FlowLog,
  "azure-native:network:NetworkInterface": NetworkInterface,
  "azure-native:network:NetworkSecurityGroup": NetworkSecurityGroup,
  "azure-native:network:SecurityRule": SecurityRule,
  "azure-native:network:Subnet": Subnet,
  "azure-native:network:VirtualNetwork": VirtualNetwork,
  "azure-native:operationalinsights:Workspace": Workspace,
  "azure-native:privatedns:PrivateRecordSet": PrivateRecordSet,
  "azure-native:resources:ResourceGroup": ResourceGroup,
  "azure-native:storage:Blob": Blob,
  "azure-native:storage:BlobContainer": BlobContainer,
  "azure-native:storage:ManagementPolicy": ManagementPolicy,
  "azure-native:storage:StorageAccount": StorageAccount,
  "random:index/randomPassword:RandomPassword": RandomPassword,
  "random:index/randomUuid:RandomUuid": RandomUuid,
});
