import { servePlugin } from "../engine/plugin";
import type { ProviderPackage } from "../engine/resource";
import { blobRows } from "./blob";
import { collectionRows } from "./collection-rule";
import { dnsRows } from "./dns";
import { extensionRows } from "./extension";
import { flowLogRows } from "./flow-log";
import { groupRows } from "./group";
import { providerInputs } from "./inputs/provider";
import { interfaceRows } from "./interface";
import { invokes } from "./invokes";
import { machineRows } from "./machine";
import { maintenanceRows } from "./maintenance";
import { networkRows } from "./network";
import { queryRows } from "./query-rule";
import { roleRows } from "./role-assignment";
import { azureType, type AzureRow } from "./row";
import { securityRows } from "./security";
import { storageRows } from "./storage";
import { vaultRows } from "./vault";
import { workspaceRows } from "./workspace";

export const rows: readonly AzureRow[] = [
  ...groupRows,
  ...roleRows,
  ...networkRows,
  ...securityRows,
  ...interfaceRows,
  ...machineRows,
  ...extensionRows,
  ...vaultRows,
  ...storageRows,
  ...blobRows,
  ...dnsRows,
  ...workspaceRows,
  ...collectionRows,
  ...queryRows,
  ...flowLogRows,
  ...maintenanceRows,
];

/** The part of @pulumi/azure-native that the sandbox knows. The version is the SDK's. */
export const azurePackage: ProviderPackage = {
  name: "azure-native",
  version: "3.28.0",
  resources: rows.map(azureType),
  invokes,
  configInputs: providerInputs,
  // The real provider would ask the az program for its default; here nobody is logged in.
  configRequired: ["subscriptionId"],
};

export const main = (parent: number): void => servePlugin(() => azurePackage, parent);
