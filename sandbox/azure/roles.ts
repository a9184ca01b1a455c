import { join } from "node:path";
import { readAccount } from "../store/account";
import { record, text, texts, whole } from "../store/json";
import { withLock } from "../store/lock";
import type { CloudObject, CloudStore } from "../store/store";
import { lastName, liesIn, sameArmId } from "./arm-id";
import { IDENTITY, ROLE_ASSIGNMENT, ROLE_USE } from "./types";

/** Built-in roles by the id of their definition, the same in every tenant. Source: Azure's list of built-in roles. */
export const BUILT_IN: Readonly<Record<string, string>> = {
  "4633458b-17de-408a-b874-0445c86b69e6": "Key Vault Secrets User",
  "b86a8fe4-44ce-4948-aee5-eccb2c155cd7": "Key Vault Secrets Officer",
  "a4417e6f-fecd-4de8-b567-7b0420556985": "Key Vault Certificates Officer",
  "db79e9a7-68ee-4b58-9aeb-b90e7c24fcba": "Key Vault Certificate User",
  "21090545-7ca7-4776-b22c-e363652d74d2": "Key Vault Reader",
  "00482a5a-887f-4fb3-b363-3b7fe8e74483": "Key Vault Administrator",
  "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1": "Storage Blob Data Reader",
  "ba92f5b4-2d11-453d-a403-e96b0029c9fe": "Storage Blob Data Contributor",
  "b7e6dc6d-f1e8-4753-8033-0f276bb0955b": "Storage Blob Data Owner",
};

/** Who may read the secret behind a certificate. */
export const SECRET_READERS = ["Key Vault Secrets User", "Key Vault Secrets Officer", "Key Vault Certificate User", "Key Vault Administrator"] as const;
export const BLOB_WRITERS = ["Storage Blob Data Contributor", "Storage Blob Data Owner"] as const;
export const BLOB_READERS = ["Storage Blob Data Reader", ...BLOB_WRITERS] as const;

export interface Right {
  /** Object id of who asks. */
  readonly principal: string;
  /** Any of these roles will do. */
  readonly roles: readonly string[];
  /** Id of what is asked for; roles count from everything that it lies in. */
  readonly scope: string;
}

/**
 * Whether a role grants this, now. Each question counts as a use of a role that a fault of the account holds back.
 *
 * @param at when it is asked, for who tries again later without waiting. Unit: ms
 */
export function roleGranted(store: CloudStore, { principal, roles, scope }: Right, at = Date.now()): boolean {
  const given = store.list(ROLE_ASSIGNMENT).filter(({ properties }) => {
    const outer = text(properties["scope"]);
    return text(properties["principalId"]).toLowerCase() === principal.toLowerCase()
      && roles.includes(roleName(text(properties["roleDefinitionId"])))
      && (sameArmId(outer, scope) || liesIn(scope, outer));
  });
  // Each is asked, so that each one's uses are counted.
  return given.map((assignment) => acts(store, assignment, at)).includes(true);
}

export const roleName = (definitionId: string): string => BUILT_IN[lastName(definitionId).toLowerCase()] ?? "";

/** A new assignment takes minutes to reach the services: a fault says how long, or for how many uses. */
function acts(store: CloudStore, assignment: CloudObject, at: number): boolean {
  const fault = readAccount(store.root).roleFaults.find(({ role }) => role === assignment.name);
  if (fault === undefined) return true;
  if (at < Date.parse(text(assignment.properties["createdOn"])) + fault.delaySeconds * 1000) return false;
  return fault.reads === 0 || countUse(store, assignment.id) > fault.reads;
}

function countUse(store: CloudStore, id: string): number {
  let uses = 0;
  // The provider and the reader's endpoint are two processes.
  withLock(join(store.root, ".role-uses.lock"), () => {
    uses = whole(store.get(ROLE_USE, id)?.properties["uses"]) + 1;
    store.put({ type: ROLE_USE, id, name: "", properties: { uses } });
  });
  return uses;
}

/** Ids of the identities that a machine bears. */
export const identitiesOf = ({ properties }: CloudObject): readonly string[] => texts(record(properties["identity"])["userAssignedIdentities"]);

/** The identity that a client id stands for, if the machine bears it: its metadata service gives out tokens for no other. */
export function identityOn(store: CloudStore, machine: CloudObject, clientId: string): CloudObject | undefined {
  const found = store.list(IDENTITY).find(({ properties }) => clientId !== "" && text(properties["clientId"]).toLowerCase() === clientId.toLowerCase());
  return found !== undefined && identitiesOf(machine).some((id) => sameArmId(id, found.id)) ? found : undefined;
}
