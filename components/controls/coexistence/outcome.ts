import type { GuestResource } from "../../guest/kinds";
import type { Settings } from "../../settings/settings";
import { enforced } from "../catalogue";
import type { ControlId } from "../ids";
import { KEEPER_MINUTES } from "../tables/keeper";
import { collides, type Row } from "./table";
import type { Wants } from "./item";

/** What becomes of a host where both are applied: in data, and in words. */

/** Who applies the benchmark: something on the host itself, or a domain, whose GPO has the last word. */
export type By = "host" | "domain";

/** Controls that fail after this project's run. A run sets its own values on the host, and cannot win over a GPO. */
export function failing({ item, declared, losesToGpo, neverMended }: Row, by: By): readonly ControlId[] {
  if (declared === undefined || !(neverMended || (by === "domain" && losesToGpo))) return [];
  return [...declared.controls.map(({ id }) => id), ...(by === "domain" ? (item.also ?? []) : [])];
}

/** What happens then, whatever the settings say beside. */
export function happens(row: Row): string {
  const { relation, losesToGpo, neverMended, harm, declared } = row;
  const losing = failing(row, "domain");
  const sentences: string[] = [];
  if (neverMended) sentences.push(`${failure(losing)}, whether the host or a GPO has it: no run takes a group out of a list`);
  else if (relation === "conflict" && declared !== undefined) sentences.push(`Set on the host: written back at the gate and within ${KEEPER_MINUTES} minutes of each change, so the benchmark's scan fails. Set by a domain's GPO: the GPO wins, ${failure(losing)}`);
  else if (losesToGpo) sentences.push(`Set on the host: ${asked(row)} is written, and both pass. Set by a domain's GPO: the GPO wins, ${failure(losing)}`);
  else if (relation === "same") sentences.push("Passes, whoever sets it");
  else if (relation === "looser") sentences.push("The benchmark's value passes here and stays. This project alone does not bring it");
  else if (relation === "apart") sentences.push("Stays as the benchmark has it");
  else sentences.push("This project needs it otherwise, and leaves it as it is found");
  if (harm !== undefined) sentences.push(capital(harm.happens));
  return sentences.join(". ");
}

/** What to do about it; undefined where nothing is to be done. */
export function mend(row: Row, settings: Settings): string | undefined {
  if (row.harm !== undefined) return row.harm.mend;
  if (!collides(row)) return undefined;
  return row.item.mend?.(settings) ?? (row.relation === "conflict" ? "leave the item out for these hosts" : "give the GPO this project's value");
}

const asked = ({ demand: { wants } }: Row): string => (wants.of === "right" ? "what is missing" : "the stricter value");

function failure(ids: readonly ControlId[]): string {
  const gate = enforced.some((control) => control.gate && ids.includes(control.id));
  return `${listed(ids)} fail${ids.length === 1 ? "s" : ""}${gate ? ", and the door stays shut" : " in every report"}`;
}

const listed = (words: readonly string[]): string => (words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1) ?? ""}`);

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

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
      return `${wants.op === "exactly" ? "only" : "with"} ${listed(wants.sids)}`;
    case "words":
      return wants.words;
    default: {
      const never: never = wants;
      return never;
    }
  }
}

/** The same of what this project declares, as far as the demand is about it. */
export function declaredText(resource: GuestResource | undefined, wants: Wants): string {
  if (resource === undefined) return "nothing";
  if (wants.of === "property") return `${wants.name} ${propertyText(Reflect.get(resource, wants.name))}`;
  if (resource.kind === "firewallLog") return `at least ${resource.minimumKilobytes} KB`;
  if (resource.kind === "auditPolicy") return auditText(resource);
  if (resource.kind === "userRight") return [...resource.holds.map((one) => `held by ${one}`), ...resource.lacks.map((one) => `not by ${one}`)].join(", ");
  return "op" in resource ? valueText(resource.op, "value" in resource ? resource.value : undefined) : resource.kind;
}

const propertyText = (value: unknown): string => (typeof value === "boolean" ? (value ? "yes" : "no") : String(value));

const auditText = ({ success, failure: fails }: { readonly success: boolean; readonly failure: boolean }): string => [success ? "success" : "", fails ? "failure" : ""].filter(Boolean).join(" and ");

function valueText(op: string, value: unknown): string {
  if (op === "absent") return "absent";
  if (Array.isArray(value)) return `${String(value[0])} to ${String(value[1])}`;
  return op === "ge" ? `at least ${String(value)}` : String(value);
}
