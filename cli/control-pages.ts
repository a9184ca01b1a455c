import { catalogue } from "../components/controls/catalogue";
import type { Control, Expectation, GuestProfile, Reference } from "../components/controls/control";
import { AUDIT_NAMES } from "../components/controls/tables/audit-subcategories";
import { standingExceptions } from "../components/controls/standing";
import type { GuestResource, Ref } from "../components/guest/kinds";
import { resourceKey } from "../components/guest/resource-key";
import { parseSettings, type Settings } from "../components/settings/settings";

/** One page for each control, made from the control itself: what it says of itself, and what it declares when a stack says nothing more. */

export const plain = parseSettings(
  { automation: { nodes: [{ name: "exec-1", addresses: ["192.0.2.1"] }] }, account: { name: "svc-ansible@CORP.EXAMPLE", becomeUser: "svc-become@CORP.EXAMPLE", transport: "kerberos" } },
  { fleet: "secure-winrm", today: "2026-01-01" },
).settings as Settings;

const PROFILE: GuestProfile = { ...plain, certificateFrom: "secret", wildcard: false };

const FOOT = "Made by `npx tsx cli/generate.ts` from the control itself; a test fails when it is stale.";

export const controlPages: readonly { readonly path: string; readonly text: () => string }[] = [
  { path: "docs/controls/README.md", text: index },
  ...catalogue.map((control) => ({ path: `docs/controls/${control.id}.md`, text: () => page(control) })),
];

function index(): string {
  const rows = catalogue.map(({ id, title, gate, references }) => `| [${id}](${id}.md) | ${title} | ${gate ? "yes" : "no, reported"} | ${benchmarks(references)} |`);
  return [
    "# Controls",
    "",
    "The twenty demands of the guidance. One control is one file in `components/controls/`; each page is made from it. What becomes of",
    "hosts that CIS or DISA STIG is applied to as well: [coexistence](../coexistence.md).",
    "",
    "| control | demands | the door waits | answers to |",
    "|---|---|---|---|",
    ...rows,
    "",
    FOOT,
    "",
  ].join("\n");
}

const benchmarks = (references: readonly Reference[]): string => [...new Set(references.map(({ benchmark }) => benchmark.replace(/ Windows.*/, "")))].join(", ");

function page(control: Control): string {
  const { id, title, guideline, layers, gate } = control;
  return [
    `# ${id}`,
    "",
    `**${title}.** ${guideline}`,
    "",
    `- Where: ${layers.map((layer) => (layer === "probe" ? "probe (declared; nothing runs it so far)" : layer)).join(", ")}.`,
    `- Gate: ${gate ? "the door waits for it" : "reported, and no door waits for it"}.`,
    `- Exceptions: ${exceptionsText(control)}.`,
    ...standingExceptions(plain).filter((one) => one.control === id).map(({ what, reason }) => `- Standing exception, in every report: ${what}. Why: ${reason}.`),
    "",
    ...section("References", referenceRows(control.references)),
    ...section("What Windows must be", resourceRows(control)),
    ...section("What somebody outside must see", control.probe(PROFILE).map((one) => `- ${expectationText(one)}`)),
    "Values are those of a stack that says nothing more than nodes and a domain account. " + FOOT,
    "",
  ].join("\n");
}

function exceptionsText({ exceptions }: Control): string {
  if (exceptions === "none") return "it takes none";
  return exceptions === "any" ? "any, with a reason, who approved it, and an end; they change nothing on the host" : `only ${exceptions.map((what) => `\`${what}\``).join(" and ")}`;
}

const section = (title: string, lines: readonly string[]): string[] => (lines.length === 0 ? [] : [`## ${title}`, "", ...lines, ""]);

function referenceRows(references: readonly Reference[]): string[] {
  const groups = new Map<string, string[]>();
  for (const { benchmark, version, id } of references) groups.set(`${benchmark} (${version})`, [...(groups.get(`${benchmark} (${version})`) ?? []), id]);
  return [...groups].map(([name, ids]) => `- ${name}: ${ids.join(", ")}`);
}

function resourceRows(control: Control): string[] {
  const resources = control.guest(PROFILE);
  if (resources.length === 0) return [];
  return ["| what | wanted |", "|---|---|", ...resources.map((resource) => `| \`${cell(resourceKey(resource))}\` | ${cell(wanted(resource))} |`)];
}

const cell = (text: string): string => text.replaceAll("|", "\\|");

/** Whatever names the resource is in its key already. */
const NAMING: ReadonlySet<string> = new Set(["kind", "path", "name", "profile", "transport", "right", "subcategory", "channel", "role", "group", "scheme", "type"]);

function wanted(resource: GuestResource): string {
  const acts = resource.kind === "registry" && resource.after !== undefined ? `; acts after the next start of the ${resource.after === "boot" ? "machine" : "service"}` : "";
  if ("op" in resource) return `${operatorText(resource.op, "value" in resource ? resource.value : undefined)}${resource.kind === "policy" ? ", held by policy" : ""}${acts}`;
  if (resource.kind === "auditPolicy") return `${AUDIT_NAMES.get(resource.subcategory) ?? ""}: at least ${[resource.success ? "success" : "", resource.failure ? "failure" : ""].filter(Boolean).join(" and ")}`;
  if (resource.kind === "builtinRule") return "off";
  if (resource.kind === "foreignRules") return `no other rule lets anybody to ${resource.ports.join(", ")}; except ${resource.except.join(", ")}`;
  const named: Readonly<Record<string, unknown>> = resource.kind === "account" ? { ...resource, kind: undefined, role: undefined, account: resource.name } : { ...resource };
  return Object.entries(named)
    .filter(([key, value]) => !NAMING.has(key) && value !== undefined && value !== "")
    .map(([key, value]) => `${words(key)}: ${valueText(value)}`)
    .join("; ");
}

function operatorText(op: string, value: unknown): string {
  const text = valueText(value);
  switch (op) {
    case "ge":
      return `at least ${text}`;
    case "le":
      return `at most ${text}`;
    case "between":
      return `from ${text.replace(", ", " to ")}`;
    case "oneOf":
      return `one of ${text}`;
    case "absent":
      return "absent";
    default:
      return text;
  }
}

const words = (key: string): string => key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "nobody" : value.map(valueText).join(", ");
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (isRef(value)) return `the host's \`${value.ref}\``;
  if (typeof value === "object" && value !== null) return Object.values(value).map(valueText).join(" ");
  return `\`${String(value)}\``;
}

const isRef = (value: unknown): value is Ref => typeof value === "object" && value !== null && "ref" in value;

function expectationText(one: Expectation): string {
  switch (one.see) {
    case "open":
      return `${one.port} answers over ${one.scheme} to the nodes`;
    case "closed":
      return `${one.port} does not answer ${one.from === "anywhere" ? "anybody" : "anybody but the nodes"}`;
    case "certificate":
      return `a certificate with usage ${one.eku}, a key of at least ${one.minimumKeyBits} bits, and at least ${one.minimumDaysLeft} days left`;
    case "schemes":
      return `offered: ${one.offered.join(", ")}; refused: ${one.refused.join(", ")}`;
    case "tls":
      return `spoken: ${one.offered.join(", ")}; refused: ${one.refused.join(", ")}`;
    case "silence":
      return `${one.port} is silent on ${one.on}`;
    default: {
      const never: never = one;
      return never;
    }
  }
}
