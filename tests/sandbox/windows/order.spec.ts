import { expect } from "chai";
import * as fc from "fast-check";
import type { GuestResource } from "../../../components/guest/kinds";
import { resourceKey } from "../../../components/guest/resource-key";
import { found, sabotage, waysToSpoil, windowsAdmits, type HistoryEntry, type HostState } from "../../../sandbox/windows";
import { folded } from "../../../sandbox/windows/state";
import { fresh, isGate, keys, ready, resources, whole } from "./kinds-lab";
import { changes, failed, gate, look, maintain, NODE, NOW } from "./lab";
import { onlySeen, waitsForBoot } from "./ties";

/** The safe order, read from what the model says has happened. */

interface Spoilt {
  readonly resource: GuestResource;
  readonly way: string;
}

const all: readonly Spoilt[] = resources.flatMap((resource) => waysToSpoil(resource).map((way) => ({ resource, way })));
const mendable = all.filter(({ resource }) => !onlySeen(resource));
const spoiltBy = (start: HostState, several: readonly Spoilt[]): HostState => several.reduce((state, { resource, way }) => sabotage(state, resource, NOW, way), start);
const some = (from: readonly Spoilt[]): fc.Arbitrary<Spoilt[]> => fc.subarray([...from], { maxLength: 12 });

const ALLOW = "firewallRule secure-winrm-allow-https";
/** What may happen once the door is open: the door itself, and looking. */
const AFTER_OPENING = ["allow-on", "block-off", "audit", "set file C:\\ProgramData\\secure-winrm\\proven.json", "set file C:\\ProgramData\\secure-winrm\\document.json", "verdict"];
const named = ({ what, key }: HistoryEntry): string => (what === "set" ? `set ${key}` : what);

/** From the first moment at which the door is shut on: opened by a passing audit only, and nothing is set any more when it is open. */
function opensLast(history: readonly HistoryEntry[]): void {
  const shut = history.findIndex(({ open }) => !open);
  const opened = history.findIndex(({ open }, i) => i > shut && open);
  if (opened < 0) return;
  const before = history.slice(0, opened);
  expect(before.findLast(({ what }) => what === "audit")?.to).to.equal("pass");
  // Between the audit and the door: nothing but the allow rule.
  const audited = before.findLastIndex(({ what }) => what === "audit");
  expect(before.slice(audited + 1).map(named)).to.deep.equal([`set ${ALLOW}`, "allow-on"]);
  expect(history.slice(opened).map(named).filter((one) => !AFTER_OPENING.includes(one))).to.deep.equal([]);
}

