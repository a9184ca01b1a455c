import { HTTPS_PORT } from "../../components/controls/https-listener";
import { ChannelError } from "./channel";
import { armEndpoint } from "./endpoint";
import type { Patience } from "./patience";
import type { HostRequest } from "./request";

/** An inbound rule that lets somebody to WinRM over HTTPS. */
export interface DoorRule {
  /** As the state has it: `sgr-…`, or the rule's ARM id. */
  readonly id: string;
  /** Who, to which ports, for people. */
  readonly text: string;
}

/** A cloud's groups of rules. What cannot be done within the patience is a `ChannelError`. */
export interface DoorGroups {
  /** Rules of one group, by the cloud and not by anybody's state. */
  open(group: string, patience: Patience): Promise<readonly DoorRule[]>;
  /** Until they are gone. */
  shut(group: string, rules: readonly DoorRule[], patience: Patience): Promise<void>;
}

/** Whether a range of ports has WinRM's in it. */
export const admits = (first: number, last: number): boolean => first <= HTTPS_PORT && HTTPS_PORT <= last;

// A plain import would load both SDKs; `import()` does not find TypeScript, because the reader is loaded by `require`.
/* eslint-disable @typescript-eslint/no-require-imports */
const aws = (): typeof import("./doors-aws") => require("./doors-aws") as typeof import("./doors-aws");
const azure = (): typeof import("./doors-azure") => require("./doors-azure") as typeof import("./doors-azure");
/* eslint-enable @typescript-eslint/no-require-imports */

/** The groups of the request's cloud; only that cloud's SDK is loaded. */
export const doorsOf = (request: HostRequest, env: NodeJS.ProcessEnv): DoorGroups =>
  request.cloud === "aws" ? aws().awsDoors(request) : azure().azureDoors(request, armEndpoint(env));

/**
 * The engine takes its door away before it asks a gate; a rule that is there all the same is known to nobody: one whose
 * deployment was cut off, or one that somebody added by hand. Nothing is changed on a host behind it.
 */
export async function shutUnknown(doors: DoorGroups, group: string, patience: Patience): Promise<void> {
  const found = await doors.open(group, patience);
  if (found.length === 0) return;
  const told = `${found.map(({ id, text }) => `${id} (${text})`).join(", ")} of ${group}`;
  try {
    await doors.shut(group, found, patience);
  } catch (error) {
    throw error instanceof ChannelError ? new ChannelError(`a rule that the deployment does not know lets somebody to ${HTTPS_PORT}, and could not be removed: ${told}: ${error.message}`) : error;
  }
  const left = await doors.open(group, patience);
  if (left.length > 0) throw new ChannelError(`a rule that the deployment does not know lets somebody to ${HTTPS_PORT}, and is there again after it was removed: ${told}; see who makes it`);
}
