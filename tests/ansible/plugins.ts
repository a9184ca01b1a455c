import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { z } from "zod";

/** Ansible's own tools: from the virtual environment that the test run makes, else from PATH. */
const PATH = [resolve(__dirname, "..", "..", ".cache", "venv", "bin"), ...(process.env.PATH ?? "").split(delimiter)];

export const hasAnsible = (): boolean => PATH.some((folder) => existsSync(join(folder, "ansible-inventory")));

export function ansible(tool: string, args: readonly string[], cwd: string): string {
  const env = { ...process.env, PATH: PATH.join(delimiter), HOME: cwd, ANSIBLE_LOCALHOST_WARNING: "false", ANSIBLE_INVENTORY_UNPARSED_FAILED: "true", LC_ALL: "C.UTF-8" };
  return execFileSync(tool, [...args], { cwd, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

const docSchema = z.record(
  z.string(),
  z.object({
    doc: z.object({
      options: z.record(z.string(), z.object({ vars: z.array(z.object({ name: z.string() })).optional(), choices: z.array(z.string()).optional() })),
    }),
  }),
);

/** Names of the variables that a plugin knows, with the values that it takes where it says so. */
export function variablesOf(kind: "connection" | "become", plugin: string, cwd: string): Map<string, readonly string[] | undefined> {
  const docs = docSchema.parse(JSON.parse(ansible("ansible-doc", ["-t", kind, "-j", plugin], cwd)));
  const options = Object.values(docs).flatMap(({ doc }) => Object.values(doc.options));
  return new Map(options.flatMap(({ vars = [], choices }) => vars.map(({ name }) => [name, choices])));
}
