import type { Finding, GuestVerdict } from "../../components/evidence/verdict";

export interface Answer extends Omit<GuestVerdict, "findings" | "omitted" | "simulated"> {
  /** The run wants the machine to start again, and the next gate run goes on. Left out otherwise. */
  readonly reboot?: true;
}

/** Azure keeps the last 4096 bytes of an output, so the line and what ends it must fit into them. */
const LIMIT = 4000;
const TEXT_LIMIT = 200;

const cut = (text: string): string => (text.length <= TEXT_LIMIT ? text : `${text.slice(0, TEXT_LIMIT - 3)}...`);

/** The verdict as one line: as many findings as fit, and first one of each control, so that none goes without its reason. */
export function verdictLine(answer: Answer, findings: readonly Finding[]): string {
  const ordered = byImportance(findings).map((finding) => ({ ...finding, expected: cut(finding.expected), found: cut(finding.found) }));
  const line = (count: number): string =>
    JSON.stringify({ ...answer, findings: ordered.slice(0, count), omitted: ordered.length - count, simulated: true } satisfies GuestVerdict);
  let count = ordered.length;
  while (count > 0 && Buffer.byteLength(line(count)) > LIMIT) count -= 1;
  return line(count);
}

function byImportance(findings: readonly Finding[]): Finding[] {
  const failed = [...findings.filter(({ verdict }) => verdict === "fail"), ...findings.filter(({ verdict }) => verdict === "unknown")];
  const seen = new Set<string>();
  const first = failed.filter(({ control }) => !seen.has(control) && seen.add(control));
  return [...first, ...failed.filter((finding) => !first.includes(finding))];
}
