import { z } from "zod";
import { kmsKeyArnSchema, says } from "./schema";

const RETENTION = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653] as const;

/** Where the audits' output is kept, off the host. */
export const loggingSchema = z
  .strictObject({
    retentionDays: z
      .number({ error: says("is not a number of days", "write one of the periods that AWS CloudWatch knows, such as 365") })
      .refine(
        (days) => (RETENTION as readonly number[]).includes(days),
        says("is not a period that AWS CloudWatch knows", `write one of ${RETENTION.join(", ")}: a stack's audits are kept as long in every cloud`),
      )
      .default(365)
      .describe("How long audit output is kept, in every cloud; one of the periods that AWS CloudWatch knows. Unit: days. @default 365"),
    kmsKeyArn: kmsKeyArnSchema
      .optional()
      .describe("AWS: KMS key for the log group. @default - the service's own encryption"),
  })
  .prefault({})
  .describe("Where audit output goes.");

export type Logging = z.infer<typeof loggingSchema>;
