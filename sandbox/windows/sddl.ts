import { ALIASES } from "./sids";

/** Security descriptors as text, compared by what they say and not by how it is spelt. */

export interface AccessEntry {
  readonly type: "allow" | "deny" | "other";
  /** Rights in one order: `GA`, `GR GX`. */
  readonly rights: string;
  readonly sid: string;
}

const TYPES: Readonly<Record<string, AccessEntry["type"]>> = { A: "allow", D: "deny" };

const rightsOf = (text: string): string => (/^([A-Z]{2})+$/.test(text) ? (text.match(/../g) ?? []).sort().join(" ") : text);

/** The entries of the DACL. An empty descriptor has none. */
export function daclOf(sddl: string): AccessEntry[] {
  const [, dacl = ""] = /D:[A-Z]*((?:\([^)]*\))*)/.exec(sddl) ?? [];
  return [...dacl.matchAll(/\(([^)]*)\)/g)].map(([, entry = ""]) => {
    const [type = "", , rights = "", , , trustee = ""] = entry.split(";");
    return { type: TYPES[type] ?? "other", rights: rightsOf(rights), sid: ALIASES.get(trustee) ?? trustee };
  });
}

/** What WinRM's descriptors audit: failures of everybody, and changes. From the default ones. */
const SACL = "S:P(AU;FA;GA;;;WD)(AU;SA;GXGW;;;WD)";

export const sddlOf = (entries: readonly Pick<AccessEntry, "rights" | "sid">[]): string =>
  `O:NSG:BAD:P${entries.map(({ rights, sid }) => `(A;;${rights.replaceAll(" ", "")};;;${sid})`).join("")}${SACL}`;

export const entryText = ({ type, rights, sid }: AccessEntry): string => `${type === "allow" ? "" : `${type} `}${sid} ${rights}`;

/** The same text for descriptors that allow the same. */
export const daclText = (sddl: string): string => [...new Set(daclOf(sddl).map(entryText))].sort().join(", ") || "nobody";
