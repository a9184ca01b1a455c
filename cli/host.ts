import { printable } from "../components/evidence/judge";
import type { HostState } from "../components/evidence/state";
import { ChannelError, type Channel } from "./reader/channel";
import { openChannel } from "./reader/cloud";
import { hostRequestSchema, INSTANCE, parseInstance, parseRequest, REQUEST, type HostRequest } from "./reader/request";
import { startEndpoint } from "./sandbox-endpoint";
import { CommandError, isSandbox, stackState } from "./stack";

/** A host of a stack, and the cloud's control channel to it. */
export interface Reached {
  readonly request: HostRequest;
  readonly instance: string;
  readonly channel: Channel;
  readonly sandbox: boolean;
}

/**
 * Asks one host something by its cloud's control channel, and puts the answer on standard output. True for what was asked for.
 *
 * @param asks gives back the text to print
 */
export async function withHost(stack: string, name: string, asks: (host: Reached) => Promise<{ readonly ok: boolean; readonly text: string }>): Promise<boolean> {
  const asked = await askedOf(stack, name);
  const request = parseRequest(hostRequestSchema, asked[REQUEST]);
  const instance = parseInstance(asked[INSTANCE], request.cloud);
  if (asked.AWS_PROFILE !== undefined) process.env.AWS_PROFILE = asked.AWS_PROFILE;

  const endpoint = isSandbox(stack) ? await startEndpoint() : undefined;
  try {
    // The SDKs look into the environment too.
    Object.assign(process.env, endpoint?.environment);
    const { channel, sandbox } = openChannel(request, process.env);
    const { ok, text } = await asks({ request, instance, channel, sandbox });
    process.stdout.write(text);
    return ok;
  } catch (error) {
    if (error instanceof ChannelError) throw new CommandError(`${name} (${instance}): no verdict\n  ${error.message}`);
    throw error;
  } finally {
    await endpoint?.stop();
  }
}

async function askedOf(stack: string, name: string): Promise<NonNullable<HostState["asked"]>> {
  const state = await stackState(stack);
  const hosts = state?.fleets.flatMap((fleet) => fleet.hosts) ?? [];
  const host = hosts.find((candidate) => candidate.name === name);
  if (host === undefined) {
    const known = hosts.length === 0 ? "the stack has no hosts" : `the stack has ${hosts.map((candidate) => candidate.name).join(", ")}`;
    throw new CommandError(`there is no host ${printable(name)} in stack ${stack}: ${known}`);
  }
  if (host.asked === undefined) throw new CommandError(`${name} has never passed its gate, so there is nothing to audit it against: run up, which asks its gate again`);
  return host.asked;
}
