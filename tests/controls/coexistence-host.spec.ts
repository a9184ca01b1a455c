import { expect } from "chai";
import { catalogue, enforced } from "../../components/controls/catalogue";
import type { Demand } from "../../components/controls/coexistence/item";
import { failing, type By } from "../../components/controls/coexistence/outcome";
import { coexistence, collides, type Row } from "../../components/controls/coexistence/table";
import { isPartOf } from "../../components/controls/coexistence/warnings";
import type { GuestVerdict } from "../../components/evidence/verdict";
import { HARDENINGS } from "../../components/settings/hardening";
import type { Settings } from "../../components/settings/settings";
import { guestDocument } from "../../components/guest/document";
import { found, windowsAdmits, type HostState } from "../../sandbox/windows";
import { folded, type ProfileName, type RegistryValue } from "../../sandbox/windows/state";
import { profileOf } from "../guest/documents";
import { SECOND, TWO_ADDRESSES } from "../sandbox/windows/kinds-lab";
import { booted, gate, maintain, NODE, NOW, type Asked } from "../sandbox/windows/lab";
import { ROOT_DER } from "../sandbox/windows/pki";
import { example, settingsOf } from "../support/example";
import { approved, jeaOf } from "../support/stacks";

/** What the table says of a host with both, against what the model of Windows makes of one. */

const STACKS: Readonly<Record<string, object>> = {
  "accounts of a domain": {},
  "local accounts": { account: { name: "svc-ansible", becomeUser: "svc-become", transport: "ntlm", secret: "accounts/ansible", becomeSecret: "accounts/become" }, exceptions: [approved("remoting-user-only", "local-account-token-filter")] },
  "stricter passwords": { passwords: { minimumLength: 20, maximumAgeDays: 30, lockoutThreshold: 2, lockoutMinutes: 30 } },
  "an endpoint with named commands": { jea: [jeaOf(1)], exceptions: [approved("remoting-user-only", "jea-endpoint")] },
};

/** Within each of them a setting has one value. */
const RELEASES: readonly (readonly [name: string, isOf: (demand: Demand) => boolean])[] = [
  ["CIS", ({ benchmark }) => benchmark === "CIS"],
  ["DISA's for 2022", (demand) => demand.benchmark === "STIG" && (demand.releases ?? ["2022"]).includes("2022")],
  ["DISA's for 2025", (demand) => demand.benchmark === "STIG" && (demand.releases ?? ["2025"]).includes("2025")],
];

const settingsFor = (change: object): Settings => settingsOf({ ...example(), certificate: { trustedRoots: [`-----BEGIN CERTIFICATE-----\n${ROOT_DER}\n-----END CERTIFICATE-----`] }, ...change });
const GPO = "{31B2F340-016D-11D2-945F-00C04FB984F9}";

/** The benchmark's own value on a machine, by whatever means the setting has. */
function apply(host: HostState, { item: { key }, demand: { wants } }: Row, by: By): void {
  const kind = key.slice(0, key.indexOf(" "));
  const name = key.slice(key.indexOf(" ") + 1);
  switch (wants.of) {
    case "value": {
      const value = wants.op === "between" ? wants.value[1] : wants.value;
      if (kind === "accountPolicy") host.accountPolicy[name] = Number(value);
      else write(host, folded(name), { type: typeof value === "string" ? "String" : "DWord", value }, kind === "policy" ? by : undefined);
      break;
    }
    case "audit":
      host.auditPolicy[name] = (wants.success ? 1 : 0) + (wants.failure ? 2 : 0);
      break;
    case "right":
      host.rights[name] = [...wants.sids];
      break;
    case "size":
      host.firewallLogs[name as ProfileName].kilobytes = wants.kilobytes;
      break;
    case "property":
      Object.assign(kind === "firewallLog" ? host.firewallLogs[name as ProfileName] : host.profiles[name as ProfileName], { [wants.name]: wants.value });
      break;
    case "words":
      break;
    default: {
      const never: never = wants;
      throw new Error(String(never));
    }
  }
}

function write(host: HostState, key: string, value: RegistryValue, by: By | undefined): void {
  host.registry[key] = value;
  if (key.startsWith("software\\policies\\microsoft\\windows\\winrm\\")) host.policyInForce[key] = value;
  if (by === "host") host.localPolicy[key] = value;
  if (by === "domain") host.gpos.push({ id: GPO, values: { [key]: value } });
}

