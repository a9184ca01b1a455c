import { printable, strangeness, type Answered, type Judgement, type Question } from "../../components/evidence/judge";
import type { GuestVerdict } from "../../components/evidence/verdict";

/** Whether the host is ready to be given its certificate. No control is asked for: nothing is proven, and no door hangs on it. */
export function judgePrepared({ verdict, succeeded }: Answered, question: Question): Judgement {
  const judged = (trusted: boolean, faults: readonly string[]): Judgement => ({ ok: faults.length === 0, trusted, controls: {}, reported: {}, faults });
  if (verdict === undefined) return judged(false, ["the last line of the output is not a verdict"]);
  const doubts = [...strangeness(verdict, question)];
  if (verdict.gate !== "") doubts.push("it claims a gate, and a preparation has none");
  if (doubts.length > 0) return judged(false, doubts);
  const mark = verdict.simulated === true ? " (simulated)" : "";
  const faults = verdict.findings.map(({ control, key, expected, found }) => `${printable(control)}  ${printable(key)}: expected ${printable(expected)}, found ${printable(found)}${mark}`);
  if (verdict.omitted > 0) faults.push(`${verdict.omitted} more findings did not fit into the answer`);
  if (verdict.verdict !== "pass" && faults.length === 0) faults.push(`the host calls the whole ${verdict.verdict}`);
  if (!succeeded && faults.length === 0) faults.push("the host says pass, but its run ended with an error");
  return judged(true, faults);
}

/** What stays of it: the same preparation is the same line. */
export function preparedLine(host: string, { instance, generation, simulated }: GuestVerdict): string {
  return JSON.stringify({ host, instance, generation, prepared: true, ...(simulated === true && { simulated }) });
}
