import type { InputFields } from "../../engine/shape";

/** Inputs as @pulumi/azure-native 3.28 types them; a test compares them with the typings. */
export const workspaceInputs = {
  "defaultDataCollectionRuleResourceId?": "string",
  "features?": {
    "clusterResourceId?": "string",
    "disableLocalAuth?": "boolean",
    "enableDataExport?": "boolean",
    "enableLogAccessUsingOnlyResourcePermissions?": "boolean",
    "immediatePurgeDataOn30Days?": "boolean",
  },
  "forceCmkForQuery?": "boolean",
  "identity?": { type: "string", "userAssignedIdentities?": "string[]" },
  "location?": "string",
  "publicNetworkAccessForIngestion?": "string",
  "publicNetworkAccessForQuery?": "string",
  resourceGroupName: "string",
  "retentionInDays?": "number",
  "sku?": { "capacityReservationLevel?": "number", name: "string" },
  "tags?": "string{}",
  "workspaceCapping?": { "dailyQuotaGb?": "number" },
  "workspaceName?": "string",
} satisfies InputFields;

export const flowLogInputs = {
  "enabled?": "boolean",
  "enabledFilteringCriteria?": "string",
  "flowAnalyticsConfiguration?": {
    "networkWatcherFlowAnalyticsConfiguration?": {
      "enabled?": "boolean",
      "trafficAnalyticsInterval?": "number",
      "workspaceId?": "string",
      "workspaceRegion?": "string",
      "workspaceResourceId?": "string",
    },
  },
  "flowLogName?": "string",
  "format?": { "type?": "string", "version?": "number" },
  "id?": "string",
  "identity?": { "type?": "string", "userAssignedIdentities?": "string[]" },
  "location?": "string",
  networkWatcherName: "string",
  resourceGroupName: "string",
  "retentionPolicy?": { "days?": "number", "enabled?": "boolean" },
  storageId: "string",
  "tags?": "string{}",
  targetResourceId: "string",
} satisfies InputFields;
