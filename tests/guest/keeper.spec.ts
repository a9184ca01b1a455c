import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { decide, KEEPER_ROWS, type KeeperRow } from "../../components/guest/keeper";
import * as keeper from "../../components/guest/keeper";
import { CASES, demanded, pauseHolds, wrongs, type Keeper } from "./keeper-oracle";
import { evaluated, mutantsOf } from "./mutants";

describe("keeper's table", () => {
  it("does in each case what is demanded", () => {
    expect(CASES).to.have.length(144);
    expect(wrongs(decide)).to.deep.equal([]);
  });

  it("never shuts a host for what is not known, and never opens one but for a pass or somebody who asks", () => {
    for (const one of CASES) {
      const { door } = decide(one);
      if (one.verdict === "unknown" && !one.quarantined) expect(door, JSON.stringify(one)).to.not.equal("quarantine");
      if (one.quarantined && one.verdict !== "pass" && !one.paused) expect(door, JSON.stringify(one)).to.not.equal("release");
    }
    expect(CASES.filter((one) => demanded(one).shut && !one.quarantined)).to.have.length(5);
  });

  it("has a row for everything, and says so where one has none", () => {
    expect(() => decide({ verdict: "fail", held: false, quarantined: false, paused: false, failedBefore: 0 }, KEEPER_ROWS.slice(0, -1))).to.throw("no row of the keeper's table fits");
  });
});

/** One change in one row, or in their order. */
function tables(): { readonly what: string; readonly rows: readonly KeeperRow[] }[] {
  const found: { readonly what: string; readonly rows: readonly KeeperRow[] }[] = [];
  KEEPER_ROWS.forEach((row, i) => {
    const put = (what: string, ...rows: KeeperRow[]): void => {
      found.push({ what: `row ${i}: ${what}`, rows: [...KEEPER_ROWS.slice(0, i), ...rows, ...KEEPER_ROWS.slice(i + 1)] });
    };
    put("left out");
    const after = KEEPER_ROWS[i + 1];
    if (after) found.push({ what: `row ${i}: behind the next`, rows: [...KEEPER_ROWS.slice(0, i), after, row, ...KEEPER_ROWS.slice(i + 2)] });
    for (const door of ["keep", "quarantine", "release"] as const) if (door !== row.door) put(`door ${door}`, { ...row, door });
    for (const failed of ["reset", "keep", "count"] as const) if (failed !== row.failed) put(`failed ${failed}`, { ...row, failed });
    for (const verdict of ["pass", "fail", "unknown", undefined] as const) if (verdict !== row.verdict) put(`verdict ${verdict ?? "any"}`, { ...row, verdict });
    for (const key of ["held", "quarantined", "paused"] as const) for (const value of [true, false, undefined]) if (value !== row[key]) put(`${key} ${value ?? "any"}`, { ...row, [key]: value });
    for (const failedBefore of [0, 1, 2, 3, undefined]) if (failedBefore !== row.failedBefore) put(`failedBefore ${failedBefore ?? "any"}`, { ...row, failedBefore });
  });
  return found;
}

/** Changes that change nothing: each with the reason why nobody can see it. */
const SAME_TABLE: Readonly<Record<string, string>> = {
  "row 0: failedBefore 0": "each case has at least none",
  "row 1: failedBefore 0": "each case has at least none",
  "row 2: failedBefore 0": "each case has at least none",
  "row 3: failedBefore 0": "each case has at least none",
  "row 4: failedBefore 0": "each case has at least none",
  "row 5: failedBefore 0": "each case has at least none",
  "row 6: failedBefore 0": "each case has at least none",
  "row 8: failedBefore 0": "each case has at least none",
  "row 1: held false": "row 0 has taken what is held",
  "row 2: held false": "row 0 has taken what is held",
  "row 3: held false": "row 0 has taken what is held",
  "row 4: held false": "row 0 has taken what is held",
  "row 5: held false": "row 0 has taken what is held",
  "row 6: held false": "row 0 has taken what is held",
  "row 7: held false": "row 0 has taken what is held",
  "row 8: held false": "row 0 has taken what is held",
  "row 1: behind the next": "no case both passes and fails",
  "row 2: behind the next": "no case both fails and is unknown",
  "row 5: behind the next": "row 4 has taken what is unknown and shut, so no case fits both",
  "row 6: behind the next": "both say the same",
  "row 3: verdict any": "rows 1 and 2 have taken what passes, and what fails in a pause",
  "row 3: quarantined true": "what is open then comes to row 5, which leaves it open",
  "row 4: paused false": "row 3 has taken what is unknown in a pause",
  "row 5: paused false": "row 3 has taken what is unknown in a pause",
  "row 5: quarantined false": "row 4 has taken what is unknown and shut",
  "row 5: door release": "only what is open comes here, and of that nothing is released",
  "row 6: verdict fail": "rows 1 to 5 have taken what passes and what is unknown",
  "row 7: verdict fail": "rows 1 to 5 have taken what passes and what is unknown",
  "row 8: verdict fail": "rows 1 to 5 have taken what passes and what is unknown",
  "row 6: paused false": "row 2 has taken what fails in a pause",
  "row 7: paused false": "row 2 has taken what fails in a pause",
  "row 8: paused false": "row 2 has taken what fails in a pause",
  "row 7: quarantined false": "row 6 has taken what is shut",
  "row 8: quarantined false": "row 6 has taken what is shut",
  "row 8: door release": "only what is open comes here, and of that nothing is released",
};

describe("keeper, mutation", () => {
  it("has a case for each cell of each row, and for their order", () => {
    const left = tables().filter(({ rows }) => wrongs(decide, rows).length === 0).map(({ what }) => what);
    expect(left).to.have.members(Object.keys(SAME_TABLE));
  });

  it("has a case for each branch of the functions", () => {
    const source = readFileSync(join(__dirname, "..", "..", "components", "guest", "keeper.ts"), "utf8");
    const mutants = mutantsOf(source, ["fits", "decide", "isPaused", "granted", "PAUSE_HOURS", "HOUR"]);
    expect(mutants.length).to.be.at.least(40);
    const stands = (one: Keeper): boolean => {
      try {
        if (wrongs(one.decide, one.KEEPER_ROWS).length > 0) return false;
        expect(() => one.decide({ verdict: "fail", held: false, quarantined: false, paused: false, failedBefore: 0 }, [])).to.throw("no row");
        pauseHolds(one, 20);
        return true;
      } catch {
        return false;
      }
    };
    expect(stands(evaluated(source) as Keeper), "the code as it is").to.equal(true);
    const left = mutants.filter((mutant) => stands(evaluated(mutant.text) as Keeper)).map(({ what }) => what);
    expect(left).to.deep.equal([]);
  });
});

describe("keeper, a pause", () => {
  it("is as long as asked, four hours in all however often, and never longer for a clock that was put back", () => pauseHolds(keeper, 1000));
});
