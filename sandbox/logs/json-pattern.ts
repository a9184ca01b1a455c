import { isRecord, parseJson, type Json } from "../store/json";
import { holds, OPERATORS, valueOf, type Operator } from "./condition";
import { PatternError, type Pattern } from "./pattern-error";

type Test = (event: Json) => boolean;

const TOKEN = new RegExp(`\\s*(\\(|\\)|&&|\\|\\||${OPERATORS.join("|")}|\\$(?:\\.[A-Za-z0-9_-]+)+|"[^"\\\\]*"|[A-Za-z0-9_.*]+)`, "y");

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length && text.slice(TOKEN.lastIndex).trim() !== "") {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) throw new PatternError(`is not understood from ${JSON.stringify(text.slice(at, at + 30))} on`);
    tokens.push(match[1] ?? "");
  }
  return tokens;
}

/** Text of the value at `$.a.b`; a property that is not there, or is no value, fits nothing. */
export function select(event: Json, selector: string): string | undefined {
  const value = selector.slice(2).split(".").reduce<Json | undefined>((at, key) => (isRecord(at) ? at[key] : undefined), event);
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

/** `{ $.a = "b" && ($.c = 1 || $.d != 2) }`; && binds stronger than ||. */
class Reader {
  private at = 0;

  constructor(private readonly tokens: readonly string[]) {}

  private take(): string {
    this.at += 1;
    return this.tokens[this.at - 1] ?? "";
  }

  whole(): Test {
    const test = this.either();
    if (this.at < this.tokens.length) throw new PatternError(`has ${this.tokens[this.at] ?? ""} where it should end`);
    return test;
  }

  private chain(operator: string, part: () => Test): Test[] {
    const tests = [part()];
    while (this.tokens[this.at] === operator) {
      this.at += 1;
      tests.push(part());
    }
    return tests;
  }

  private either(): Test {
    const tests = this.chain("||", () => this.both());
    return (event) => tests.some((test) => test(event));
  }

  private both(): Test {
    const tests = this.chain("&&", () => this.one());
    return (event) => tests.every((test) => test(event));
  }

  private one(): Test {
    const first = this.take();
    if (first === "(") {
      const test = this.either();
      if (this.take() !== ")") throw new PatternError("has a parenthesis that does not end");
      return test;
    }
    const sign = this.take();
    const operator = OPERATORS.find((one) => one === sign);
    if (!first.startsWith("$.") || operator === undefined) throw new PatternError(`has ${JSON.stringify(first)} where a condition such as $.name = "value" should stand`);
    return this.condition(first, operator, valueOf(this.take()));
  }

  private condition(selector: string, operator: Operator, wanted: string): Test {
    return (event) => {
      const value = select(event, selector);
      return value !== undefined && holds(value, operator, wanted);
    };
  }
}

export function parseJsonPattern(text: string): Pattern {
  if (!text.endsWith("}")) throw new PatternError("begins with { and does not end with }");
  const test = new Reader(tokensOf(text.slice(1, -1))).whole();
  return {
    kind: "json",
    fields: [],
    match: (line) => {
      const event = read(line);
      if (!isRecord(event) || !test(event)) return undefined;
      return Object.fromEntries(paths(event).map((path) => [path, select(event, path) ?? ""]));
    },
  };
}

function read(line: string): Json | undefined {
  try {
    return parseJson(line);
  } catch {
    return undefined;
  }
}

const paths = (value: Json, path = "$"): string[] => (isRecord(value) ? Object.entries(value).flatMap(([key, one]) => (one === undefined ? [] : paths(one, `${path}.${key}`))) : [path]);
