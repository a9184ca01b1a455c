import type { Judgement } from "./handler";
import { waitsFor } from "./policy";
import type { HostState } from "./state";

/** What complies, but was written in this start, while it acts after the next one: nobody knows yet whether it acts. */
export function acting(state: HostState, key: string, after: "service" | "boot" | undefined, judgement: Judgement): Judgement {
  const awaits = judgement.verdict === "pass" ? waitsFor(state, key, after) : undefined;
  if (awaits === undefined) return judgement;
  const what = awaits === "service" ? "the WinRM service" : "the machine";
  return { verdict: "unknown", expected: judgement.expected, found: `${judgement.found}, written, acts after the next start of ${what}`, awaits };
}
