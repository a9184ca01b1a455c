import type { InputFields } from "../../engine/shape";

/** Inputs as @pulumi/aws 7.48 types them; a test compares them with the typings. */
export const roleInputs = {
  assumeRolePolicy: "json",
  "description?": "string",
  "forceDetachPolicies?": "boolean",
  "inlinePolicies?": [{ "name?": "string", "policy?": "string" }],
  "managedPolicyArns?": "string[]",
  "maxSessionDuration?": "number",
  "name?": "string",
  "namePrefix?": "string",
  "path?": "string",
  "permissionsBoundary?": "string",
  "tags?": "string{}",
} satisfies InputFields;

export const rolePolicyInputs = { "name?": "string", "namePrefix?": "string", policy: "json", role: "string" } satisfies InputFields;

export const rolePolicyAttachmentInputs = { policyArn: "string", role: "string" } satisfies InputFields;

export const instanceProfileInputs = {
  "name?": "string",
  "namePrefix?": "string",
  "path?": "string",
  "role?": "string",
  "tags?": "string{}",
} satisfies InputFields;
