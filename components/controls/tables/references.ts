import type { Reference } from "../control";

/** Ids as data, each list with the release that they were read from: benchmarks renumber from one release to the next. */
export const cis = (...ids: readonly string[]): Reference[] => ids.map((id) => ({ benchmark: "CIS Windows Server 2022", version: "4.0.0", id }));

/** One rule of DISA's has an id for each system: the rule's own, and the vulnerability's for 2019, 2022 and 2025, where it was found. */
const RULES = {
  "CC-000460": ["V-205639", "V-254377", "V-278124"],
  "CC-000470": ["V-205711", "V-254378", "V-278125"],
  "CC-000480": ["V-205816", "V-254379", "V-278126"],
  "CC-000490": ["V-205712", "V-254380", "V-278127"],
  "CC-000500": ["V-205713", "V-254381", "V-278128"],
  "CC-000510": ["V-205817", "V-254382", "V-278129"],
  "CC-000520": ["V-205810", "V-254383", "V-278130"],
  "CC-000530": ["V-257503", "V-254384", "V-278131"],
  "CC-000090": ["V-205638"],
  "MS-000020": ["V-205715", "V-254429", "V-278178"],
  "MS-000070": ["V-205671"],
  "MS-000080": ["V-205672"],
  "SO-000050": ["V-205644"],
  "SO-000310": ["V-205919"],
  "SO-000380": ["V-205811"],
  "UR-000100": ["V-205757"],
} as const;

const RELEASES = [
  { benchmark: "DISA STIG Windows Server 2019", version: "V3R8" },
  { benchmark: "DISA STIG Windows Server 2022", version: "V2R8" },
  { benchmark: "DISA STIG Windows Server 2025", version: "V1R1" },
] as const;

export const stig = (...rules: readonly (keyof typeof RULES)[]): Reference[] =>
  rules.flatMap((rule) => RULES[rule].flatMap((id, i): Reference[] => (RELEASES[i] ? [{ ...RELEASES[i], id: `${id} (${rule})` }] : [])));

/** Rules of which only the rule's own id was found. */
export const stigRules = (...rules: readonly string[]): Reference[] => rules.map((id) => ({ benchmark: "DISA STIG Windows Server 2022", version: "V2R8", id }));

/** Rules of the firewall's own STIG, which is one for all releases of Windows. */
export const stigFirewall = (...rules: readonly string[]): Reference[] => rules.map((id) => ({ benchmark: "DISA STIG Windows Firewall", version: "WNFWA", id }));

export const microsoft = (version: string, id: string): Reference => ({ benchmark: "Microsoft", version, id });
