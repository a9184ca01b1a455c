import type { InputFields } from "../../engine/shape";

/** Inputs as @pulumi/aws 7.48 types them; a test compares them with the typings. */
export const maintenanceWindowInputs = {
  "allowUnassociatedTargets?": "boolean",
  cutoff: "number",
  "description?": "string",
  duration: "number",
  "enabled?": "boolean",
  "endDate?": "string",
  "name?": "string",
  "region?": "string",
  schedule: "string",
  "scheduleOffset?": "number",
  "scheduleTimezone?": "string",
  "startDate?": "string",
  "tags?": "string{}",
} satisfies InputFields;

export const maintenanceWindowTargetInputs = {
  "description?": "string",
  "name?": "string",
  "ownerInformation?": "string",
  "region?": "string",
  resourceType: "string",
  targets: [{ key: "string", values: "string[]" }],
  windowId: "string",
} satisfies InputFields;

export const maintenanceWindowTaskInputs = {
  "cutoffBehavior?": "string",
  "description?": "string",
  "maxConcurrency?": "string",
  "maxErrors?": "string",
  "name?": "string",
  "priority?": "number",
  "region?": "string",
  "serviceRoleArn?": "string",
  "targets?": [{ key: "string", values: "string[]" }],
  taskArn: "string",
  "taskInvocationParameters?": {
    "automationParameters?": { "documentVersion?": "string", "parameters?": [{ name: "string", values: "string[]" }] },
    "lambdaParameters?": { "clientContext?": "string", "payload?": "string", "qualifier?": "string" },
    "runCommandParameters?": {
      "cloudwatchConfig?": { "cloudwatchLogGroupName?": "string", "cloudwatchOutputEnabled?": "boolean" },
      "comment?": "string",
      "documentHash?": "string",
      "documentHashType?": "string",
      "documentVersion?": "string",
      "notificationConfig?": { "notificationArn?": "string", "notificationEvents?": "string[]", "notificationType?": "string" },
      "outputS3Bucket?": "string",
      "outputS3KeyPrefix?": "string",
      "parameters?": [{ name: "string", values: "string[]" }],
      "serviceRoleArn?": "string",
      "timeoutSeconds?": "number",
    },
    "stepFunctionsParameters?": { "input?": "string", "name?": "string" },
  },
  taskType: "string",
  windowId: "string",
} satisfies InputFields;

export const parameterInputs = {
  "allowedPattern?": "string",
  "arn?": "string",
  "dataType?": "string",
  "description?": "string",
  "insecureValue?": "string",
  "keyId?": "string",
  "name?": "string",
  "overwrite?": "boolean",
  "region?": "string",
  "tags?": "string{}",
  "tier?": "string",
  type: "string",
  "value?": "string",
  "valueWo?": "string",
  "valueWoVersion?": "number",
} satisfies InputFields;
