import { expect } from "chai";
import fc from "fast-check";
import { judge, printable, type Expectation } from "../../components/evidence/judge";
import { resultLine, parseResult } from "../../components/evidence/result";
import type { GuestVerdict } from "../../components/evidence/verdict";
import { CONTROL_IDS } from "../../components/controls/ids";

const hash = fc.stringMatching(/^[0-9a-f]{64}$/);
const controlIds = fc.uniqueArray(fc.oneof(fc.constantFrom(...CONTROL_IDS), fc.constantFrom("__proto__", "constructor", "toString")), { minLength: 1, maxLength: 8 });

/** A question, and the one answer that opens. */
const matching = fc
  .record({
    instance: fc.stringMatching(/^i-[0-9a-f]{17}$/),
    gate: hash,
    nonce: fc.stringMatching(/^[0-9a-f]{32}$/),
    mode: fc.constantFrom("Apply" as const, "Audit" as const),
    run: fc.constantFrom("Gate" as const, "Maintenance" as const),
    generation: hash,
    nodes: hash,
    controls: controlIds,
    simulated: fc.boolean(),
  })
  .map(({ nodes, controls, simulated, ...same }) => {
    const expected: Expectation = { ...same, controls, reported: [], exceptions: [], today: "2026-03-10", simulated };
    const verdict: GuestVerdict = {
      ...same,
      v: 1,
      nodes,
      awaitingGate: false,
      verdict: "pass",
      controls: Object.fromEntries(controls.map((id) => [id, "pass" as const])),
      findings: [],
      omitted: 0,
      ...(simulated && { simulated }),
    };
    return { expected, verdict };
  });

const finding = (control: string, verdict: "fail" | "unknown" = "fail") => ({ control, key: "listener HTTP", verdict, expected: "absent", found: "HTTP on *:5985" });

/** Every way in which an answer can be off in one place. `any` picks which control. */
const SPOILED: Record<string, (verdict: GuestVerdict, control: string) => GuestVerdict | undefined> = {
  "no verdict": () => undefined,
  "another instance": (verdict) => ({ ...verdict, instance: `${verdict.instance}0` }),
  "another gate": (verdict) => ({ ...verdict, gate: verdict.gate.replace(/.$/, (c) => (c === "0" ? "1" : "0")) }),
  "no gate": (verdict) => ({ ...verdict, gate: "" }),
  "an old nonce": (verdict) => ({ ...verdict, nonce: "00" }),
  "no nonce": (verdict) => ({ ...verdict, nonce: "" }),
  "another mode": (verdict) => ({ ...verdict, mode: verdict.mode === "Apply" ? "Audit" : "Apply" }),
  "another run": (verdict) => ({ ...verdict, run: verdict.run === "Gate" ? "Maintenance" : "Gate" }),
  "another generation": (verdict) => ({ ...verdict, generation: "0".repeat(64) }),
  "waiting for a gate": (verdict) => ({ ...verdict, awaitingGate: true }),
  "fail on the whole": (verdict) => ({ ...verdict, verdict: "fail" }),
  "unknown on the whole": (verdict) => ({ ...verdict, verdict: "unknown" }),
  "quarantine": (verdict) => ({ ...verdict, keeper: { quarantined: true, pausedUntil: "", failed: 0 } }),
  "a control that fails": (verdict, control) => ({ ...verdict, controls: with_(verdict, control, "fail") }),
  "a control that is unknown": (verdict, control) => ({ ...verdict, controls: with_(verdict, control, "unknown") }),
  "a control that is missing": (verdict, control) => ({ ...verdict, controls: Object.fromEntries(Object.entries(verdict.controls).filter(([id]) => id !== control)) }),
  "a failed control that was not asked for": (verdict) => ({ ...verdict, controls: with_(verdict, "not-asked-for", "fail") }),
  "a finding against a pass": (verdict, control) => ({ ...verdict, findings: [finding(control)] }),
  "omitted findings": (verdict) => ({ ...verdict, omitted: 1 }),
};

const with_ = (verdict: GuestVerdict, control: string, result: "fail" | "unknown"): GuestVerdict["controls"] =>
  Object.fromEntries([...Object.entries(verdict.controls).filter(([id]) => id !== control), [control, result]]);

