import type { Operator } from "../../components/guest/kinds";
import type { RegistryValue } from "./state";

/** How a found value is judged against the declared one. */

type Declared = number | string | readonly number[] | undefined;

const ends = (value: Declared): readonly [number, number] => (typeof value === "object" ? [value[0] ?? Number.NaN, value[1] ?? Number.NaN] : [Number.NaN, Number.NaN]);

export function wanted(op: Operator, value: Declared): string {
  switch (op) {
    case "eq":
      return String(value);
    case "ge":
      return `at least ${String(value)}`;
    case "le":
      return `at most ${String(value)}`;
    case "between":
      return ends(value).join(" to ");
    case "oneOf":
      return `one of ${String(value)}`;
    case "absent":
      return "absent";
    default: {
      const never: never = op;
      return never;
    }
  }
}

export function complies(op: Operator, value: Declared, found: number | string | undefined): boolean {
  if (found === undefined) return op === "absent";
  switch (op) {
    case "eq":
      return found === value;
    case "ge":
      return Number(found) >= Number(value);
    case "le":
      return Number(found) <= Number(value);
    case "between": {
      const [least, most] = ends(value);
      return least <= Number(found) && Number(found) <= most;
    }
    case "oneOf":
      return typeof value === "object" && value.some((allowed) => allowed === found);
    case "absent":
      return false;
    default: {
      const never: never = op;
      return never;
    }
  }
}

interface DeclaredValue {
  readonly type: RegistryValue["type"];
  readonly op: Operator;
  readonly value?: Declared;
}

/** A value of another type is another value. */
export const valueComplies = ({ type, op, value }: DeclaredValue, found: RegistryValue | undefined): boolean =>
  found === undefined ? op === "absent" : op !== "absent" && found.type === type && complies(op, value, found.value);

export const valueText = (type: RegistryValue["type"], found: RegistryValue | undefined): string =>
  found === undefined ? "absent" : found.type === type ? String(found.value) : `${found.type} ${found.value}`;

/** What is written where it does not comply; undefined for a value that must go. */
export function toWrite({ type, op, value }: DeclaredValue): RegistryValue | undefined {
  const first = typeof value === "object" ? value[0] : value;
  return op === "absent" || (typeof first !== "string" && typeof first !== "number") ? undefined : { type, value: first };
}
