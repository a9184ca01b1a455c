import { createHash } from "node:crypto";
import { assetBytes } from "../engine/asset";
import { alone, oneOf } from "../engine/exclusive";
import { CloudError } from "../engine/failure";
import type { Call } from "../engine/resource";
import { readAccount } from "../store/account";
import { record, records, text, type JsonRecord } from "../store/json";
import type { CloudObject, CloudStore } from "../store/store";
import { admitsAddress, type Firewall } from "./firewall";
import { copied } from "./group";
import { blobInputs } from "./inputs/storage";
import { findObject, mustBePart } from "./objects";
import { idOf, suffixesOf } from "./place";
import type { AzureRow } from "./row";
import { containerId } from "./storage";
import { BLOB, CONTAINER, STORAGE_ACCOUNT } from "./types";

export function storageFirewall(account: CloudObject): Firewall {
  const rules = record(account.properties["networkRuleSet"]);
  const closed = text(account.properties["publicNetworkAccess"]).toLowerCase() === "disabled";
  return {
    open: !closed && text(rules["defaultAction"]).toLowerCase() !== "deny",
    addresses: closed ? [] : records(rules["ipRules"]).map((one) => text(one["iPAddressOrRange"])),
    subnets: closed ? [] : records(rules["virtualNetworkRules"]).map((one) => text(one["virtualNetworkResourceId"])),
  };
}

/**
 * Blobs are read and written on the data plane, with the account's key that the provider asks Resource Manager for:
 * whoever runs Pulumi must get through the account's firewall, and the account must allow keys. No role on data counts.
 * (custom_storage_azidentity.go, newSharedKeyCredential; issues #3709, #2015)
 */
function mustBeAllowed(store: CloudStore, account: CloudObject): void {
  if (!admitsAddress(storageFirewall(account), readAccount(store.root).runner)) {
    throw dataError(403, "AuthorizationFailure", "This request is not authorized to perform this operation.");
  }
  if (account.properties["allowSharedKeyAccess"] === false) {
    throw dataError(403, "KeyBasedAuthenticationNotPermitted", "Key based authentication is not permitted on this storage account.");
  }
}

/** The account that a blob lies in, while there is one. */
const accountOf = (store: CloudStore, { id }: CloudObject): CloudObject | undefined => findObject(store, STORAGE_ACCOUNT, id.split("/").slice(0, 9).join("/"));

function mustReach(store: CloudStore, object: CloudObject): void {
  const account = accountOf(store, object);
  if (account !== undefined) mustBeAllowed(store, account);
}

/** azcore's own words: the provider shortens errors of Resource Manager only. */
const dataError = (status: number, code: string, message: string): CloudError => new CloudError(code, message, `RESPONSE ${status}: ${status} ${message} ERROR CODE: ${code}`);

const typeOf = (call: Call): string => text(call.inputs["type"]) || "Block";

const blob: AzureRow = {
  token: BLOB,
  title: "Blob",
  apiVersion: "",
  inputs: blobInputs,
  path: ["resourceGroupName", "accountName", "containerName", "blobName"],
  // WillReplaceOnChanges in custom_storage_azidentity.go, getBlobSchema
  replaces: ["contentMd5", "source", "type"],
  autoName: copied("blobName"),
  defaults: { type: "Block" },
  outputs: ["accessTier", "contentMd5", "contentType", "metadata", "name", "type", "url"],
  check: (inputs) => [
    ...oneOf(inputs, "type", ["Block", "Append"]),
    ...oneOf(inputs, "accessTier", ["Hot", "Cool", "Archive"]),
    ...(inputs["type"] === "Append" ? alone(inputs, "type", ["source", "contentMd5"]) : []),
  ],
  identify: (call) => `${containerId(call)}/blobs/${encodeURIComponent(text(call.inputs["blobName"]))}`,
  validate: (call) => {
    mustBeAllowed(call.store, mustBePart(call, STORAGE_ACCOUNT, idOf(call, STORAGE_ACCOUNT, ["accountName"])));
    if (findObject(call.store, CONTAINER, containerId(call)) === undefined) throw dataError(404, "ContainerNotFound", "The specified container does not exist.");
    const wanted = text(call.inputs["contentMd5"]);
    if (wanted !== "" && wanted !== md5(assetBytes(call.inputs["source"]))) throw dataError(400, "Md5Mismatch", "The MD5 value specified in the request did not match with the MD5 value calculated by the server.");
  },
  forgets: ({ source: _, ...given }) => given,
  compute: (call, _id, olds): JsonRecord => {
    const { accountName, containerName, blobName } = call.inputs;
    const bytes = assetBytes(call.inputs["source"]);
    return {
      name: text(blobName),
      type: typeOf(call),
      url: `https://${text(accountName)}.${suffixesOf(call).blob}/${text(containerName)}/${text(blobName)}`,
      contentType: text(call.inputs["contentType"]) || "application/octet-stream",
      contentMd5: md5(bytes),
      metadata: call.inputs["metadata"] ?? {},
      accessTier: call.inputs["accessTier"] ?? (typeOf(call) === "Block" ? "Hot" : undefined),
      // An update sends no content: only a new blob has another one.
      body: olds === undefined ? bytes.toString("utf8") : (olds["body"] ?? ""),
    };
  },
  shows: (store, object) => {
    mustReach(store, object);
    return {};
  },
  inUse: mustReach,
  longRunning: false,
};

const md5 = (bytes: Buffer): string => createHash("md5").update(bytes).digest("base64");

export const blobRows: readonly AzureRow[] = [blob];
