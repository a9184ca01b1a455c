import type { InputFields } from "../../engine/shape";

/** Inputs as @pulumi/aws 7.48 types them; a test compares them with the typings. */
export const logGroupInputs = {
  "deletionProtectionEnabled?": "boolean",
  "kmsKeyId?": "string",
  "logGroupClass?": "string",
  "name?": "string",
  "namePrefix?": "string",
  "region?": "string",
  "retentionInDays?": "number",
  "skipDestroy?": "boolean",
  "tags?": "string{}",
} satisfies InputFields;

export const recordInputs = {
  "aliases?": [{ evaluateTargetHealth: "boolean", name: "string", zoneId: "string" }],
  "allowOverwrite?": "boolean",
  "cidrRoutingPolicy?": { collectionId: "string", locationName: "string" },
  "failoverRoutingPolicies?": [{ type: "string" }],
  "geolocationRoutingPolicies?": [{ "continent?": "string", "country?": "string", "subdivision?": "string" }],
  "geoproximityRoutingPolicy?": {
    "awsRegion?": "string",
    "bias?": "number",
    "coordinates?": [{ latitude: "string", longitude: "string" }],
    "localZoneGroup?": "string",
  },
  "healthCheckId?": "string",
  "latencyRoutingPolicies?": [{ region: "string" }],
  "multivalueAnswerRoutingPolicy?": "boolean",
  name: "string",
  "records?": "string[]",
  "setIdentifier?": "string",
  "ttl?": "number",
  type: "string",
  "weightedRoutingPolicies?": [{ weight: "number" }],
  zoneId: "string",
} satisfies InputFields;

export const flowLogInputs = {
  "deliverCrossAccountRole?": "string",
  "destinationOptions?": { "fileFormat?": "string", "hiveCompatiblePartitions?": "boolean", "perHourPartition?": "boolean" },
  "eniId?": "string",
  "iamRoleArn?": "string",
  "logDestination?": "string",
  "logDestinationType?": "string",
  "logFormat?": "string",
  "maxAggregationInterval?": "number",
  "region?": "string",
  "regionalNatGatewayId?": "string",
  "subnetId?": "string",
  "tagFieldSpecifications?": [{ resourceType: "string", tagKeys: "string[]" }],
  "tags?": "string{}",
  "trafficType?": "string",
  "transitGatewayAttachmentId?": "string",
  "transitGatewayId?": "string",
  "vpcId?": "string",
} satisfies InputFields;
