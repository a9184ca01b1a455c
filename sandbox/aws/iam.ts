import { CloudError } from "../engine/failure";
import type { Call } from "../engine/resource";
import type { Problem } from "../engine/shape";
import { isUnknown } from "../engine/values";
import { isRecord, parseRecord, records, text, type Json, type JsonRecord } from "../store/json";
import { alone, pattern } from "../engine/exclusive";
import { instanceProfileInputs, roleInputs, rolePolicyAttachmentInputs, rolePolicyInputs } from "./inputs/iam";
import { arn, mustExist, newId, type Row } from "./row";
import { INSTANCE_PROFILE, ROLE, ROLE_POLICY, ROLE_POLICY_ATTACHMENT } from "./types";

/** Characters of all inline policies of one role together, white space not counted. */
const INLINE_POLICY_CHARACTERS = 10_240;

/** A policy document that IAM would take for well-formed; values that are not known yet are let through. */
export function policyProblems(property: string, value: Json | undefined, kind: "identity" | "resource"): Problem[] {
  if (value === undefined || isUnknown(value)) return [];
  const problem = (reason: string): Problem[] => [{ property, reason }];
  let document: JsonRecord;
  try {
    document = isRecord(value) ? value : parseRecord(text(value));
  } catch {
    return problem("contains an invalid JSON policy");
  }
  if (document["Version"] !== "2012-10-17" && document["Version"] !== "2008-10-17") return problem("MalformedPolicyDocument: Version is neither 2012-10-17 nor 2008-10-17");
  const given = document["Statement"];
  const statements = isRecord(given) ? [given] : records(given);
  if (statements.length === 0) return problem("MalformedPolicyDocument: there is no statement");
  return statements.flatMap((statement, i) => {
    const missing = [
      statement["Effect"] === "Allow" || statement["Effect"] === "Deny" ? "" : "Effect",
      statement["Action"] ?? statement["NotAction"] ? "" : "Action",
      kind === "identity" && !(statement["Resource"] ?? statement["NotResource"]) ? "Resource" : "",
      kind === "resource" && !(statement["Principal"] ?? statement["NotPrincipal"]) ? "Principal" : "",
    ].filter((key) => key !== "");
    const forbidden = kind === "identity" && statement["Principal"] !== undefined ? problem(`MalformedPolicyDocument: statement ${i} must not have a Principal`) : [];
    return [...missing.flatMap((key) => problem(`MalformedPolicyDocument: statement ${i} has no valid ${key}`)), ...forbidden];
  });
}

export const policyText = (value: Json | undefined): string => (isRecord(value) ? JSON.stringify(value) : text(value));

const NAME = /^[\w+=,.@-]+$/;
const names = (inputs: JsonRecord, most: number): Problem[] => [
  ...alone(inputs, "name", ["namePrefix"]),
  ...pattern(inputs, "name", new RegExp(`^[\\w+=,.@-]{1,${most}}$`), `is no name: 1 to ${most} of a-zA-Z0-9 and +=,.@-_`),
  ...pattern(inputs, "namePrefix", NAME, "has other characters than a-zA-Z0-9 and +=,.@-_"),
];

const nameOf = (call: Call): string => text(call.inputs["name"]) || `${text(call.inputs["namePrefix"])}${newId("x").slice(2)}`;
const noSuchRole = (call: Call, role: string): void => void mustExist(call, ROLE, role, "NoSuchEntity", "role with name");

