import { expect } from "chai";
import * as fc from "fast-check";
import { found, sabotage, windowsAdmits, type HostState } from "../../../sandbox/windows";
import { changes, CONTROLS, booted, ENTRIES, failed, gate, look, maintain, NODE, NOW, POLICY, proven, resourceOf, settings, documentOf } from "./lab";

/** Another program's answer or silence is nothing that the guest script may take away. */
const ONLY_SEEN = ["answer-https", "answer-loopback"];

describe("model of Windows, sabotage", () => {
  for (const control of CONTROLS) {
    it(`finds what was spoiled for ${control}, and blames no other`, () => {
      const spoiled = sabotage(proven(), resourceOf(control), NOW);
      const audit = look(spoiled);
      expect(failed(audit)).to.deep.equal([control]);
      expect(audit.verdict.controls[control]).to.equal("fail");
      expect(audit.verdict.verdict).to.equal("fail");
      const repaired = maintain(spoiled);
      expect(failed(repaired)).to.deep.equal(ONLY_SEEN.includes(control) ? [control] : []);
      // A rule that somebody added or changed is disabled, never deleted.
      if (![...ONLY_SEEN, "builtin", "builtin-absent"].includes(control)) expect(settings(repaired.state)).to.deep.equal(settings(proven()));
    });

    it(`keeps the door shut when ${control} is stuck, on a fresh host and on a proven one`, () => {
      for (const start of [booted(), proven()]) {
        const run = gate(start, { cloud: { stuck: control } });
        expect(run.verdict.controls[control]).to.equal("fail");
        expect(run.verdict.verdict).to.equal("fail");
        expect(run.exitCode).to.equal(1);
        expect(windowsAdmits(run.state, 5986, NODE)).to.equal(false);
        expect(run.history.at(-1)?.open).to.equal(false);
        const mended = gate(run.state);
        expect(failed(mended)).to.deep.equal([]);
      }
    });
  }

  it("has an HTTP listener that stays, for the fault that the README shows", () => {
    const run = gate(booted(), { cloud: { stuck: "no-http" } });
    expect(run.verdict.findings.find(({ key }) => key === "listener HTTP")?.found).to.equal("HTTP on *:5985");
  });

  it("shuts the door again when the audit after opening fails", () => {
    const start = proven();
    start.rules.push({ name: "vendor", enabled: true, action: "Allow", ports: "Any", local: "Any", remote: "Any", profiles: "Any", store: "PersistentStore" });
    const run = gate(start, { cloud: { stuck: "allow" } });
    expect(failed(run)).to.deep.equal(["allow"]);
    expect(windowsAdmits(run.state, 5986, NODE)).to.equal(false);
    expect(gate(start).verdict.verdict).to.equal("pass");
  });

  it("ignores a stuck control that the document does not have", () => {
    expect(gate(booted(), { cloud: { stuck: "up-to-date" } }).verdict.verdict).to.equal("pass");
  });

  it("spoils the first settable resource of a control that has several", () => {
    const shared = JSON.stringify({
      schema: 1,
      gate: "a".repeat(64),
      resources: ENTRIES.map(([control, resource]) => ({ controls: ["answer-https", "binding", "cbt"].includes(control) ? ["several", control] : [control], resource })),
    });
    const run = gate(booted(), { document: shared, cloud: { stuck: "several" } });
    expect(failed(run).sort()).to.deep.equal(["allow", "binding", "several"]);
  });

  it("repairs a setting that a policy held when the service started", () => {
    const document = documentOf([...ENTRIES, ["policy-basic", { kind: "registry", path: POLICY, name: "AllowBasic", type: "DWord", op: "eq", value: 0 }]]);
    const start = gate(booted(), { document }).state;
    const spoiled = sabotage(start, resourceOf("basic"), NOW);
    expect(look(spoiled, { document }).verdict.controls).to.include({ basic: "fail", "policy-basic": "pass" });
    const busy = maintain(found.sessions(spoiled, 1), { document });
    expect(busy.history.some(({ what, to }) => what === "error" && to.startsWith("0x8033808A"))).to.equal(true);
    expect(busy.state.sessions).to.equal(1);
    expect(failed(maintain(spoiled, { document }))).to.deep.equal([]);
  });

  it("property: any sabotage is repaired by one run, and the second changes nothing", () => {
    const start = proven();
    const spoilers = CONTROLS.filter((control) => !ONLY_SEEN.includes(control));
    fc.assert(
      fc.property(fc.subarray(spoilers), fc.boolean(), (chosen, isGate) => {
        const spoiled = chosen.reduce<HostState>((state, control) => sabotage(state, resourceOf(control), NOW), start);
        const seen = look(spoiled);
        expect(settings(seen.state)).to.deep.equal(settings(spoiled));
        expect(chosen.filter((control) => !failed(seen).includes(control))).to.deep.equal([]);
        const once = isGate ? gate(spoiled) : maintain(spoiled);
        expect(failed(once)).to.deep.equal([]);
        const twice = maintain(once.state);
        expect(changes(twice)).to.deep.equal([]);
        expect(settings(twice.state)).to.deep.equal(settings(once.state));
      }),
      { numRuns: 60 },
    );
  });

  it("property: in a gate run nobody gets in before everything is right, whatever was spoiled or is stuck", () => {
    const start = proven();
    fc.assert(
      fc.property(fc.subarray([...CONTROLS]), fc.option(fc.constantFrom(...CONTROLS), { nil: undefined }), (chosen, stuck) => {
        // With the firewall off, and the fault that nothing can switch it on, nothing in Windows can shut the door.
        fc.pre(stuck !== "profile" || !chosen.includes("profile"));
        const spoiled = chosen.reduce<HostState>((state, control) => sabotage(state, resourceOf(control), NOW), start);
        const { history, verdict } = gate(spoiled, { cloud: { stuck } });
        const shut = history.findIndex(({ open }) => !open);
        const passed = history.findIndex(({ what, to }) => what === "audit" && to === "pass");
        const end = passed < 0 ? history.length : passed;
        expect(shut).to.be.at.least(0);
        expect(history.slice(shut, end).filter(({ open }) => open)).to.deep.equal([]);
        expect(verdict.verdict === "pass").to.equal(passed >= 0 && history.at(-1)?.to === "pass");
      }),
      { numRuns: 60 },
    );
  });
});
