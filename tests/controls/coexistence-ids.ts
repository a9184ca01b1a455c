/**
 * What the benchmarks have about these settings, and how it stands to what this project asks when a stack says nothing more
 * than nodes and a domain account: written by hand from their text, so that neither the table nor a control can drift unseen.
 * CIS Windows Server 2022 v4.0.0; DISA STIG Windows Server 2019 V3R8, 2022 V2R8, 2025 V1R1, Windows Firewall V2R2.
 */

type Relation = "same" | "stricter" | "looser" | "conflict" | "apart";

export interface Section {
  readonly about: string;
  readonly benchmark: "CIS" | "STIG";
  readonly ids: Readonly<Partial<Record<Relation, readonly string[]>>>;
}

const section = (about: string, benchmark: Section["benchmark"], ids: Section["ids"]): Section => ({ about, benchmark, ids });

const numbered = (prefix: string, ...numbers: readonly number[]): string[] => numbers.map((n) => `${prefix}.${n}`);
const rules = (prefix: string, width: number, ...numbers: readonly number[]): string[] => numbers.map((n) => `${prefix}-${String(n).padStart(width, "0")}`);
const au = (...numbers: readonly number[]): string[] => rules("AU", 6, ...numbers);
const firewall = (...numbers: readonly number[]): string[] => rules("WNFWA", 6, ...numbers);

export const SECTIONS: readonly Section[] = [
  section("WinRM and PowerShell", "CIS", {
    same: [...numbered("18.10.89.1", 1, 2, 3), ...numbered("18.10.89.2", 1, 3, 4), ...numbered("18.10.87", 1, 2)],
    conflict: ["18.10.89.2.2", "18.10.90.1"],
  }),
  section("WinRM and PowerShell", "STIG", { same: rules("CC", 6, 460, 470, 480, 490, 500, 510, 520, 530), apart: ["00-000410"] }),
  section("UAC", "CIS", { same: ["18.4.1", "2.3.17.1"], apart: numbered("2.3.17", 2, 3, 4, 5, 6, 7, 8) }),
  section("UAC", "STIG", { same: ["MS-000020", "SO-000380"], apart: rules("SO", 6, 390, 400, 410, 420, 430, 440, 450) }),
  section("logon rights", "CIS", { looser: ["2.2.3", "2.2.8", "2.2.22"], apart: ["2.2.20", "2.2.23", "2.2.24", "2.2.25", "2.2.26", "2.2.27", "2.3.1.3"] }),
  section("logon rights", "STIG", { looser: ["MS-000070", "MS-000080", "UR-000030"], apart: ["UR-000100", "MS-000090", "MS-000100", "MS-000110", "MS-000120"] }),
  section("NTLM and Kerberos", "CIS", { same: numbered("2.3.11", 7, 10, 11), apart: numbered("2.3.11", 1, 2, 4, 5, 12, 14) }),
  section("NTLM and Kerberos", "STIG", { same: rules("SO", 6, 310, 330, 340), apart: rules("SO", 6, 260, 270, 290, 300) }),
  section("passwords and lockout", "CIS", { same: [...numbered("1.1", 1, 2, 3, 4, 5, 6, 7), ...numbered("1.2", 1, 2, 3, 4)] }),
  section("passwords and lockout", "STIG", { same: rules("AC", 6, 10, 30, 40, 60, 70, 80, 90), looser: ["AC-000020", "AC-000050"] }),
  section("LAPS", "CIS", { apart: numbered("18.9.25", 1, 2, 3, 4, 5, 6, 7, 8) }),
  section("audit", "CIS", {
    same: [
      ...["2.3.2.1", "18.9.3.1", "17.1.1", "17.2.1", "17.2.5", "17.2.6", "17.3.1", "17.3.2", "17.8.1"],
      ...[...numbered("17.5", 1, 2, 3, 4, 5, 6), ...numbered("17.6", 1, 2, 3, 4), ...numbered("17.7", 1, 2, 3, 4, 5), ...numbered("17.9", 1, 2, 3, 4, 5)],
    ],
  }),
  section("audit", "STIG", {
    same: [
      ...["SO-000050", "CC-000090", "AU-000160 on 2019, 2022"],
      ...au(70, 80, 100, 110, 120, 130, 140, 170, 180, 190, 200, 210, 220, 230, 240, 250, 280, 281, 290, 300, 310, 320, 330, 340, 350, 360, 370, 380, 390, 587, 588),
    ],
    looser: [...au(260, 270), "AU-000150 on 2025", "AU-000160 on 2025"],
    apart: au(90, 581, 582, 583, 584, 585, 586),
  }),
  section("event logs", "CIS", { same: [1, 2, 3, 4].flatMap((log) => numbered(`18.10.26.${log}`, 1, 2)) }),
  section("event logs", "STIG", { same: ["CC-000270", "CC-000290", "CC-000280 on 2025"], looser: ["CC-000280 on 2019, 2022"] }),
  section("Windows firewall", "CIS", {
    same: [...numbered("9.1", 1, 2, 5, 6, 7), ...numbered("9.2", 1, 2, 5, 6, 7), ...numbered("9.3", 1, 2, 7, 8, 9)],
    apart: [...numbered("9.1", 3, 4), ...numbered("9.2", 3, 4), ...numbered("9.3", 3, 4, 5, 6)],
  }),
  section("Windows firewall", "STIG", { same: firewall(1, 2, 3, 4, 9, 10, 11, 12, 17, 18, 19, 20, 27, 28, 29), apart: firewall(5, 13, 21, 24, 25) }),
];

/** The numbers of rules on Windows Server 2019, 2022 and 2025, in this order, as far as each has them. */
export const NUMBERS: Readonly<Record<string, readonly string[]>> = {
  "CC-000470": ["V-205711", "V-254378", "V-278125"],
  "CC-000480": ["V-205816", "V-254379", "V-278126"],
  "CC-000490": ["V-205712", "V-254380", "V-278127"],
  "CC-000500": ["V-205713", "V-254381", "V-278128"],
  "CC-000510": ["V-205817", "V-254382", "V-278129"],
  "CC-000520": ["V-205810", "V-254383", "V-278130"],
  "CC-000460": ["V-205639", "V-254377", "V-278124"],
  "CC-000530": ["V-257503", "V-254384", "V-278131"],
  "MS-000020": ["V-205715", "V-254429", "V-278178"],
  "CC-000090": ["V-205638"],
  "SO-000050": ["V-205644"],
  "MS-000070": ["V-205671"],
  "MS-000080": ["V-205672"],
  "SO-000380": ["V-205811"],
  "SO-000310": ["V-205919"],
  "UR-000100": ["V-205757"],
  "00-000410": ["V-205685"],
  "WNFWA-000001": ["V-241989"],
  "WNFWA-000024": ["V-242004"],
  "WNFWA-000029": ["V-242008"],
};
