import { compile } from "./evaluate";
import { parseQuery, type Named, type Operator, type Query } from "./parse";
import { TABLES, type Data, type Row } from "./tables";

interface Result {
  readonly columns: ReadonlySet<string>;
  readonly rows: readonly Row[];
}

function sourceOf({ source }: Query, { now, rows }: Data): Result {
  if ("table" in source) {
    const columns = TABLES[source.table];
    if (columns === undefined) throw new Error(`KQL: the sandbox knows no table ${source.table}; there are ${Object.keys(TABLES).join(", ")}`);
    return { columns: new Set(Object.keys(columns)), rows: rows(source.table) };
  }
  const names = source.columns.map(({ name }) => name);
  if (names.length === 0 || source.values.length % names.length !== 0) throw new Error(`KQL: a datatable of ${names.length} columns has ${source.values.length} values`);
  const values = source.values.map((value) => compile(value, new Set())({}, now));
  values.forEach((value, i) => {
    const { name = "", type = "" } = source.columns[i % names.length] ?? {};
    if ((type === "string") !== (typeof value === "string")) throw new Error(`KQL: column ${name} is of type ${type}, and ${JSON.stringify(value)} is not`);
  });
  const count = values.length / names.length;
  return { columns: new Set(names), rows: Array.from({ length: count }, (_, i) => Object.fromEntries(names.map((name, j) => [name, values[i * names.length + j] ?? ""]))) };
}

/** None may refer to another of the same list. */
function extended({ columns, rows }: Result, added: readonly Named[], now: number): Result {
  return added.reduce<Result>(
    (result, { name, value }) => {
      const run = compile(value, columns);
      return { columns: new Set([...result.columns, name]), rows: result.rows.map((row, i) => ({ ...row, [name]: run(rows[i] ?? {}, now) })) };
    },
    { columns, rows },
  );
}

function joined(left: Result, { kind, other, on }: Extract<Operator, { op: "join" }>, data: Data): Result {
  const right = result(other, data);
  for (const side of [left, right]) if (!side.columns.has(on)) throw new Error(`KQL: no column ${on} to join on; there are ${[...side.columns].join(", ")}`);
  if (kind === "leftanti") {
    const found = new Set(right.rows.map((row) => row[on]));
    return { columns: left.columns, rows: left.rows.filter((row) => !found.has(row[on])) };
  }
  const renamed = (name: string): string => (left.columns.has(name) ? `${name}1` : name);
  return {
    columns: new Set([...left.columns, ...[...right.columns].map(renamed)]),
    rows: left.rows.flatMap((row) => right.rows.filter((one) => one[on] === row[on]).map((one) => ({ ...row, ...Object.fromEntries(Object.entries(one).map(([name, value]) => [renamed(name), value])) }))),
  };
}

function applied(before: Result, operator: Operator, data: Data): Result {
  switch (operator.op) {
    case "where": {
      const run = compile(operator.condition, before.columns);
      return { columns: before.columns, rows: before.rows.filter((row) => run(row, data.now) === true) };
    }
    case "extend":
      return extended(before, operator.columns, data.now);
    case "project": {
      const names = operator.columns.map(({ name }) => name);
      const { rows } = extended(before, operator.columns, data.now);
      return { columns: new Set(names), rows: rows.map((row) => Object.fromEntries(names.map((name) => [name, row[name] ?? ""]))) };
    }
    case "join":
      return joined(before, operator, data);
    default:
      return operator satisfies never;
  }
}

function result(query: Query, data: Data): Result {
  return query.operators.reduce((before, operator) => applied(before, operator, data), sourceOf(query, data));
}

/** Rows that a query gives. @throws for what the sandbox does not know of KQL, and for columns that are not there */
export const runQuery = (text: string, data: Data): Result => result(parseQuery(text), data);
