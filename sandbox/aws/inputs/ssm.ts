import type { InputFields } from "../../engine/shape";

/** Inputs as @pulumi/aws 7.48 types them; a test compares them with the typings. */
export const documentInputs = {
  "attachmentsSources?": [{ key: "string", "name?": "string", values: "string[]" }],
  content: "string",
  "documentFormat?": "string",
  documentType: "string",
  "name?": "string",
  "permissions?": "string{}",
  "region?": "string",
  "tags?": "string{}",
  "targetType?": "string",
  "versionName?": "string",
} satisfies InputFields;

export const associationInputs = {
  "applyOnlyAtCronInterval?": "boolean",
  "associationName?": "string",
  "automationTargetParameterName?": "string",
  "calendarNames?": "string[]",
  "complianceSeverity?": "string",
  "documentVersion?": "string",
  "maxConcurrency?": "string",
  "maxErrors?": "string",
  "name?": "string",
  "outputLocation?": { s3BucketName: "string", "s3KeyPrefix?": "string", "s3Region?": "string" },
  "parameters?": "string{}",
  "region?": "string",
  "scheduleExpression?": "string",
  "syncCompliance?": "string",
  "tags?": "string{}",
  "targets?": [{ key: "string", values: "string[]" }],
  "waitForSuccessTimeoutSeconds?": "number",
} satisfies InputFields;
