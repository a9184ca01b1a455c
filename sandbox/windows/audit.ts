import type { Finding } from "../../components/evidence/verdict";
import type { Bound } from "./handlers";
import type { Judgement } from "./handler";
import { RESTART, type Machine } from "./machine";

type Outcome = Judgement["verdict"];

export interface Audit {
  /** Every control that some resource of the document names. */
  readonly controls: Readonly<Record<string, Outcome>>;
  readonly findings: readonly Finding[];
  /** The worst of what the door waits for. */
  readonly verdict: Outcome;
  /** The run wants the machine to start again. */
  readonly reboot?: true;
}

export interface Entry {
  readonly controls: readonly string[];
  /** Does the door wait for it? */
  readonly gate: boolean;
  readonly bound: Bound;
}

const SHUT: Judgement = { verdict: "unknown", expected: "on", found: "held back: quarantine has disabled the listener" };
const HELD_BACK = "held back: the audit failed";
const WEIGHT: Record<Outcome, number> = { pass: 0, unknown: 1, fail: 2 };
const worse = (a: Outcome, b: Outcome): Outcome => (WEIGHT[b] > WEIGHT[a] ? b : a);
const worst = (outcomes: readonly Outcome[]): Outcome => outcomes.reduce(worse, "pass");

/**
 * Judges every resource. Those that are `held` are left out while everything else passes, and count as failed otherwise:
 * a rule that the run holds back is not there. What quarantine has `shut` is left out likewise, and is unknown otherwise:
 * nobody can look at it.
 */
export function audit(machine: Machine, entries: readonly Entry[], held: (one: Bound) => boolean, isForced: (one: Bound) => boolean, shut: (one: Bound) => boolean): Audit {
  const judged = entries.map(({ controls, gate, bound }) => ({ controls, gate, bound, judgement: judge(machine, bound, isForced) }));
  const others = worst(judged.filter(({ bound, gate }) => gate && !held(bound) && !shut(bound)).map(({ judgement }) => judgement.verdict));
  const results = judged.flatMap((one) => {
    if (!held(one.bound) && !shut(one.bound)) return [one];
    if (others === "pass") return [];
    return [{ ...one, judgement: shut(one.bound) ? SHUT : { ...one.judgement, verdict: "fail" as const, found: HELD_BACK } }];
  });
  const controls: Record<string, Outcome> = {};
  const findings: Finding[] = [];
  for (const { controls: ids, bound, judgement } of results) {
    for (const control of ids) {
      controls[control] = worse(controls[control] ?? "pass", judgement.verdict);
      if (judgement.verdict === "pass") continue;
      findings.push({ control, key: bound.key, verdict: judgement.verdict, expected: judgement.expected, found: judgement.found });
    }
  }
  return { controls, findings, verdict: worst(results.filter(({ gate }) => gate).map(({ judgement }) => judgement.verdict)) };
}

function judge(machine: Machine, bound: Bound, isForced: (one: Bound) => boolean): Judgement {
  const judgement = bound.judge(machine);
  if (judgement.verdict === "pass" && isForced(bound)) return { ...judgement, verdict: "fail", found: "a fault of the sandbox" };
  const waits = machine.deferred.get(bound.key) ?? (judgement.awaits ? machine.deferred.get(RESTART) : undefined);
  if (judgement.verdict !== "fail" || waits === undefined) return judgement;
  return { ...judgement, verdict: "unknown", found: `${judgement.found}; waits: ${waits}` };
}
