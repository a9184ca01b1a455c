import type { Settings } from "../../settings/settings";
import type { ControlId } from "../ids";
import { STIG_RULES, type StigRule } from "../tables/stig-rules";

/** What a benchmark wants of one setting, in the terms of the resource of that key, so that the two can be compared. */
export type Wants =
  | { readonly of: "value"; readonly op: "eq" | "ge"; readonly value: number | string }
  | { readonly of: "value"; readonly op: "between"; readonly value: readonly [number, number] }
  /** One property of a resource that has several. */
  | { readonly of: "property"; readonly name: "enabled" | "inbound" | "blocked" | "allowed"; readonly value: boolean | "Block" }
  | { readonly of: "size"; readonly kilobytes: number }
  | { readonly of: "audit"; readonly success: boolean; readonly failure: boolean }
  /** Exactly these hold a right, or these do among others. */
  | { readonly of: "right"; readonly op: "exactly" | "includes"; readonly sids: readonly `S-1-${string}`[] }
  /** What no resource of this project can say. */
  | { readonly of: "words"; readonly words: string };

export type Level = "L1" | "L1 MS" | "L2" | "CAT I" | "CAT II" | "CAT III";

export type Release = "2019" | "2022" | "2025";

/** A demand of CIS by one number; of DISA by one rule, or two where one half is in each. */
export type Demand = { readonly level: Level; readonly wants: Wants } & (
  | { readonly benchmark: "CIS"; readonly ids: readonly string[] }
  /** `releases`: where the same rule wants something else on other releases of Windows. */
  | { readonly benchmark: "STIG"; readonly ids: readonly StigRule[]; readonly releases?: readonly Release[] }
);

/** What follows for a stack where the two do not meet in one value, and all the same the one spoils the other. */
export interface Harm {
  readonly happens: string;
  readonly mend: string;
  /** This project leaves the setting as it is found on purpose, and needs it otherwise. */
  readonly conflict?: true;
}

/** One setting of Windows that benchmarks speak about, by the key that findings have for it. */
export interface Item {
  readonly key: string;
  readonly demands: readonly Demand[];
  /** What is good to know wherever both are applied. */
  readonly note?: string;
  readonly harm?: (settings: Settings, demand: Demand) => Harm | undefined;
  /** What to do where they collide; left out: leave the benchmark's item out for these hosts. */
  readonly mend?: (settings: Settings, demand: Demand) => string;
  /** Controls that fall too where a domain's GPO wins, because they see the same thing from outside. */
  readonly also?: readonly ControlId[];
}

/** An approved exception is the stack's answer already: nobody is asked for it again. */
export function approvedUntil({ exceptions }: Settings, control: ControlId, what: string): string {
  const found = exceptions.find((exception) => exception.control === control && exception.what === what);
  return found === undefined ? "" : `, as it is approved here until ${found.expires}`;
}

export const eq = (value: number | string): Wants => ({ of: "value", op: "eq", value });
export const atLeast = (value: number): Wants => ({ of: "value", op: "ge", value });
export const from = (least: number, most: number): Wants => ({ of: "value", op: "between", value: [least, most] });
export const words = (text: string): Wants => ({ of: "words", words: text });

export const cis = (id: string, wants: Wants, level: "L1" | "L1 MS" | "L2" = "L1"): Demand => ({ benchmark: "CIS", ids: [id], level, wants });

export const disa = (rules: StigRule | readonly [StigRule, ...StigRule[]], wants: Wants, releases?: readonly Release[]): Demand => {
  const ids = typeof rules === "string" ? ([rules] as const) : rules;
  return { benchmark: "STIG", ids, level: `CAT ${STIG_RULES[ids[0]][0]}`, wants, ...(releases === undefined ? {} : { releases }) };
};