describe("judge", () => {
  it("opens for an answer that matches in everything", () => {
    fc.assert(
      fc.property(matching, ({ expected, verdict }) => {
        const judgement = judge({ verdict, succeeded: true }, expected);
        expect(judgement.faults).to.deep.equal([]);
        expect(judgement).to.include({ ok: true, trusted: true });
        expect(Object.entries(judgement.controls)).to.deep.equal(expected.controls.map((id) => [id, "pass"]));
      }),
    );
  });

  for (const [name, spoil] of Object.entries(SPOILED)) {
    it(`stays shut for ${name}`, () => {
      fc.assert(
        fc.property(matching, fc.nat(), ({ expected, verdict }, n) => {
          const control = expected.controls[n % expected.controls.length] ?? "";
          const spoiled = spoil(verdict, control);
          // A generator that happens to draw the same value proves nothing.
          fc.pre(JSON.stringify(spoiled) !== JSON.stringify(verdict));
          const judgement = judge({ verdict: spoiled, succeeded: true }, expected);
          expect(judgement.ok).to.equal(false);
          expect(judgement.faults).to.not.be.empty;
        }),
      );
    });
  }

  it("stays shut for a pass whose run ended with an error", () => {
    fc.assert(fc.property(matching, ({ expected, verdict }) => void expect(judge({ verdict, succeeded: false }, expected).ok).to.equal(false)));
  });

  it("stays shut for a simulated answer by a real cloud's channel", () => {
    fc.assert(
      fc.property(matching, ({ expected, verdict }) => void expect(judge({ verdict: { ...verdict, simulated: true }, succeeded: true }, { ...expected, simulated: false }).ok).to.equal(false)),
    );
  });

  it("stays shut when nothing was asked", () => {
    fc.assert(fc.property(matching, ({ expected, verdict }) => void expect(judge({ verdict: { ...verdict, controls: {} }, succeeded: true }, { ...expected, controls: [] }).ok).to.equal(false)));
  });

  it("says nothing about controls by an answer that is not one to this question", () => {
    fc.assert(
      fc.property(matching, ({ expected, verdict }) => {
        const judgement = judge({ verdict: { ...verdict, nonce: "00" }, succeeded: true }, expected);
        expect(judgement.trusted).to.equal(false);
        expect(new Set(Object.values(judgement.controls))).to.deep.equal(new Set(["unknown"]));
      }),
    );
  });

  it("takes an exception up to and on its last day, and never after", () => {
    fc.assert(
      fc.property(matching, fc.oneof(fc.integer({ min: -2, max: 2 }), fc.integer({ min: -400, max: 400 })), fc.nat(), ({ expected, verdict }, days, n) => {
        const control = expected.controls[n % expected.controls.length] ?? "";
        const expires = new Date(Date.parse(expected.today) + days * 86_400_000).toISOString().slice(0, 10);
        const judgement = judge({ verdict, succeeded: true }, { ...expected, exceptions: [{ control, expires }] });
        expect(judgement.ok).to.equal(days >= 0);
        expect(new Map(Object.entries(judgement.controls)).get(control)).to.equal(days >= 0 ? "exception" : "fail");
        if (days < 0) expect(judgement.faults.join()).to.include(`its exception ended on ${expires}`);
      }),
    );
  });

  it("does not let an exception hide a failure, or a silence", () => {
    fc.assert(
      fc.property(matching, fc.constantFrom("a control that fails", "a control that is unknown", "a control that is missing"), ({ expected, verdict }, how) => {
        const control = expected.controls[0] ?? "";
        const exceptions = [{ control, expires: "2027-01-01" }];
        expect(judge({ verdict: SPOILED[how]?.(verdict, control), succeeded: true }, { ...expected, exceptions }).ok).to.equal(false);
      }),
    );
  });

  it("writes down what no door waits for, and opens whatever it is", () => {
    fc.assert(
      fc.property(matching, fc.constantFrom("fail" as const, "unknown" as const, "pass" as const), fc.boolean(), ({ expected, verdict }, result, omitted) => {
        fc.pre(!expected.controls.includes("up-to-date"));
        const failed = result === "pass" ? [] : [{ ...finding("up-to-date"), verdict: result }];
        const answer = { ...verdict, controls: { ...verdict.controls, "up-to-date": result }, findings: failed, omitted: omitted && result !== "pass" ? 2 : 0 };
        const judgement = judge({ verdict: answer, succeeded: true }, { ...expected, reported: ["up-to-date"] });
        expect(judgement.faults).to.deep.equal([]);
        expect(judgement.ok).to.equal(true);
        expect(judgement.reported["up-to-date"]).to.equal(result);
        expect(judge({ verdict: answer, succeeded: true }, expected).ok).to.equal(result === "pass");
      }),
    );
  });

  it("calls it unknown when a host says nothing of what is only reported", () => {
    fc.assert(
      fc.property(matching, ({ expected, verdict }) => {
        fc.pre(!expected.controls.includes("up-to-date"));
        const judgement = judge({ verdict, succeeded: true }, { ...expected, reported: ["up-to-date"] });
        expect([judgement.ok, judgement.reported["up-to-date"]]).to.deep.equal([true, "unknown"]);
      }),
    );
  });

  it("takes a date that is none for an ended one", () => {
    fc.assert(
      fc.property(matching, ({ expected, verdict }) => {
        const exceptions = [{ control: expected.controls[0] ?? "", expires: "soon" }];
        expect(judge({ verdict, succeeded: true }, { ...expected, exceptions }).ok).to.equal(false);
      }),
    );
  });

  describe("in words", () => {
    const base = fc.sample(matching, { numRuns: 1, seed: 1 })[0];
    if (base === undefined) throw new Error("no sample");
    const { verdict } = base;
    const ask = { ...base.expected, controls: ["no-http-listener", "https-listener"], simulated: true };
    const failed: GuestVerdict = {
      ...verdict,
      verdict: "fail",
      simulated: true,
      controls: { "no-http-listener": "fail", "https-listener": "unknown" },
      findings: [finding("no-http-listener")],
      omitted: 2,
    };

    it("names control, resource, expected and found", () => {
      expect(judge({ verdict: failed, succeeded: false }, ask).faults).to.deep.equal([
        "no-http-listener  listener HTTP: expected absent, found HTTP on *:5985 (simulated)",
        "https-listener    unknown, without a finding (simulated)",
        "2 more findings did not fit into the answer: see report.json in the host's secure-winrm folder",
      ]);
    });

    it("names what does not match", () => {
      expect(judge({ verdict: { ...failed, instance: "i-0def", gate: "" }, succeeded: true }, { ...ask, instance: "i-0abc", gate: "a".repeat(64) }).faults).to.deep.equal([
        "instance: expected i-0abc, found i-0def",
        `gate: expected ${"a".repeat(64)}, found none`,
      ]);
    });

    it("does not hand a host's control characters on to the terminal", () => {
      const text = judge({ verdict: { ...failed, findings: [{ ...finding("no-http-listener"), found: "x\u001b[2J\r\ny\u202e" }] }, succeeded: false }, ask).faults.join("\n");
      expect(text).to.include("found x [2J y ");
      expect(printable("a".repeat(300))).to.have.length(201);
    });
  });

  it("opens for a host whose quarantine is paused, and writes down until when", () => {
    const pausedUntil = "2027-01-01T02:00:00.000Z";
    fc.assert(
      fc.property(matching, ({ expected, verdict }) => {
        const paused: GuestVerdict = { ...verdict, keeper: { quarantined: false, pausedUntil, failed: 1 } };
        const judgement = judge({ verdict: paused, succeeded: true }, expected);
        expect(judgement).to.deep.equal(judge({ verdict, succeeded: true }, expected));
        expect(parseResult(resultLine("web-1", paused, judgement))?.pausedUntil).to.equal(pausedUntil);
        const line = resultLine("web-1", verdict, judgement);
        expect(resultLine("web-1", { ...paused, keeper: { quarantined: false, pausedUntil: "", failed: 0 } }, judgement), "like one that knows no keeper").to.equal(line);
      }),
    );
  });

  it("leaves the same line for the same proof: no nonce in it", () => {
    fc.assert(
      fc.property(matching, ({ expected, verdict }) => {
        const line = resultLine("web-1", verdict, judge({ verdict, succeeded: true }, expected));
        const nonce = "f".repeat(40);
        const again = { ...verdict, nonce, controls: Object.fromEntries(Object.entries(verdict.controls).reverse()) };
        expect(resultLine("web-1", again, judge({ verdict: again, succeeded: true }, { ...expected, nonce }))).to.equal(line);
        expect(line).to.not.include("\n");
        expect(parseResult(line)).to.include({ host: "web-1", instance: verdict.instance, verdict: "pass" });
      }),
    );
  });
});
