import { expect } from "chai";
import fc from "fast-check";
import { catalogue } from "../../components/controls/catalogue";
import { approvedUntil, type Demand } from "../../components/controls/coexistence/item";
import { happens, mend } from "../../components/controls/coexistence/outcome";
import { coexistence, collides, ITEMS, referencesOf, type Row } from "../../components/controls/coexistence/table";
import { coexistenceWarnings } from "../../components/controls/coexistence/warnings";
import { STIG_RULES } from "../../components/controls/tables/stig-rules";
import { HARDENINGS } from "../../components/settings/hardening";
import type { Settings } from "../../components/settings/settings";
import { complies } from "../../sandbox/windows/operator";
import { example, settingsOf } from "../support/example";
import { approved, jeaOf, stacks } from "../support/stacks";
import { NUMBERS, SECTIONS } from "./coexistence-ids";

const TOKEN = approved("remoting-user-only", "local-account-token-filter");
const LOCAL = { account: { name: "svc-ansible", becomeUser: "svc-become", transport: "ntlm" }, exceptions: [TOKEN] };
const ENDPOINT = { account: { name: "svc-ansible@CORP.EXAMPLE", transport: "kerberos", escalation: "endpoint" }, exceptions: [approved("runas-escalation", "endpoint-recorded")] };
const JEA = { jea: [jeaOf(1)], exceptions: [approved("remoting-user-only", "jea-endpoint")] };
const STRICT = { passwords: { minimumLength: 20, maximumAgeDays: 30, lockoutThreshold: 2, lockoutMinutes: 30 } };
const AS_DISA = { passwords: { maximumAgeDays: 60, lockoutThreshold: 3 } };
const VARIANTS = [{}, LOCAL, ENDPOINT, JEA, STRICT, AS_DISA];

const settings = (change: object = {}): Settings => settingsOf({ ...example(), ...change });
const releasesOf = (demand: Demand): string => (demand.benchmark === "STIG" && demand.releases !== undefined ? ` on ${demand.releases.join(", ")}` : "");
const idsOf = ({ demand }: Row): string[] => demand.ids.map((id) => `${demand.benchmark} ${id}${releasesOf(demand)}`);
const relations = (change: object = {}): Record<string, string> => Object.fromEntries(coexistence(settings(change)).flatMap((row) => idsOf(row).map((id) => [id, row.relation])));

describe("the table of CIS and STIG", () => {
  it("has every id, and stands to each as it was written down by hand", () => {
    const written = SECTIONS.flatMap(({ benchmark, ids }) => Object.entries(ids).flatMap(([relation, list]) => list.map((id) => [`${benchmark} ${id}`, relation] as const)));
    expect(new Set(written.map(([id]) => id)).size, "each id stands once").to.equal(written.length);
    expect(relations()).to.deep.equal(Object.fromEntries(written));
  });

  it("names a demand once, and a setting once", () => {
    const ids = coexistence(settings()).flatMap(idsOf);
    expect(new Set(ids).size).to.equal(ids.length);
    expect(new Set(ITEMS.map(({ key }) => key)).size).to.equal(ITEMS.length);
  });

  it("uses every rule of DISA's that it has numbers for, and each with its own", () => {
    const demands = coexistence(settings()).map(({ demand }) => demand);
    expect([...new Set(demands.flatMap(({ benchmark, ids }) => (benchmark === "STIG" ? [...ids] : [])))]).to.have.members(Object.keys(STIG_RULES));
    const ids = demands.flatMap((demand) => referencesOf(demand).map(({ id }) => id));
    for (const [rule, numbers] of Object.entries(NUMBERS)) expect(ids.filter((id) => id.endsWith(`(${rule})`)).slice(0, numbers.length), rule).to.deep.equal(numbers.map((number) => `${number} (${rule})`));
  });

  it("has every id of CIS and DISA that a control refers to", () => {
    const known = new Set(coexistence(settings()).flatMap(({ demand }) => referencesOf(demand).map(({ benchmark, id }) => `${benchmark} ${id}`)));
    for (const { id: control, references } of catalogue) {
      for (const { benchmark, id } of references) if (/^(CIS|DISA)/.test(benchmark)) expect(known.has(`${benchmark} ${id}`), `${control}: ${benchmark} ${id}`).to.equal(true);
    }
  });

  it("gives each demand the ids of the releases that it is for", () => {
    const releases = (id: string): string[][] => coexistence(settings()).flatMap(({ demand }) => (demand.ids.some((one) => one === id) ? [referencesOf(demand).map(({ benchmark }) => benchmark.slice(-4))] : []));
    expect(releases("CC-000280")).to.deep.equal([["2019", "2022"], ["2025"]]);
    expect(releases("AC-000070")).to.deep.equal([["2019", "2022"]]);
    for (const row of coexistence(settings())) expect(referencesOf(row.demand), idsOf(row).join(" ")).to.not.deep.equal([]);
  });
});

