import { join } from "node:path";
import { parseRecord, record, records, text, texts, whole, type JsonRecord } from "./json";
import { readIfThere } from "./read";

/** The account that every stack of the sandbox deploys into. */
export const ACCOUNT_ID = "123456789012";

/** Where whoever runs Pulumi comes from, as Azure's data planes see it, when the account does not say. */
const RUNNER = "203.0.113.7";
/** Object id of the identity that runs Pulumi, when the account does not say. */
const DEPLOYER = "00000000-0000-4000-8000-00000000d0e5";

/** A certificate that is to be there: in a secret of AWS, or in every vault of Azure. */
export interface SecretOrder {
  readonly name: string;
  readonly dnsName: string;
}

/** Something that was in the account before the stack, such as a VPC that the user names; in Azure the id says what it is. */
export interface Existing {
  readonly type: string;
  readonly id: string;
  readonly cidr: string;
  readonly vpcId: string;
  /** As the cloud's provider would give them out, as far as they matter. */
  readonly properties: JsonRecord;
}

/** Who is killed: the engine, or the provider that is at work. It happens once, whatever is deployed after it. */
export interface KillFault {
  readonly kill: "engine" | "provider";
  /** Logical name. */
  readonly resource: string;
  readonly operation: "create" | "update" | "delete";
  /** Before the cloud has done anything, or when it is done and the engine does not know it yet. */
  readonly when: "before" | "after";
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

/** A role that is assigned but does not act yet: for a time after its making, or for the first uses of it. */
export interface RoleFault {
  /** Logical name of the assignment. */
  readonly role: string;
  readonly delaySeconds: number;
  readonly reads: number;
}

export interface Account {
  readonly secrets: readonly SecretOrder[];
  /** What the organisation's pipeline delivers into every vault there is. */
  readonly certificates: readonly SecretOrder[];
  /** Address from which Pulumi runs. */
  readonly runner: string;
  /** Object id of the identity that runs Pulumi. */
  readonly deployer: string;
  /** Whether machine images trust the organisation's own authority, as a company's images do. @default true */
  readonly imagesTrust: boolean;
  /** PEM of the publishers that machines trust; their script policy then is AllSigned. @default - they run every script */
  readonly trustedPublishers?: readonly string[];
  readonly existing: readonly Existing[];
  readonly resourceFaults: readonly ResourceFault[];
  readonly killFaults: readonly KillFault[];
  readonly auditFaults: readonly AuditFault[];
  readonly roleFaults: readonly RoleFault[];
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

function roleFault(value: JsonRecord): RoleFault {
  const [delaySeconds, reads] = [whole(value["delaySeconds"]), whole(value["reads"])];
  if (delaySeconds <= 0 && reads <= 0) throw new Error(`account.json: the fault of role ${text(value["role"])} says neither delaySeconds nor reads`);
  return { role: text(value["role"]), delaySeconds, reads };
}

function killFault(value: JsonRecord): KillFault {
  return {
    kill: oneOf(value, "kill", ["engine", "provider"]),
    resource: text(value["resource"]),
    operation: oneOf(value, "operation", ["create", "update", "delete"]),
    when: oneOf(value, "when", ["before", "after"]),
  };
}

function resourceFault(value: JsonRecord): ResourceFault {
  if (typeof value["resource"] !== "string") throw new Error("account.json: a fault names neither a resource nor an audit nor a role");
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
  const orders = (key: string): SecretOrder[] => records(value[key]).map((one) => ({ name: text(one["name"]), dnsName: text(one["dnsName"]) }));
  return {
    secrets: orders("secrets"),
    certificates: orders("certificates"),
    runner: text(value["runner"]) || RUNNER,
    deployer: text(value["deployer"]) || DEPLOYER,
    imagesTrust: value["imagesTrust"] !== false,
    ...("trustedPublishers" in value && { trustedPublishers: texts(value["trustedPublishers"]) }),
    existing: records(value["existing"]).map((one) => ({
      type: text(one["type"]),
      id: text(one["id"]),
      cidr: text(one["cidr"]),
      vpcId: text(one["vpcId"]),
      properties: record(one["properties"]),
    })),
    resourceFaults: faults.filter((one) => !("audit" in one) && !("role" in one) && !("kill" in one)).map(resourceFault),
    killFaults: faults.filter((one) => "kill" in one).map(killFault),
    auditFaults: faults.filter((one) => "audit" in one).map(auditFault),
    roleFaults: faults.filter((one) => "role" in one).map(roleFault),
  };
}
