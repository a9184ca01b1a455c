import { holds, OPERATORS, valueOf, type Operator } from "./condition";
import { PatternError, type Pattern } from "./pattern-error";

type Check = (value: string) => boolean;
interface Field {
  readonly name: string;
  readonly check: Check;
}

const REST = "...";

/** Splits at a separator that stands outside of double quotes. */
function split(text: string, separator: string): string[] {
  const parts = [""];
  let quoted = false;
  for (let i = 0; i < text.length; i += 1) {
    if (text[i] === '"') quoted = !quoted;
    if (!quoted && text.startsWith(separator, i)) {
      parts.push("");
      i += separator.length - 1;
    } else parts[parts.length - 1] += text[i] ?? "";
  }
  if (quoted) throw new PatternError("has a quote that does not end");
  return parts.map((part) => part.trim());
}

const CONDITION = new RegExp(`^([A-Za-z_]\\w*)\\s*(${OPERATORS.join("|")})\\s*(.+)$`, "s");

function conditionOf(text: string): Field {
  const [, name = "", operator = "", value = ""] = CONDITION.exec(text) ?? [];
  if (name === "") throw new PatternError(`has the condition ${JSON.stringify(text)}`);
  const wanted = valueOf(value);
  return { name, check: (found) => holds(found, operator as Operator, wanted) };
}

function fieldOf(text: string): Field {
  if (text === REST || /^[A-Za-z_]\w*$/.test(text)) return { name: text, check: () => true };
  const any = split(text, "||").map((either) => split(either, "&&").map(conditionOf));
  const names = new Set(any.flat().map(({ name }) => name));
  if (names.size !== 1) throw new PatternError(`has conditions on ${[...names].join(" and ")} in one field`);
  return { name: [...names][0] ?? "", check: (value) => any.some((all) => all.every(({ check }) => check(value))) };
}

/** What stands between spaces; brackets and double quotes hold together what is in them. */
export const fieldsOf = (line: string): string[] => [...line.matchAll(/\[([^\]]*)\]|"([^"]*)"|(\S+)/g)].map(([, bracketed, quoted, bare]) => bracketed ?? quoted ?? bare ?? "");

/** `[version, account, port = 5986, ...]` */
export function parseDelimited(text: string): Pattern {
  if (!text.endsWith("]")) throw new PatternError("begins with [ and does not end with ]");
  const fields = split(text.slice(1, -1), ",").map(fieldOf);
  const rest = fields.findIndex(({ name }) => name === REST);
  if (fields.filter(({ name }) => name === REST).length > 1) throw new PatternError("has ... twice");
  const named = fields.flatMap(({ name }) => (name === REST ? [] : [name]));
  if (new Set(named).size < named.length) throw new PatternError("has two fields of one name");
  return {
    kind: "delimited",
    fields: named.map((name) => `$${name}`),
    match: (line) => {
      const found = fieldsOf(line);
      const gap = found.length - named.length;
      if (rest < 0 ? gap !== 0 : gap < 0) return undefined;
      const values = rest < 0 ? found : [...found.slice(0, rest), "", ...found.slice(rest + gap)];
      if (!fields.every(({ check }, i) => check(values[i] ?? ""))) return undefined;
      return Object.fromEntries(fields.map(({ name }, i) => [`$${name}`, values[i] ?? ""]));
    },
  };
}
