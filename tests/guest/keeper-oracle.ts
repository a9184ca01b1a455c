import { expect } from "chai";
import * as fc from "fast-check";
import type * as keeper from "../../components/guest/keeper";

/** What the keeper must do, in words of its own and not in those of the table; and what a pause may never be. */

export type Keeper = typeof keeper;

const VERDICTS = ["pass", "fail", "unknown"] as const;
const BOTH = [true, false];

/** Everything that a run can meet; more failed runs than these are nothing new. */
export const CASES: readonly keeper.KeeperCase[] = VERDICTS.flatMap((verdict) =>
  BOTH.flatMap((held) => BOTH.flatMap((quarantined) => BOTH.flatMap((paused) => [0, 1, 2, 3, 10, 1000].map((failedBefore) => ({ verdict, held, quarantined, paused, failedBefore }))))),
);

/**
 * A gate run that failed has the last word: nobody else touches its door or counts. What passes is open. What fails is counted:
 * shut by the second time running, and for as long as it goes on, unless somebody has asked for time. What is not known shuts
 * nobody who is open, opens nobody who is shut (but for somebody who has asked for time), and is not counted.
 */
export function demanded({ verdict, held, quarantined, paused, failedBefore }: keeper.KeeperCase): { readonly shut: boolean; readonly failed: number } {
  if (held) return { shut: quarantined, failed: failedBefore };
  const failed = verdict === "pass" ? 0 : verdict === "fail" ? failedBefore + 1 : failedBefore;
  if (verdict === "pass" || paused) return { shut: false, failed };
  return { shut: quarantined || (verdict === "fail" && failed >= 2), failed };
}

type Decided = ReturnType<Keeper["decide"]>;

/** What comes of it; `keep` and `release` are the same for a host that is open. */
function outcome({ door, failed }: Decided, { quarantined, failedBefore }: keeper.KeeperCase): { readonly shut: boolean; readonly failed: number } {
  return {
    shut: door === "keep" ? quarantined : door === "quarantine",
    failed: failed === "reset" ? 0 : failed === "count" ? failedBefore + 1 : failedBefore,
  };
}

const same = (a: { readonly shut: boolean; readonly failed: number }, b: { readonly shut: boolean; readonly failed: number }): boolean => a.shut === b.shut && a.failed === b.failed;

/** A block that somebody has taken away comes back: whoever stays shut is shut anew, unless a gate run holds the door by its own. */
const renews = ({ door }: Decided, one: keeper.KeeperCase): boolean => one.held || !one.quarantined || !demanded(one).shut || door === "quarantine";

/** Cases in which somebody's table does something else than is demanded. */
export function wrongs(decide: Keeper["decide"], rows?: readonly keeper.KeeperRow[]): readonly keeper.KeeperCase[] {
  return CASES.filter((one) => {
    try {
      const decided = rows === undefined ? decide(one) : decide(one, rows);
      return !same(outcome(decided, one), demanded(one)) || !renews(decided, one);
    } catch {
      return true;
    }
  });
}

const HOUR = 3_600_000;
const FOUR = 4 * HOUR;
/** Some day; and the clock of a host that has lost it. */
const START = 1_800_000_000_000;

/** Throws where a pause is longer than it may be, or shorter than it was asked for. */
export function pauseHolds({ granted, isPaused, pauseText, PAUSE_HOURS }: Keeper, runs = 200): void {
  expect(PAUSE_HOURS).to.equal(4);
  for (const hours of [1, 2, 3, 4]) {
    const pause = granted(undefined, START, hours);
    expect(pause).to.deep.equal({ since: START, until: START + hours * HOUR });
    // From this moment, and not at that one any more.
    expect([-1, 0, 1, hours * HOUR - 1, hours * HOUR].map((after) => isPaused(pause, START + after))).to.deep.equal([false, true, true, true, false]);
  }
  expect(isPaused(undefined, START)).to.equal(false);
  expect(isPaused({ since: START, until: START + 10 * FOUR }, START + FOUR), "whatever the file says").to.equal(false);
  expect(isPaused({ since: START, until: START + 10 * FOUR }, START + FOUR - 1)).to.equal(true);
  // Asked again: what is left, and then nothing.
  const first = { since: START, until: START + HOUR };
  expect(granted(first, START + 3 * HOUR, 4)).to.deep.equal({ since: START, until: START + FOUR });
  expect(granted(first, START + FOUR - 1, 1)).to.deep.equal({ since: START, until: START + FOUR });
  expect(granted(first, START + FOUR, 4)).to.equal(undefined);
  expect(granted(first, START - HOUR, 4), "a clock that was put back counts from there").to.deep.equal({ since: START - HOUR, until: START + 3 * HOUR });
  expect(JSON.parse(pauseText({ hours: 2, by: "a person", reason: "\"quoted\"" }))).to.deep.equal({ hours: 2, by: "a person", reason: "\"quoted\"" });

  const asks = fc.array(fc.record({ wait: fc.integer({ min: -6 * HOUR, max: 6 * HOUR }), hours: fc.integer({ min: 1, max: 4 }) }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(asks, (list) => {
      let clock = START;
      let open = 0;
      let back = 0;
      let pause: keeper.Pause | undefined;
      for (const { wait, hours } of list) {
        // How long the host was open since it was asked last, by a clock that nobody put back.
        if (wait > 0) open += Math.max(0, Math.min(pause !== undefined && isPaused(pause, clock) ? pause.until - clock : 0, wait));
        else back -= wait;
        clock += wait;
        pause = granted(pause, clock, hours) ?? pause;
        expect(pause === undefined || pause.until <= pause.since + FOUR).to.equal(true);
      }
      open += pause !== undefined && isPaused(pause, clock) ? pause.until - clock : 0;
      expect(open, "four hours in all, and what the clock was put back by").to.be.at.most(FOUR + back);
    }),
    { numRuns: runs },
  );
}
