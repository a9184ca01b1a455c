import { z } from "zod";
import { armIdSchema } from "./arm-id";
import { says } from "./schema";

/** Alerts are on when somebody is named who gets them. Enforces traffic-monitoring and regular-audit. */
const OFF = "@default - no alerts";

export const awsAlertsSchema = z
  .strictObject({
    topicArn: z
      .string()
      .regex(/^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$/, says("is not the ARN of an SNS topic", "write arn:aws:sns:<region>:<account>:<name>, of a standard topic that CloudWatch and EventBridge may publish to"))
      .describe("SNS topic that is told. CloudWatch and EventBridge must be allowed to publish to it."),
  })
  .optional()
  .describe(`Who is told of quarantine, refused connections, foreign logons, silence, certificates and exceptions about to end. ${OFF}`);

export const azureAlertsSchema = z
  .strictObject({
    actionGroupId: armIdSchema("Microsoft.Insights/actionGroups").describe("Action group that is told."),
  })
  .optional()
  .describe(`Who is told of quarantine, refused connections, foreign logons, silence, certificates and exceptions about to end. ${OFF}`);
