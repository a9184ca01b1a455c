/** An event as Windows has it. */
export interface WindowsEvent {
  readonly log: string;
  readonly source: string;
  readonly id: number;
  /** What its XML names in EventData. */
  readonly data: Readonly<Record<string, string>>;
}

interface Filter {
  readonly log: string;
  readonly comparisons: number;
  readonly matches: (event: WindowsEvent) => boolean;
}

type Test = Filter["matches"];

const TOKEN = /\s*(>=|<=|=|\[|\]|\(|\)|@Name|'[^']*'|\d+|[A-Za-z]+)/y;
const NUMBERS: Readonly<Record<string, (value: number, wanted: number) => boolean>> = { "=": (a, b) => a === b, ">=": (a, b) => a >= b, "<=": (a, b) => a <= b };

/** The part of Windows' XPath that rules here are made of; anything else is an error. */
class Parser {
  private at = 0;
  comparisons = 0;

  constructor(private readonly tokens: readonly string[]) {}

  private take(token: string): boolean {
    if (this.tokens[this.at] !== token) return false;
    this.at += 1;
    return true;
  }

  private strange(): Error {
    return new Error(`XPath: unexpected ${this.tokens[this.at] ?? "end"} at token ${this.at + 1}`);
  }

  private must(token: string): void {
    if (!this.take(token)) throw this.strange();
  }

  private text(): string {
    const token = this.tokens[this.at] ?? "";
    if (!token.startsWith("'")) throw this.strange();
    this.at += 1;
    return token.slice(1, -1);
  }

  whole(): Test {
    this.must("[");
    const test = this.either("event");
    this.must("]");
    if (this.at < this.tokens.length) throw this.strange();
    return test;
  }

  private either(where: string): Test {
    const parts = [this.all(where)];
    while (this.take("or")) parts.push(this.all(where));
    return (event) => parts.some((part) => part(event));
  }

  private all(where: string): Test {
    const parts = [this.atom(where)];
    while (this.take("and")) parts.push(this.atom(where));
    return (event) => parts.every((part) => part(event));
  }

  private atom(where: string): Test {
    if (this.take("(")) {
      const inner = this.either(where);
      this.must(")");
      return inner;
    }
    for (const section of ["System", "EventData"]) {
      if (where !== "event" || !this.take(section)) continue;
      this.must("[");
      const inner = this.either(section);
      this.must("]");
      return inner;
    }
    this.comparisons += 1;
    if (where === "System" && this.take("EventID")) return this.number();
    if (where === "System" && this.take("Provider")) {
      const name = this.named();
      return ({ source }) => source === name;
    }
    if (where === "EventData" && this.take("Data")) {
      const name = this.named();
      this.must("=");
      const wanted = this.text();
      return ({ data }) => data[name] === wanted;
    }
    throw this.strange();
  }

  private named(): string {
    this.must("[");
    this.must("@Name");
    this.must("=");
    const name = this.text();
    this.must("]");
    return name;
  }

  private number(): Test {
    const compare = NUMBERS[this.tokens[this.at] ?? ""];
    const wanted = Number(this.tokens[this.at + 1] ?? "");
    if (compare === undefined || !Number.isInteger(wanted)) throw this.strange();
    this.at += 2;
    return ({ id }) => compare(id, wanted);
  }
}

function tokensOf(path: string): string[] {
  const found: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < path.length) {
    const start = TOKEN.lastIndex;
    const [, token] = TOKEN.exec(path) ?? [];
    if (token === undefined) throw new Error(`XPath: the sandbox does not know ${JSON.stringify(path.slice(start, start + 20))}`);
    found.push(token);
  }
  return found;
}

/** `log!*[…]`. @throws for what the sandbox does not know of XPath */
export function parseFilter(query: string): Filter {
  const [, log, path] = /^([^!]+)!\*(\[.*\])$/.exec(query) ?? [];
  if (log === undefined || path === undefined) throw new Error(`XPath: ${JSON.stringify(query)} is not of the form log!*[…]`);
  const parser = new Parser(tokensOf(path));
  const test = parser.whole();
  return { log, comparisons: parser.comparisons, matches: (event) => event.log === log && test(event) };
}
