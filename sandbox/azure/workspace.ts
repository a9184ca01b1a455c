import { randomUUID } from "node:crypto";
import { oneOf, pattern } from "../engine/exclusive";
import { record, text, whole } from "../store/json";
import { armError } from "./failure";
import { named } from "./group";
import { workspaceInputs } from "./inputs/logs";
import { idOf } from "./place";
import type { AzureRow } from "./row";
import { WORKSPACE } from "./types";

const SKUS = ["PerGB2018", "CapacityReservation"];

/** A deleted workspace comes back with what was in it when one of its name and group is made within two weeks; here it is gone. */
const workspace: AzureRow = {
  token: WORKSPACE,
  title: "Workspace",
  apiVersion: "2023-09-01",
  inputs: workspaceInputs,
  path: ["resourceGroupName", "workspaceName"],
  // A tracked resource of the common types.
  replaces: ["location"],
  autoName: { ...named("workspaceName"), maxLength: 63 },
  outputs: ["createdDate", "customerId", "defaultDataCollectionRuleResourceId", "etag", "features", "forceCmkForQuery", "identity", "location", "modifiedDate", "name", "privateLinkScopedResources", "provisioningState", "publicNetworkAccessForIngestion", "publicNetworkAccessForQuery", "retentionInDays", "sku", "systemData", "tags", "type", "workspaceCapping"],
  check: (inputs) => [
    ...pattern(inputs, "workspaceName", /^[A-Za-z0-9][A-Za-z0-9-]{2,61}[A-Za-z0-9]$/, "does not match expression '^[A-Za-z0-9][A-Za-z0-9-]+[A-Za-z0-9]$', of 4 to 63 characters"),
    ...oneOf(inputs, "publicNetworkAccessForIngestion", ["Enabled", "Disabled"]),
    ...oneOf(inputs, "publicNetworkAccessForQuery", ["Enabled", "Disabled"]),
  ],
  identify: (call) => idOf(call, WORKSPACE, ["workspaceName"]),
  validate: ({ inputs }) => {
    const sku = text(record(inputs["sku"])["name"]) || "PerGB2018";
    if (!SKUS.includes(sku)) throw armError(400, "BadRequest", `The pricing tier ${sku} is not available for new workspaces; there are ${SKUS.join(", ")}.`);
    const days = whole(inputs["retentionInDays"], 30);
    if (days < 30 || days > 730) throw armError(400, "InvalidParameter", `'RetentionInDays' property doesn't match the SKU limits: ${days} is not between 30 and 730.`);
  },
  compute: (call, _id, olds) => ({
    customerId: olds?.["customerId"] ?? randomUUID(),
    createdDate: olds?.["createdDate"] ?? new Date().toISOString(),
    modifiedDate: new Date().toISOString(),
    sku: call.inputs["sku"] ?? { name: "PerGB2018" },
    retentionInDays: whole(call.inputs["retentionInDays"], 30),
  }),
};

export const workspaceRows: readonly AzureRow[] = [workspace];