const role: Row = {
  token: ROLE,
  title: "IAM Role",
  inputs: roleInputs,
  replaces: ["name", "namePrefix", "path"],
  sets: ["inlinePolicies", "managedPolicyArns"],
  autoName: { property: "name", prefix: "namePrefix", maxLength: 64 },
  defaults: { forceDetachPolicies: false, maxSessionDuration: 3600, path: "/" },
  outputs: ["arn", "createDate", "inlinePolicies", "managedPolicyArns", "name", "namePrefix", "uniqueId"],
  check: (inputs) => [
    ...names(inputs, 64),
    ...policyProblems("assumeRolePolicy", inputs["assumeRolePolicy"], "resource"),
    ...pattern(inputs, "description", /^[\t\n\r\x20-\x7e\xa1-\xff]{0,1000}$/, "holds a character that IAM refuses, or is longer than 1000"),
  ],
  identify: nameOf,
  taken: "EntityAlreadyExists",
  compute: (call, id, olds) => ({
    arn: arn(call, "iam", `role/${id}`),
    createDate: olds?.["createDate"] ?? new Date().toISOString(),
    inlinePolicies: [],
    managedPolicyArns: [],
    name: id,
    namePrefix: "",
    uniqueId: olds?.["uniqueId"] ?? newId("AROA").toUpperCase(),
  }),
  inUse: (store, { id, properties }) => {
    const policies = [...store.list(ROLE_POLICY), ...store.list(ROLE_POLICY_ATTACHMENT)].some((one) => one.properties["role"] === id);
    if (policies && properties["forceDetachPolicies"] !== true) throw new CloudError("DeleteConflict", "Cannot delete entity, must delete policies first.");
  },
  removed: (store, { id }) => {
    // The provider takes the role out of its profiles before it deletes it.
    for (const profile of store.list(INSTANCE_PROFILE)) {
      if (profile.properties["role"] === id) store.put({ ...profile, properties: { ...profile.properties, role: "" } });
    }
    for (const token of [ROLE_POLICY, ROLE_POLICY_ATTACHMENT]) {
      for (const policy of store.list(token)) if (policy.properties["role"] === id) store.remove(token, policy.id);
    }
  },
};

const rolePolicy: Row = {
  token: ROLE_POLICY,
  title: "IAM Role Policy",
  inputs: rolePolicyInputs,
  replaces: ["name", "namePrefix", "role"],
  autoName: { property: "name", prefix: "namePrefix", maxLength: 128 },
  outputs: ["name", "namePrefix"],
  check: (inputs) => [...names(inputs, 128), ...policyProblems("policy", inputs["policy"], "identity")],
  identify: (call) => `${text(call.inputs["role"])}:${nameOf(call)}`,
  taken: "EntityAlreadyExists",
  validate: (call, self) => {
    noSuchRole(call, text(call.inputs["role"]));
    const others = call.store.list(ROLE_POLICY).filter(({ id, properties }) => id !== self && properties["role"] === call.inputs["role"]);
    const size = [...others.map((one) => one.properties["policy"]), call.inputs["policy"]].reduce<number>((sum, policy) => sum + policyText(policy).replace(/\s/g, "").length, 0);
    if (size > INLINE_POLICY_CHARACTERS) throw new CloudError("LimitExceeded", `Maximum policy size of ${INLINE_POLICY_CHARACTERS} bytes exceeded for role ${text(call.inputs["role"])}`);
  },
  compute: (_call, id) => ({ name: id.slice(id.indexOf(":") + 1), namePrefix: "" }),
};

const rolePolicyAttachment: Row = {
  token: ROLE_POLICY_ATTACHMENT,
  title: "IAM Role Policy Attachment",
  inputs: rolePolicyAttachmentInputs,
  replaces: ["policyArn", "role"],
  outputs: [],
  check: (inputs) => pattern(inputs, "policyArn", /^arn:[\w-]+:iam::(aws|\d{12}):policy\/[\w+=,.@/-]+$/, "is not the ARN of a policy"),
  identify: (call) => `${text(call.inputs["role"])}/${text(call.inputs["policyArn"])}`,
  taken: "EntityAlreadyExists",
  validate: (call) => noSuchRole(call, text(call.inputs["role"])),
  compute: () => ({}),
};

const instanceProfile: Row = {
  token: INSTANCE_PROFILE,
  title: "IAM Instance Profile",
  inputs: instanceProfileInputs,
  replaces: ["name", "namePrefix", "path"],
  autoName: { property: "name", prefix: "namePrefix", maxLength: 128 },
  defaults: { path: "/" },
  outputs: ["arn", "createDate", "name", "namePrefix", "role", "uniqueId"],
  check: (inputs) => names(inputs, 128),
  identify: nameOf,
  taken: "EntityAlreadyExists",
  validate: (call) => {
    if (call.inputs["role"] !== undefined) noSuchRole(call, text(call.inputs["role"]));
  },
  compute: (call, id, olds) => ({
    arn: arn(call, "iam", `instance-profile/${id}`),
    createDate: olds?.["createDate"] ?? new Date().toISOString(),
    name: id,
    namePrefix: "",
    role: "",
    uniqueId: olds?.["uniqueId"] ?? newId("AIPA").toUpperCase(),
  }),
};

export const iamRows: readonly Row[] = [role, rolePolicy, rolePolicyAttachment, instanceProfile];
