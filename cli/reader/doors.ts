import { HTTPS_PORT } from "../../components/controls/https-listener";
import { ChannelError } from "./channel";
import { Backoff, Patience } from "./patience";

/** A rule that lets somebody in. */
export interface DoorRule {
  /** As the deployment's state has it: `sgr-…`, or the rule's ARM id. */
  readonly id: string;
  /** For people. */
  readonly text: string;
}

/**
 * Hosts' own groups, in which nothing but a door lets anybody in. Every method ends within its patience; what it cannot
 * do, a group that is not there included, it says with a `ChannelError`.
 */
export interface DoorGroups {
  /** Inbound rules of a group that let TCP 5986 in. */
  open(group: string, patience: Patience): Promise<readonly DoorRule[]>;
  /** Takes rules away; one that is gone already is none. */
  shut(group: string, rules: readonly DoorRule[], patience: Patience): Promise<void>;
}

/** For reading a few rules, and for taking one away. */
const LOOKING_MINUTES = 3;

/** There is no such group, and so no rule of it. */
export class NoGroupError extends ChannelError {}

/** Somebody may reach the host although its door should be shut, or nobody knows whether. */
export class OpenDoorError extends Error {}

/**
 * Shuts what is open before its gate has spoken. The deployment has deleted the door that it knows by then, so that a
 * rule which still stands was left by one that was killed, or whose create answer was lost.
 */
export async function shutUnknown(doors: DoorGroups, group: string, host: string, minutes: number): Promise<void> {
  const patience = new Patience(Math.min(minutes, LOOKING_MINUTES));
  const found = await tried(() => doors.open(group, patience), (why) => `whether anybody is let in to ${HTTPS_PORT} by ${host}'s own group ${group} could not be found out: ${why}`);
  if (found.length === 0) return;
  const unknown = (rules: readonly DoorRule[], why: string): string =>
    `a rule that the deployment does not know lets somebody in to ${HTTPS_PORT} by ${host}'s own group ${group}, and could not be removed: ${rules.map(({ text }) => text).join(", ")} (${why}); remove it by hand and run up again`;
  let left = await tried(async () => {
    await doors.shut(group, found, patience);
    return doors.open(group, patience);
  }, (why) => unknown(found, why));
  const backoff = new Backoff();
  // A cloud may go on showing for a moment what is gone.
  while (left.length > 0 && !patience.over) {
    await backoff.pause(patience);
    const before = left;
    if (!patience.over) left = await tried(() => doors.open(group, patience), (why) => unknown(before, why));
  }
  if (left.length > 0) throw new OpenDoorError(unknown(left, `it still stands after ${patience.text}`));
}

async function tried<T>(work: () => Promise<T>, text: (why: string) => string): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ChannelError) throw new OpenDoorError(text(error.message));
    throw error;
  }
}

/** Whether a range of ports holds the one of WinRM over HTTPS. */
export const holdsPort = (first: number, last: number): boolean => first <= HTTPS_PORT && HTTPS_PORT <= last;
