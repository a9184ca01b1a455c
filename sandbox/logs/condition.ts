import { PatternError } from "./pattern-error";

export const OPERATORS = ["!=", ">=", "<=", "=", ">", "<"] as const;
export type Operator = (typeof OPERATORS)[number];

/** Right-hand side of a condition: quoted, a number, or a word with * at its ends. */
export function valueOf(text: string): string {
  const [, quoted] = /^"([^"\\]*)"$/.exec(text) ?? [];
  if (quoted !== undefined) return quoted;
  if (!/^\*?[A-Za-z0-9_.]+\*?$|^\*$/.test(text)) throw new PatternError(`has the value ${text}, which must stand in double quotes`);
  return text;
}

/** `4*` begins, `*.html` ends, `*a*` contains. */
function like(wanted: string, value: string): boolean {
  const [from, to] = [wanted.startsWith("*"), wanted.length > 1 && wanted.endsWith("*")];
  const bare = wanted.slice(from ? 1 : 0, to ? -1 : undefined);
  if (from && to) return value.includes(bare);
  if (from) return value.endsWith(bare);
  return to ? value.startsWith(bare) : value === bare;
}

const isNumber = (text: string): boolean => /^[-+]?\d+(\.\d+)?$/.test(text);

export function holds(value: string, operator: Operator, wanted: string): boolean {
  const numbers = isNumber(value) && isNumber(wanted);
  switch (operator) {
    case "=":
      return numbers ? Number(value) === Number(wanted) : like(wanted, value);
    case "!=":
      return !holds(value, "=", wanted);
    case ">":
      return numbers && Number(value) > Number(wanted);
    case "<":
      return numbers && Number(value) < Number(wanted);
    case ">=":
      return numbers && Number(value) >= Number(wanted);
    case "<=":
      return numbers && Number(value) <= Number(wanted);
    default: {
      const never: never = operator;
      return never;
    }
  }
}
