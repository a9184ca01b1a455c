import { INSTANCE, INSTANCE_PROFILE, BUCKET_POLICY, ROLE, ROLE_POLICY, ROLE_POLICY_ATTACHMENT } from "../aws/types";
import { isRecord, parseRecord, record, records, text, texts, textMap, type Json, type JsonRecord } from "../store/json";
import type { CloudStore } from "../store/store";

/** A small judge of IAM policies: Allow, Deny, wildcards, and the one condition that a TLS client always answers the same. */
const asList = (value: Json | undefined): readonly string[] => (typeof value === "string" ? [value] : texts(value));

function like(pattern: string, value: string): boolean {
  const source = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*").replaceAll("?", ".");
  return new RegExp(`^${source}$`, "s").test(value);
}

/** True, false, or undefined for a condition that this judge does not know. */
function conditionHolds(condition: Json | undefined): boolean | undefined {
  const operators = Object.entries(record(condition));
  if (operators.length === 0) return true;
  const answers = operators.flatMap(([operator, keys]) =>
    Object.entries(textMap(keys)).map(([key, wanted]) => (operator === "Bool" && key.toLowerCase() === "aws:securetransport" ? wanted === "true" : undefined)),
  );
  if (answers.includes(false)) return false;
  return answers.includes(undefined) || answers.length === 0 ? undefined : true;
}

function covers(statement: JsonRecord, action: string, resource: string): boolean {
  const actions = asList(statement["Action"]);
  const named = statement["NotAction"] === undefined
    ? actions.some((one) => like(one.toLowerCase(), action.toLowerCase()))
    : !asList(statement["NotAction"]).some((one) => like(one.toLowerCase(), action.toLowerCase()));
  const resources = asList(statement["Resource"]);
  const meant = statement["NotResource"] === undefined ? resources.some((one) => like(one, resource)) : !asList(statement["NotResource"]).some((one) => like(one, resource));
  return named && meant;
}

function statementsOf(policy: Json | undefined): readonly JsonRecord[] {
  const document = isRecord(policy) ? policy : typeof policy === "string" && policy !== "" ? parseRecord(policy) : {};
  const statement = document["Statement"];
  return isRecord(statement) ? [statement] : records(statement);
}

/** The role of an instance, through its profile. */
export function roleOf(store: CloudStore, instanceId: string): string {
  const profile = text(store.get(INSTANCE, instanceId)?.properties["iamInstanceProfile"]);
  return text(store.get(INSTANCE_PROFILE, profile)?.properties["role"]);
}

/** Policies of AWS' own that the sandbox knows, as far as they matter here. */
const MANAGED: Readonly<Record<string, readonly string[]>> = {
  AmazonSSMManagedInstanceCore: ["ssm:UpdateInstanceInformation", "ssmmessages:*", "ec2messages:*", "ssm:GetParameter", "ssm:GetParameters"],
};

function roleStatements(store: CloudStore, role: string): JsonRecord[] {
  const inline = store.list(ROLE_POLICY).filter((one) => one.properties["role"] === role).flatMap((one) => statementsOf(one.properties["policy"]));
  const own = records(store.get(ROLE, role)?.properties["inlinePolicies"]).flatMap((one) => statementsOf(one["policy"]));
  const attached = [
    ...store.list(ROLE_POLICY_ATTACHMENT).filter((one) => one.properties["role"] === role).map((one) => text(one.properties["policyArn"])),
    ...texts(store.get(ROLE, role)?.properties["managedPolicyArns"]),
  ].map((arn): JsonRecord => ({ Effect: "Allow", Action: MANAGED[arn.split("/").at(-1) ?? ""] ?? [], Resource: "*" }));
  return [...inline, ...own, ...attached];
}

/** What cannot be judged grants nothing and forbids everything: closed, like the rest. */
function judge(statements: readonly JsonRecord[], action: string, resource: string): { readonly allowed: boolean; readonly denied: boolean } {
  const meant = statements.filter((statement) => covers(statement, action, resource));
  return {
    allowed: meant.some((one) => one["Effect"] === "Allow" && conditionHolds(one["Condition"]) === true),
    denied: meant.some((one) => one["Effect"] === "Deny" && conditionHolds(one["Condition"]) !== false),
  };
}

export function instanceMay(store: CloudStore, instanceId: string, action: string, resource: string): boolean {
  const role = roleOf(store, instanceId);
  if (role === "" || store.get(ROLE, role) === undefined) return false;
  const { allowed, denied } = judge(roleStatements(store, role), action, resource);
  return allowed && !denied;
}

export function bucketDenies(store: CloudStore, bucket: string, action: string, resource: string): boolean {
  const policy = store.get(BUCKET_POLICY, bucket)?.properties["policy"];
  return judge(statementsOf(policy), action, resource).denied;
}
