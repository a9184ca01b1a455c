import { daysLeft } from "../settings/exceptions";
import type { GuestVerdict } from "./verdict";

/** What was asked of which machine. */
export interface Question {
  readonly instance: string;
  readonly nonce: string;
  readonly mode: GuestVerdict["mode"];
  readonly run: GuestVerdict["run"];
  /** A model of Windows may answer: only where the control channel is a sandbox's. */
  readonly simulated: boolean;
}

/** What a host's answer must match, all of it, before it counts for anything. */
export interface Expectation extends Question {
  readonly gate: string;
  /** Hash of the document that must have been applied; left out where any will do. */
  readonly generation?: string;
  /** Every one of them must be answered for. */
  readonly controls: readonly string[];
  /** Controls that no door waits for: what the host says of them is written down, and is no fault. */
  readonly reported: readonly string[];
  readonly exceptions: readonly ControlException[];
  /** YYYY-MM-DD, UTC. */
  readonly today: string;
}

export interface ControlException {
  readonly control: string;
  readonly expires: string;
}

export interface Answered {
  /** Undefined when the last line of the output was no verdict. */
  readonly verdict: GuestVerdict | undefined;
  /** The control channel's own word on the run: it ended, and with exit code 0. */
  readonly succeeded: boolean;
}

export type Outcome = "pass" | "exception" | "fail" | "unknown";

export interface Judgement {
  readonly ok: boolean;
  /** False when the answer is not one to this question: then it says nothing about any control. */
  readonly trusted: boolean;
  readonly controls: Readonly<Record<string, Outcome>>;
  /** The same of what no door waits for. */
  readonly reported: Readonly<Record<string, Outcome>>;
  /** Plain lines, for people. Empty exactly when `ok`. */
  readonly faults: readonly string[];
}

/**
 * Whether an answer opens the door. Written as a list of reasons against: only an answer that nothing speaks against is a pass.
 * Pure; today is an input.
 */
export function judge({ verdict, succeeded }: Answered, expected: Expectation): Judgement {
  if (verdict === undefined) {
    return refused(expected, ["the last line of the output is not a verdict"]);
  }
  const doubts = [...mismatches(verdict, expected)];
  if (doubts.length > 0) return refused(expected, doubts);

  const outcomes = (ids: readonly string[]): [string, Outcome][] => [...new Set(ids)].map((id) => [id, outcome(id, verdict, expected)]);
  const others = Object.keys(verdict.controls).sort().filter((id) => !expected.reported.includes(id));
  const [vouched, reported] = [outcomes([...expected.controls, ...others]), outcomes(expected.reported)];
  const faults = columns(vouched.flatMap(([id, result]) => controlFaults(id, result, verdict, expected)));
  // What fills the answer beside a pass can only be what is reported.
  const filler = verdict.verdict === "pass" && reported.some(([, result]) => result === "fail" || result === "unknown");
  if (verdict.omitted > 0 && !filler) faults.push(`${verdict.omitted} more findings did not fit into the answer: see report.json in the host's secure-winrm folder`);
  if (expected.controls.length === 0) faults.push("no control was asked for: nothing is proven");
  if (verdict.verdict !== "pass" && faults.length === 0) faults.push(`the host calls the whole ${verdict.verdict}`);
  if (!succeeded && faults.length === 0) faults.push("the host says pass, but its run ended with an error");
  const allGood = vouched.every(([, result]) => result === "pass" || result === "exception");
  if (!allGood && faults.length === 0) faults.push("a control did not pass, and the host does not say why");
  if (verdict.keeper?.quarantined === true) faults.push(QUARANTINED);
  return { ok: faults.length === 0 && allGood, trusted: true, controls: Object.fromEntries(vouched), reported: Object.fromEntries(reported), faults };
}

function refused(expected: Expectation, faults: string[]): Judgement {
  const unknown = (ids: readonly string[]): Record<string, Outcome> => Object.fromEntries(ids.map((id) => [id, "unknown"]));
  return { ok: false, trusted: false, controls: unknown(expected.controls), reported: unknown(expected.reported), faults };
}

