import type { InputFields } from "../../engine/shape";

/** Inputs as @pulumi/azure-native 3.28 types them; a test compares them with the typings. */
export const resourceGroupInputs = { "location?": "string", "managedBy?": "string", "resourceGroupName?": "string", "tags?": "string{}" } satisfies InputFields;

export const userAssignedIdentityInputs = { "location?": "string", resourceGroupName: "string", "resourceName?": "string", "tags?": "string{}" } satisfies InputFields;

export const roleAssignmentInputs = {
  "condition?": "string",
  "conditionVersion?": "string",
  "delegatedManagedIdentityResourceId?": "string",
  "description?": "string",
  principalId: "string",
  "principalType?": "string",
  "roleAssignmentName?": "string",
  roleDefinitionId: "string",
  scope: "string",
} satisfies InputFields;

export const vaultInputs = {
  "location?": "string",
  properties: {
    "accessPolicies?": [{
      "applicationId?": "string",
      objectId: "string",
      permissions: { "certificates?": "string[]", "keys?": "string[]", "secrets?": "string[]", "storage?": "string[]" },
      tenantId: "string",
    }],
    "createMode?": "string",
    "enablePurgeProtection?": "boolean",
    "enableRbacAuthorization?": "boolean",
    "enableSoftDelete?": "boolean",
    "enabledForDeployment?": "boolean",
    "enabledForDiskEncryption?": "boolean",
    "enabledForTemplateDeployment?": "boolean",
    "networkAcls?": {
      "bypass?": "string",
      "defaultAction?": "string",
      "ipRules?": [{ value: "string" }],
      "virtualNetworkRules?": [{ id: "string", "ignoreMissingVnetServiceEndpoint?": "boolean" }],
    },
    "publicNetworkAccess?": "string",
    sku: { family: "string", name: "string" },
    "softDeleteRetentionInDays?": "number",
    tenantId: "string",
  },
  resourceGroupName: "string",
  "tags?": "string{}",
  "vaultName?": "string",
} satisfies InputFields;
