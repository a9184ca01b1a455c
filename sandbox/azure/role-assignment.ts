import type { Call } from "../engine/resource";
import { oneOf, pattern } from "../engine/exclusive";
import { readAccount } from "../store/account";
import { equal, text } from "../store/json";
import { sameArmId } from "./arm-id";
import { armError } from "./failure";
import { roleAssignmentInputs } from "./inputs/access";
import { findObject, objectsOf } from "./objects";
import { tenantOf } from "./place";
import { BUILT_IN, roleName } from "./roles";
import type { AzureRow } from "./row";
import { ARM_TYPES, IDENTITY, RESOURCE_GROUP, ROLE_ASSIGNMENT } from "./types";

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whatever a role may be given on: a subscription, a group, or an object that is there. */
function scopeExists({ store }: Call, scope: string): boolean {
  if (/^\/subscriptions\/[^/]+$/i.test(scope)) return true;
  return [RESOURCE_GROUP, ...Object.keys(ARM_TYPES)].some((token) => findObject(store, token, scope) !== undefined);
}

function principalMustExist(call: Call): void {
  const { inputs, store } = call;
  const principal = text(inputs["principalId"]);
  const isIdentity = objectsOf(store, IDENTITY).some(({ properties }) => properties["principalId"] === principal);
  if (isIdentity && inputs["principalType"] !== undefined && inputs["principalType"] !== "ServicePrincipal") {
    throw armError(400, "UnmatchedPrincipalType", `The PrincipalId '${principal.replaceAll("-", "")}' has type 'ServicePrincipal', which is different from specified PrincipalType '${text(inputs["principalType"])}'.`);
  }
  // The directory learns of a new identity only later, and is asked only where nobody says what the principal is.
  if (readAccount(store.root).deployer === principal || (isIdentity && inputs["principalType"] !== undefined)) return;
  throw armError(400, "PrincipalNotFound", `Principal ${principal.replaceAll("-", "")} does not exist in the directory ${tenantOf(call)}. Check that you have the correct principal ID. If you are creating this principal and then immediately assigning a role, this error might be related to a replication delay. In this case, set the role assignment principalType property to a value, such as ServicePrincipal, User, or Group.  See https://aka.ms/docs-principaltype`);
}

function validate(call: Call, self: string | undefined): void {
  const { inputs, store } = call;
  const [scope, definition] = [text(inputs["scope"]), text(inputs["roleDefinitionId"])];
  if (self !== undefined) {
    if (equal(store.get(ROLE_ASSIGNMENT, self)?.properties["roleDefinitionId"], definition)) return;
    throw armError(400, "RoleAssignmentUpdateNotPermitted", "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.");
  }
  if (roleName(definition) === "") {
    throw armError(404, "RoleDefinitionDoesNotExist", `The specified role definition with ID '${definition}' does not exist; the sandbox knows ${Object.values(BUILT_IN).join(", ")}.`);
  }
  if (!scopeExists(call, scope)) throw armError(404, "ResourceNotFound", `The Resource '${scope}' was not found.`);
  principalMustExist(call);
  const twin = store.list(ROLE_ASSIGNMENT).find(({ properties }) =>
    properties["principalId"] === inputs["principalId"] && roleName(text(properties["roleDefinitionId"])) === roleName(definition) && sameArmId(text(properties["scope"]), scope));
  if (twin !== undefined) throw armError(409, "RoleAssignmentExists", "The role assignment already exists.");
}

const roleAssignment: AzureRow = {
  token: ROLE_ASSIGNMENT,
  title: "Role Assignment",
  apiVersion: "2022-04-01",
  inputs: roleAssignmentInputs,
  path: ["scope", "roleAssignmentName"],
  // provider/pkg/gen/replacement.go: principalId and scope; another role is an update, which the API refuses.
  replaces: ["principalId"],
  autoName: { property: "roleAssignmentName", maxLength: 36, random: "uuid" },
  outputs: ["condition", "conditionVersion", "createdBy", "createdOn", "delegatedManagedIdentityResourceId", "description", "name", "principalId", "principalType", "roleDefinitionId", "scope", "systemData", "type", "updatedBy", "updatedOn"],
  check: (inputs) => [
    ...pattern(inputs, "roleAssignmentName", GUID, "is no GUID"),
    ...oneOf(inputs, "principalType", ["User", "Group", "ServicePrincipal", "ForeignGroup", "Device"]),
  ],
  identify: ({ inputs }) => `${text(inputs["scope"]).replace(/\/$/, "")}/providers/Microsoft.Authorization/roleAssignments/${text(inputs["roleAssignmentName"])}`,
  validate,
  compute: (call, _id, olds) => ({
    type: "Microsoft.Authorization/roleAssignments",
    principalType: text(call.inputs["principalType"]) || "User",
    createdOn: olds?.["createdOn"] ?? new Date().toISOString(),
    createdBy: readAccount(call.store.root).deployer,
  }),
  longRunning: false,
};

export const roleRows: readonly AzureRow[] = [roleAssignment];
