import { z } from "zod";
import { kmsKeyArnSchema, lineSchema, says, wholeNumber } from "./schema";

/** A secret's name or ARN; `{host}` stands for the host's key in the stack file. */
const secretName = z
  .string()
  .regex(
    /^(arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:)?[A-Za-z0-9/_+=.@{}-]{1,300}$/,
    says("is not the name or ARN of a secret", "write a name such as winrm/{host}, where {host} becomes the host's name"),
  )
  .refine((text) => !text.includes("{host}") || /^(arn:[^{]*:secret:)?[^{]{2,}[/_.-][^{]*\{host\}/.test(text), says("has no prefix before {host}, so that hosts could read the secrets of others", "write one such as winrm/{host}"))
  .refine((text) => !/[{}]/.test(text.replaceAll("{host}", "")), says("has a placeholder that is not known", "use {host} only"));

export const secretNameSchema = secretName;

export const pemSchema = z
  .string()
  .refine((text) => !/PRIVATE KEY/.test(text), says("holds a private key", "write the certificate alone, and replace the key: it has been in a file"))
  .refine(
    (text) => /PRIVATE KEY/.test(text) || /^-----BEGIN CERTIFICATE-----\s+[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*$/.test(text),
    says("is not one PEM certificate", "write one certificate, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----"),
  );

/** Systems Manager takes 64 KB of document and script together. */
const ROOTS_LENGTH = 12_000;

/** Where the listener's certificate comes from. Guideline: an organisational or public CA, never self-signed. */
export const certificateSchema = z
  .strictObject({
    source: z
      .enum(["secret-store"], {
        error: says("is not a source of certificates", "write secret-store (AWS Secrets Manager, Azure Key Vault) or leave it out; self-signed certificates are refused"),
      })
      .default("secret-store")
      .describe("Where the host takes its certificate from: the cloud's own store, Secrets Manager in AWS, Key Vault in Azure. @default secret-store"),
    secret: secretName
      .default("winrm/{host}")
      .describe('AWS: secret with the PFX of a host: {"pfx": "<base64>", "password": "..."}. {host} is the host\'s name. @default winrm/{host}'),
    kmsKeyArn: kmsKeyArnSchema.optional().describe("AWS: KMS key of the secrets, so that hosts may decrypt with it. @default - the service's own key"),
    trustedRoots: z
      .array(pemSchema)
      .max(5, says("has too many roots", "write at most 5"))
      .refine((roots) => roots.join("").length <= ROOTS_LENGTH, says("are longer than a guest document can carry", `write at most ${ROOTS_LENGTH} characters in all: roots only, no chains`))
      .default([])
      .describe("PEM of the organisation's root certificates that hosts shall trust. @default - only what Windows trusts already"),
    caPath: lineSchema(1, 255, "a path")
      .refine((path) => path.startsWith("/"), says("is not an absolute path", "write the path inside the execution environment, such as /etc/pki/tls/certs/ca-bundle.crt"))
      .optional()
      .describe("CA bundle for the inventory, as a path inside the execution environment. @default - the bundle of the execution environment"),
    minimumKeyBits: wholeNumber(2048, 8192, "bits").default(2048).describe("Smallest RSA key. Unit: bits. @default 2048"),
    minimumDaysLeft: wholeNumber(1, 90, "days")
      .default(14)
      .describe("Days that the certificate must still be valid; fewer fail the audit. Unit: days. @default 14"),
  })
  .describe("The listener's certificate. Enforces trusted-certificate.");

export type Certificate = z.infer<typeof certificateSchema>;
