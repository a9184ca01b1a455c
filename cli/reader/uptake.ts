import { randomBytes } from "node:crypto";
import { printable, strangeness } from "../../components/evidence/judge";
import { parseVerdict } from "../../components/evidence/verdict";
import { ChannelError, type Answer, type Channel, type Managed } from "./channel";
import { Patience } from "./patience";
import type { Proof } from "./proof";
import type { UptakeRequest } from "./request";

const NODES_CONTROL = "automation-nodes-only";
const RUN = { mode: "Apply", run: "Maintenance" } as const;

interface Asked {
  readonly nonce: string;
  readonly nodesHash: string;
  readonly sandbox: boolean;
}

/** Tells every host of the fleet about the node list, and names those that have not taken it up: who cannot be reached has not. */
export async function takeUp(channel: Channel, request: UptakeRequest, sandbox: boolean): Promise<Proof> {
  const { fleet, profile, nodesHash } = request;
  const patience = new Patience(request.timeoutMinutes);
  const nonce = randomBytes(16).toString("hex");
  try {
    const hosts = await channel.find({ "secure-winrm-fleet": fleet, ...(profile !== undefined && { "secure-winrm-profile": profile }) }, patience);
    const parameters = { Mode: RUN.mode, Run: RUN.run, Nonce: nonce, Gate: "", Host: "", NodesHash: nodesHash };
    const instances = hosts.filter(({ silent }) => silent === undefined).map(({ instance }) => instance);
    const answers = await channel.run({ task: "uptake", instances, parameters }, patience);
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

function uptakeOf({ instance, silent }: Managed, answer: Answer | undefined, { nonce, nodesHash, sandbox }: Asked): string {
  if (answer?.kind !== "answered") return silent ?? answer?.reason ?? "no answer";
  const verdict = parseVerdict(answer.output);
  if (verdict === undefined) return `the last line of its output is not a verdict (${answer.run})`;
  const doubts = [...strangeness(verdict, { instance, nonce, ...RUN, simulated: sandbox })];
  if (doubts.length > 0) return `its answer is not one to this question: ${doubts.join("; ")} (${answer.run})`;
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
