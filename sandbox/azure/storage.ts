import { pattern } from "../engine/exclusive";
import type { Call } from "../engine/resource";
import { isUnknown } from "../engine/values";
import { record, records, text, type Json, type JsonRecord } from "../store/json";
import { armId, lastName, parentId, placeOf } from "./arm-id";
import { armError } from "./failure";
import { isPublicRange, subnetsMustFit } from "./firewall";
import { copied, named } from "./group";
import { blobContainerInputs, managementPolicyInputs, storageAccountInputs } from "./inputs/storage";
import { mustBePart, objectsOf } from "./objects";
import { idOf, subscriptionOf, suffixesOf } from "./place";
import type { AzureRow } from "./row";
import { ARM_TYPES, CONTAINER, MANAGEMENT_POLICY, STORAGE_ACCOUNT } from "./types";

export const SERVICE = "Microsoft.Storage";
const KINDS = ["BlobStorage", "BlockBlobStorage", "FileStorage", "Storage", "StorageV2"];
const SKUS = /^(Standard_(LRS|GRS|RAGRS|ZRS|GZRS|RAGZRS)|Premium_(LRS|ZRS)|(Standard|Premium)V2_(LRS|ZRS|GRS|GZRS))$/;
/** provider/pkg/gen/propertyDefaults.go: rules that are taken away are set back. */
const NO_RULES: Json = { bypass: "AzureServices", defaultAction: "Allow", ipRules: [], virtualNetworkRules: [] };

const accountId = (call: Call): string => idOf(call, STORAGE_ACCOUNT, ["accountName"]);

function validateAccount(call: Call, self: string | undefined): void {
  const { inputs, store } = call;
  const id = self ?? accountId(call);
  const taken = objectsOf(store, STORAGE_ACCOUNT).find((one) => lastName(one.id) === lastName(id));
  if (self === undefined && taken !== undefined) throw armError(409, "StorageAccountAlreadyTaken", `The storage account named ${lastName(id)} is already taken.`);
  const sku = text(record(inputs["sku"])["name"]);
  if (!SKUS.test(sku)) throw armError(400, "SkuNotFound", `The sku ${sku} was not found.`);
  if (!KINDS.includes(text(inputs["kind"]))) throw armError(400, "InvalidValuesForRequestParameters", "Values for request parameters are invalid: kind.");
  const old = text(store.get(STORAGE_ACCOUNT, id)?.properties["kind"]);
  if (self !== undefined && old !== text(inputs["kind"]) && inputs["kind"] !== "StorageV2") throw armError(409, "StorageAccountKindCannotBeChanged", `The kind of storage account ${lastName(id)} cannot be changed from ${old} to ${text(inputs["kind"])}.`);
  const rules = record(inputs["networkRuleSet"]);
  if (records(rules["ipRules"]).some((one) => !isPublicRange(text(one["iPAddressOrRange"])))) {
    throw armError(400, "InvalidValuesForRequestParameters", "Values for request parameters are invalid: networkAcls.ipRule[*].value. For more information, see - https://aka.ms/storagenetworkruleset");
  }
  subnetsMustFit(call, records(rules["virtualNetworkRules"]).map((one) => ({ id: text(one["virtualNetworkResourceId"]), lenient: false })), SERVICE);
}

function computeAccount(call: Call, id: string, olds: JsonRecord | undefined): JsonRecord {
  const suffix = suffixesOf(call).blob.replace(/^blob\./, "");
  const name = lastName(id);
  const endpoint = (service: string): string => `https://${name}.${service}.${suffix}/`;
  return {
    ...(call.inputs["networkRuleSet"] === undefined ? { networkRuleSet: NO_RULES } : {}),
    creationTime: olds?.["creationTime"] ?? new Date().toISOString(),
    primaryLocation: text(call.inputs["location"]),
    statusOfPrimary: "available",
    accessTier: call.inputs["accessTier"] ?? "Hot",
    primaryEndpoints: { blob: endpoint("blob"), dfs: endpoint("dfs"), file: endpoint("file"), queue: endpoint("queue"), table: endpoint("table"), web: endpoint("web") },
  };
}

const account: AzureRow = {
  token: STORAGE_ACCOUNT,
  title: "Storage Account",
  apiVersion: "2024-01-01",
  inputs: storageAccountInputs,
  path: ["resourceGroupName", "accountName"],
  // The last is x-ms-mutability: create, read.
  replaces: ["isHnsEnabled", "location", "immutableStorageWithVersioning"],
  autoName: { ...named("accountName"), maxLength: 24, lowerCase: true },
  outputs: ["accessTier", "accountMigrationInProgress", "allowBlobPublicAccess", "allowCrossTenantReplication", "allowSharedKeyAccess", "allowedCopyScope", "azureFilesIdentityBasedAuthentication", "blobRestoreStatus", "creationTime", "customDomain", "defaultToOAuthAuthentication", "dnsEndpointType", "enableExtendedGroups", "enableHttpsTrafficOnly", "enableNfsV3", "encryption", "extendedLocation", "failoverInProgress", "geoReplicationStats", "identity", "immutableStorageWithVersioning", "isHnsEnabled", "isLocalUserEnabled", "isSftpEnabled", "isSkuConversionBlocked", "keyCreationTime", "keyPolicy", "kind", "largeFileSharesState", "lastGeoFailoverTime", "location", "minimumTlsVersion", "name", "networkRuleSet", "primaryEndpoints", "primaryLocation", "privateEndpointConnections", "provisioningState", "publicNetworkAccess", "routingPreference", "sasPolicy", "secondaryEndpoints", "secondaryLocation", "sku", "statusOfPrimary", "statusOfSecondary", "storageAccountSkuConversionStatus", "tags", "type"],
  check: (inputs) => pattern(inputs, "accountName", /^[a-z0-9]{3,24}$/, "does not match expression '^[a-z0-9]{3,24}$'"),
  identify: accountId,
  validate: validateAccount,
  compute: computeAccount,
};

