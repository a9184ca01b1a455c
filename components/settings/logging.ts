import { z } from "zod";
import { pemSchema } from "./certificate";
import { kmsKeyArnSchema, says, yesNo } from "./schema";

const RETENTION = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653] as const;

/** A folder on the system's own disk: others may not be there when the first line is written. */
const folder = z
  .string()
  .regex(/^[Cc]:(\\[A-Za-z0-9][A-Za-z0-9 ._-]{0,40}(?<![ .])){1,6}$/, says("is not a folder on drive C", "write a path such as C:\\ProgramData\\secure-winrm\\transcripts"))
  .refine((path) => !/^c:\\(windows|program files|users)(\\|$)/i.test(path), says("lies among what Windows keeps there", "write a folder of its own: its rights are set anew"))
  .refine((path) => !/^c:\\programdata(\\secure-winrm)?$/i.test(path), says("is in use for more than transcripts", "write a folder of its own, such as C:\\ProgramData\\secure-winrm\\transcripts"));

const powershellSchema = z
  .strictObject({
    transcripts: folder.default("C:\\ProgramData\\secure-winrm\\transcripts").describe("Folder of the transcripts: everybody may write there, administrators alone may read. @default C:\\ProgramData\\secure-winrm\\transcripts"),
    modules: yesNo.default(true).describe("Log what the commands of modules are called with (event 4103): the values of their parameters too, and with them what a task hands to a command as a secret. @default true"),
    protectedEventLoggingCertificate: pemSchema
      .optional()
      .describe("PEM of a certificate for document encryption: logged scripts are encrypted with it, and who has the key elsewhere can read them. @default - not encrypted"),
  })
  .prefault({})
  .describe("What PowerShell writes down, and where. Enforces script-block-logging.");

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
      .describe("AWS: KMS key for the log groups. @default - the service's own encryption"),
    events: yesNo.default(true).describe("Send the event channels of WinRM, PowerShell, Security, System and this project off the host. Enforces event-logging and regular-audit. @default true"),
    flowLogs: yesNo.default(true).describe("Write down who reaches, and who is refused by, the hosts' subnets. Enforces traffic-monitoring. @default true"),
    powershell: powershellSchema,
  })
  .prefault({})
  .describe("Where audit output, events and flow logs go.");

export type Logging = z.infer<typeof loggingSchema>;
