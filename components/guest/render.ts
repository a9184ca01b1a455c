import { compactScript } from "./compact";
import type { GuestDocument } from "./document";

/** The one place where a value becomes PowerShell. Values are checked against a narrow alphabet, never quoted into shape. */

/** Parameters that change from run to run; the control channel fills them in. */
export const RUN_PARAMETERS = {
  Mode: { values: ["Apply", "Audit"], default: "Audit" },
  Run: { values: ["Gate", "Maintenance"], default: "Maintenance" },
  Nonce: { pattern: "^[0-9a-f]{0,64}$", default: "" },
  Gate: { pattern: "^[0-9a-f]{0,64}$", default: "" },
  Host: { pattern: "^[A-Za-z0-9+/=]{0,4096}$", default: "" },
  NodesHash: { pattern: "^[0-9a-f]{0,64}$", default: "" },
} as const;

export type RunParameter = keyof typeof RUN_PARAMETERS;

const SAFE = /^[A-Za-z0-9 ._:/{}+=-]*$/;

function literal(name: string, value: string): string {
  if (!SAFE.test(value)) throw new Error(`${name} cannot be written into the guest script: ${JSON.stringify(value)}`);
  return `'${value}'`;
}

/**
 * The lines that a host runs: what the script needs to know, the document as data, the script as it is.
 *
 * @param constants what the cloud fixes, such as the bucket of the node list
 * @param parameters how each run parameter is written in this cloud, `{{ Mode }}` for Systems Manager
 * @throws Error when a value or the document could break out of its quotes
 */
export function renderScript(
  document: GuestDocument,
  script: string,
  constants: Readonly<Record<string, string>>,
  parameters: Readonly<Record<RunParameter, string>>,
): string[] {
  if (document.text.includes("{{")) throw new Error("the document holds {{, which Systems Manager would take for a parameter");
  if (/[\r\n]/.test(document.text)) throw new Error("the document is not one line, so it could end its here-string");
  const settings = Object.entries({ ...constants, ...parameters });
  return [
    "$SecureWinrm = @{",
    ...settings.map(([name, value]) => `  ${name} = ${literal(name, value)}`),
    "}",
    "$SecureWinrmDocument = @'",
    document.text,
    "'@",
    ...compactScript(script).trimEnd().split("\n"),
  ];
}
