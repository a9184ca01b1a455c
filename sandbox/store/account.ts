import { join } from "node:path";
import { isRecord, parseRecord, records, text, type JsonRecord } from "./json";
import { readIfThere } from "./read";

/** The account that every stack of the sandbox deploys into. */
export const ACCOUNT_ID = "123456789012";

export interface SecretOrder {
  readonly name: string;
  readonly dnsName: string;
}

/** Something that was in the account before the stack, such as a VPC that the user names. */
export interface Existing {
  readonly type: string;
  readonly id: string;
  readonly cidr: string;
  readonly vpcId: string;
}

/**
 * A cloud call that goes wrong. `before`: nothing was done. `after`: done, and reported as failed with the object's id.
 * `lost`: done, but the answer never arrived, so that the engine knows of no object.
 */
export interface ResourceFault {
  readonly resource: string;
  readonly operation: "create" | "update" | "delete";
  readonly when: "before" | "after" | "lost";
}

export interface AuditFault {
  readonly audit: string;
  readonly control?: string;
  /** `never`: the command stays in progress. `timed-out`: Systems Manager gave up, without the wait. */
  readonly answer?: "never" | "timed-out" | "wrong-host" | "old-nonce";
}

export interface Account {
  readonly secrets: readonly SecretOrder[];
  readonly existing: readonly Existing[];
  readonly resourceFaults: readonly ResourceFault[];
  readonly auditFaults: readonly AuditFault[];
}

function oneOf<const T extends string>(value: JsonRecord, key: string, allowed: readonly T[]): T {
  const found = text(value[key]);
  const match = allowed.find((one) => one === found);
  if (match === undefined) throw new Error(`account.json: ${key} of a fault is ${JSON.stringify(found)}; write one of ${allowed.join(", ")}`);
  return match;
}

function auditFault(value: JsonRecord): AuditFault {
  const audit = text(value["audit"]);
  if (typeof value["control"] === "string") return { audit, control: value["control"] };
  return { audit, answer: oneOf(value, "answer", ["never", "timed-out", "wrong-host", "old-nonce"] as const) };
}

function resourceFault(value: JsonRecord): ResourceFault {
  if (typeof value["resource"] !== "string") throw new Error("account.json: a fault names neither a resource nor an audit");
  return {
    resource: value["resource"],
    operation: oneOf(value, "operation", ["create", "update", "delete"]),
    when: oneOf(value, "when", ["before", "after", "lost"]),
  };
}

/** Read at each operation, so that a test can mend a fault between two deployments, or during one. */
export function readAccount(root: string): Account {
  const content = readIfThere(join(root, "account.json"));
  const value = content === undefined ? {} : parseRecord(content);
  const faults = records(value["faults"]);
  return {
    secrets: records(value["secrets"]).map((one) => ({ name: text(one["name"]), dnsName: text(one["dnsName"]) })),
    existing: records(value["existing"]).map((one) => ({ type: text(one["type"]), id: text(one["id"]), cidr: text(one["cidr"]), vpcId: text(one["vpcId"]) })),
    resourceFaults: faults.filter((one) => !("audit" in one)).map(resourceFault),
    auditFaults: faults.filter((one) => isRecord(one) && "audit" in one).map(auditFault),
  };
}
