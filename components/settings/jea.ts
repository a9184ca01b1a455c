import { z } from "zod";
import { NEVER_EXPOSED } from "../controls/tables/never-exposed";
import { accountNameSchema } from "./account";
import { says } from "./schema";

const NAMES_OF_OTHERS = /^(microsoft\.|powershell\.|powershell$|secure-winrm$|wsman\.)/i;

/** Groups that everybody, or every administrator, is in; by SID, because names are translated, and by the names that are not. */
const EVERYBODY: ReadonlySet<string> = new Set(["S-1-1-0", "S-1-5-2", "S-1-5-4", "S-1-5-7", "S-1-5-11", "S-1-5-32-544", "S-1-5-32-545", "S-1-5-32-546", "S-1-5-113", "S-1-5-114"]);

const EVERYBODY_BY_NAME = /^(everyone|users|guests|administrators|interactive|network)$/i;

const sid = /^S-1-\d+(-\d+){1,14}$/i;
const account = z
  .string()
  .refine((text) => sid.test(text) || (!/^S-1-/i.test(text) && accountNameSchema.safeParse(text).success), says("is not an account or group that an endpoint can be for", "write name, name@REALM, or the SID of a group"))
  .refine((text) => !EVERYBODY.has(text.toUpperCase()) && !EVERYBODY_BY_NAME.test(text.split("@")[0] ?? ""), says("is a group of everybody, or of all administrators", "name a group of its own"));

const printable = z.string().regex(/^[ -~]{1,80}$/, says("is not a value of a parameter", "write at most 80 printable ASCII characters"));

const parameter = z
  .strictObject({
    name: z.string().regex(/^[A-Za-z][A-Za-z0-9]{0,40}$/, says("is not the name of a parameter", "write it as PowerShell has it, without the hyphen")).describe("Parameter that may be used."),
    values: z.array(printable).min(1, says("is an empty list", "write a value, or leave the key out")).max(30, says("has too many values", "write at most 30")).optional().describe("The only values that it may have."),
    // .NET looks for the pattern anywhere in a value, so one that is not anchored lets everything in that contains it.
    pattern: printable.regex(/^\^.*\$$/, says("is not anchored", "let it begin with ^ and end with $")).optional().describe("Regular expression of .NET that its value must match, from ^ to $."),
  })
  .refine(({ values, pattern }) => values === undefined || pattern === undefined, says("has both values and a pattern", "keep one of the two"));

const command = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z]{2,20}-[A-Za-z0-9]{2,50}$/, says("is not the name of one cmdlet", "write Verb-Noun, such as Restart-Service: no wildcards, programs or aliases"))
    .refine((name) => !NEVER_EXPOSED.has(name.toLowerCase()), says("gives whoever may run it more than the endpoint is for", "expose what it is wanted for by a cmdlet that does only that"))
    .describe("Cmdlet or function, Verb-Noun."),
  parameters: z.array(parameter).max(20, says("has too many parameters", "write at most 20")).default([]).describe("Parameters that may be used. @default - none"),
});

const endpoint = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9._-]{2,39}$/, says("is not a name for an endpoint", "use 3 to 40 letters, digits, dots, hyphens and underscores, beginning with a letter"))
    .refine((name) => !NAMES_OF_OTHERS.test(name), says("is a name that Windows or this project uses", "write another, such as jea.operators"))
    .describe("Name of the session configuration."),
  accounts: z
    .array(account)
    .min(1, says("is an empty list", "name at least one account or group"))
    .max(20, says("has too many accounts", "write at most 20, or name a group"))
    .describe("Accounts or groups that may use it: name, name@REALM, or SID."),
  commands: z.array(command).min(1, says("is an empty list", "name at least one command")).describe("What they may run, and nothing else."),
});

const MOST_COMMANDS = 50;

const twice = (names: readonly string[]): number => names.findIndex((name, i) => names.findIndex((other) => other.toLowerCase() === name.toLowerCase()) < i);

/** Endpoints for further automation accounts: named commands, run as a virtual account, transcripts on. Never for Ansible itself. */
export const jeaSchema = z
  .array(endpoint)
  .max(10, says("has too many endpoints", "write at most 10"))
  .superRefine((endpoints, context) => {
    const report = (path: (string | number)[], input: unknown, message: string): void => context.addIssue({ code: "custom", path, input, message });
    const count = endpoints.reduce((sum, { commands }) => sum + commands.length, 0);
    if (count > MOST_COMMANDS) report([], endpoints, says(`have ${count} commands`, `write at most ${MOST_COMMANDS} in all: a wider one is no endpoint of named commands any more`));
    const same = twice(endpoints.map(({ name }) => name));
    if (same >= 0) report([same, "name"], endpoints[same]?.name, says("stands twice", "give each endpoint its own name"));
    endpoints.forEach(({ commands }, i) => {
      const again = twice(commands.map(({ name }) => name));
      if (again >= 0) report([i, "commands", again, "name"], commands[again]?.name, says("stands twice", "name each command once"));
    });
  })
  .default([])
  .describe("Endpoints with named commands for further automation accounts (JEA). Needs an exception to remoting-user-only. Enforces least-privilege.");
