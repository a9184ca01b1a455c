import { z } from "zod";
import { cidrSchema, dnsNameSchema, ipv4Schema, lineSchema, nameSchema, says, tagsSchema, wholeNumber, yesNo } from "./schema";

/** What a host, its network and its name are told in every cloud. */

export const egressSchema = z.strictObject({
  cidr: cidrSchema.describe("Destination."),
  protocol: z.enum(["tcp", "udp"], { error: says("is not a protocol", "write tcp or udp") }).default("tcp").describe("@default tcp"),
  port: wholeNumber(1, 65535, "port").describe("Destination port, or the first of a range."),
  toPort: wholeNumber(1, 65535, "port").optional().describe("Last port of a range. @default - `port`"),
  // AWS refuses other characters in a rule's description, and says so only when the rule is made; Azure's end at 140.
  purpose: lineSchema(3, 120, "a purpose")
    .regex(/^[\w .:/()#,@[\]+=&;{}!$*-]*$/, says("has a character that AWS refuses in a rule's description", "use letters, digits, blanks and . _ - : / ( ) # , @ [ ] + = & ; { } ! $ *")).describe("What it is for; becomes the rule's description."),
}).refine((rule) => rule.toPort === undefined || rule.toPort >= rule.port, { path: ["toPort"], message: says("is below the first port", "write the last port of the range, or leave it out") });

export const egressListSchema = z.array(egressSchema).max(40, says("has too many rules", "write at most 40")).default([]);

/** Subnets by a name of the user's own, which hosts refer to. */
export const subnetsSchema = <Subnet extends z.ZodType>(subnet: Subnet) =>
  z
    .record(nameSchema("a subnet"), subnet)
    .refine((subnets) => Object.keys(subnets).length > 0, says("names no subnet", "name at least one subnet for the hosts"))
    .describe("Subnets by a name of your own, which hosts refer to.");

export const ttlSchema = wholeNumber(30, 86400, "seconds").default(300).describe("Unit: seconds. @default 300");

/** What a host has in common with others, as far as no cloud decides it. */
export const commonShape = {
  subnet: nameSchema("a subnet").describe("One of `network.subnets`."),
  ring: wholeNumber(1, 9, "ring").describe("Rollout ring: doors of ring 2 close only after those of ring 1 are open again."),
  protect: yesNo.describe("Refuse to delete or replace the host."),
};

/** What is a host's own in every cloud. */
export const ownShape = {
  addresses: z.array(ipv4Schema).min(1, says("is an empty list", "write at least one address"))
    .max(10, says("has too many addresses", "write at most 10"))
    .describe("Private addresses in order; the first is the primary one."),
  listen: z.array(ipv4Schema).min(1, says("is an empty list", "write one of the host's addresses"))
    .optional()
    .describe("Addresses that WinRM listens on. Enforces chosen-addresses. @default - the first of `addresses`"),
  dnsName: dnsNameSchema.describe("Name that Ansible dials; the certificate must carry it."),
  tags: tagsSchema.optional().describe("Further tags of this host."),
};

/** A section's hosts: at least one. */
export const someHosts = <Hosts extends z.ZodType<Readonly<Record<string, unknown>>>>(hosts: Hosts): Hosts =>
  hosts.refine((value) => Object.keys(value).length > 0, says("names no host", "name at least one host, or leave the section out"));

/** Collects what is missing, at the key where it is wanted; its answer then stands in for it. */
export function needed(context: z.core.$RefinementCtx, path: (string | number)[], value: string | undefined, mend: string): string {
  if (value === undefined) context.addIssue({ code: "custom", path, input: undefined, message: says("is missing", mend) });
  return value ?? "";
}
