import { compactScript } from "./compact";
import type { GuestDocument } from "./document";

/** The one place where a value becomes PowerShell. Values are checked against a narrow alphabet, never quoted into shape. */

/**
 * Parameters that change from run to run; the control channel fills them in. Systems Manager's agent is written in Go, whose
 * patterns count to 1,000 at most: it refuses every run of a document that has a longer count, so that longer ones stand in `most`.
 */
export const RUN_PARAMETERS = {
  Mode: { values: ["Apply", "Audit"], default: "Audit" },
  Run: { values: ["Gate", "Maintenance", "Prepare", "Pause", "Resume"], default: "Maintenance" },
  Nonce: { pattern: "^[0-9a-f]{0,64}$", default: "" },
  Gate: { pattern: "^[0-9a-f]{0,64}$", default: "" },
  Host: { pattern: "^[A-Za-z0-9+/=]*$", most: 4096, default: "" },
  NodesHash: { pattern: "^[0-9a-f]{0,64}$", default: "" },
  /** Of the run `Pause`: base64 of `pauseText`, because a reason is free text and no character may end the quotes around it. */
  Pause: { pattern: "^[A-Za-z0-9+/=]*$", most: 2048, default: "" },
} as const;

export type RunParameter = keyof typeof RUN_PARAMETERS;

/** In front of a run parameter's name where it becomes a variable: `$Host` alone is PowerShell's own and cannot be set. */
export const RUN_COMMAND_PREFIX = "Winrm";

const SAFE = /^[A-Za-z0-9 ._:/{}+=-]*$/;

function literal(name: string, value: string): string {
  if (!SAFE.test(value)) throw new Error(`${name} cannot be written into the guest script: ${JSON.stringify(value)}`);
  return `'${value}'`;
}

const table = (name: string, values: Readonly<Record<string, string>>): string[] => [`$${name} = @{`, ...Object.entries(values).map(([key, value]) => `  ${key} = ${value}`), "}"];

const literals = (values: Readonly<Record<string, string>>): Record<string, string> => Object.fromEntries(Object.entries(values).map(([name, value]) => [name, literal(name, value)]));

/** Parameters that do not change from run to run, but are not known when the script is written: each with the pattern that it must have. */
export type Given = Readonly<Record<string, string>>;

/**
 * The file that a host runs: its parameters (`winrm.ps1 -WinrmMode Apply`), what the script needs to know, the document as
 * data, the script as it is.
 *
 * @param constants what the cloud fixes, such as the region
 * @throws Error when a value or the document could break out of its quotes
 */
export function renderScript(document: GuestDocument, script: string, constants: Readonly<Record<string, string>>, given: Given = {}): string[] {
  if (/[\r\n]/.test(document.text)) throw new Error("the document is not one line, so it could end its here-string");
  return [
    ...paramBlock(given),
    ...table("SecureWinrm", { ...literals(constants), Given: literal("Given", Object.keys(given).join(" ")), ...Object.fromEntries([...Object.keys(given), ...names()].map((name) => [name, variable(name)])) }),
    "$SecureWinrmDocument = @'",
    document.text,
    "'@",
    ...compactScript(script).trimEnd().split("\n"),
  ];
}

/** Where the file lies that a host runs, and the SHA-256 of its bytes, hex: a host runs nothing else. */
export interface ScriptFile {
  readonly bucket: string;
  readonly key: string;
  readonly hash: string;
}

/**
 * What a Systems Manager document holds: it fetches the file, checks it, and runs it with the run's parameters, so that
 * neither script nor document meets the 64 KB at which such a document ends.
 *
 * @param fetch the text of the part that fetches and runs
 * @param given what the file wants beside the run's parameters
 */
export function renderFetch(file: ScriptFile, fetch: string, constants: Readonly<Record<string, string>>, given: Readonly<Record<string, string>>): string[] {
  const run = Object.fromEntries(names().map((name) => [name, `{{ ${name} }}`]));
  const args = Object.fromEntries(Object.entries({ ...given, ...run }).map(([name, value]) => [`${RUN_COMMAND_PREFIX}${name}`, value]));
  const { bucket, key, hash } = file;
  return [
    ...table("SecureWinrm", literals(constants)),
    ...table("SecureWinrmScript", literals({ Bucket: bucket, Key: key, Hash: hash })),
    ...table("SecureWinrmArguments", literals(args)),
    ...compactScript(fetch).trimEnd().split("\n"),
  ];
}

/** As an agent names a parameter that it gives as an environment variable. */
const environment = (name: string): string => `$env:SSM_${name}`;

/** What a signed document has as parameters instead of as text: what it fetches differs, and its own text must not. */
export const FETCH_PARAMETERS = { Bucket: "ScriptBucket", Key: "ScriptKey", Hash: "ScriptHash" } as const;

/**
 * The same with everything that differs between runs and deployments taken from the environment: a text that is signed once.
 * Systems Manager's agents know that from version 3.3.2746.0 on.
 *
 * @param given what the file wants beside the run's parameters, each with the parameter that holds it
 */
export function renderFixedFetch(fetch: string, constants: Readonly<Record<string, string>>, given: Readonly<Record<string, string>>): string[] {
  const args = { ...given, ...Object.fromEntries(names().map((name) => [name, name])) };
  return [
    ...table("SecureWinrm", literals(constants)),
    ...table("SecureWinrmScript", Object.fromEntries(Object.entries(FETCH_PARAMETERS).map(([name, parameter]) => [name, environment(parameter)]))),
    ...table("SecureWinrmArguments", Object.fromEntries(Object.entries(args).map(([name, parameter]) => [`${RUN_COMMAND_PREFIX}${name}`, environment(parameter)]))),
    ...compactScript(fetch).trimEnd().split("\n"),
  ];
}

const names = (): RunParameter[] => Object.keys(RUN_PARAMETERS) as RunParameter[];
const variable = (name: string): string => `$${RUN_COMMAND_PREFIX}${name}`;

/** PowerShell itself refuses what fits no parameter, before a line of the script runs. It must be the first statement. */
function paramBlock(given: Given): string[] {
  const lines = [
    ...Object.entries(given).map(([name, pattern]) => `  [ValidatePattern('${pattern}')] [string] ${variable(name)} = ''`),
    ...names().map((name) => {
      const parameter = RUN_PARAMETERS[name];
      const checks = "values" in parameter ? [`ValidateSet(${parameter.values.map((value) => `'${value}'`).join(", ")})`] : [`ValidatePattern('${parameter.pattern}')`, ...("most" in parameter ? [`ValidateLength(0, ${parameter.most})`] : [])];
      return `  ${checks.map((check) => `[${check}] `).join("")}[string] ${variable(name)} = '${parameter.default}'`;
    }),
  ];
  return ["param(", ...lines.map((line, i) => (i < lines.length - 1 ? `${line},` : line)), ")"];
}
