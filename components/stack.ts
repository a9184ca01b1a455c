import * as pulumi from "@pulumi/pulumi";
import { allConfig } from "@pulumi/pulumi/runtime";
import { coexistenceWarnings } from "./controls/coexistence/warnings";
import { exceptionWarnings } from "./controls/exceptions";
import { readSettings } from "./controls/plan";
import type { AwsArgs, AwsFleetArgs } from "./aws/args";
import { planAws } from "./aws/plan";
import type { AzureArgs, AzureFleetArgs } from "./azure/args";
import { planAzure } from "./azure/plan";
import type { CommonArgs } from "./fleet/args";
import { refuse } from "./fleet/component";
import { fetchScript, guestScript } from "./guest/script";
import { SignedFiles } from "./fleet/signed-files";
import { problemsText, type Problem } from "./settings/problem";
import type { Settings } from "./settings/settings";

/** A fleet's arguments for each section of the stack file that is there. */
export interface StackArgs {
  readonly aws?: AwsFleetArgs;
  readonly azure?: AzureFleetArgs;
}

/** What a stack sets for a provider holds for the gate's reader too, so that nobody writes it twice. Key of ours: key of the provider's. */
const PROVIDERS: Readonly<Record<string, { readonly namespace: string; readonly keys: Readonly<Record<string, string>> }>> = {
  aws: { namespace: "aws", keys: { region: "region", profile: "profile" } },
  azure: { namespace: "azure-native", keys: { environment: "environment", subscription: "subscriptionId", tenant: "tenantId", location: "location" } },
};

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
  const written = new Map<string, unknown>();
  for (const [key, text] of Object.entries(config)) {
    if (!key.startsWith(prefix)) continue;
    const name = key.slice(prefix.length);
    if (secret.has(key)) problems.push({ key: name, what: "is encrypted, and nothing in here is a secret", mend: "write it in plain, and keep secrets in the cloud's secret store" });
    else written.set(name, parsed(text));
  }
  const raw: Record<string, unknown> = Object.fromEntries(written);
  for (const [section, { namespace, keys }] of Object.entries(PROVIDERS)) {
    const own = raw[section];
    if (typeof own !== "object" || own === null || Array.isArray(own)) continue;
    const wide = Object.entries(keys).flatMap(([key, name]) => {
      const value = config[`${namespace}:${name}`];
      return value === undefined ? [] : [{ key, name: `${namespace}:${name}`, value }];
    });
    for (const { key, name, value } of wide) {
      const given: unknown = Reflect.get(own, key);
      if (given !== undefined && given !== value) problems.push({ key: `${section}.${key}`, what: `is not the stack's ${name}, ${value}`, found: JSON.stringify(given), mend: "keep one of the two" });
    }
    raw[section] = { ...Object.fromEntries(wide.map(({ key, value }) => [key, value])), ...own };
  }
  const context = { fleet: `${project}-${pulumi.getStack()}`, today };
  const { settings, problems: found } = readSettings(raw, context);
  if (!settings || problems.length > 0) throw new pulumi.RunError(problemsText([...problems, ...found]));
  refuse(unsigned(settings));
  for (const warning of [...exceptionWarnings(settings), ...coexistenceWarnings(settings)]) void pulumi.log.warn(warning);
  // Checked above: the schemas and the arguments say the same, and a test holds them together.
  const { aws, azure, ...common } = raw as unknown as CommonArgs & { aws?: AwsArgs; azure?: AzureArgs };
  return {
    ...(aws === undefined ? {} : { aws: { ...forHosts(common, aws.hosts), ...context, aws } }),
    ...(azure === undefined ? {} : { azure: { ...forHosts(common, azure.hosts), ...context, azure } }),
  };
}

/** Scripts of both clouds that are still to be signed: found before anything of the first one is made. */
function unsigned({ aws, azure, ...settings }: Settings): readonly Problem[] {
  if (settings.guest.signing === undefined) return [];
  const files = new SignedFiles(settings.guest.signing);
  const inputs = { script: guestScript(), fetch: fetchScript(), reader: "", sign: files.sign };
  if (aws) planAws({ ...settings, aws }, inputs);
  if (azure) planAzure({ ...settings, azure }, inputs);
  return files.problems;
}

/** Exceptions of one fleet: those that hold for all hosts, and the ones that name some of its own. */
function forHosts(common: CommonArgs, hosts: object): CommonArgs {
  if (common.exceptions === undefined) return common;
  const exceptions = common.exceptions.flatMap((exception) => {
    if (exception.hosts === undefined) return [exception];
    const own = exception.hosts.filter((name) => Object.hasOwn(hosts, name));
    return own.length === 0 ? [] : [{ ...exception, hosts: own }];
  });
  return { ...common, exceptions };
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
