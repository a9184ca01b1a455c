/** What the model of Windows needs out of a rendered script: the settings of its prelude and the guest document. */
export interface GuestScript {
  readonly settings: Readonly<Record<string, string>>;
  readonly document: string;
}

/** A script that does not start, in PowerShell's manner. */
export class ParameterError extends Error {}

const LITERAL = /^\s*(\w+)\s*=\s*'((?:[^']|'')*)'\s*$/;
const VARIABLE = /^\s*(\w+)\s*=\s*\$(\w+)\s*$/;
const ENVIRONMENT = /^\s*(\w+)\s*=\s*\$env:(\w+)\s*$/;
const DOCUMENT = /^\$SecureWinrmDocument = @'\n([\s\S]*?)\n'@/m;
const PARAMETERS = /^param\(\n([\s\S]*?)\n\)$/m;

/** The lines of `$Name = @{ ... }`. */
const blockOf = (text: string, name: string): string | undefined => new RegExp(`^\\$${name} = @\\{\\n([\\s\\S]*?)^\\}\\s*$`, "m").exec(text)?.[1];

/** The quoted values of `$Name = @{ ... }`, and those that are taken from the environment; undefined when the script has no such table. */
export function literalsOf(script: string, name: string, environment: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> | undefined {
  const block = blockOf(script.replaceAll("\r\n", "\n"), name);
  if (block === undefined) return undefined;
  const lines = block.split("\n");
  const literals = lines.flatMap((line) => entry(LITERAL.exec(line), unquoted));
  return Object.fromEntries([...literals, ...lines.flatMap((line) => entry(ENVIRONMENT.exec(line), (variable) => environment[variable] ?? ""))]);
}

const entry = (found: RegExpExecArray | null, valueOf: (text: string) => string): [string, string][] => {
  const [, key, value] = found ?? [];
  return key === undefined || value === undefined ? [] : [[key, valueOf(value)]];
};

const unquoted = (text: string): string => text.replaceAll("''", "'");

/**
 * Reads the script as PowerShell would: its parameters with what they take, single-quoted values, a here-string.
 * Undefined for a script that is not ours.
 *
 * @param given arguments by name: `script.ps1 -Name value`
 * @throws ParameterError when an argument fits no parameter, or its parameter does not take it
 */
export function readGuestScript(script: string, given: Readonly<Record<string, string>> = {}): GuestScript | undefined {
  const text = script.replaceAll("\r\n", "\n");
  const block = blockOf(text, "SecureWinrm");
  const [, document] = DOCUMENT.exec(text) ?? [];
  if (block === undefined || document === undefined) return undefined;
  const values = bind(declared(PARAMETERS.exec(text)?.[1] ?? ""), given);
  const settings: Record<string, string> = {};
  for (const line of block.split("\n")) {
    const [, name, literal] = LITERAL.exec(line) ?? [];
    if (name !== undefined && literal !== undefined) settings[name] = unquoted(literal);
    const [, taker, variable] = VARIABLE.exec(line) ?? [];
    if (taker !== undefined && variable !== undefined) settings[taker] = values.get(variable.toLowerCase()) ?? "";
  }
  return { settings, document };
}

interface Parameter {
  readonly name: string;
  readonly fallback: string;
  takes(value: string): boolean;
}

const PARAMETER = /^\s*(.*?)\s*\[string\]\s*\$(\w+)\s*=\s*'((?:[^']|'')*)'\s*,?\s*$/i;
const VALIDATE = /^\[Validate(Set|Pattern)\((.*)\)\]$/i;

/** One parameter a line, as the script is rendered. */
function declared(block: string): Parameter[] {
  return block.split("\n").filter((line) => line.trim() !== "").map((line): Parameter => {
    const [, attribute = "", name, fallback = ""] = PARAMETER.exec(line) ?? [];
    const [, kind, text = ""] = VALIDATE.exec(attribute) ?? [];
    if (name === undefined || kind === undefined) throw new ParameterError(`the sandbox cannot read the parameter ${line.trim()}`);
    const texts = [...text.matchAll(/'((?:[^']|'')*)'/g)].map(([, one = ""]) => unquoted(one));
    // PowerShell heeds no case, neither in a set nor in a pattern.
    const takes = kind.toLowerCase() === "set"
      ? (value: string) => texts.some((one) => one.toLowerCase() === value.toLowerCase())
      : (value: string) => new RegExp(texts[0] ?? "", "i").test(value);
    return { name, fallback: unquoted(fallback), takes };
  });
}

/** Values by the parameters' names in lower case. */
function bind(parameters: readonly Parameter[], given: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const values = new Map(parameters.map(({ name, fallback }) => [name.toLowerCase(), fallback]));
  for (const [name, value] of Object.entries(given)) {
    const parameter = parameters.find((one) => one.name.toLowerCase() === name.toLowerCase());
    if (parameter === undefined) throw new ParameterError(`A parameter cannot be found that matches parameter name '${name}'.`);
    if (!parameter.takes(value)) throw new ParameterError(`Cannot validate argument on parameter '${parameter.name}'. The argument "${value}" does not fit.`);
    values.set(parameter.name.toLowerCase(), value);
  }
  return values;
}
