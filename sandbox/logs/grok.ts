/** A grok pattern that CloudWatch Logs, or the sandbox, does not know. */
export class GrokError extends Error {}

/** Of the patterns that CloudWatch Logs' user guide lists for its grok processor, those that are used here. */
const PATTERNS: Readonly<Record<string, string>> = { DATA: ".*?", GREEDYDATA: ".*", NOTSPACE: "\\S+", INT: "[+-]?\\d+", WORD: "\\b\\w+\\b" };
/** So many of one, and so many of these together, one expression may have. Source: the user guide's table, and the note above it. */
const MOST: Readonly<Record<string, number>> = { DATA: 5, GREEDYDATA: 5, NOTSPACE: 5, INT: 20, WORD: 20 };
const [WIDE, MOST_WIDE] = [["DATA", "GREEDYDATA"], 5];
const PART = /%\{(\w+)(?::(\w+))?\}|\\([[\]().|\\])|([^%\\[\]().|*+?^$])/gy;

interface Grok {
  readonly expression: RegExp;
  readonly fields: readonly string[];
}

function parse(match: string): Grok {
  const fields: string[] = [];
  const used: string[] = [];
  let source = "";
  PART.lastIndex = 0;
  while (PART.lastIndex < match.length) {
    const at = PART.lastIndex;
    const [, name, field, escaped, plain] = PART.exec(match) ?? [];
    const known = name === undefined ? undefined : PATTERNS[name];
    if (name === undefined) {
      if (escaped === undefined && plain === undefined) throw new GrokError(`is not understood from ${JSON.stringify(match.slice(at, at + 20))} on`);
      source += escaped === undefined ? (plain ?? "") : `\\${escaped}`;
    } else if (known === undefined) throw new GrokError(`there is no pattern ${name}; there are ${Object.keys(PATTERNS).join(", ")}`);
    else {
      used.push(name);
      if (field !== undefined) fields.push(field);
      source += field === undefined ? `(?:${known})` : `(${known})`;
    }
  }
  const often = used.find((name) => used.filter((other) => other === name).length > (MOST[name] ?? 0));
  if (often !== undefined) throw new GrokError(`has ${often} more than ${MOST[often] ?? 0} times`);
  if (used.filter((name) => WIDE.includes(name)).length > MOST_WIDE) throw new GrokError(`has ${WIDE.join(" and ")} more than ${MOST_WIDE} times together`);
  if (new Set(fields).size < fields.length) throw new GrokError("names a field twice");
  return { expression: new RegExp(`^${source}$`), fields };
}

/** @throws GrokError */
export const grokFields = (match: string): readonly string[] => parse(match).fields;

/** A line taken apart; undefined for one that does not fit, which stays as it is. */
export function grok(match: string, line: string): Readonly<Record<string, string>> | undefined {
  const { expression, fields } = parse(match);
  const found = expression.exec(line);
  return found === null ? undefined : Object.fromEntries(fields.map((field, i) => [field, found[i + 1] ?? ""]));
}
