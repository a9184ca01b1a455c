import { z } from "zod";
import { CONTROL_IDS } from "../controls/ids";
import { hostNameSchema, lineSchema, says } from "./schema";

function isDate(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

export const exceptionSchema = z
  .strictObject({
    control: z
      .enum(CONTROL_IDS, { error: says("is not a control", `write one of ${CONTROL_IDS.join(", ")}`) })
      .describe("Id of the control."),
    what: lineSchema(3, 200, "a description of what is excepted").describe("What exactly is excepted. chosen-addresses takes wildcard-listener only, automation-nodes-only shared-egress only, remoting-user-only local-account-token-filter or jea-endpoint, runas-escalation endpoint-recorded; https-listener, trusted-certificate, no-http-listener, kerberos-or-ntlm and secrets-kept take no exception."),
    reason: lineSchema(10, 500, "a reason").describe("Why. Shown in every report."),
    approvedBy: lineSchema(3, 120, "a name").describe("Who approved it."),
    expires: z
      .string()
      .refine(isDate, says("is not a date", "write the last day on which it holds as YYYY-MM-DD, in quotes"))
      .describe("Last day on which it holds, YYYY-MM-DD (UTC). Warns 14 days before; counts as fail after."),
    hosts: z
      .array(hostNameSchema)
      .min(1, says("is an empty list", "name the hosts, or leave the key out for all"))
      .optional()
      .describe("Hosts that it holds for. @default - all"),
  })
  .describe("A deviation that somebody has approved.");

export const exceptionsSchema = z.array(exceptionSchema).default([]).describe("Approved deviations from the guidance; each ends on a date.");

export type Exception = z.infer<typeof exceptionSchema>;

/** Days from `today` to the last valid day; negative once it has ended. Both YYYY-MM-DD, UTC. */
export function daysLeft(exception: Pick<Exception, "expires">, today: string): number {
  return Math.round((Date.parse(`${exception.expires}T00:00:00Z`) - Date.parse(`${today}T00:00:00Z`)) / 86_400_000);
}