function hostWith(rows: readonly Row[], by: By): HostState {
  const host = found.patched(booted(), NOW);
  for (const row of rows) apply(host, row, by);
  return host;
}

function askedOf(settings: Settings): Asked {
  return { document: guestDocument(profileOf(settings), enforced).text, host: TWO_ADDRESSES, cloud: { addresses: [...TWO_ADDRESSES.addresses, SECOND] } };
}

/** A shut door is what follows, and no finding of its own: the report has all of them, the line has not. */
function fallen(state: HostState): string[] {
  const { findings } = JSON.parse(state.files["C:\\ProgramData\\secure-winrm\\report.json"] ?? "") as Pick<GuestVerdict, "findings">;
  return [...new Set(findings.filter(({ key }) => key !== "firewallRule secure-winrm-allow-https").map(({ control }) => control))].sort();
}

const claimed = (rows: readonly Row[], by: By): string[] => [...new Set(rows.flatMap((row) => [...failing(row, by)]))].sort();
const shuts = (controls: readonly string[]): boolean => catalogue.some(({ gate: waits, id }) => waits && controls.includes(id));

for (const [name, change] of Object.entries(STACKS)) {
  describe(`a hardened host, with ${name}`, () => {
    const settings = settingsFor(change);
    const asked = askedOf(settings);
    const rows = coexistence(settings);

    for (const by of ["host", "domain"] as const) {
      for (const hardening of HARDENINGS.filter((one) => one !== "none")) {
        it(`${hardening} by the ${by}: what fails after the gate is what the table says`, () => {
          const own = rows.filter(({ demand }) => isPartOf(demand, hardening));
          const run = gate(hostWith(own, by), asked);
          const controls = claimed(own, by);
          expect(fallen(run.state)).to.deep.equal(controls);
          expect(windowsAdmits(run.state, 5986, NODE), "the door").to.equal(!shuts(controls));
        });
      }

      for (const row of rows.filter((one) => collides(one) && one.declared !== undefined)) {
        it(`${row.item.key} alone as ${row.demand.ids.join(" and ")} has it, by the ${by}`, () => {
          const run = gate(hostWith([row], by), asked);
          const controls = claimed([row], by);
          expect(fallen(run.state)).to.deep.equal(controls);
          expect(windowsAdmits(run.state, 5986, NODE), "the door").to.equal(!shuts(controls));
        });
      }
    }

    for (const [release, isOf] of RELEASES) {
      it(`${release}, all of it behind the keeper's back: what the table says is written back is, and what it says stays does`, () => {
        const own = rows.filter(({ neverMended, demand }) => !neverMended && demand.wants.of !== "words" && isOf(demand));
        const host = gate(hostWith([], "host"), asked).state;
        for (const row of own) apply(host, row, "host");
        const before = structuredClone(host);
        const { state } = maintain(host, asked);
        expect(fallen(state)).to.deep.equal([]);
        for (const row of own) {
          const changed = JSON.stringify(settingOf(state, row)) !== JSON.stringify(settingOf(before, row));
          expect(changed, `${row.item.key}: ${row.demand.ids.join()}`).to.equal(row.losesToGpo);
        }
      });
    }
  });
}

describe("the model's own machine that CIS was applied to", () => {
  it("has what the table says that CIS wants, wherever it has the setting", () => {
    const [bare, hardened] = [booted(), found.benchmarked(booted())];
    const rows = coexistence(settingsFor({})).filter(({ demand }) => demand.benchmark === "CIS");
    const has = rows.filter((row) => JSON.stringify(settingOf(bare, row)) !== JSON.stringify(settingOf(hardened, row)) && ["value", "right"].includes(row.demand.wants.of));
    expect(has.length).to.be.greaterThan(20);
    for (const row of has) {
      const again = structuredClone(hardened);
      apply(again, row, "host");
      expect(settingOf(again, row), `${row.item.key}: ${row.demand.ids.join()}`).to.deep.equal(settingOf(hardened, row));
    }
  });
});

/** Where a machine has the setting of a row. */
function settingOf(host: HostState, { item: { key } }: Row): unknown {
  const name = key.slice(key.indexOf(" ") + 1);
  const profile = name as ProfileName;
  return [host.registry[folded(name)], host.accountPolicy[name], host.auditPolicy[name], host.rights[name], key.startsWith("firewall") ? [host.profiles[profile], host.firewallLogs[profile]] : []];
}
