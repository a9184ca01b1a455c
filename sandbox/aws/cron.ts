/** Cron expressions of AWS: minutes, hours, day of month, month, day of week, year. */
interface Field {
  readonly first: number;
  readonly last: number;
  readonly names: readonly string[];
}

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const FIELDS: readonly Field[] = [
  { first: 0, last: 59, names: [] },
  { first: 0, last: 23, names: [] },
  { first: 1, last: 31, names: [] },
  { first: 1, last: 12, names: MONTHS },
  { first: 1, last: 7, names: DAYS },
  { first: 1970, last: 2199, names: [] },
];

export interface Cron {
  /** Whether it fires in this minute. */
  readonly fires: (at: Date) => boolean;
}

const number = (text: string, { first, last, names }: Field): number | undefined => {
  const value = names.includes(text) ? names.indexOf(text) + 1 : /^\d+$/.test(text) ? Number(text) : undefined;
  return value !== undefined && value >= first && value <= last ? value : undefined;
};

/** Values of a field; undefined for what it cannot be. The sandbox knows * ? a b-c lists and steps, and none of L W #. */
function valuesOf(text: string, field: Field): ReadonlySet<number> | undefined {
  const values = new Set<number>();
  for (const part of text.split(",")) {
    const [range = "", step = "1", more] = part.split("/");
    const [from = "", to] = range === "*" || range === "?" ? [String(field.first), String(field.last)] : range.split("-");
    const [first, last] = [number(from, field), number(to ?? (part.includes("/") ? String(field.last) : from), field)];
    if (first === undefined || last === undefined || first > last || more !== undefined || !/^[1-9]\d*$/.test(step)) return undefined;
    for (let value = first; value <= last; value += Number(step)) values.add(value);
  }
  return values;
}

/** The reason when it is none. */
export function parseCron(expression: string): Cron | string {
  const [, inner] = /^cron\(([^()]+)\)$/.exec(expression) ?? [];
  const parts = inner?.split(" ") ?? [];
  if (parts.length !== FIELDS.length) return "is no cron expression of six fields";
  const [, , dayOfMonth, , dayOfWeek] = parts;
  if ((dayOfMonth === "?") === (dayOfWeek === "?")) return "needs ? for either the day of the month or the day of the week, and not for both";
  if (parts.some((part, i) => part === "?" && i !== 2 && i !== 4)) return "has ? in a field that is no day";
  const sets = parts.map((part, i) => valuesOf(part, FIELDS[i] ?? { first: 0, last: 0, names: [] }));
  const wrong = sets.findIndex((set) => set === undefined);
  if (wrong >= 0) return `has ${JSON.stringify(parts[wrong])} in field ${wrong + 1}`;
  return {
    fires: (at) => {
      const now = [at.getUTCMinutes(), at.getUTCHours(), at.getUTCDate(), at.getUTCMonth() + 1, at.getUTCDay() + 1, at.getUTCFullYear()];
      return now.every((value, i) => sets[i]?.has(value) === true);
    },
  };
}

/** A rule's or a window's schedule. */
export function scheduleReason(expression: string, least: RegExp = /^rate\(([1-9]\d*) (minutes?|hours?|days?)\)$/): string | undefined {
  if (least.test(expression)) return undefined;
  const cron = parseCron(expression);
  return typeof cron === "string" ? cron : undefined;
}
