import { expect } from "chai";
import { windowsAdmits } from "../../../sandbox/windows";
import { ask, isQuarantined, kept, later, newEvents, pause, quarantined, request, resume, turn, UNMENDABLE } from "./keeper-lab";
import { NODE, NOW, settings } from "./lab";

const stuck = { stuck: UNMENDABLE };
const at = (hours: number): { now: string; stuck: string } => ({ ...later(hours), ...stuck });
const untilOf = (hours: number): string => later(hours).now;

describe("keeper, a pause", () => {
  it("opens a quarantined host for so many hours, says who and why, and shuts again after them", () => {
    const start = quarantined();
    const open = pause(start, 2, stuck);
    expect(open.verdict).to.deep.include({ run: "Pause", mode: "Apply", keeper: { quarantined: false, pausedUntil: untilOf(2), failed: 3 } });
    expect(newEvents(start, open.state)).to.deep.equal(["paused", "released", "failed"]);
    expect(JSON.parse(open.state.events.find(({ id }) => id === 112)?.message ?? "")).to.deep.equal({ event: "paused", by: "a person", reason: "a reason", hours: 2, until: untilOf(2) });
    expect(windowsAdmits(open.state, 5986, NODE)).to.equal(true);
    const during = turn(open.state, at(1.99));
    expect(isQuarantined(during)).to.equal(false);
    const after = turn(during.state, at(2));
    expect(after.verdict.keeper).to.deep.include({ quarantined: true, pausedUntil: "" });
    expect(newEvents(during.state, after.state)).to.deep.equal(["resumed", "quarantined", "failed"]);
  });

  it("keeps a host open that would have been shut", () => {
    const open = pause(turn(kept(), stuck).state, 1, stuck);
    expect(isQuarantined(turn(open.state, at(0.5)))).to.equal(false);
    expect(isQuarantined(turn(open.state, at(1)))).to.equal(true);
  });

  it("gives four hours in all, however often it is asked for", () => {
    const first = pause(quarantined(), 4, stuck);
    const again = pause(first.state, 4, at(3));
    expect(again.verdict.keeper?.pausedUntil).to.equal(untilOf(4));
    const late = pause(again.state, 1, at(4));
    expect(late.verdict.keeper).to.deep.include({ quarantined: true, pausedUntil: "" });
    expect(newEvents(again.state, late.state)).to.not.include("paused");
    expect(late.output).to.contain("used up");
  });

  it("gives new ones after a run that passed, and none before", () => {
    const used = turn(pause(quarantined(), 4, stuck).state, at(5)).state;
    expect(pause(used, 4, at(6)).verdict.keeper?.pausedUntil).to.equal("");
    const passed = turn(used, later(6)).state;
    expect(pause(passed, 4, at(7)).verdict.keeper?.pausedUntil).to.equal(untilOf(11));
  });

  it("goes on over a run that passes: somebody may ask before the work begins", () => {
    const asked = pause(kept(), 2);
    expect(asked.verdict).to.deep.include({ verdict: "pass", keeper: { quarantined: false, pausedUntil: untilOf(2), failed: 0 } });
    expect(turn(turn(asked.state, at(0.5)).state, at(1)).verdict.keeper).to.deep.include({ quarantined: false, pausedUntil: untilOf(2) });
    expect(pause(asked.state, 4, at(1)).verdict.keeper?.pausedUntil, "and a run has passed").to.equal(untilOf(5));
    expect(settings(turn(asked.state, later(3)).state)).to.deep.equal(settings(kept()));
  });

  it("is over when the clock was put back, and stays over when it is right again", () => {
    const open = pause(quarantined(), 4, stuck);
    const back = turn(open.state, at(-1));
    expect(back.verdict.keeper).to.deep.include({ quarantined: true, pausedUntil: "" });
    expect(isQuarantined(turn(back.state, at(1)))).to.equal(true);
  });

  it("ends when somebody asks for it, and the host is shut at once where it fails", () => {
    const open = pause(quarantined(), 4, stuck);
    const ended = resume(open.state, at(1));
    expect(ended.verdict).to.deep.include({ run: "Resume", keeper: { quarantined: true, pausedUntil: "", failed: 4 } });
    expect(newEvents(open.state, ended.state)).to.deep.equal(["resumed", "quarantined", "failed"]);
    expect(newEvents(kept(), resume(kept()).state), "where there is none").to.deep.equal(["passed"]);
  });

  for (const [what, text] of [
    ["none", ""],
    ["text", "no json"],
    ["no reason", request({ hours: 1, by: "a person", reason: " " })],
    ["nobody", request({ hours: 1, reason: "a reason" })],
    ["no time", request({ hours: 0, by: "a person", reason: "a reason" })],
    ["too much", request({ hours: 5, by: "a person", reason: "a reason" })],
    ["half an hour", request({ hours: 1.5, by: "a person", reason: "a reason" })],
  ] as const) {
    it(`refuses a request with ${what}, and changes nothing`, () => {
      const start = quarantined();
      const run = ask(start, text);
      expect(run.verdict).to.deep.include({ verdict: "unknown", run: "Pause" });
      expect(run.verdict.findings[0]?.found).to.contain("1 to 4 hours");
      expect(settings(run.state)).to.deep.equal(settings(start));
      expect(newEvents(start, run.state)).to.deep.equal(["unknown"]);
    });
  }

  it("lets nobody in whom nobody knows, even so", () => {
    const open = pause(quarantined(), 1, stuck).state;
    expect(windowsAdmits(open, 5986, "192.0.2.7")).to.equal(false);
    expect(open.events.at(-1)?.at).to.equal(NOW);
  });
});
