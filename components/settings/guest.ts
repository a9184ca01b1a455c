import { z } from "zod";
import { X509Certificate } from "node:crypto";
import { pemSchema } from "./certificate";
import { says } from "./schema";

/** Code signing, as a certificate's extended key usage says it. */
const CODE_SIGNING = "1.3.6.1.5.5.7.3.3";

function parsed(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

/** RFC 5280's usages as Node gives them: a list, or nothing where the certificate has none. */
const mayCode = (pem: string): boolean => {
  const certificate = parsed(pem);
  const usages: readonly string[] | undefined = certificate?.keyUsage;
  return certificate === undefined || usages?.includes(CODE_SIGNING) === true;
};

const signingSchema = z
  .strictObject({
    folder: z
      .string()
      .regex(/^(?!\/)(?!.*(^|\/)\.\.(\/|$))[A-Za-z0-9._/-]{1,200}$/, says("is not a folder of the project", "write a relative path such as signed"))
      .describe("Folder of the project, relative to Pulumi.yaml, where each script is put to be signed, and taken from when it is. Belongs into version control."),
    certificate: pemSchema
      .refine((pem) => parsed(pem) !== undefined || !/BEGIN CERTIFICATE/.test(pem) || /PRIVATE KEY/.test(pem), says("is no certificate that can be read", "write the publisher's certificate as PEM"))
      .refine(mayCode, says("is not for code signing", `write a certificate with the extended key usage ${CODE_SIGNING}`))
      .describe("PEM of the certificate that the scripts are signed with, without its key. Hosts must have it among their trusted publishers already."),
  })
  .optional()
  .describe("For hosts whose script policy is AllSigned: the scripts are signed outside, by whoever holds the key. @default - not signed");

/** What the script on the host must know of the way out, and who signs it. */
export const guestSchema = z
  .strictObject({
    proxy: z
      .string()
      .regex(/^http:\/\/[a-z0-9]([a-z0-9.-]{0,200}[a-z0-9])?:[1-9]\d{1,4}$/, says("is not the address of an HTTP proxy", "write http://name:port, such as http://proxy.corp.example:3128, without an account"))
      .optional()
      .describe("HTTP proxy by which the script reaches the cloud's stores, but never the metadata service. The cloud's agent has a setting of its own. @default - none, not even Windows' own"),
    signing: signingSchema,
  })
  .prefault({})
  .describe("What the script on the host must know of the way out, and who signs it.");

export type Guest = z.infer<typeof guestSchema>;
