import { tokens, type Token } from "./lex";

export type Expression =
  | { readonly is: "value"; readonly value: Value }
  | { readonly is: "column"; readonly name: string }
  | { readonly is: "call"; readonly name: string; readonly args: readonly Expression[] }
  | { readonly is: "binary"; readonly sign: string; readonly left: Expression; readonly right: Expression }
  | { readonly is: "among"; readonly not: boolean; readonly left: Expression; readonly list: readonly Expression[] };

export interface Moment {
  readonly moment: number;
}
export interface Span {
  readonly span: number;
}
export type Value = string | number | boolean | Moment | Span;

export interface Named {
  readonly name: string;
  readonly value: Expression;
}

export type Operator =
  | { readonly op: "where"; readonly condition: Expression }
  | { readonly op: "extend" | "project"; readonly columns: readonly Named[] }
  | { readonly op: "join"; readonly kind: "inner" | "leftanti"; readonly other: Query; readonly on: string };

export interface Query {
  readonly source: { readonly table: string } | { readonly columns: readonly { readonly name: string; readonly type: string }[]; readonly values: readonly Expression[] };
  readonly operators: readonly Operator[];
}

const COMPARISONS = ["==", "!=", ">=", "<=", ">", "<", "endswith"];
const TYPES = ["string", "datetime"];

/** The part of KQL that alerts here are made of; anything else is an error. */
class Parser {
  private at = 0;

  constructor(private readonly all: readonly Token[]) {}

  whole(): Query {
    const query = this.query();
    if (this.at < this.all.length) throw this.strange();
    return query;
  }

  private strange(): Error {
    const token = this.all[this.at];
    return new Error(`KQL: the sandbox does not know ${token === undefined ? "the end" : JSON.stringify(token.value)} at token ${this.at + 1}`);
  }

  private peek(value: string): boolean {
    const token = this.all[this.at];
    return token?.kind !== "text" && token?.value === value;
  }

  private take(value: string): boolean {
    if (!this.peek(value)) return false;
    this.at += 1;
    return true;
  }

  private must(value: string): void {
    if (!this.take(value)) throw this.strange();
  }

  private name(): string {
    const token = this.all[this.at];
    if (token?.kind !== "name" || token.value.startsWith("!")) throw this.strange();
    this.at += 1;
    return token.value;
  }

  private list<T>(end: string, item: () => T): T[] {
    const items: T[] = [];
    if (this.take(end)) return items;
    do items.push(item());
    while (this.take(","));
    this.must(end);
    return items;
  }

  private query(): Query {
    const source = this.take("datatable") ? this.literal() : { table: this.name() };
    const operators: Operator[] = [];
    while (this.take("|")) operators.push(this.operator());
    return { source, operators };
  }

  private literal(): Query["source"] {
    this.must("(");
    const columns = this.list(")", () => {
      const name = this.name();
      this.must(":");
      const type = this.name();
      if (!TYPES.includes(type)) throw new Error(`KQL: the sandbox knows no column of type ${type}`);
      return { name, type };
    });
    this.must("[");
    return { columns, values: this.list("]", () => this.primary()) };
  }

  private operator(): Operator {
    if (this.take("where")) return { op: "where", condition: this.either() };
    if (this.take("extend")) return { op: "extend", columns: this.columns() };
    if (this.take("project")) return { op: "project", columns: this.columns() };
    if (this.take("join")) return this.join();
    throw this.strange();
  }

  private columns(): Named[] {
    const columns: Named[] = [];
    do {
      const name = this.name();
      columns.push({ name, value: this.take("=") ? this.either() : { is: "column", name } });
    } while (this.take(","));
    return columns;
  }

  private join(): Operator {
    this.must("kind");
    this.must("=");
    const kind = this.name();
    if (kind !== "inner" && kind !== "leftanti") throw new Error(`KQL: the sandbox knows no join of kind ${kind}`);
    this.must("(");
    const other = this.query();
    this.must(")");
    this.must("on");
    return { op: "join", kind, other, on: this.name() };
  }

  private either(): Expression {
    return this.chain(["or"], () => this.chain(["and"], () => this.comparison()));
  }

  private chain(signs: readonly string[], part: () => Expression): Expression {
    let left = part();
    for (;;) {
      const sign = signs.find((one) => this.take(one));
      if (sign === undefined) return left;
      left = { is: "binary", sign, left, right: part() };
    }
  }

  private comparison(): Expression {
    const left = this.sum();
    for (const [word, not] of [["in", false], ["!in", true]] as const) {
      if (!this.take(word)) continue;
      this.must("(");
      return { is: "among", not, left, list: this.list(")", () => this.sum()) };
    }
    const sign = COMPARISONS.find((one) => this.take(one));
    return sign === undefined ? left : { is: "binary", sign, left, right: this.sum() };
  }

  private sum(): Expression {
    return this.chain(["-"], () => this.primary());
  }

  private primary(): Expression {
    const token = this.all[this.at];
    if (this.take("(")) {
      const inner = this.either();
      this.must(")");
      return inner;
    }
    if (token === undefined || token.kind === "sign") throw this.strange();
    if (token.kind !== "name") {
      this.at += 1;
      return { is: "value", value: token.kind === "span" ? { span: token.value } : token.value };
    }
    const name = this.name();
    return this.take("(") ? { is: "call", name, args: this.list(")", () => this.either()) } : { is: "column", name };
  }
}

export const parseQuery = (text: string): Query => new Parser(tokens(text)).whole();
