import { expect } from "chai";
import { parseVerdict } from "../../components/evidence/verdict";

const LINE = {
  v: 1, instance: "i-0abc", gate: "", generation: "0".repeat(64), nodes: "", nonce: "", mode: "Apply", run: "Pause", awaitingGate: false,
  verdict: "pass", controls: {}, findings: [], omitted: 0,
};

describe("verdict line", () => {
  it("of a script that knows no keeper is one, too", () => {
    expect(parseVerdict(JSON.stringify(LINE))).to.deep.equal(LINE);
  });

  for (const keeper of [{}, { quarantined: "yes", pausedUntil: "", failed: 0 }, { quarantined: true, pausedUntil: "tomorrow", failed: 0 }, { quarantined: true, pausedUntil: "", failed: -1 }]) {
    it(`is none with the keeper ${JSON.stringify(keeper)}`, () => {
      expect(parseVerdict(JSON.stringify({ ...LINE, keeper }))).to.equal(undefined);
    });
  }

  it("tells what the host does about its door", () => {
    const keeper = { quarantined: false, pausedUntil: "2027-01-01T02:00:00.000Z", failed: 3 };
    expect(parseVerdict(JSON.stringify({ ...LINE, keeper }))?.keeper).to.deep.equal(keeper);
  });
});
