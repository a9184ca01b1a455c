/** A refusal of EC2. */
export class Ec2Error extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
  ) {
    super(message);
  }
}

export interface Filter {
  readonly name: string;
  readonly values: readonly string[];
}

const VERSION = "2016-11-15";

/** A request of EC2's query protocol: `Action=…&Filter.1.Name=…&Filter.1.Value.1=…`. Whoever reads a parameter makes it known. */
export class Query {
  readonly action: string;
  readonly #given: ReadonlyMap<string, string>;
  readonly #known = new Set(["Action", "Version"]);

  constructor(body: string) {
    this.#given = new Map(new URLSearchParams(body));
    this.action = this.#given.get("Action") ?? "";
    if (this.#given.get("Version") !== VERSION) throw new Ec2Error("InvalidParameterValue", `the sandbox knows version ${VERSION} alone`);
  }

  text(name: string): string {
    this.#known.add(name);
    return this.#given.get(name) ?? "";
  }

  /** `GroupId.1`, `GroupId.2`, … */
  texts(name: string): readonly string[] {
    const all: string[] = [];
    while (this.#given.has(`${name}.${all.length + 1}`)) all.push(this.text(`${name}.${all.length + 1}`));
    return all;
  }

  filters(allowed: RegExp): readonly Filter[] {
    const all: Filter[] = [];
    while (this.#given.has(`Filter.${all.length + 1}.Name`)) {
      const place = `Filter.${all.length + 1}`;
      const name = this.text(`${place}.Name`);
      if (!allowed.test(name)) throw new Ec2Error("InvalidParameterValue", `The filter '${name}' is invalid`);
      const values = this.texts(`${place}.Value`);
      if (values.length > 200) throw new Ec2Error("FilterLimitExceeded", "The maximum number of filter values specified on a single call is 200.");
      all.push({ name, values });
    }
    return all;
  }

  /** The page that is asked for, and the token of the next one. */
  page<T>(all: readonly T[]): { readonly items: readonly T[]; readonly nextToken?: string } {
    const [size, token] = [this.text("MaxResults"), this.text("NextToken")];
    const most = size === "" ? 1000 : Number(size);
    if (!Number.isInteger(most) || most < 5 || most > 1000) throw new Ec2Error("InvalidParameterValue", `Value ( ${size} ) for parameter maxResults is invalid. Expecting a value between 5 and 1000.`);
    const from = token === "" ? 0 : Number(token);
    return { items: all.slice(from, from + most), ...(from + most < all.length ? { nextToken: String(from + most) } : {}) };
  }

  /** When everything has been read. */
  mustBeKnown(): void {
    const strange = [...this.#given.keys()].find((name) => !this.#known.has(name));
    if (strange !== undefined) throw new Ec2Error("UnknownParameter", `the sandbox does not know ${strange} in ${this.action}`);
  }
}

/** In a value, * stands for any text and ? for any sign; a backslash takes that away. */
function pattern(value: string): RegExp {
  const parts = [...value.matchAll(/\\(.)|([*?])|([^\\*?]+)|\\$/gs)].map(([, plain, wild, rest]) => (wild === "*" ? ".*" : wild === "?" ? "." : (plain ?? rest ?? "\\").replace(/[.*+?^${}()|[\]\\]/g, "\\$&")));
  return new RegExp(`^${parts.join("")}$`, "s");
}

export const fits = (filters: readonly Filter[], valueOf: (name: string) => string | undefined): boolean =>
  filters.every(({ name, values }) => values.some((value) => pattern(value).test(valueOf(name) ?? "")));
