import type { InputFields } from "../../engine/shape";

/** Inputs as @pulumi/aws 7.48 types them; a test compares them with the typings. */
export const managedPrefixListInputs = {
  addressFamily: "string",
  "entries?": [{ cidr: "string", "description?": "string" }],
  maxEntries: "number",
  "name?": "string",
  "region?": "string",
  "tags?": "string{}",
} satisfies InputFields;

export const securityGroupInputs = {
  "description?": "string",
  "egress?": [{
    "cidrBlocks?": "string[]",
    "description?": "string",
    fromPort: "number",
    "ipv6CidrBlocks?": "string[]",
    "prefixListIds?": "string[]",
    protocol: "string",
    "securityGroups?": "string[]",
    "self?": "boolean",
    toPort: "number",
  }],
  "ingress?": [{
    "cidrBlocks?": "string[]",
    "description?": "string",
    fromPort: "number",
    "ipv6CidrBlocks?": "string[]",
    "prefixListIds?": "string[]",
    protocol: "string",
    "securityGroups?": "string[]",
    "self?": "boolean",
    toPort: "number",
  }],
  "name?": "string",
  "namePrefix?": "string",
  "region?": "string",
  "revokeRulesOnDelete?": "boolean",
  "tags?": "string{}",
  "vpcId?": "string",
} satisfies InputFields;

export const securityGroupRuleInputs = {
  "cidrIpv4?": "string",
  "cidrIpv6?": "string",
  "description?": "string",
  "fromPort?": "number",
  ipProtocol: "string",
  "prefixListId?": "string",
  "referencedSecurityGroupId?": "string",
  "region?": "string",
  securityGroupId: "string",
  "tags?": "string{}",
  "toPort?": "number",
} satisfies InputFields;
