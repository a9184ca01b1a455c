import type { InputFields } from "../../engine/shape";

const AFTER_USE = {
  "daysAfterCreationGreaterThan?": "number",
  "daysAfterLastAccessTimeGreaterThan?": "number",
  "daysAfterLastTierChangeGreaterThan?": "number",
  "daysAfterModificationGreaterThan?": "number",
} satisfies InputFields;

const AFTER_MAKING = { daysAfterCreationGreaterThan: "number", "daysAfterLastTierChangeGreaterThan?": "number" } satisfies InputFields;

/** Inputs as @pulumi/azure-native 3.28 types them; a test compares them with the typings. */
export const storageAccountInputs = {
  "accessTier?": "string",
  "accountName?": "string",
  "allowBlobPublicAccess?": "boolean",
  "allowCrossTenantReplication?": "boolean",
  "allowSharedKeyAccess?": "boolean",
  "allowedCopyScope?": "string",
  "azureFilesIdentityBasedAuthentication?": {
    "activeDirectoryProperties?": {
      "accountType?": "string",
      "azureStorageSid?": "string",
      domainGuid: "string",
      domainName: "string",
      "domainSid?": "string",
      "forestName?": "string",
      "netBiosDomainName?": "string",
      "samAccountName?": "string",
    },
    "defaultSharePermission?": "string",
    directoryServiceOptions: "string",
  },
  "customDomain?": { name: "string", "useSubDomainName?": "boolean" },
  "defaultToOAuthAuthentication?": "boolean",
  "dnsEndpointType?": "string",
  "enableExtendedGroups?": "boolean",
  "enableHttpsTrafficOnly?": "boolean",
  "enableNfsV3?": "boolean",
  "encryption?": {
    "encryptionIdentity?": { "encryptionFederatedIdentityClientId?": "string", "encryptionUserAssignedIdentity?": "string" },
    "keySource?": "string",
    "keyVaultProperties?": { "keyName?": "string", "keyVaultUri?": "string", "keyVersion?": "string" },
    "requireInfrastructureEncryption?": "boolean",
    "services?": {
      "blob?": { "enabled?": "boolean", "keyType?": "string" },
      "file?": { "enabled?": "boolean", "keyType?": "string" },
      "queue?": { "enabled?": "boolean", "keyType?": "string" },
      "table?": { "enabled?": "boolean", "keyType?": "string" },
    },
  },
  "extendedLocation?": { "name?": "string", "type?": "string" },
  "identity?": { type: "string", "userAssignedIdentities?": "string[]" },
  "immutableStorageWithVersioning?": {
    "enabled?": "boolean",
    "immutabilityPolicy?": { "allowProtectedAppendWrites?": "boolean", "immutabilityPeriodSinceCreationInDays?": "number", "state?": "string" },
  },
  "isHnsEnabled?": "boolean",
  "isLocalUserEnabled?": "boolean",
  "isSftpEnabled?": "boolean",
  "keyPolicy?": { keyExpirationPeriodInDays: "number" },
  kind: "string",
  "largeFileSharesState?": "string",
  "location?": "string",
  "minimumTlsVersion?": "string",
  "networkRuleSet?": {
    "bypass?": "string",
    defaultAction: "string",
    "ipRules?": [{ "action?": "string", iPAddressOrRange: "string" }],
    "resourceAccessRules?": [{ "resourceId?": "string", "tenantId?": "string" }],
    "virtualNetworkRules?": [{ "action?": "string", "state?": "string", virtualNetworkResourceId: "string" }],
  },
  "publicNetworkAccess?": "string",
  resourceGroupName: "string",
  "routingPreference?": { "publishInternetEndpoints?": "boolean", "publishMicrosoftEndpoints?": "boolean", "routingChoice?": "string" },
  "sasPolicy?": { expirationAction: "string", sasExpirationPeriod: "string" },
  sku: { name: "string" },
  "tags?": "string{}",
} satisfies InputFields;

export const blobContainerInputs = {
  accountName: "string",
  "containerName?": "string",
  "defaultEncryptionScope?": "string",
  "denyEncryptionScopeOverride?": "boolean",
  "enableNfsV3AllSquash?": "boolean",
  "enableNfsV3RootSquash?": "boolean",
  "immutableStorageWithVersioning?": { "enabled?": "boolean" },
  "metadata?": "string{}",
  "publicAccess?": "string",
  resourceGroupName: "string",
} satisfies InputFields;

export const blobInputs = {
  "accessTier?": "string",
  accountName: "string",
  "blobName?": "string",
  containerName: "string",
  "contentMd5?": "string",
  "contentType?": "string",
  "metadata?": "string{}",
  resourceGroupName: "string",
  "source?": "asset",
  "type?": "string",
} satisfies InputFields;

export const managementPolicyInputs = {
  accountName: "string",
  "managementPolicyName?": "string",
  policy: {
    rules: [{
      definition: {
        actions: {
          "baseBlob?": {
            "delete?": AFTER_USE,
            "enableAutoTierToHotFromCool?": "boolean",
            "tierToArchive?": AFTER_USE,
            "tierToCold?": AFTER_USE,
            "tierToCool?": AFTER_USE,
            "tierToHot?": AFTER_USE,
          },
          "snapshot?": {
            "delete?": AFTER_MAKING,
            "tierToArchive?": AFTER_MAKING,
            "tierToCold?": AFTER_MAKING,
            "tierToCool?": AFTER_MAKING,
            "tierToHot?": AFTER_MAKING,
          },
          "version?": {
            "delete?": AFTER_MAKING,
            "tierToArchive?": AFTER_MAKING,
            "tierToCold?": AFTER_MAKING,
            "tierToCool?": AFTER_MAKING,
            "tierToHot?": AFTER_MAKING,
          },
        },
        "filters?": { "blobIndexMatch?": [{ name: "string", op: "string", value: "string" }], blobTypes: "string[]", "prefixMatch?": "string[]" },
      },
      "enabled?": "boolean",
      name: "string",
      type: "string",
    }],
  },
  resourceGroupName: "string",
} satisfies InputFields;
