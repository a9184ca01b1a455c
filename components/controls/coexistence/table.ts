import type { GuestResource } from "../../guest/kinds";
import { resourceKey } from "../../guest/resource-key";
import type { Settings } from "../../settings/settings";
import { enforced } from "../catalogue";
import type { Control, GuestProfile, Reference } from "../control";
import { cis, stig } from "../tables/references";
import { accepted, barredByGroup, compared, type Compared } from "./compare";
import { FIREWALL_ITEMS } from "./firewall";
import type { Demand, Harm, Item } from "./item";
import { LOGGING_ITEMS } from "./logging";
import { PASSWORD_ITEMS } from "./passwords";
import { RIGHT_ITEMS } from "./rights";
import { WINRM_ITEMS } from "./winrm";

/**
 * What CIS and DISA ask of the settings that this project touches or depends on, beside what the controls declare under a
 * stack's settings. This project's half is looked up by key and written nowhere a second time.
 */

export const SECTIONS: readonly { readonly title: string; readonly items: readonly Item[] }[] = [
  { title: "WinRM, PowerShell, UAC", items: WINRM_ITEMS },
  { title: "Logon rights, NTLM, Kerberos", items: RIGHT_ITEMS },
  { title: "Passwords, lockout, LAPS", items: PASSWORD_ITEMS },
  { title: "Audit and event logs", items: LOGGING_ITEMS },
  { title: "Windows firewall", items: FIREWALL_ITEMS },
];

export const ITEMS: readonly Item[] = SECTIONS.flatMap(({ items }) => items);

/** `apart`: this project declares nothing of that setting, and does well with the benchmark's value. */
export type Relation = Compared | "apart";

export interface Row {
  readonly item: Item;
  readonly demand: Demand;
  /** What this project declares, and which of its controls do. */
  readonly declared?: { readonly resource: GuestResource; readonly controls: readonly Control[] };
  readonly relation: Relation;
  /** A domain's GPO with the benchmark's own value makes the declaring controls fail: it wins over what a host sets itself. */
  readonly losesToGpo: boolean;
  /** Set by whatever: no run can mend it, because it reaches an account through a group that is not for this project to change. */
  readonly neverMended: boolean;
  readonly harm?: Harm;
}

const profileOf = (settings: Settings): GuestProfile => ({ ...settings, certificateFrom: settings.aws === undefined ? "store" : "secret", wildcard: false });

/** Every demand under these settings, in the order of the table. */
export function coexistence(settings: Settings): readonly Row[] {
  const profile = profileOf(settings);
  const declared = new Map<string, { resource: GuestResource; controls: Control[] }>();
  for (const control of enforced) {
    for (const resource of control.guest(profile)) {
      const entry = declared.get(resourceKey(resource));
      if (entry) entry.controls.push(control);
      else declared.set(resourceKey(resource), { resource, controls: [control] });
    }
  }
  return ITEMS.flatMap((item) => item.demands.map((demand) => row(item, demand, declared.get(item.key), settings)));
}

function row(item: Item, demand: Demand, declared: Row["declared"], settings: Settings): Row {
  const harm = item.harm?.(settings, demand);
  const common = { item, demand, ...(harm === undefined ? {} : { harm }) };
  if (declared === undefined) return { ...common, relation: harm?.conflict === true ? "conflict" : "apart", losesToGpo: false, neverMended: false };
  const { resource } = declared;
  return { ...common, declared, relation: compared(resource, demand.wants, settings), losesToGpo: !accepted(resource, demand.wants, settings), neverMended: barredByGroup(resource, demand.wants, settings) };
}

/** Do the two get in each other's way on a host that has both, whoever wins? */
export const collides = ({ relation, losesToGpo, harm }: Row): boolean => relation === "conflict" || losesToGpo || harm !== undefined;

/** The published ids of a demand, one for each release that has it. */
export function referencesOf(demand: Demand): readonly Reference[] {
  if (demand.benchmark === "CIS") return cis(...demand.ids);
  const { releases } = demand;
  return stig(...demand.ids).filter(({ benchmark }) => releases === undefined || releases.some((release) => benchmark.endsWith(release)));
}
