import { jeaSchema } from "../components/settings/jea";
import type { Settings } from "../components/settings/settings";
import { declaredText, happens, mend, wantedText } from "../components/controls/coexistence/outcome";
import { coexistence, collides, referencesOf, SECTIONS, type Row } from "../components/controls/coexistence/table";
import { idsText, settingName } from "../components/controls/coexistence/warnings";
import { plain } from "./control-pages";

/** What becomes of hosts that a benchmark is applied to as well, made from the table and from what the controls declare. */
export const coexistencePage = { path: "docs/coexistence.md", text: page } as const;

const INTRO = `# Coexistence with CIS and STIG

What two baselines ask of the settings that this project touches or depends on, and what happens on a host that has both. The
baselines: CIS Windows Server 2022 v4.0.0 (2019 has the same numbers), and DISA's guides for Windows Server 2019 (V3R8), 2022 (V2R8),
2025 (V1R1) and Windows Firewall (V2R2), for a member server. Read from public text; none of it was run on Windows, and what
that leaves open says "unverified".

Say in the stack file what else is applied, and each run warns of what collides under that stack's settings:

\`\`\`yaml
secure-winrm:hardening: cis-l1 # or cis-l2, which has level 1 with it, or stig
\`\`\`

The relation says which values each side takes. It is computed from what the controls declare:

- **same**: the same values. **stricter**: whatever passes here meets the benchmark. **looser**: both can be met at once; the
  benchmark asks for more, or for something else beside, and what it sets is left.
- **conflict**: no value is right for both, or this project needs the setting left alone.
- **apart**: this project sets nothing there, and does well with the benchmark's value.

Who wins: what a host has by its local policy, this project writes back at its gate and with every run of the keeper; what a
domain's GPO holds, no host can change: the control that wants it otherwise fails and names the GPO. Rights, passwords and
audit policy have no such hold: the GPO writes them anew at each of its refreshes, and the keeper after it. A value that nobody but the
baseline wants stays. The way out of a conflict is to take the item out of the baseline for these hosts, and to record that where the baseline's
exceptions are kept.
`;

/** What a stack may say that decides rows; each with what it says, in words. */
const VARIANTS: readonly { readonly title: string; readonly settings: Settings }[] = [
  {
    title: "Local accounts instead of a domain's",
    settings: { ...plain, account: { ...plain.account, name: "svc-ansible", becomeUser: "svc-become", transport: "ntlm" } },
  },
  { title: "Endpoints of `jea`, or `account.escalation: endpoint`", settings: { ...plain, jea: jeaSchema.parse([{ name: "jea.operators", accounts: ["operators@CORP.EXAMPLE"], commands: [{ name: "Restart-Service" }] }]) } },
  { title: "`passwords` that ask for more than the baseline", settings: { ...plain, passwords: { minimumLength: 20, maximumAgeDays: 30, lockoutThreshold: 2, lockoutMinutes: 30 } } },
];

function page(): string {
  const rows = coexistence(plain);
  return [
    INTRO,
    "## What collides",
    "",
    "With accounts of a domain, and no further settings:",
    "",
    ...collisions(rows, plain),
    ...VARIANTS.flatMap(({ title, settings }) => [`${title}, beside those above:`, "", ...collisions(coexistence(settings).filter((row, i) => collides(row) && text(row, settings) !== text(rows[i], plain)), settings)]),
    ...SECTIONS.flatMap(({ title, items }) => [`## ${title}`, "", ...table(rows.filter(({ item }) => items.includes(item))), ""]),
    "Relations are those of a stack that says nothing more than nodes and a domain account. Ids of DISA's are the rules'; here are their",
    "numbers for each release:",
    "",
    ...numbers(rows),
    "",
    "Made by `npx tsx cli/generate.ts` from `components/controls/coexistence/`; a test fails when it is stale.",
    "",
  ].join("\n");
}

const text = (row: Row | undefined, settings: Settings): string => (row === undefined ? "" : `${row.relation} ${happens(row)} ${mend(row, settings) ?? ""}`);

/** Demands that ask the same of one setting, and come to the same. */
interface Line {
  readonly rows: readonly [Row, ...Row[]];
  readonly wanted: string;
  readonly then: string;
  readonly mend: string;
}

function lines(rows: readonly Row[], settings: Settings): readonly Line[] {
  const found = new Map<string, Line>();
  for (const row of rows) {
    const [wanted, then, mending] = [wantedText(row.demand.wants), happens(row), mend(row, settings) ?? ""];
    const key = [row.item.key, wanted, row.relation, then].join("\n");
    const known = found.get(key);
    found.set(key, known ? { ...known, rows: [...known.rows, row] } : { rows: [row], wanted, then, mend: mending });
  }
  return [...found.values()];
}

const asked = ({ rows }: Line): string => rows.map(({ demand }) => `${idsText(demand)}${demand.benchmark === "STIG" && demand.releases !== undefined ? ` (${demand.releases.join(", ")})` : ""}`).join("; ");

const collisions = (rows: readonly Row[], settings: Settings): string[] => [
  ...lines(rows.filter(collides), settings).map((one) => `- **${settingName(one.rows[0].item.key)}** ${one.wanted} (${asked(one)}). ${one.then}. What to do: ${one.mend}.`),
  "",
];

function table(rows: readonly Row[]): string[] {
  const all = lines(rows, plain);
  return ["| setting | wanted | by | this project | relation | then |", "|---|---|---|---|---|---|", ...all.map((one, i) => cells(one, all[i - 1]?.rows[0].item === one.rows[0].item))];
}

/** A note stands once, with the first demand. */
function cells(one: Line, again: boolean): string {
  const [{ item, demand, declared, relation }] = one.rows;
  const ours = declared === undefined ? "sets nothing" : `${declaredText(declared.resource, demand.wants)} (${declared.controls.map(({ id }) => `[${id}](controls/${id}.md)`).join(", ")})`;
  const then = [one.then, ...(item.note === undefined || again ? [] : [item.note])].map((sentence) => `${sentence}.`).join(" ");
  return `| ${[`\`${item.key}\``, one.wanted, asked(one), ours, relation, then].map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

function numbers(rows: readonly Row[]): string[] {
  const groups = new Map<string, Set<string>>();
  for (const { demand } of rows) {
    if (demand.benchmark !== "STIG") continue;
    for (const { benchmark, version, id } of referencesOf(demand)) groups.set(`${benchmark} (${version})`, (groups.get(`${benchmark} (${version})`) ?? new Set()).add(id));
  }
  return [...groups].map(([name, ids]) => `- ${name}: ${[...ids].sort().join(", ")}`);
}
