import { pattern } from "../engine/exclusive";
import type { Call } from "../engine/resource";
import { isUnknown } from "../engine/values";
import { record, records, text, whole, type JsonRecord } from "../store/json";
import type { CloudObject, CloudStore } from "../store/store";
import { lastName, sameArmId } from "./arm-id";
import { armError } from "./failure";
import { isPublicRange, subnetsMustFit, type Firewall } from "./firewall";
import { named } from "./group";
import { vaultInputs } from "./inputs/access";
import { objectsOf } from "./objects";
import { idOf, suffixesOf, tenantOf } from "./place";
import type { AzureRow } from "./row";
import { DELETED_VAULT, VAULT } from "./types";

export const SERVICE = "Microsoft.KeyVault";
const RETENTION = 90;

const given = (call: Call): JsonRecord => record(call.inputs["properties"]);

export function vaultFirewall(vault: CloudObject): Firewall {
  const properties = record(vault.properties["properties"]);
  const rules = record(properties["networkAcls"]);
  const closed = text(properties["publicNetworkAccess"]).toLowerCase() === "disabled";
  return {
    open: !closed && text(rules["defaultAction"]).toLowerCase() !== "deny",
    addresses: closed ? [] : records(rules["ipRules"]).map((one) => text(one["value"])),
    subnets: closed ? [] : records(rules["virtualNetworkRules"]).map((one) => text(one["id"])),
  };
}

/** Names are unique in the world, and a deleted vault keeps its own until it is purged. */
function nameMustBeFree(call: Call, id: string): void {
  const name = lastName(id).toLowerCase();
  const deleted = call.store.get(DELETED_VAULT, name);
  const recovers = given(call)["createMode"] === "recover";
  if (deleted !== undefined && !recovers) {
    if (!sameArmId(text(deleted.properties["vault"]), id)) {
      throw armError(409, "VaultAlreadyExists", `The vault name '${lastName(id)}' is already in use. Vault names are globaly unique so it is possible that the name is already taken. If you are sure that the vault name was not taken then it is possible that a vault with the same name was recently deleted but not purged after being placed in a recoverable state. If the vault is in a recoverable state then the vault will need to be purged before reusing the name. For more information on soft delete and purging a vault follow this link https://go.microsoft.com/fwlink/?linkid=2147740.`);
    }
    throw armError(409, "ConflictError", "A vault with the same name already exists in deleted state. You need to either recover or purge existing key vault. Follow this link https://go.microsoft.com/fwlink/?linkid=2149745 for more information on soft delete.");
  }
  if (deleted === undefined && recovers) throw armError(404, "SoftDeletedVaultDoesNotExist", `A soft deleted vault with the given name does not exist. Ensure that the name for the vault that is being attempted to recover is in a recoverable state.`);
  const other = objectsOf(call.store, VAULT).find((one) => lastName(one.id).toLowerCase() === name);
  if (other !== undefined) throw armError(409, "VaultAlreadyExists", `The vault name '${lastName(id)}' is already in use. Vault names are globaly unique so it is possible that the name is already taken.`);
}

/** What is set for good. */
function changeMustBeAllowed(olds: JsonRecord, news: JsonRecord): void {
  const had = record(olds["properties"]);
  if (had["enablePurgeProtection"] === true && news["enablePurgeProtection"] === false) {
    throw armError(400, "BadRequest", "The property \"enablePurgeProtection\" cannot be set to false. Enabling the purge protection for a vault is an irreversible action.");
  }
  if (news["softDeleteRetentionInDays"] !== undefined && news["softDeleteRetentionInDays"] !== had["softDeleteRetentionInDays"]) {
    throw armError(400, "BadRequest", "The property \"softDeleteRetentionInDays\" has been set already and it can't be modified.");
  }
}

function validate(call: Call, self: string | undefined): void {
  const properties = given(call);
  const id = self ?? idOf(call, VAULT, ["vaultName"]);
  if (self === undefined) nameMustBeFree(call, id);
  else changeMustBeAllowed(call.store.get(VAULT, self)?.properties ?? {}, properties);
  const days = whole(properties["softDeleteRetentionInDays"], RETENTION);
  if (days < 7 || days > 90) throw armError(400, "BadRequest", `The parameter softDeleteRetentionInDays has an invalid value ${days}: it must be between 7 and 90.`);
  if (properties["enableSoftDelete"] === false) throw armError(400, "BadRequest", "The property \"enableSoftDelete\" cannot be set to false for a new vault.");
  if (text(properties["tenantId"]).toLowerCase() !== tenantOf(call).toLowerCase()) throw armError(400, "BadRequest", "An invalid value was provided for 'tenantId'.");
  const rules = record(properties["networkAcls"]);
  const wrong = records(rules["ipRules"]).map((one) => text(one["value"])).find((range) => !isPublicRange(range));
  if (wrong !== undefined) throw armError(400, "BadRequest", `The ip rule value '${wrong}' is not a valid public IPv4 address or range.`);
  subnetsMustFit(call, records(rules["virtualNetworkRules"]).map((one) => ({ id: text(one["id"]), lenient: one["ignoreMissingVnetServiceEndpoint"] === true })), SERVICE);
}

function compute(call: Call, id: string, olds: JsonRecord | undefined): JsonRecord {
  const before = record(olds?.["properties"]);
  const { createMode: _, ...properties } = given(call);
  return {
    properties: {
      enableSoftDelete: true,
      softDeleteRetentionInDays: before["softDeleteRetentionInDays"] ?? RETENTION,
      accessPolicies: before["accessPolicies"] ?? [],
      ...(before["enablePurgeProtection"] === true ? { enablePurgeProtection: true } : {}),
      publicNetworkAccess: "Enabled",
      ...properties,
      provisioningState: "Succeeded",
      vaultUri: `https://${lastName(id).toLowerCase()}.${suffixesOf(call).vault}/`,
    },
  };
}

/** A deleted vault is kept, and its name with it. */
function keep(store: CloudStore, { id, properties }: CloudObject): void {
  store.put({ type: DELETED_VAULT, id: lastName(id).toLowerCase(), name: "", properties: { vault: id, purgeProtected: record(properties["properties"])["enablePurgeProtection"] === true } });
}

const vault: AzureRow = {
  token: VAULT,
  title: "Vault",
  apiVersion: "2024-11-01",
  inputs: vaultInputs,
  path: ["resourceGroupName", "vaultName"],
  replaces: [],
  autoName: { ...named("vaultName"), maxLength: 24 },
  outputs: ["location", "name", "properties", "systemData", "tags", "type"],
  check: (inputs) => [
    ...pattern(inputs, "vaultName", /^[a-zA-Z0-9-]{3,24}$/, "does not match expression '^[a-zA-Z0-9-]{3,24}$'"),
    ...(typeof inputs["vaultName"] === "string" && !isUnknown(inputs["vaultName"]) && (!/^[A-Za-z].*[A-Za-z0-9]$/.test(inputs["vaultName"]) || inputs["vaultName"].includes("--"))
      ? [{ property: "vaultName", reason: `"${inputs["vaultName"]}" must begin with a letter, end with a letter or digit, and not have two hyphens in a row` }]
      : []),
  ],
  identify: (call) => idOf(call, VAULT, ["vaultName"]),
  validate,
  compute,
  after: (call, object, olds) => {
    if (olds === undefined) call.store.remove(DELETED_VAULT, lastName(object.id).toLowerCase());
  },
  removed: keep,
};

export const vaultRows: readonly AzureRow[] = [vault];
