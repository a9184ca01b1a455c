import { PAUSE_HOURS, type PauseRequest } from "../components/guest/keeper";
import { printable, strangeness } from "../components/evidence/judge";
import type { GuestVerdict } from "../components/evidence/verdict";
import { withHost } from "./host";
import { Patience } from "./reader/patience";
import { ask, type Heard, type KeeperTask } from "./reader/proof";
import { CommandError, nameToTell } from "./stack";

/** What a person asks of a host's keeper: time to mend the host, an end of that, or to be open again. */

type Keeper = NonNullable<GuestVerdict["keeper"]>;

export interface PauseOptions {
  readonly hours: string;
  readonly reason: string;
  readonly by: string;
}

export const pause = async (stack: string, name: string, options: PauseOptions): Promise<boolean> => tell(stack, name, "pause", pauseAnswer, pauseOf(options));

export const resume = (stack: string, name: string): Promise<boolean> => tell(stack, name, "resume", resumeAnswer(stack, name));
export const release = (stack: string, name: string): Promise<boolean> => tell(stack, name, "release", releaseAnswer);

/** What the host's own parameter takes, so that nobody waits for a refusal. Lengths as the host keeps them. */
function pauseOf({ hours, reason, by }: PauseOptions): PauseRequest {
  const wanted = Number(hours);
  if (!Number.isInteger(wanted) || wanted < 1 || wanted > PAUSE_HOURS) throw new CommandError(`--hours: a pause is for 1 to ${PAUSE_HOURS} whole hours (got ${printable(hours)}); longer work is an exception in the stack file`);
  const line = (option: string, text: string, most: number): string => {
    const said = text.replace(/[\p{Cc}\p{Cf}\s]+/gu, " ").trim();
    if (said === "") throw new CommandError(`${option}: it is empty; say it, because the host writes it into its event log`);
    if (said.length > most) throw new CommandError(`${option}: ${said.length} characters are too long; say it in ${most}`);
    return said;
  };
  return { hours: wanted, by: line("--by", by, 100), reason: line("--reason", reason, 200) };
}

interface Said {
  readonly ok: boolean;
  readonly lines: readonly string[];
}

function tell(stack: string, name: string, task: KeeperTask, answer: (verdict: GuestVerdict, keeper: Keeper) => Said, asked?: PauseRequest): Promise<boolean> {
  return withHost(stack, name, async ({ channel, request, instance, sandbox }) => {
    const heard = await ask(channel, { task, request, instance, sandbox, ...(asked !== undefined && { pause: asked }) }, new Patience(request.timeoutMinutes));
    const { ok, lines } = said(heard, answer);
    return { ok, text: `${name} (${instance}): ${lines.join("\n  ")}\n` };
  });
}

function said({ verdict, asked, run }: Heard, answer: (verdict: GuestVerdict, keeper: Keeper) => Said): Said {
  if (verdict === undefined) return { ok: false, lines: ["its answer does not count", "the last line of the output is not a verdict", run] };
  const doubts = [...strangeness(verdict, asked)];
  if (doubts.length > 0) return { ok: false, lines: ["its answer does not count", ...doubts, run] };
  if (verdict.keeper === undefined) return { ok: false, lines: ["its script knows no keeper yet", "run up, which brings the new one"] };
  const { ok, lines: [first = "", ...rest] } = answer(verdict, verdict.keeper);
  return { ok, lines: [`${first}${verdict.simulated === true ? " (simulated)" : ""}`, ...rest] };
}

const findings = ({ findings: found }: GuestVerdict): string[] => found.map(({ control, key, expected, found: seen }) => `${printable(control)}  ${printable(key)}: expected ${printable(expected)}, found ${printable(seen)}`);

function pauseAnswer(verdict: GuestVerdict, { quarantined, pausedUntil }: Keeper): Said {
  if (pausedUntil === "") {
    const why = findings(verdict).filter((line) => line.startsWith("secure-winrm "));
    return { ok: false, lines: ["no pause", ...(why.length > 0 ? why : [`${PAUSE_HOURS} hours without a run that passed are used up; a run that passes gives new ones`])] };
  }
  if (quarantined) return { ok: false, lines: [`quarantine is paused until ${pausedUntil}, but the host is still shut`, ...findings(verdict)] };
  return { ok: true, lines: [`quarantine is paused until ${pausedUntil}`, "after that the host shuts itself again, if what the door waits for fails still"] };
}

const resumeAnswer = (stack: string, name: string) => (verdict: GuestVerdict, { quarantined, pausedUntil }: Keeper): Said => {
  const told = nameToTell(stack);
  const host = told === undefined ? name : `${name} --stack ${told}`;
  const next = `npm run cli -- verdict ${host} says what fails; mend that, then npm run cli -- release ${host}`;
  if (pausedUntil !== "") return { ok: false, lines: [`quarantine is still paused until ${pausedUntil}`, ...findings(verdict)] };
  return { ok: true, lines: quarantined ? ["no pause; the host is in quarantine", ...findings(verdict), next] : ["no pause; the host is not in quarantine"] };
};

function releaseAnswer(verdict: GuestVerdict, { quarantined, pausedUntil }: Keeper): Said {
  if (quarantined) return { ok: false, lines: ["still in quarantine", ...findings(verdict)] };
  if (verdict.verdict === "pass") return { ok: true, lines: ["not in quarantine, and everything that the door waits for passes"] };
  const state = pausedUntil === "" ? "not in quarantine" : `not in quarantine, which is paused until ${pausedUntil}`;
  return { ok: false, lines: [`${state}, but what the door waits for does not pass`, ...findings(verdict)] };
}
