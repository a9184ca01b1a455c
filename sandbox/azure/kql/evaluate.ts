import type { Expression, Moment, Span, Value } from "./parse";
import type { Row } from "./tables";

const isMoment = (value: Value): value is Moment => typeof value === "object" && "moment" in value;
const isSpan = (value: Value): value is Span => typeof value === "object" && "span" in value;

const asText = (value: Value, who: string): string => {
  if (typeof value === "string") return value;
  throw new Error(`KQL: ${who} takes a text, not ${JSON.stringify(value)}`);
};
const asTruth = (value: Value, who: string): boolean => {
  if (typeof value === "boolean") return value;
  throw new Error(`KQL: ${who} takes a truth, not ${JSON.stringify(value)}`);
};

/** Numbers with numbers, times with times: Kusto compares nothing else by size. */
function sizes(left: Value, right: Value, sign: string): readonly [number, number] {
  if (typeof left === "number" && typeof right === "number") return [left, right];
  if (isMoment(left) && isMoment(right)) return [left.moment, right.moment];
  throw new Error(`KQL: ${sign} cannot compare ${JSON.stringify(left)} with ${JSON.stringify(right)}`);
}

function same(left: Value, right: Value): boolean {
  if (typeof left !== typeof right) throw new Error(`KQL: ${JSON.stringify(left)} and ${JSON.stringify(right)} are of different types`);
  return isMoment(left) && isMoment(right) ? left.moment === right.moment : left === right;
}

function compared(sign: string, left: Value, right: Value): Value {
  switch (sign) {
    case "==":
      return same(left, right);
    case "!=":
      return !same(left, right);
    case "endswith":
      // Without regard to case, as Kusto's word without _cs.
      return asText(left, sign).toLowerCase().endsWith(asText(right, sign).toLowerCase());
    case "-":
      if (isMoment(left) && isSpan(right)) return { moment: left.moment - right.span };
      throw new Error("KQL: the sandbox takes a timespan from a time only");
    default: {
      const [a, b] = sizes(left, right, sign);
      return sign === ">=" ? a >= b : sign === "<=" ? a <= b : sign === ">" ? a > b : a < b;
    }
  }
}

type Builtin = { readonly takes: number; readonly run: (args: readonly Value[], now: number) => Value };
const arg = (args: readonly Value[], i: number): Value => args[i] ?? "";

const BUILTINS: Readonly<Record<string, Builtin>> = {
  now: { takes: 0, run: (_args, now) => ({ moment: now }) },
  datetime: { takes: 1, run: (args) => ({ moment: Date.parse(`${asText(arg(args, 0), "datetime")}T00:00:00Z`) }) },
  not: { takes: 1, run: (args) => !asTruth(arg(args, 0), "not") },
  tolower: { takes: 1, run: (args) => asText(arg(args, 0), "tolower").toLowerCase() },
  isempty: { takes: 1, run: (args) => asText(arg(args, 0), "isempty") === "" },
  iff: { takes: 3, run: (args) => (asTruth(arg(args, 0), "iff") ? arg(args, 1) : arg(args, 2)) },
  extract: {
    takes: 3,
    run: (args) => new RegExp(asText(arg(args, 0), "extract")).exec(asText(arg(args, 2), "extract"))?.[Number(arg(args, 1))] ?? "",
  },
};

export type Compiled = (row: Row, now: number) => Value;

/** @throws for a column or a function that is not there, whatever the rows are. */
export function compile(expression: Expression, columns: ReadonlySet<string>): Compiled {
  switch (expression.is) {
    case "value":
      return () => expression.value;
    case "column":
      if (!columns.has(expression.name)) throw new Error(`KQL: no column ${expression.name}; there are ${[...columns].join(", ")}`);
      return (row) => row[expression.name] ?? "";
    case "call":
      return call(expression.name, expression.args, columns);
    case "among": {
      const [left, list] = [compile(expression.left, columns), expression.list.map((one) => compile(one, columns))];
      return (row, now) => list.some((one) => same(left(row, now), one(row, now))) !== expression.not;
    }
    case "binary": {
      const [left, right] = [compile(expression.left, columns), compile(expression.right, columns)];
      const { sign } = expression;
      if (sign === "and") return (row, now) => asTruth(left(row, now), sign) && asTruth(right(row, now), sign);
      if (sign === "or") return (row, now) => asTruth(left(row, now), sign) || asTruth(right(row, now), sign);
      return (row, now) => compared(sign, left(row, now), right(row, now));
    }
    default:
      return expression satisfies never;
  }
}

function call(name: string, given: readonly Expression[], columns: ReadonlySet<string>): Compiled {
  const builtin = BUILTINS[name];
  if (builtin === undefined) throw new Error(`KQL: the sandbox knows no function ${name}; there are ${Object.keys(BUILTINS).join(", ")}`);
  if (given.length !== builtin.takes) throw new Error(`KQL: ${name} takes ${builtin.takes} values, not ${given.length}`);
  const args = given.map((one) => compile(one, columns));
  return (row, now) => builtin.run(args.map((one) => one(row, now)), now);
}
