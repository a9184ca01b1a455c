import * as pulumi from "@pulumi/pulumi";
import { allConfig } from "@pulumi/pulumi/runtime";
import { exceptionWarnings } from "./controls/exceptions";
import { readSettings } from "./controls/plan";
import type { FleetArgs } from "./aws/args";
import { problemsText, type Problem } from "./settings/problem";

export type StackArgs = Omit<FleetArgs, "aws"> & Partial<Pick<FleetArgs, "aws">>;

/**
 * The stack file's settings, as the components take them. Keys of the project's namespace that nobody knows are problems too.
 *
 * @throws RunError with every problem of the stack file
 */
export function stackArgs(today: string = new Date().toISOString().slice(0, 10)): StackArgs {
  const project = pulumi.getProject();
  const prefix = `${project}:`;
  const config = allConfig();
  const secret = secretKeys();
  const problems: Problem[] = [];
  const raw: Record<string, unknown> = {};
  for (const [key, text] of Object.entries(config)) {
    if (!key.startsWith(prefix)) continue;
    const name = key.slice(prefix.length);
    if (secret.has(key)) problems.push({ key: name, what: "is encrypted, and nothing in here is a secret", mend: "write it in plain, and keep secrets in the cloud's secret store" });
    else raw[name] = parsed(text);
  }
  const aws = raw["aws"];
  if (typeof aws === "object" && aws !== null && !Array.isArray(aws)) {
    raw["aws"] = { ...stackWide(config, "region"), ...stackWide(config, "profile"), ...aws };
    const own = "region" in aws ? aws.region : undefined;
    const wide = config["aws:region"];
    if (own !== undefined && wide !== undefined && own !== wide) {
      problems.push({ key: "aws.region", what: `is not the stack's aws:region, ${wide}`, found: JSON.stringify(own), mend: "keep one of the two" });
    }
  }
  const context = { fleet: `${project}-${pulumi.getStack()}`, today };
  const { settings, problems: found } = readSettings(raw, context);
  if (!settings || problems.length > 0) throw new pulumi.RunError(problemsText([...problems, ...found]));
  for (const warning of exceptionWarnings(settings)) void pulumi.log.warn(warning);
  // Checked above: the schemas and `FleetArgs` say the same, and a test holds them together.
  return { ...(raw as unknown as StackArgs), ...context };
}

/** What the stack sets for the provider holds for the gate's reader too, so that nobody writes it twice. */
function stackWide(config: Readonly<Record<string, string>>, name: "region" | "profile"): Record<string, string> {
  const value = config[`aws:${name}`];
  return value === undefined ? {} : { [name]: value };
}

/** Keys with an encrypted value in them: the language host names them in its program's environment. */
function secretKeys(): Set<string> {
  const keys = parsed(process.env["PULUMI_CONFIG_SECRET_KEYS"] ?? "[]");
  return new Set(Array.isArray(keys) ? keys.map(String) : []);
}

/** Objects and lists come as JSON text, plain texts as they are. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
