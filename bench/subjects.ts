import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { totalmem } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { PROJECT, STACK, type BenchFleet } from "./fleet";
import { programOf } from "./program";
import { bare, classOf, usual } from "./styles";
import { templateOf } from "./template";

/** What is measured: the program of this project, and what it is held against. */
export const SUBJECTS = ["ours", "empty", "one-each", "bare", "flat"] as const;
export type Subject = (typeof SUBJECTS)[number];

/** The same for any number of hosts: measured with one. */
export const CONSTANT: readonly Subject[] = ["empty", "one-each"];

export const ABOUT: Readonly<Record<Subject, string>> = {
  ours: "this project's program",
  empty: "a program without resources",
  "one-each": "a program with one resource of each provider that ours uses",
  bare: "as many resources of the same types, by `pulumi.CustomResource` alone",
  flat: "the same resources by a loop over hosts, as written without a component",
};

/** The program of a subject; undefined for ours, which is not generated. */
function source(subject: Subject, fleet: BenchFleet): string | undefined {
  switch (subject) {
    case "ours":
      return undefined;
    case "empty":
      return "export {};\n";
    case "one-each":
      return oneEach(fleet);
    case "bare":
      return programOf(templateOf(fleet), bare);
    case "flat":
      return programOf(templateOf(fleet), usual);
    default:
      return subject satisfies never;
  }
}

const SIMPLE = {
  aws: { type: "aws:cloudwatch/logGroup:LogGroup", args: "{}" },
  "azure-native": { type: "azure-native:resources:ResourceGroup", args: "{}" },
  random: { type: "random:index/randomId:RandomId", args: "{ byteLength: 8 }" },
  command: { type: "command:local:Command", args: '{ create: "true" }' },
} as const;

function oneEach({ plan }: BenchFleet): string {
  const used = new Set(plan.map(({ type }) => type.split(":")[0]));
  const chosen = Object.entries(SIMPLE).flatMap(([provider, { type, args }]) => (used.has(provider) ? [{ ...classOf(type), provider, args }] : []));
  return [
    ...chosen.map(({ alias, module }) => `import * as ${alias} from "${module}";`),
    ...chosen.map(({ alias, name, provider, args }) => `new ${alias}.${name}("one-${provider}", ${args});`),
    "",
  ].join("\n");
}

/**
 * What Node may use for a program: the flat one does not end with Node's own limit when it is large. The same for all subjects;
 * it makes none of them larger, because the heap grows by what is in it. Unit: MiB.
 */
export const HEAP_MIB = Math.floor(totalmem() / 2 / 1024 / 1024);

/** A project folder of its own for a subject, with the sandbox's providers; its stack file is the fleet's for all of them. */
export function writeProject(root: string, folder: string, subject: Subject, fleet: BenchFleet): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, "stacks"), { recursive: true });
  mkdirSync(join(folder, "state"), { recursive: true });
  const program = source(subject, fleet);
  if (program !== undefined) writeFileSync(join(folder, "index.ts"), program);
  // Compiled with the options that ours is compiled with.
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ extends: join(root, "tsconfig.json"), include: ["index.ts"] }));
  const project = {
    name: PROJECT,
    main: program === undefined ? root : "index.ts",
    stackConfigDir: "./stacks",
    runtime: { name: "nodejs", options: { nodeargs: `--max-old-space-size=${HEAP_MIB}` } },
    plugins: { providers: providers(root) },
  };
  writeFileSync(join(folder, "Pulumi.yaml"), stringify(project));
  writeFileSync(join(folder, "stacks", `Pulumi.${STACK}.yaml`), stringify({ config: fleet.config }, { aliasDuplicateObjects: false }));
}

/** The emulated providers as the sandbox's project names them, by absolute paths. */
function providers(root: string): readonly object[] {
  const sandbox = join(root, "sandbox");
  // The project's own file.
  const { plugins } = parse(readFileSync(join(sandbox, "Pulumi.yaml"), "utf8")) as { plugins: { providers: { name: string; path: string }[] } };
  return plugins.providers.map(({ name, path }) => ({ name, path: join(sandbox, path) }));
}
