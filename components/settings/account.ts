import { z } from "zod";
import { secretNameSchema } from "./certificate";
import { says } from "./schema";

const BUILT_IN = /^(administrator|admin|guest|defaultaccount|wdagutilityaccount|system|krbtgt)$/i;

export const accountNameSchema = z
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
    name: accountNameSchema.describe("Account that Ansible connects as: dedicated, never a built-in one."),
    becomeUser: accountNameSchema
      .optional()
      .describe("Second account that tasks become by runas, an administrator that cannot log on over the network. Needed with escalation admin. @default - no become in the inventory"),
    secret: secretNameSchema.optional().describe("AWS: secret with the password of the connecting account, a local one that the host makes: {\"password\": \"...\"}. {host} is the host's name. @default - the account exists already"),
    becomeSecret: secretNameSchema.optional().describe("AWS: the same of becomeUser. @default - the account exists already"),
    escalation: z
      .enum(["admin", "endpoint"], { error: says("is not a way to escalate", "write admin or endpoint") })
      .default("admin")
      .describe("admin: the account is an administrator and becomes a second one. endpoint: it is none, and works in a session configuration of its own that runs as a virtual account; psrp only, and never recorded on a real host so far. Enforces runas-escalation. @default admin"),
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
    if (account.escalation === "endpoint" && account.plugin !== "psrp") {
      context.addIssue({
        code: "custom",
        path: ["escalation"],
        input: account.escalation,
        message: says("needs a session configuration, which the plugin winrm does not use", "write plugin: psrp, or escalation: admin"),
      });
    }
    for (const [key, secret, owner] of [["secret", account.secret, account.name], ["becomeSecret", account.becomeSecret, account.becomeUser]] as const) {
      if (secret === undefined || (owner !== undefined && !owner.includes("@"))) continue;
      const what = owner === undefined ? "is the password of nobody: there is no becomeUser" : "is for a local account, and one of a domain is never made on a host";
      context.addIssue({ code: "custom", path: [key], input: secret, message: says(what, "take it out, or name a local account") });
    }
  })
  .describe("The account that Ansible uses, and its transport. Holds no password: that belongs into the automation platform's credential.");

export type Account = z.infer<typeof accountSchema>;