type Values = number | string | readonly (number | string)[] | undefined;
const listOf = (values: Values): readonly (number | string)[] => (values === undefined ? [] : typeof values === "object" ? values : [values]);

/** By the judge of the model, value for value: another way to the same relation than comparing ends. */
function byTrying({ declared, demand: { wants } }: Row): string | undefined {
  const resource = declared?.resource;
  if (wants.of !== "value" || resource === undefined || !("op" in resource)) return undefined;
  const value = "value" in resource ? resource.value : undefined;
  const named = [...listOf(value), ...listOf(wants.value)];
  // Beside those that are named: one that is larger than any, and none.
  const tried = [...named.flatMap((one): (number | string)[] => (typeof one === "number" ? [one - 1, one, one + 1] : [one])), 1e9, undefined];
  const [ours, theirs] = [tried.filter((one) => complies(resource.op, value, one)), tried.filter((one) => complies(wants.op, wants.value, one))];
  const both = ours.filter((one) => theirs.includes(one));
  if (both.length === 0) return "conflict";
  if (both.length === ours.length) return both.length === theirs.length ? "same" : "stricter";
  return "looser";
}

describe("a relation", () => {
  it("is what trying values on both says, whatever a stack asks for", () => {
    fc.assert(
      fc.property(stacks, (stack) => {
        const rows = coexistence(settingsOf(stack)).filter((row) => byTrying(row) !== undefined);
        expect(rows.length).to.be.greaterThan(50);
        for (const row of rows) expect(row.relation, `${row.item.key} ${idsOf(row).join()}`).to.equal(byTrying(row));
      }),
      { numRuns: 40 },
    );
  });

  const CASES: readonly (readonly [change: object, expected: Readonly<Record<string, string>>])[] = [
    [LOCAL, { "CIS 18.4.1": "conflict", "STIG MS-000020": "conflict", "CIS 2.2.22": "conflict", "STIG MS-000080": "conflict", "CIS 2.2.3": "looser" }],
    [ENDPOINT, { "CIS 18.4.1": "same", "CIS 2.2.22": "looser", "CIS 2.2.8": "apart", "CIS 18.10.89.2.4": "conflict", "STIG CC-000520": "conflict" }],
    [JEA, { "CIS 18.10.89.2.4": "conflict", "STIG CC-000520": "conflict" }],
    [STRICT, { "CIS 1.1.2": "stricter", "STIG AC-000050": "stricter", "CIS 1.1.4": "stricter", "CIS 1.2.2": "stricter", "STIG AC-000020": "stricter", "STIG AC-000010": "stricter" }],
    [AS_DISA, { "CIS 1.1.2": "stricter", "STIG AC-000050": "same", "STIG AC-000020": "same" }],
    [{ account: { ...LOCAL.account, escalation: "endpoint" }, exceptions: ENDPOINT.exceptions }, { "CIS 18.4.1": "same", "CIS 2.2.22": "looser" }],
  ];
  for (const [change, expected] of CASES) it(`depends on ${JSON.stringify(change).slice(0, 90)}`, () => expect(relations(change)).to.include(expected));

  it("that is neither same nor stricter, nor ever warned of, leaves the benchmark's value where it is", () => {
    const all = VARIANTS.flatMap((change) => coexistence(settings(change)));
    const quiet = ITEMS.flatMap(({ demands }) => demands).filter((demand) => all.every((row) => row.demand !== demand || (!collides(row) && row.relation !== "same" && row.relation !== "stricter")));
    expect(quiet.length).to.be.greaterThan(0);
    for (const row of all.filter(({ demand }) => quiet.includes(demand))) expect(happens(row), row.item.key).to.match(/^(Stays as the benchmark has it|The benchmark's value passes here and stays)/);
  });
});

describe("warnings of a baseline", () => {
  const warned = (change: object, hardening: string): string[] => coexistenceWarnings(settings({ ...change, hardening })).map((text) => /\((?:CIS|STIG) ([^,]+),/.exec(text)?.[1] ?? text);

  const EXPECTED: readonly (readonly [name: string, change: object, cisOne: readonly string[], cisTwo: readonly string[], stig: readonly string[]])[] = [
    ["accounts of a domain", {}, ["2.2.22"], ["18.10.89.2.2", "18.10.90.1"], ["MS-000080"]],
    ["local accounts", LOCAL, ["18.4.1", "2.2.22", "18.9.25.8"], ["18.10.89.2.2", "18.10.90.1"], ["MS-000020", "MS-000080", "AC-000050"]],
    ["an endpoint with named commands", JEA, ["18.10.89.2.4", "2.2.22"], ["18.10.89.2.2", "18.10.90.1"], ["CC-000520", "MS-000080"]],
    ["a standard user in an endpoint", ENDPOINT, ["18.10.89.2.4"], ["18.10.89.2.2", "18.10.90.1"], ["CC-000520"]],
    ["passwords as DISA has them", AS_DISA, ["2.2.22", "1.1.2", "1.2.2"], ["18.10.89.2.2", "18.10.90.1"], ["MS-000080"]],
  ];
  for (const [name, change, one, two, stig] of EXPECTED) {
    it(`name what collides with ${name}, and nothing else`, () => {
      expect(warned(change, "none")).to.deep.equal([]);
      expect(warned(change, "cis-l1")).to.have.members(one);
      expect(warned(change, "cis-l2")).to.have.members([...one, ...two]);
      expect(warned(change, "stig")).to.have.members(stig);
    });
  }

  it("say the key, both wishes, what happens, and what to do", () => {
    const [text = ""] = coexistenceWarnings(settings({ hardening: "cis-l2" })).filter((one) => one.includes("18.10.90.1"));
    expect(text).to.equal(
      "hardening: cis-l2 wants AllowRemoteShellAccess 0 (CIS 18.10.90.1, L2), and this project wants 1; Set on the host: written back at the gate and within 15 minutes of each change, so the benchmark's scan fails. Set by a domain's GPO: the GPO wins, policy-managed fails, and the door stays shut; leave the item out for these hosts: every report names it as a standing exception",
    );
  });

  it("ask nobody for an exception that is approved already", () => {
    const texts = coexistenceWarnings(settings({ ...LOCAL, hardening: "cis-l1" }));
    expect(texts.filter((text) => /18\.4\.1|2\.2\.22/.test(text)).every((text) => text.includes("approved here until 2027-01-01"))).to.equal(true);
    for (const text of texts) expect(text).to.not.match(/record an exception/);
    expect(approvedUntil(settings(), "remoting-user-only", TOKEN.what)).to.equal("");
  });

  it("are the same for the same settings, name an id and an answer each, and are in the table, whatever a stack asks for", () => {
    fc.assert(
      fc.property(stacks, fc.constantFrom(...HARDENINGS), (stack, hardening) => {
        const given: Settings = { ...settingsOf(stack), hardening };
        const texts = coexistenceWarnings(given);
        expect(coexistenceWarnings(given)).to.deep.equal(texts);
        expect(new Set(texts).size).to.equal(texts.length);
        if (hardening === "none") expect(texts).to.deep.equal([]);
        for (const text of texts) expect(text).to.match(/^hardening: (cis-l1|cis-l2|stig) wants .+ \((CIS \d+(\.\d+)+|STIG [A-Z0-9]+-\d{6}( and [A-Z]+-\d{6})?), (L1|L1 MS|L2|CAT I{1,3})\), and this project (wants|sets) .+; .+; .+/);
        for (const row of coexistence(given)) expect(mend(row, given) !== undefined, row.item.key).to.equal(collides(row));
        const levelOne = coexistenceWarnings({ ...given, hardening: "cis-l1" }).map((text) => text.replace("cis-l1", "cis-l2"));
        expect(coexistenceWarnings({ ...given, hardening: "cis-l2" })).to.include.members(levelOne);
      }),
      { numRuns: 60 },
    );
  });
});
