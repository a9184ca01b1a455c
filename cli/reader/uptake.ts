import { randomBytes } from "node:crypto";
import { printable } from "../../components/evidence/judge";
import { parseVerdict } from "../../components/evidence/verdict";
import { ChannelError, type Answer, type Channel, type Managed } from "./channel";
import { Patience } from "./patience";
import type { Proof } from "./proof";
import type { UptakeRequest } from "./request";

const NODES_CONTROL = "automation-nodes-only";

interface Asked {
  readonly nonce: string;
  readonly nodesHash: string;
  readonly sandbox: boolean;
}

/** Tells every host of the fleet that can be reached about the node list, and names those that have not taken it up. */
export async function takeUp(channel: Channel, request: UptakeRequest, sandbox: boolean): Promise<Proof> {
  const { fleet, profile, document, logGroup, nodesHash } = request;
  const patience = new Patience(request.timeoutMinutes);
  const nonce = randomBytes(16).toString("hex");
  try {
    const hosts = await channel.find({ "secure-winrm-fleet": fleet, ...(profile !== undefined && { "secure-winrm-profile": profile }) }, patience);
    const parameters = { Mode: "Apply", Run: "Maintenance", Nonce: nonce, Gate: "", Host: "", NodesHash: nodesHash };
    const answers = await channel.run({ document, instances: hosts.map(({ instance }) => instance), parameters, logGroup }, patience);
    const states = hosts.map((host) => ({ host, state: uptakeOf(host, answers.get(host.instance), { nonce, nodesHash, sandbox }) }));
    const missing = states.filter(({ state }) => state !== "taken up" && state !== "never proven");
    if (missing.length > 0) {
      const count = missing.length === 1 ? "1 host has" : `${missing.length} hosts have`;
      const lines = missing.map(({ host, state }) => `  ${hostText(host)}  ${state}`).sort();
      return { ok: false, lines: [`${fleet}: ${count} not taken up the node list ${nodesHash}`, ...lines] };
    }
    const taken = states.filter(({ state }) => state === "taken up").map(({ host }) => host.instance);
    return { ok: true, line: JSON.stringify({ fleet, nodes: nodesHash, hosts: taken.sort() }) };
  } catch (error) {
    if (error instanceof ChannelError) return { ok: false, lines: [`${fleet}: the hosts could not be told the node list`, `  ${error.message}`] };
    throw error;
  }
}

function uptakeOf({ instance }: Managed, answer: Answer | undefined, { nonce, nodesHash, sandbox }: Asked): string {
  if (answer?.kind !== "answered") return answer?.reason ?? "no answer";
  const verdict = parseVerdict(answer.output);
  if (verdict === undefined) return `the last line of its output is not a verdict (${answer.run})`;
  if (verdict.instance !== instance || verdict.nonce !== nonce) return `its answer is not one to this question (${answer.run})`;
  if (verdict.simulated === true && !sandbox) return "its answer is simulated, but the control channel is a real cloud's";
  // Its own gate speaks for it, later.
  if (verdict.awaitingGate && Object.keys(verdict.controls).length === 0) return "never proven";
  if (verdict.nodes !== nodesHash) return `has ${verdict.nodes === "" ? "no list" : `the list ${verdict.nodes}`}`;
  const control = verdict.controls[NODES_CONTROL];
  if (control === "fail" || control === "unknown") {
    const findings = verdict.findings.filter((finding) => finding.control === NODES_CONTROL);
    const details = findings.map(({ key, expected, found }) => `${printable(key)}: expected ${printable(expected)}, found ${printable(found)}`);
    return `has the list, but it is not in force: ${NODES_CONTROL} ${control}${details.length > 0 ? `; ${details.join("; ")}` : ""}`;
  }
  return "taken up";
}

const hostText = ({ instance, name }: Managed): string => (name === undefined || name === "" || name === instance ? instance : `${printable(name)} (${instance})`);
