import { catalogue } from "../components/controls/catalogue";
import { printable } from "../components/evidence/judge";
import { table } from "../components/evidence/layout";
import { withHost } from "./host";
import { look, type Look } from "./reader/proof";

/** Audits one host now, by the control channel, and prints every control. Changes nothing. True for a pass. */
export const verdict = (stack: string, name: string, today: string): Promise<boolean> =>
  withHost(stack, name, async ({ channel, ...host }) => {
    const seen = await look(channel, { task: "recheck", today, ...host });
    return { ok: seen.judgement.ok, text: verdictText(name, host.instance, seen) };
  });

export function verdictText(name: string, instance: string, { judgement, verdict: answer }: Look): string {
  if (!judgement.trusted || answer === undefined) {
    return [`${name} (${instance}): its answer does not count`, ...judgement.faults.map((fault) => `  ${fault}`), ""].join("\n");
  }
  const mark = answer.simulated === true ? " (simulated)" : "";
  const outcomes = { ...judgement.controls, ...judgement.reported };
  const rows = catalogue.flatMap(({ id, enforced }): string[][] => {
    if (!enforced) return [[id, "not enforced yet"]];
    const findings = answer.findings.filter(({ control }) => control === id);
    const first = [id, `${Object.hasOwn(outcomes, id) ? outcomes[id] : "unknown"}${mark}`];
    if (findings.length === 0) return [first];
    return findings.map(({ key, expected, found }, i) => [...(i === 0 ? first : ["", ""]), printable(key), printable(expected), printable(found)]);
  });
  const facts = `document ${answer.generation}\nnode list ${answer.nodes === "" ? "none" : answer.nodes}`;
  const head = `${name} (${instance}): ${judgement.ok ? "pass" : answer.verdict === "pass" ? "fail" : answer.verdict}${mark}`;
  // The table shows the findings already; an ended exception or an omitted finding it does not.
  const others = judgement.faults.filter((fault) => !answer.findings.some(({ key, found }) => fault.includes(printable(key)) && fault.includes(printable(found))));
  const faults = others.length === 0 ? [] : ["", ...others];
  const heading = ["control", "verdict", ...(rows.some(({ length }) => length > 2) ? ["resource", "expected", "found"] : [])];
  return [head, facts, "", table([heading, ...rows]), ...faults, ""].join("\n");
}
