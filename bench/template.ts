import type { Planned } from "../components/graph/planned";
import type { BenchFleet, BenchHost } from "./fleet";

/** What a loop over hosts varies. The DNS name holds the name, so it is looked for first. */
const FIELDS = ["dnsName", "name", "address", "gate"] as const;
/** Before and after a field's name that stands in the place of its value. */
const MARK = "\u0001";

export type HostRow = BenchHost & { readonly gate: string };

/** A fleet as somebody writes it who writes no component: shared resources, a list of hosts, and a loop. */
export interface Template {
  readonly shared: readonly Planned[];
  /** One host's resources, with marks where hosts differ. */
  readonly host: readonly Planned[];
  readonly rows: readonly HostRow[];
}

/** @throws Error when hosts differ in something that is no field: the loop would make other resources than the plan has. */
export function templateOf({ plan, hosts }: BenchFleet): Template {
  const rows = hosts.map((host) => ({ ...host, gate: gateOf(plan, host.name) }));
  const texts = rows.map((row) => marked(plan, row));
  const [first] = texts;
  if (first === undefined) throw new Error("a fleet without hosts has no template");
  const odd = rows.find((_, i) => texts[i] !== first);
  if (odd) throw new Error(`${odd.name} differs from ${String(rows[0]?.name)} in more than ${FIELDS.join(", ")}`);
  // What was written as planned resources just above.
  return { shared: plan.filter(({ host }) => host === undefined), host: JSON.parse(first) as Planned[], rows };
}

function marked(plan: readonly Planned[], row: HostRow): string {
  const own = JSON.stringify(plan.filter(({ host }) => host === row.name));
  const inJson = JSON.stringify(MARK).slice(1, -1);
  return FIELDS.reduce((text, field) => text.replaceAll(row[field], `${inJson}${field}${inJson}`), own);
}

/** The hash that a host's gate must prove, as its seal has it. */
function gateOf(plan: readonly Planned[], host: string): string {
  const seal: unknown = plan.find((planned) => planned.host === host && planned.type === "random:index/randomId:RandomId")?.inputs;
  const gate: unknown = Reflect.get(Object(Reflect.get(Object(seal), "keepers")), "gate");
  if (typeof gate !== "string") throw new Error(`${host} has no seal`);
  return gate;
}

/** A text with marks as the parts of a template literal: plain texts and names of fields, in turns. */
export const partsOf = (text: string): readonly string[] => text.split(MARK);
