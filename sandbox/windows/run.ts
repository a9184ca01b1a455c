import type { Audit } from "./audit";
import { FILES, hostText, parseDocument, parseHost, parseProven, sha256, type GuestParameters } from "./document";
import { Machine } from "./machine";
import { isAltered, tellOf } from "./events";
import { Keeper } from "./keeper";
import { Orders } from "./orders";
import type { GuestCloud, HostState } from "./state";
import { verdictLine, type Answer } from "./verdict-line";

export interface GuestInput {
  readonly document: string;
  readonly parameters: GuestParameters;
  readonly cloud: GuestCloud;
}

export interface GuestResult {
  readonly state: HostState;
  /** Log lines, then the verdict as one line. */
  readonly output: string;
  readonly exitCode: number;
}

/** Runs the guest document on a copy of the host, as the script would: Windows is the only thing that is not real. */
export function runGuest(host: HostState, { document, parameters, cloud }: GuestInput): GuestResult {
  const state = structuredClone(host);
  state.runs += 1;
  // DHCP gives the first address only.
  state.addresses = [...new Set([...cloud.addresses.slice(0, 1), ...state.entered])];
  const run = runOf(parameters.Run);
  const isMaintenance = run !== "Gate" && run !== "Prepare";
  const applies = parameters.Mode === "Apply";
  const proven = parseProven(state.files[FILES.proven]);
  const shuts = run === "Gate" || (run === "Prepare" && proven === undefined);
  const machine = new Machine(state, cloud, applies && shuts);
  machine.record("run", `${applies ? "Apply" : "Audit"} ${run}`, "", "");
  const offered = parseDocument(document);
  const awaitsGate = isMaintenance && (proven === undefined || (offered !== undefined && offered.gate !== proven.documentGate));
  // An unproven gate part waits for its own gate run: until then the host keeps to what it has proven.
  const text = awaitsGate && proven ? proven.document : document;
  const parsed = text === document ? offered : parseDocument(text);
  machine.host = parseHost(run === "Gate" ? hostText(parameters.Host) : state.files[FILES.host]);

  machine.script = document;
  const keeper = new Keeper(machine, parsed?.keeper ?? NO_KEEPER);
  if (isMaintenance && applies && isAltered(state)) machine.tell("altered", JSON.stringify({ event: "altered", file: "keeper.ps1" }));

  let result: Audit = { controls: {}, findings: [], verdict: "unknown" };
  if (!parsed) machine.log.push("the guest document cannot be read");
  else if (isMaintenance && !proven) machine.log.push("this host has not passed its gate yet: nothing is changed");
  else result = new Orders(machine, parsed, text, parameters, proven, keeper).go();

  const answer: Answer = {
    v: 1,
    instance: cloud.instanceId,
    gate: run === "Gate" ? parameters.Gate : run === "Prepare" ? "" : (proven?.gate ?? ""),
    generation: sha256(text),
    nodes: machine.takenUp()?.hash ?? "",
    nonce: parameters.Nonce,
    mode: applies ? "Apply" : "Audit",
    run,
    awaitingGate: awaitsGate,
    verdict: result.verdict,
    controls: result.controls,
    keeper: keeper.answer,
    ...(result.reboot ? { reboot: true as const } : {}),
  };
  // Who has asked for an audit gets its answer; one by the task has nobody. The report does not count as a change of the host.
  const report = applies ? FILES.report : parameters.Nonce === "" ? FILES.audit : undefined;
  if (report !== undefined && parsed && (!isMaintenance || proven)) state.files[report] = JSON.stringify({ ...answer, at: cloud.now, findings: result.findings });
  machine.record("verdict", "audit", "", result.verdict);
  const line = verdictLine(answer, result.findings);
  if (isMaintenance && applies) tellOf(machine, keeper, result, line);
  const lines = [`secure-winrm on ${cloud.instanceId}, simulated`, ...machine.log, line];
  return { state, output: `${lines.join("\n")}\n`, exitCode: exitCode(result) };
}

/** Windows' own code for "done, and wants a restart": whoever started the script restarts the machine, the script never does. */
export const WANTS_RESTART = 3010;

const exitCode = ({ reboot, verdict }: Audit): number => (reboot ? WANTS_RESTART : verdict === "pass" ? 0 : 1);

const RUNS = ["Gate", "Prepare", "Pause", "Resume"] as const;

const runOf = (name: string): Answer["run"] => RUNS.find((run) => run === name) ?? "Maintenance";

/** A document that cannot be read says nothing of a keeper. */
const NO_KEEPER = { rows: [], pauseHours: 0, certificateDays: 0 };
