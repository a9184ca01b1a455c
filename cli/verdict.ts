import { catalogue } from "../components/controls/catalogue";
import { printable } from "../components/evidence/judge";
import { table } from "../components/evidence/layout";
import type { HostState } from "../components/evidence/state";
import { ChannelError } from "./reader/channel";
import { openChannel } from "./reader/cloud";
import { look, type Look } from "./reader/proof";
import { hostRequestSchema, INSTANCE, parseInstance, parseRequest, REQUEST } from "./reader/request";
import { startEndpoint } from "./sandbox-endpoint";
import { CommandError, isSandbox, stackState } from "./stack";

/** Audits one host now, by the control channel, and prints every control. Changes nothing. True for a pass. */
export async function verdict(stack: string, name: string, today: string): Promise<boolean> {
  const asked = await askedOf(stack, name);
  const request = parseRequest(hostRequestSchema, asked[REQUEST]);
  const instance = parseInstance(asked[INSTANCE], request.cloud);
  if (asked.AWS_PROFILE !== undefined) process.env.AWS_PROFILE ??= asked.AWS_PROFILE;

  const endpoint = isSandbox(stack) ? await startEndpoint() : undefined;
  try {
    // The SDKs look into the environment too.
    Object.assign(process.env, endpoint?.environment);
    const { channel, sandbox } = openChannel(request, process.env);
    const seen = await look(channel, { task: "recheck", request, instance, today, sandbox });
    process.stdout.write(verdictText(name, instance, seen));
    return seen.judgement.ok;
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