export const containerId = (call: Call): string => {
  const { accountName, containerName, resourceGroupName } = call.inputs;
  return armId(subscriptionOf(call), text(resourceGroupName), ARM_TYPES[CONTAINER] ?? "", text(accountName), "default", text(containerName));
};

const container: AzureRow = {
  token: CONTAINER,
  title: "Blob Container",
  apiVersion: "2024-01-01",
  inputs: blobContainerInputs,
  path: ["resourceGroupName", "accountName", "containerName"],
  replaces: [],
  autoName: copied("containerName"),
  outputs: ["defaultEncryptionScope", "deleted", "deletedTime", "denyEncryptionScopeOverride", "enableNfsV3AllSquash", "enableNfsV3RootSquash", "etag", "hasImmutabilityPolicy", "hasLegalHold", "immutabilityPolicy", "immutableStorageWithVersioning", "lastModifiedTime", "leaseDuration", "leaseState", "leaseStatus", "legalHold", "metadata", "name", "publicAccess", "remainingRetentionDays", "type", "version"],
  check: (inputs) => pattern(inputs, "containerName", /^(?!.*--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/, "is no name for a container: 3 to 63 of a-z, 0-9 and single hyphens"),
  identify: containerId,
  validate: (call) => {
    const owner = mustBePart(call, STORAGE_ACCOUNT, accountId(call));
    const access = text(call.inputs["publicAccess"]) || "None";
    if (!["None", "Blob", "Container"].includes(access)) throw armError(400, "InvalidValuesForRequestParameters", "Values for request parameters are invalid: publicAccess.");
    if (access !== "None" && owner.properties["allowBlobPublicAccess"] !== true) throw armError(409, "PublicAccessNotPermitted", "Public access is not permitted on this storage account.");
  },
  compute: (call) => ({ publicAccess: text(call.inputs["publicAccess"]) || "None", hasImmutabilityPolicy: false, hasLegalHold: false, leaseState: "Available", leaseStatus: "Unlocked" }),
  longRunning: false,
};

const managementPolicy: AzureRow = {
  token: MANAGEMENT_POLICY,
  title: "Management Policy",
  apiVersion: "2024-01-01",
  inputs: managementPolicyInputs,
  path: ["resourceGroupName", "accountName", "managementPolicyName"],
  replaces: [],
  autoName: copied("managementPolicyName"),
  outputs: ["lastModifiedTime", "name", "policy", "type"],
  check: (inputs) => {
    const name = inputs["managementPolicyName"];
    return typeof name === "string" && !isUnknown(name) && name !== "default" ? [{ property: "managementPolicyName", reason: `"${name}": an account has one policy, and it is called default` }] : [];
  },
  identify: (call) => {
    const { subscription, resourceGroup } = placeOf(accountId(call));
    return armId(subscription, resourceGroup, ARM_TYPES[MANAGEMENT_POLICY] ?? "", text(call.inputs["accountName"]), "default");
  },
  validate: (call, self) => {
    mustBePart(call, STORAGE_ACCOUNT, self === undefined ? accountId(call) : parentId(self));
    const rules = records(record(call.inputs["policy"])["rules"]);
    const names = rules.map((rule) => text(rule["name"]).toLowerCase());
    if (rules.length === 0 || new Set(names).size < names.length) throw armError(400, "InvalidValuesForRequestParameters", "Values for request parameters are invalid: policy.rules must have rules of different names.");
    for (const rule of rules) ruleMustFit(rule);
  },
  compute: () => ({ lastModifiedTime: new Date().toISOString() }),
  longRunning: false,
};

/** Append blobs can be deleted by age and nothing else. Source: Azure's description of lifecycle policies. */
function ruleMustFit(rule: JsonRecord): void {
  const definition = record(rule["definition"]);
  const types = record(definition["filters"])["blobTypes"];
  const actions = Object.keys(record(record(definition["actions"])["baseBlob"]));
  const refuse = (what: string) => armError(400, "InvalidValuesForRequestParameters", `Values for request parameters are invalid: policy rule ${text(rule["name"])}: ${what}.`);
  if (rule["type"] !== "Lifecycle") throw refuse("type must be Lifecycle");
  if (Array.isArray(types) && types.some((type) => type !== "blockBlob" && type !== "appendBlob")) throw refuse("blobTypes are blockBlob and appendBlob");
  if (Array.isArray(types) && types.includes("appendBlob") && actions.some((action) => action !== "delete")) throw refuse("append blobs can be deleted only");
}

export const storageRows: readonly AzureRow[] = [account, container, managementPolicy];
