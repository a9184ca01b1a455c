import { compactScript } from "./compact";
import type { GuestDocument } from "./document";

/** The one place where a value becomes PowerShell. Values are checked against a narrow alphabet, never quoted into shape. */

/** Parameters that change from run to run; the control channel fills them in. */
export const RUN_PARAMETERS = {
  Mode: { values: ["Apply", "Audit"], default: "Audit" },
  Run: { values: ["Gate", "Maintenance", "Prepare"], default: "Maintenance" },
  Nonce: { pattern: "^[0-9a-f]{0,64}$", default: "" },
  Gate: { pattern: "^[0-9a-f]{0,64}$", default: "" },
  Host: { pattern: "^[A-Za-z0-9+/=]{0,4096}$", default: "" },
  NodesHash: { pattern: "^[0-9a-f]{0,64}$", default: "" },
} as const;

export type RunParameter = keyof typeof RUN_PARAMETERS;

/** In front of a run parameter's name where it becomes a variable: `$Host` alone is PowerShell's own and cannot be set. */
export const RUN_COMMAND_PREFIX = "Winrm";

/** How the parameters of a run come to the script. */
export type Delivery =
  /** The control channel writes each value into the text before it runs: `{{ Mode }}` for Systems Manager. */
  | { readonly kind: "substituted"; readonly parameters: Readonly<Record<RunParameter, string>> }
  /** As arguments, `script.ps1 -WinrmMode Apply`: Azure's managed run command. */
  | { readonly kind: "param" };

const SAFE = /^[A-Za-z0-9 ._:/{}+=-]*$/;

function literal(name: string, value: string): string {
  if (!SAFE.test(value)) throw new Error(`${name} cannot be written into the guest script: ${JSON.stringify(value)}`);
  return `'${value}'`;
}

/**
 * The lines that a host runs: what the script needs to know, the document as data, the script as it is.
 *
 * @param constants what the cloud fixes, such as the place of the node list
 * @throws Error when a value or the document could break out of its quotes
 */
export function renderScript(document: GuestDocument, script: string, constants: Readonly<Record<string, string>>, delivery: Delivery): string[] {
  if (delivery.kind === "substituted" && document.text.includes("{{")) throw new Error("the document holds {{, which Systems Manager would take for a parameter");
  if (/[\r\n]/.test(document.text)) throw new Error("the document is not one line, so it could end its here-string");
  return [
    ...(delivery.kind === "param" ? paramBlock() : []),
    "$SecureWinrm = @{",
    ...Object.entries(constants).map(([name, value]) => `  ${name} = ${literal(name, value)}`),
    ...names().map((name) => `  ${name} = ${delivery.kind === "param" ? variable(name) : literal(name, delivery.parameters[name])}`),
    "}",
    "$SecureWinrmDocument = @'",
    document.text,
    "'@",
    ...compactScript(script).trimEnd().split("\n"),
  ];
}

const names = (): RunParameter[] => Object.keys(RUN_PARAMETERS) as RunParameter[];
const variable = (name: RunParameter): string => `$${RUN_COMMAND_PREFIX}${name}`;

/** PowerShell itself refuses what fits no parameter, before a line of the script runs. It must be the first statement. */
function paramBlock(): string[] {
  const lines = names().map((name) => {
    const parameter = RUN_PARAMETERS[name];
    const check = "values" in parameter ? `ValidateSet(${parameter.values.map((value) => `'${value}'`).join(", ")})` : `ValidatePattern('${parameter.pattern}')`;
    return `  [${check}] [string] ${variable(name)} = '${parameter.default}'`;
  });
  return ["param(", ...lines.map((line, i) => (i < lines.length - 1 ? `${line},` : line)), ")"];
}
