import { expect } from "chai";
import { parseVerdict } from "../../../components/evidence/verdict";
import { EVENTS, type GuestEvent } from "../../../components/guest/events";
import { found, keep, windowsAdmits, type HostState, type Trigger } from "../../../sandbox/windows";
import { askedOf, CASES, type Case } from "./cases";
import { booted, cloud, gate, maintain, NODE, NOW, type Asked, type Outcome } from "./lab";

/** A host that has passed its gate with a document of the catalogue, and its keeper. */

export const EXAMPLE = CASES[0] as Case;
export const ASKED = askedOf(EXAMPLE.text);

const ready = new Map<string, HostState>();

export function kept({ text, start = (state: HostState) => state }: Case = EXAMPLE): HostState {
  const known = ready.get(text);
  if (known) return structuredClone(known);
  const { state, verdict } = gate(start(found.patched(booted(), NOW)), askedOf(text));
  if (verdict.verdict !== "pass" || verdict.findings.length > 0) throw new Error(JSON.stringify(verdict.findings, undefined, 1));
  ready.set(text, state);
  return structuredClone(state);
}

/** One turn of the task, with no word from outside. */
export function turn(host: HostState, change: Asked["cloud"] = {}, trigger?: Trigger): Outcome {
  const result = keep(host, cloud({ ...ASKED.cloud, ...change }), trigger);
  const verdict = result && parseVerdict(result.output);
  if (!result || !verdict) throw new Error(`the task has not run: ${result?.output ?? "no task"}`);
  return { ...result, verdict, reboot: false, history: result.state.history.slice(host.history.length) };
}

export const turns = (host: HostState, count: number, change: Asked["cloud"] = {}): Outcome => {
  let last = turn(host, change);
  for (let i = 1; i < count; i += 1) last = turn(last.state, change);
  return last;
};

export const later = (hours: number): { now: string } => ({ now: new Date(Date.parse(NOW) + hours * 3_600_000).toISOString() });

const order = (Run: "Pause" | "Resume", Pause = "") => (host: HostState, change: Asked["cloud"] = {}): Outcome =>
  maintain(host, { ...ASKED, cloud: { ...ASKED.cloud, ...change }, parameters: { Run, Pause } });

export const request = (asked: object): string => Buffer.from(JSON.stringify(asked)).toString("base64");
export const pause = (host: HostState, hours: number, change: Asked["cloud"] = {}): Outcome => order("Pause", request({ hours, by: "a person", reason: "a reason" }))(host, change);
export const ask = (host: HostState, text: string): Outcome => order("Pause", text)(host);
export const resume = order("Resume");

export const isQuarantined = ({ verdict }: Outcome): boolean => verdict.keeper?.quarantined === true;

/** Which events a host has written, oldest first. */
export const eventsOf = ({ events }: HostState): GuestEvent[] => events.map(({ id }) => (Object.keys(EVENTS) as GuestEvent[]).find((name) => EVENTS[name].id === id) ?? "passed");
export const newEvents = (before: HostState, after: HostState): GuestEvent[] => eventsOf(after).slice(before.events.length);

/** A gate control that fails and that no run can mend, whatever else is there. */
export const UNMENDABLE = "registry SYSTEM\\CurrentControlSet\\Control\\Lsa\\LmCompatibilityLevel";
/** The same of what no door waits for. */
export const REPORTED = "firewallLog Public";

export const quarantined = (host = kept()): HostState => turns(host, 2, { stuck: UNMENDABLE }).state;

export const QUARANTINE = "secure-winrm-quarantine";
export const PORTS = [5986, 5985, 47001];

/** Neither a node, nor a neighbour, nor anybody else gets an answer. */
export function nobody(host: HostState): void {
  for (const port of PORTS) for (const from of [NODE, "10.0.1.77", "192.0.2.7"]) expect(windowsAdmits(host, port, from), `${port} from ${from}`).to.equal(false);
}
