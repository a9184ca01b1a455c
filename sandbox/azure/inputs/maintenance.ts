import type { InputFields } from "../../engine/shape";

/** Inputs as @pulumi/azure-native 3.28 types them; a test compares them with the typings. */
export const maintenanceConfigurationInputs = {
  "duration?": "string",
  "expirationDateTime?": "string",
  "extensionProperties?": "string{}",
  "installPatches?": {
    "linuxParameters?": {
      "classificationsToInclude?": "string[]",
      "packageNameMasksToExclude?": "string[]",
      "packageNameMasksToInclude?": "string[]",
    },
    "rebootSetting?": "string",
    "windowsParameters?": {
      "classificationsToInclude?": "string[]",
      "excludeKbsRequiringReboot?": "boolean",
      "kbNumbersToExclude?": "string[]",
      "kbNumbersToInclude?": "string[]",
    },
  },
  "location?": "string",
  "maintenanceScope?": "string",
  "namespace?": "string",
  "recurEvery?": "string",
  resourceGroupName: "string",
  "resourceName?": "string",
  "startDateTime?": "string",
  "tags?": "string{}",
  "timeZone?": "string",
  "visibility?": "string",
} satisfies InputFields;

export const assignmentForResourceGroupInputs = {
  "configurationAssignmentName?": "string",
  "filter?": {
    "locations?": "string[]",
    "osTypes?": "string[]",
    "resourceGroups?": "string[]",
    "resourceTypes?": "string[]",
    "tagSettings?": { "filterOperator?": "string", "tags?": "string[]{}" },
  },
  "location?": "string",
  "maintenanceConfigurationId?": "string",
  resourceGroupName: "string",
  "resourceId?": "string",
} satisfies InputFields;