describe("model of Windows, the safe order", () => {
  it("opens a new machine's door when everything that it waits for is finished", () => {
    const { history, state } = gate(fresh(), whole());
    opensLast(history);
    expect(windowsAdmits(state, 5986, NODE)).to.equal(true);
    const finished = history.slice(0, history.findIndex(({ what }) => what === "block-off")).map(({ key }) => key);
    for (const resource of resources.filter((one) => isGate(one) && look(fresh(), whole()).verdict.controls[resourceKey(one)] === "fail" && !onlySeen(one))) {
      expect(finished, resourceKey(resource)).to.include(resourceKey(resource));
    }
  });

  it("property: at no moment of a gate run is 5986 open while something that the door waits for is unfinished", () => {
    const start = ready();
    const stuck = fc.option(fc.constantFrom(...keys), { nil: undefined });
    fc.assert(
      fc.property(some(all), stuck, fc.boolean(), (several, victim, isNew) => {
        // With the firewall off, and the fault that nothing can switch it on, nothing in Windows can shut the door.
        fc.pre(victim !== "firewallProfile Public");
        const run = gate(spoiltBy(isNew ? fresh() : start, several), whole({ cloud: { stuck: victim } }));
        opensLast(run.history);
        const waits = failed(run).filter((key) => resources.some((one) => isGate(one) && resourceKey(one) === key));
        expect(windowsAdmits(run.state, 5986, NODE)).to.equal(waits.length === 0);
        expect(run.verdict.verdict === "pass").to.equal(waits.length === 0);
        expect(run.history.filter(({ what }) => what === "reboot").length).to.be.at.most(1);
      }),
      { numRuns: 40 },
    );
  });

  it("property: a maintenance run never cuts who works, and what waits for them is unknown and mended when they have gone", () => {
    const start = ready();
    fc.assert(
      fc.property(some(mendable.filter(({ resource }) => !waitsForBoot(resource))), fc.integer({ min: 1, max: 5 }), (several, sessions) => {
        const busy = maintain(found.sessions(spoiltBy(start, several), sessions), whole());
        expect(busy.history.filter(({ what }) => ["cut", "restart", "reboot"].includes(what))).to.deep.equal([]);
        expect(busy.state.sessions).to.equal(sessions);
        for (const key of failed(busy)) if (key !== ALLOW) expect(busy.verdict.controls[key], key).to.not.equal("pass");
        const idle = maintain(found.sessions(busy.state, 0), whole());
        const last = failed(idle).length === 0 ? idle : maintain(idle.state, whole());
        expect(failed(last)).to.deep.equal([]);
        expect(changes(maintain(last.state, whole()))).to.deep.equal([]);
      }),
      { numRuns: 30 },
    );
  });

  it("does nothing where nothing is to do, with or without people at work", () => {
    for (const sessions of [0, 3]) {
      let state = found.sessions(ready(), sessions);
      for (let i = 0; i < 3; i += 1) {
        const run = maintain(state, whole());
        expect(changes(run)).to.deep.equal([]);
        expect(run.verdict.verdict).to.equal("pass");
        state = run.state;
      }
      expect(state.sessions).to.equal(sessions);
    }
    const again = gate(ready(), whole());
    expect(again.history.filter(({ what }) => ["restart", "reboot", "cut"].includes(what))).to.deep.equal([]);
  });

  describe("in a maintenance run", () => {
    for (const { resource, way } of mendable.filter((one) => !waitsForBoot(one.resource))) {
      const key = resourceKey(resource);
      const needs = needsRestart(resource, way);
      it(`${key}, ${way}: ${needs === "nothing" ? "is mended beside people at work" : `waits for them, then takes one ${needs}`}`, () => {
        const spoilt = sabotage(ready(), resource, NOW, way);
        const busy = maintain(found.sessions(spoilt, 1), whole());
        expect(busy.verdict.controls[key]).to.equal(needs === "nothing" ? "pass" : "unknown");
        expect(busy.history.some(({ what }) => what === "deferred")).to.equal(needs !== "nothing");
        expect(busy.state.sessions).to.equal(1);
        for (const from of [busy.state, spoilt]) {
          const idle = maintain(found.sessions(from, 0), whole());
          expect(idle.verdict.controls[key]).to.equal("pass");
          expect(idle.history.filter(({ what }) => what === "restart")).to.have.length(needs === "restart" ? 1 : 0);
        }
      });
    }
  });
});

/** What a change of WinRM's policies and of its session configurations needs; a listener that is to be another one goes and comes again. */
function needsRestart(resource: GuestResource, way: string): "restart" | "new listener" | "nothing" {
  switch (resource.kind) {
    case "sessionConfiguration":
    case "otherSessionConfigurations":
    case "jeaEndpoint":
      return "restart";
    case "policy":
    case "registry":
      return folded(resource.path).includes("\\windows\\winrm\\") ? "restart" : "nothing";
    case "wsman":
      // Held by a policy that was another one when the service started.
      return resource.path === "Service/Auth/CbtHardeningLevel" || resource.path === "Service/Auth/Basic" ? "restart" : "nothing";
    case "listener":
      return resource.transport === "HTTPS" && way !== "" ? "new listener" : "nothing";
    default:
      return "nothing";
  }
}
