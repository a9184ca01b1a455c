import type { Hardening } from "../../settings/hardening";
import type { Settings } from "../../settings/settings";
import { AUDIT_NAMES } from "../tables/audit-subcategories";
import type { Demand } from "./item";
import { declaredText, happens, mend, wantedText } from "./outcome";
import { coexistence, collides, type Row } from "./table";

/** Level 2 of CIS has level 1 with it. */
export function isPartOf({ benchmark, level }: Demand, hardening: Hardening): boolean {
  switch (hardening) {
    case "none":
      return false;
    case "cis-l1":
      return benchmark === "CIS" && level.startsWith("L1");
    case "cis-l2":
      return benchmark === "CIS";
    case "stig":
      return benchmark === "STIG";
    default: {
      const never: never = hardening;
      return never;
    }
  }
}

/**
 * One line for each setting of the stack's baseline that collides with this project under these settings. Approved
 * exceptions change what is to be done, and not what happens.
 */
export function coexistenceWarnings(settings: Settings): string[] {
  if (settings.hardening === "none") return [];
  return coexistence(settings)
    .filter((row) => isPartOf(row.demand, settings.hardening) && collides(row))
    .map((row) => text(row, settings));
}

function text(row: Row, settings: Settings): string {
  const { item, demand, declared } = row;
  const ours = declared === undefined ? "sets nothing" : `wants ${declaredText(declared.resource, demand.wants)}`;
  const clash = `hardening: ${settings.hardening} wants ${settingName(item.key)} ${wantedText(demand.wants)} (${idsText(demand)}), and this project ${ours}`;
  return [clash, happens(row), mend(row, settings)].join("; ");
}

/** `CIS 18.10.90.1, L2`. */
export const idsText = ({ benchmark, ids, level }: Demand): string => `${benchmark} ${ids.join(" and ")}, ${level}`;

/** What a person calls it: the value's name without its path, the subcategory's without its GUID. */
export function settingName(key: string): string {
  const name = key.slice(key.indexOf(" ") + 1);
  return AUDIT_NAMES.get(name) ?? name.split("\\").at(-1) ?? name;
}
