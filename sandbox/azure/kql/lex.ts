export type Token =
  | { readonly kind: "name" | "sign" | "text"; readonly value: string }
  | { readonly kind: "number" | "span"; readonly value: number };

/** Unit of a timespan, in ms. */
const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const SIGNS = ["==", "!=", ">=", "<=", ">", "<", "=", "|", "(", ")", "[", "]", ",", ":", "+", "-"];
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "\\": "\\", '"': '"', "'": "'" };

function text(source: string): { readonly value: string; readonly length: number } {
  let value = "";
  for (let i = 1; i < source.length; i += 1) {
    const character = source[i] ?? "";
    if (character === '"') return { value, length: i + 1 };
    if (character === "\n") break;
    if (character !== "\\") {
      value += character;
      continue;
    }
    i += 1;
    const escaped = ESCAPES[source[i] ?? ""];
    if (escaped === undefined) throw new Error(`KQL: unknown escape \\${source[i] ?? ""} in a text`);
    value += escaped;
  }
  throw new Error(`KQL: a text that does not end: ${source.slice(0, 30)}`);
}

function next(rest: string): { readonly token: Token; readonly length: number } {
  if (rest.startsWith('"')) {
    const { value, length } = text(rest);
    return { token: { kind: "text", value }, length };
  }
  const [number, digits = "", unit] = /^(\d+)([smhd])?(?![\w.])/.exec(rest) ?? [];
  if (number !== undefined) {
    const scale = UNITS[unit ?? ""];
    return { token: scale === undefined ? { kind: "number", value: Number(digits) } : { kind: "span", value: Number(digits) * scale }, length: number.length };
  }
  const [name] = /^!?[A-Za-z_]\w*/.exec(rest) ?? [];
  if (name !== undefined) return { token: { kind: "name", value: name }, length: name.length };
  const sign = SIGNS.find((one) => rest.startsWith(one));
  if (sign === undefined) throw new Error(`KQL: the sandbox knows no ${JSON.stringify(rest.slice(0, 10))}`);
  return { token: { kind: "sign", value: sign }, length: sign.length };
}

/** The tokens of a query; what a `datetime(…)` holds becomes a text. */
export function tokens(query: string): Token[] {
  const found: Token[] = [];
  let i = 0;
  while (i < query.length) {
    const rest = query.slice(i);
    const [blank = ""] = /^\s*/.exec(rest) ?? [];
    if (blank !== "") {
      i += blank.length;
      continue;
    }
    const [date, day = ""] = /^datetime\((\d{4}-\d{2}-\d{2})\)/.exec(rest) ?? [];
    if (date !== undefined) {
      found.push({ kind: "name", value: "datetime" }, { kind: "sign", value: "(" }, { kind: "text", value: day }, { kind: "sign", value: ")" });
      i += date.length;
      continue;
    }
    const { token, length } = next(rest);
    found.push(token);
    i += length;
  }
  return found;
}
