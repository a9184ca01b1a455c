/** One thing wrong in a stack file: where, what, and how to mend it. */
export interface Problem {
  /** Path in the stack file, `aws.hosts.web-1.addresses[0]`. */
  readonly key: string;
  /** What is wrong, as a phrase that follows the key. */
  readonly what: string;
  /** The value as found; left out where nothing was found or where it must not be shown. */
  readonly found?: string;
  /** What to write instead. */
  readonly mend: string;
}

/** `<key>: <what> (got <found>); <mend>` */
export function problemText(problem: Problem): string {
  const got = problem.found === undefined ? "" : ` (got ${problem.found})`;
  return `${problem.key}: ${problem.what}${got}; ${problem.mend}`;
}

/** All problems of a stack as one message, in the order of their keys so that it is the same on every run. */
export function problemsText(problems: readonly Problem[]): string {
  const lines = problems.map(problemText);
  const sorted = [...new Set(lines)].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  const count = sorted.length === 1 ? "1 problem" : `${sorted.length} problems`;
  return `${count} in the stack's settings; nothing was changed:\n${sorted.map((line) => `  ${line}`).join("\n")}`;
}

const HIDDEN = /passw|secret|token|private|credential|apikey|accesskey/i;
/** Keys that name a secret without holding one. */
const NAMES_OF_SECRETS: ReadonlySet<string> = new Set(["secret", "becomeSecret", "certificateSecret"]);
const SHOWN_LENGTH = 60;

/** A value as text for a message. Whatever may be a secret is described, not shown. */
export function shown(value: unknown, key = ""): string | undefined {
  if (value === undefined) return undefined;
  const last = key.split(".").at(-1) ?? "";
  const hidden = HIDDEN.test(last) && !NAMES_OF_SECRETS.has(last);
  if (typeof value === "string") {
    if (hidden || /-----BEGIN|^[A-Za-z0-9+/=]{80,}$/.test(value)) return `a text of ${value.length} characters`;
    return value.length > SHOWN_LENGTH ? `${JSON.stringify(value.slice(0, SHOWN_LENGTH))}…` : JSON.stringify(value);
  }
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : `a list of ${value.length}`;
  if (value === null) return "nothing";
  if (typeof value === "object") return "a map";
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint") return hidden ? `a ${typeof value}` : String(value);
  return `a ${typeof value}`;
}
