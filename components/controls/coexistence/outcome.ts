import type { GuestResource, Trustee } from "../../guest/kinds";
import type { Settings } from "../../settings/settings";
import { enforced } from "../catalogue";
import type { ControlId } from "../ids";
import { KEEPER_MINUTES } from "../tables/keeper";
import { collides, type Row } from "./table";
import type { Wants } from "./item";

/** What becomes of a host where both are applied: in data, and in words. */

/** Who applies the benchmark: something on the host itself, or a domain, whose GPO has the last word. */
export type By = "host" | "domain";

/** Controls that fail after this project's run. A run sets its own values on the host, and cannot win over a GPO that holds one. */
export function failing(row: Row, by: By): readonly ControlId[] {
  if (!(row.neverMended || (by === "domain" && row.losesToGpo && isHeld(row)))) return [];
  return [...ids(row), ...(by === "domain" ? (row.item.also ?? []) : [])];
}

/** A policy's value is the GPO's for good. What a security template writes (rights, passwords, audit) is written anew by whoever comes next. */
const isHeld = ({ declared }: Row): boolean => declared?.resource.kind === "policy";

const ids = ({ declared }: Row): readonly ControlId[] => declared?.controls.map(({ id }) => id) ?? [];

/** What happens then, under the settings that the row was made for. */
export function happens(row: Row): string {
  const sentences = [outcome(row), ...(row.harm === undefined ? [] : [capital(row.harm.happens)])];
  return sentences.join(". ");
}

function outcome(row: Row): string {
  const { relation, losesToGpo, neverMended, declared, demand } = row;
  if (declared === undefined) return relation === "conflict" ? "This project leaves it as it is found" : "Stays as the benchmark has it";
  if (neverMended) return `Set by the host or by a domain's GPO, ${failure(ids(row))}: no run takes a group out of a list`;
  if (!losesToGpo) return relation === "same" ? "Passes, whoever sets it" : "The benchmark's value passes here and stays. This project alone does not bring it";
  const written = demand.wants.of === "right" ? "what is missing is added" : "the stricter value is written";
  const onHost = relation === "conflict" ? `written back at the gate and within ${KEEPER_MINUTES} minutes of each change, so the benchmark's scan fails` : `${written}, and both pass`;
  const byGpo = isHeld(row) ? `the GPO wins, ${failure(failing(row, "domain"))}` : `its value comes back at each refresh and this project's within ${KEEPER_MINUTES} minutes of it; in between ${listed(ids(row))} fail${ids(row).length === 1 ? "s" : ""} in every audit`;
  return `Set on the host: ${onHost}. Set by a domain's GPO: ${byGpo}`;
}

/** What to do about it; undefined where nothing is to be done. */
export function mend(row: Row, settings: Settings): string | undefined {
  if (row.harm !== undefined) return row.harm.mend;
  if (!collides(row)) return undefined;
  return row.item.mend?.(settings, row.demand) ?? (row.relation === "conflict" ? "leave the item out for these hosts" : "give the GPO this project's value");
}

function failure(controls: readonly ControlId[]): string {
  const gate = enforced.some(({ gate: waits, id }) => waits && controls.includes(id));
  return `${listed(controls)} fail${controls.length === 1 ? "s" : ""}${gate ? ", and the door stays shut" : " in every report"}`;
}

const listed = (words: readonly string[]): string => (words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1) ?? ""}`);

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** In English, for people. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ["S-1-5-11", "Authenticated Users"],
  ["S-1-5-113", "Local account"],
  ["S-1-5-114", "Local account and member of Administrators"],
  ["S-1-5-32-544", "Administrators"],
  ["S-1-5-32-546", "Guests"],
]);

/** A benchmark's demand in a few words. */
export function wantedText(wants: Wants): string {
  switch (wants.of) {
    case "value":
      return valueText(wants.op, wants.value);
    case "property":
      return `${wants.name} ${typeof wants.value === "boolean" ? (wants.value ? "yes" : "no") : wants.value}`;
    case "size":
      return `at least ${wants.kilobytes} KB`;
    case "audit":
      return auditText(wants);
    case "right":
      return `${wants.op === "exactly" ? "only" : "with"} ${listed(wants.sids.map((sid) => NAMES.get(sid) ?? sid))}`;
    case "words":
      return wants.words;
    default: {
      const never: never = wants;
      return never;
    }
  }
}

/** The same of what this project declares, as far as the demand is about it. */
export function declaredText(resource: GuestResource, wants: Wants): string {
  if (wants.of === "property") return `${wants.name} ${propertyText(Reflect.get(resource, wants.name))}`;
  if (resource.kind === "firewallLog") return `at least ${resource.minimumKilobytes} KB`;
  if (resource.kind === "auditPolicy") return auditText(resource);
  if (resource.kind === "userRight") return [...resource.holds.map((one) => `held by ${whom(one)}`), ...resource.lacks.map((one) => `not held by ${whom(one)}`)].join(", ");
  return "op" in resource ? valueText(resource.op, "value" in resource ? resource.value : undefined) : resource.kind;
}

/** As the stack file calls the two. */
const whom = (trustee: Trustee): string => (trustee === "account.connection" ? "account.name" : trustee === "account.become" ? "account.becomeUser" : trustee);

const propertyText = (value: unknown): string => (typeof value === "boolean" ? (value ? "yes" : "no") : String(value));

const auditText = ({ success, failure: fails }: { readonly success: boolean; readonly failure: boolean }): string => [success ? "success" : "", fails ? "failure" : ""].filter(Boolean).join(" and ");

function valueText(op: string, value: unknown): string {
  if (op === "absent") return "no value";
  if (Array.isArray(value)) return `${String(value[0])} to ${String(value[1])}`;
  return op === "ge" ? `at least ${String(value)}` : String(value);
}
