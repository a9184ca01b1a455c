import { z } from "zod";
import { parseAddress, parsePrefix } from "../network/address";

/**
 * The small schemas that the sections share. A message has two halves: what is wrong, and what to write instead;
 * `says` joins them so that one zod message carries both.
 */
const SEPARATOR = "\u0000";

export const says = (what: string, mend: string): string => `${what}${SEPARATOR}${mend}`;

export function halves(message: string): { what: string; mend?: string } {
  const [what = message, mend] = message.split(SEPARATOR);
  return { what, mend };
}

/** Lower-case name that becomes part of resource names and tags. */
export const nameSchema = (what: string) =>
  z
    .string()
    .regex(
      /^[a-z][a-z0-9-]{0,30}[a-z0-9]$|^[a-z]$/,
      says(`is not a name for ${what}`, "use at most 32 lower-case letters, digits and hyphens, beginning with a letter"),
    );

/** Windows computer names end at 15 characters; AD and NetBIOS cut silently after that. */
export const hostNameSchema = z
  .string()
  .regex(
    /^(?=.{1,15}$)[a-z]([a-z0-9-]*[a-z0-9])?$/,
    says("is not a host name", "use at most 15 lower-case letters, digits and hyphens, beginning with a letter and not ending in a hyphen"),
  )
  .refine((name) => !/^(aws|azure|hybrid)(-|$)/.test(name), says("begins like what hosts share", "begin the name with something other than aws, azure or hybrid"));

export const addressSchema = z
  .string()
  .refine((text) => parseAddress(text) !== undefined, says("is not an IP address", "write a single IPv4 or IPv6 address such as 10.0.1.10"));

export const ipv4Schema = z
  .string()
  .refine((text) => parseAddress(text)?.family === 4, says("is not an IPv4 address", "write a single IPv4 address such as 10.0.1.10"));

export const cidrSchema = z
  .string()
  .refine(
    (text) => text.includes("/") && parsePrefix(text) !== undefined,
    says("is not a CIDR prefix", "write a network with its length and no host bits, such as 10.0.1.0/24"),
  );

/** Labels of letters, digits and hyphens; at least two of them, since a certificate for a bare name proves little. */
export const dnsNameSchema = z
  .string()
  .max(253)
  .regex(
    /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/,
    says("is not a full DNS name", "write the name that Ansible dials, in lower case, such as web-1.corp.example"),
  );

export const tagsSchema = z
  .record(
    z
      .string()
      .min(1)
      .max(128)
      .refine((key) => !/^aws:/i.test(key), says("is a key that AWS keeps for itself", "use a key that does not begin with aws:"))
      .refine(
        (key) => !key.startsWith("secure-winrm"),
        says("is a key that this project sets itself", "use a key that does not begin with secure-winrm"),
      ),
    z.string().max(256),
  )
  .refine((tags) => Object.keys(tags).length <= 40, says("has too many tags", "keep at most 40: the clouds allow 50 and some are set here"))
  .describe("Tags beside the ones that this project sets; for what takes tags, but for interfaces, groups and rules.");

/** One line of printable text. */
export const lineSchema = (minimum: number, maximum: number, what: string) =>
  z
    .string()
    .refine(
      (text) => text.trim().length >= minimum && text.length <= maximum && !/[\u0000-\u001f\u007f]/.test(text),
      says(`is not ${what}`, `write one line of ${minimum} to ${maximum} characters`),
    );

export const wholeNumber = (minimum: number, maximum: number, unit: string) =>
  z
    .number({ error: says(`is not a number of ${unit}`, `write a whole number from ${minimum} to ${maximum}`) })
    .int(says(`is not a whole number of ${unit}`, `write a whole number from ${minimum} to ${maximum}`))
    .min(minimum, says(`is too small`, `write a whole number of ${unit} from ${minimum} to ${maximum}`))
    .max(maximum, says(`is too large`, `write a whole number of ${unit} from ${minimum} to ${maximum}`));

export const kmsKeyArnSchema = z
  .string()
  .regex(/^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/, says("is not the ARN of a KMS key", "write arn:aws:kms:<region>:<account>:key/<id>"));

export const yesNo = z.boolean({ error: says("is not true or false", "write true or false without quotes") });

export type Report = (path: readonly (string | number)[], input: unknown, message: string) => void;

/**
 * A check across fields that runs although single fields have problems, so that a user sees all of them at once.
 * It must bear half-parsed data: what it throws then is dropped, because the broken field has its own message.
 */
export function evenWithIssues<T>(check: (value: T, report: Report) => void): z.core.$ZodCheck<T> {
  return z.core._check<T>(
    (payload) => {
      const report: Report = (path, input, message) => payload.issues.push({ code: "custom", path: [...path], input, message });
      const before = payload.issues.length;
      try {
        check(payload.value, report);
      } catch (error) {
        if (before === 0) throw error;
      }
    },
    { when: () => true },
  );
}