/** Reasons why the answer is none to this question: another machine's, an old one, another run's. */
export function* strangeness(verdict: GuestVerdict, expected: Question): Generator<string> {
  const pairs: readonly (readonly [string, string, string])[] = [
    ["instance", expected.instance, verdict.instance],
    ["nonce", expected.nonce, verdict.nonce],
    ["mode", expected.mode, verdict.mode],
    ["run", expected.run, verdict.run],
  ];
  for (const [what, wanted, found] of pairs) if (wanted !== found) yield `${what}: expected ${shown(wanted)}, found ${shown(found)}`;
  if (verdict.simulated === true && !expected.simulated) yield "the answer is simulated, but the control channel is a real cloud's";
}

/** And reasons why it says nothing about what the host shall be: one about another document. */
function* mismatches(verdict: GuestVerdict, expected: Expectation): Generator<string> {
  yield* strangeness(verdict, expected);
  if (verdict.awaitingGate) {
    yield verdict.gate === "" ? "the host has never been proven by a gate" : "the host keeps to the document that its gate has proven, and waits for the gate of the new one";
  }
  if (verdict.gate !== expected.gate) yield `gate: expected ${shown(expected.gate)}, found ${shown(verdict.gate)}`;
  if (expected.generation !== undefined && verdict.generation !== expected.generation) {
    yield `generation: expected ${shown(expected.generation)}, found ${shown(verdict.generation)}`;
  }
}

/**
 * An exception never turns a failure into something else: what it allows is in the document already, so what still fails
 * is something that nobody has approved. It only says that a pass is not the whole demand. An ended one is a failure.
 */
function outcome(id: string, verdict: GuestVerdict, expected: Expectation): Outcome {
  const found = Object.hasOwn(verdict.controls, id) ? verdict.controls[id] : undefined;
  if (found === "fail" || ended(id, expected) !== undefined) return "fail";
  if (found !== "pass" || verdict.findings.some((finding) => finding.control === id)) return "unknown";
  return expected.exceptions.some(({ control }) => control === id) ? "exception" : "pass";
}

/** Whatever the controls say: nobody can reach such a host. */
const QUARANTINED =
  "quarantine: the host has shut its own port, because what the door waits for failed twice running; since when, its event 110 (source secure-winrm, log Application) tells. " +
  "npm run cli -- verdict HOST --stack NAME says what fails; mend that, then npm run cli -- release HOST --stack NAME";

/** The guest's word for an allow rule that waits: a consequence of other findings, and no news beside them. */
const HELD_BACK = "held back: the audit failed";

const ended = (id: string, { exceptions, today }: Expectation): ControlException | undefined =>
  // Not `< 0`: a date that cannot be read has ended too.
  exceptions.find((exception) => exception.control === id && !(daysLeft(exception, today) >= 0));

function controlFaults(id: string, result: Outcome, verdict: GuestVerdict, expected: Expectation): [string, string][] {
  if (result === "pass" || result === "exception") return [];
  const mark = verdict.simulated === true ? " (simulated)" : "";
  const findings = verdict.findings
    .filter((finding) => finding.control === id && !(finding.found === HELD_BACK && verdict.findings.some(({ found }) => found !== HELD_BACK)))
    .map((finding): [string, string] => [id, `${printable(finding.key)}: expected ${printable(finding.expected)}, found ${printable(finding.found)}${mark}`]);
  const end = ended(id, expected);
  if (end !== undefined) findings.push([id, `its exception ended on ${printable(end.expires)}`]);
  // Its only trouble is another control's: that one's line says why.
  if (findings.length === 0 && verdict.findings.some((finding) => finding.control === id && finding.found === HELD_BACK)) return [];
  if (findings.length > 0) return findings;
  return [[id, Object.hasOwn(verdict.controls, id) ? `${result}, without a finding${mark}` : `the host did not answer for it${mark}`]];
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(0, ...rows.map(([id]) => id.length));
  return rows.map(([id, text]) => `${printable(id).padEnd(width)}  ${text}`);
}

const shown = (text: string): string => (text === "" ? "none" : printable(text));

/** Text from a host, safe for a terminal and a single line. */
export function printable(text: string): string {
  const clean = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ");
  return clean.length > 200 ? `${clean.slice(0, 200)}…` : clean;
}
