import type { Reference } from "../control";
import { STIG_RULES, type StigRule } from "./stig-rules";

/** Ids as data, each list with the release that they were read from: benchmarks renumber from one release to the next. */
export const cis = (...ids: readonly string[]): Reference[] => ids.map((id) => ({ benchmark: "CIS Windows Server 2022", version: "4.0.0", id }));

/** In the order of the rules' ids. */
const RELEASES = [
  { benchmark: "DISA STIG Windows Server 2019", version: "V3R8" },
  { benchmark: "DISA STIG Windows Server 2022", version: "V2R8" },
  { benchmark: "DISA STIG Windows Server 2025", version: "V1R1" },
] as const;

const FIREWALL = [{ benchmark: "DISA STIG Windows Firewall", version: "V2R2" }] as const;

/** One rule of DISA's has an id for each system; the firewall's guide is one for all releases of Windows. */
export const stig = (...rules: readonly StigRule[]): Reference[] =>
  rules.flatMap((rule) => {
    const [, ...ids] = STIG_RULES[rule];
    const releases: readonly Omit<Reference, "id">[] = rule.startsWith("WNFWA") ? FIREWALL : RELEASES;
    return releases.flatMap((release, i): Reference[] => (ids[i] ? [{ ...release, id: `${ids[i]} (${rule})` }] : []));
  });

export const microsoft = (version: string, id: string): Reference => ({ benchmark: "Microsoft", version, id });
