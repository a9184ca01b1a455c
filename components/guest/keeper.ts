/**
 * What a run of the keeper does with the door, after it has set right what it could. Data: the script gets these rows in its
 * document and takes the first that fits, so that what is tested here is what hosts do.
 *
 * A run of the keeper is every one that applies and maintains, whoever has started it; `Pause` and `Resume` are such runs that
 * first note a pause, or end it. It repairs; audits without what quarantine itself has shut beside the firewall (the listener's
 * answer and binding, the service); takes a row; and does to the door what that says. Where it has to open more than the firewall
 * to look at everything, it audits again and takes a row again. A gate run that passes ends quarantine, pause and count.
 */

/** Of what the door waits for: the audit after the run's repairs. */
export type KeeperVerdict = "pass" | "fail" | "unknown";

export interface KeeperCase {
  readonly verdict: KeeperVerdict;
  /** A failed gate run holds the door shut: only a gate run opens it. */
  readonly held: boolean;
  readonly quarantined: boolean;
  /** Somebody has asked for time to mend the host, and it is not over. */
  readonly paused: boolean;
  /** Runs before this one that failed, since the last that passed; an unknown one neither adds to them nor ends them. */
  readonly failedBefore: number;
}

export interface KeeperDecision {
  /** `quarantine`: shut it, or see to it that it still is. `release`: open it, if quarantine has shut it. */
  readonly door: "keep" | "quarantine" | "release";
  /** What becomes of the number of failed runs. */
  readonly failed: "reset" | "keep" | "count";
}

/** Left out: whatever it is. `failedBefore` is at least so many. */
export type KeeperRow = Partial<KeeperCase> & KeeperDecision;

/** The first that fits; the last fits everything. */
export const KEEPER_ROWS: readonly KeeperRow[] = [
  { held: true, door: "keep", failed: "keep" },
  { verdict: "pass", door: "release", failed: "reset" },
  { verdict: "fail", paused: true, door: "release", failed: "count" },
  { verdict: "unknown", paused: true, door: "release", failed: "keep" },
  // A block that somebody took away comes back, but nobody is newly shut for what is not known: a log or a CA that is out must not shut an estate.
  { verdict: "unknown", quarantined: true, door: "quarantine", failed: "keep" },
  { verdict: "unknown", door: "keep", failed: "keep" },
  { quarantined: true, door: "quarantine", failed: "count" },
  { failedBefore: 1, door: "quarantine", failed: "count" },
  { door: "keep", failed: "count" },
];

const fits = (row: KeeperRow, one: KeeperCase): boolean =>
  (row.held === undefined || row.held === one.held) &&
  (row.verdict === undefined || row.verdict === one.verdict) &&
  (row.quarantined === undefined || row.quarantined === one.quarantined) &&
  (row.paused === undefined || row.paused === one.paused) &&
  (row.failedBefore === undefined || one.failedBefore >= row.failedBefore);

/** @throws Error when no row fits: a mistake in the table */
export function decide(one: KeeperCase, rows: readonly KeeperRow[] = KEEPER_ROWS): KeeperDecision {
  const row = rows.find((candidate) => fits(candidate, one));
  if (row === undefined) throw new Error(`no row of the keeper's table fits ${JSON.stringify(one)}`);
  return { door: row.door, failed: row.failed };
}

/** The block rule of quarantine: ports 5986, 5985 and 47001, every address, in every store that can be written. */
export const QUARANTINE_RULE = "secure-winrm-quarantine";

/** What a host keeps of it beside its report, as `keeper.json`. */
export interface Kept {
  readonly quarantined: boolean;
  /** Runs that failed since the last that passed. */
  readonly failed: number;
  /** `passed`: a run has passed while it lasted, so that it does not count against the next one. */
  readonly pause?: Pause & Pick<PauseRequest, "by" | "reason"> & { readonly passed: boolean };
}

/** The longest that quarantine may be paused before a run has passed. Unit: hours. */
export const PAUSE_HOURS = 4;

/** Times in ms since 1970. */
export interface Pause {
  readonly since: number;
  readonly until: number;
}

/** Who asks for a pause, why, and for how many hours: 1 to `PAUSE_HOURS`. The run parameter `Pause` is the base64 of its JSON. */
export interface PauseRequest {
  readonly hours: number;
  readonly by: string;
  readonly reason: string;
}

export const pauseText = ({ hours, by, reason }: PauseRequest): string => JSON.stringify({ hours, by, reason });

const HOUR = 3_600_000;

/** A clock that was put back ends a pause, it never makes it longer. */
export const isPaused = (pause: Pause | undefined, now: number): boolean => pause !== undefined && pause.since <= now && now < Math.min(pause.until, pause.since + PAUSE_HOURS * HOUR);

/**
 * The pause that somebody gets who asks for so many hours. One that was not followed by a passed run counts on: asking again never
 * gives more than four hours in all.
 *
 * @returns undefined where none is left
 */
export function granted(before: Pause | undefined, now: number, hours: number): Pause | undefined {
  const since = before === undefined ? now : Math.min(before.since, now);
  const pause = { since, until: Math.min(now + hours * HOUR, since + PAUSE_HOURS * HOUR) };
  return pause.until > now ? pause : undefined;
}
