import type { InputFields } from "../../engine/shape";

const GROUP = { "id?": "string", "location?": "string", "tags?": "string{}" } satisfies InputFields;

const RULE = {
  access: "string",
  "description?": "string",
  "destinationAddressPrefix?": "string",
  "destinationAddressPrefixes?": "string[]",
  "destinationApplicationSecurityGroups?": [GROUP],
  "destinationPortRange?": "string",
  "destinationPortRanges?": "string[]",
  direction: "string",
  "etag?": "string",
  "id?": "string",
  "name?": "string",
  "priority?": "number",
  protocol: "string",
  "provisioningState?": "string",
  "sourceAddressPrefix?": "string",
  "sourceAddressPrefixes?": "string[]",
  "sourceApplicationSecurityGroups?": [GROUP],
  "sourcePortRange?": "string",
  "sourcePortRanges?": "string[]",
  "type?": "string",
} satisfies InputFields;

/** Inputs as @pulumi/azure-native 3.28 types them; a test compares them with the typings. */
export const networkSecurityGroupInputs = {
  "flushConnection?": "boolean",
  "id?": "string",
  "location?": "string",
  "networkSecurityGroupName?": "string",
  resourceGroupName: "string",
  "securityRules?": [RULE],
  "tags?": "string{}",
} satisfies InputFields;

export const securityRuleInputs = {
  access: "string",
  "description?": "string",
  "destinationAddressPrefix?": "string",
  "destinationAddressPrefixes?": "string[]",
  "destinationApplicationSecurityGroups?": [GROUP],
  "destinationPortRange?": "string",
  "destinationPortRanges?": "string[]",
  direction: "string",
  "id?": "string",
  "name?": "string",
  networkSecurityGroupName: "string",
  priority: "number",
  protocol: "string",
  resourceGroupName: "string",
  "securityRuleName?": "string",
  "sourceAddressPrefix?": "string",
  "sourceAddressPrefixes?": "string[]",
  "sourceApplicationSecurityGroups?": [GROUP],
  "sourcePortRange?": "string",
  "sourcePortRanges?": "string[]",
  "type?": "string",
} satisfies InputFields;
