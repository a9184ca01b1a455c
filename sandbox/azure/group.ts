import { randomUUID } from "node:crypto";
import { pattern } from "../engine/exclusive";
import { text } from "../store/json";
import { groupId } from "./arm-id";
import { resourceGroupInputs, userAssignedIdentityInputs } from "./inputs/access";
import { idOf, subscriptionOf, tenantOf } from "./place";
import type { AzureRow } from "./row";
import { IDENTITY, RESOURCE_GROUP } from "./types";

/** AutoName of a type at the top of its path: the logical name and eight digits (provider.go, getDefaultName). */
export const named = (property: string): NonNullable<AzureRow["autoName"]> => ({ property, maxLength: 90, separator: "", digits: 8 });
/** Of a part of something: the logical name itself. */
export const copied = (property: string): NonNullable<AzureRow["autoName"]> => ({ property, maxLength: 260, random: false });

const resourceGroup: AzureRow = {
  token: RESOURCE_GROUP,
  title: "Resource Group",
  apiVersion: "2024-03-01",
  inputs: resourceGroupInputs,
  path: ["resourceGroupName"],
  replaces: ["location"],
  autoName: named("resourceGroupName"),
  outputs: ["location", "managedBy", "name", "properties", "tags", "type"],
  check: (inputs) => pattern(inputs, "resourceGroupName", /^[-\p{L}\p{N}_.()]{0,89}[-\p{L}\p{N}_()]$/u, "does not match expression '^[-\\w\\._\\(\\)]+$'"),
  identify: (call) => groupId(subscriptionOf(call), text(call.inputs["resourceGroupName"])),
  compute: () => ({ type: "Microsoft.Resources/resourceGroups", properties: { provisioningState: "Succeeded" } }),
  longRunning: false,
};

const identity: AzureRow = {
  token: IDENTITY,
  title: "User Assigned Identity",
  apiVersion: "2023-01-31",
  inputs: userAssignedIdentityInputs,
  path: ["resourceGroupName", "resourceName"],
  // A tracked resource of the common types: x-ms-mutability of location is read, create.
  replaces: ["location"],
  autoName: named("resourceName"),
  outputs: ["clientId", "location", "name", "principalId", "systemData", "tags", "tenantId", "type"],
  check: (inputs) => pattern(inputs, "resourceName", /^[A-Za-z0-9][\w-]{2,127}$/, "is no name for an identity: 3 to 128 of a-zA-Z0-9, - and _"),
  identify: (call) => idOf(call, IDENTITY, ["resourceName"]),
  compute: (call, _id, olds) => ({ clientId: olds?.["clientId"] ?? randomUUID(), principalId: olds?.["principalId"] ?? randomUUID(), tenantId: tenantOf(call) }),
  longRunning: false,
};

export const groupRows: readonly AzureRow[] = [resourceGroup, identity];
