import { z } from "zod";
import { says } from "./schema";

const BUILT_IN = /^(administrator|admin|guest|defaultaccount|wdagutilityaccount|system|krbtgt)$/i;

const accountName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,19}(@[A-Za-z0-9][A-Za-z0-9.-]*\.[A-Za-z]{2,})?$/,
    says(
      "is not an account name",
      "write svc-ansible for a local account or svc-ansible@CORP.EXAMPLE for one of the domain: at most 20 letters, digits, dots, hyphens, underscores before the @",
    ),
  )
  .refine((name) => !BUILT_IN.test(name.split("@")[0] ?? ""), says("is a built-in account", "name an account that only Ansible uses"));

/** Whom Ansible connects as, and how. Guideline: Kerberos or NTLM only, one dedicated account that escalates by runas. */
export const accountSchema = z
  .strictObject({
    name: accountName.describe("Account that Ansible connects as: dedicated, never a built-in one."),
    becomeUser: accountName
      .optional()
      .describe("Second account that tasks become by runas. @default - no become in the inventory"),
    transport: z
      .enum(["kerberos", "ntlm"], {
        error: says("is not a transport that the guidance allows", "write kerberos (domain accounts) or ntlm; basic, credssp and certificate are refused"),
      })
      .describe("How Ansible authenticates. Kerberos where there is a domain. Enforces kerberos-or-ntlm."),
    plugin: z
      .enum(["psrp", "winrm"], { error: says("is not a connection plugin for WinRM", "write psrp or winrm") })
      .default("psrp")
      .describe("Ansible's connection plugin. @default psrp"),
  })
  .superRefine((account, context) => {
    const domain = account.name.includes("@");
    if (account.transport === "kerberos" && !domain) {
      context.addIssue({
        code: "custom",
        path: ["transport"],
        input: account.transport,
        message: says("needs a domain account", "write the account as name@REALM, or use ntlm for a local account"),
      });
    }
    if (account.becomeUser !== undefined && account.becomeUser.toLowerCase() === account.name.toLowerCase()) {
      context.addIssue({
        code: "custom",
        path: ["becomeUser"],
        input: account.becomeUser,
        message: says("is the connecting account itself", "name a second account, or leave becomeUser out"),
      });
    }
  })
  .describe("The account that Ansible uses, and its transport. Holds no password: that belongs into the automation platform's credential.");

export type Account = z.infer<typeof accountSchema>;
