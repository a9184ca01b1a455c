import { join } from "node:path";
import type { GuestCloud } from "../windows";
import { readAccount } from "../store/account";
import { readIfThere } from "../store/read";
import type { CloudStore } from "../store/store";
import { answerFault, auditFaults, forged } from "./faults";
import { model, parseState } from "./model";
import { ParameterError, readGuestScript } from "./script";
import { refusedScript } from "./script-policy";

export interface Image {
  readonly name: string;
  /** What the machine's agent runs at its first boot. Empty where a cloud has no such thing. */
  readonly userData: string;
}

/** A new machine from its image, with what its user data does at first boot. */
export function bootMachine(store: CloudStore, id: string, addresses: readonly string[], { name, userData }: Image): void {
  const { freshHost, bootHost, found } = model();
  // The clouds' images are patched once a month.
  const booted = bootHost(found.patched(freshHost(name), new Date().toISOString()), userData, addresses);
  // The account's images trust the organisation's own authority, as a company's images do.
  const authority = readAccount(store.root).imagesTrust ? readIfThere(join(store.root, "ca.pem")) : undefined;
  const root = authority === undefined ? [] : [authority.replace(/-----[A-Z ]+-----|\s/g, "")];
  const trusting = { ...booted, certificates: { ...booted.certificates, root: [...booted.certificates.root, ...root] } };
  store.writeHost(id, JSON.stringify(trusting));
}

type Setting = (name: string) => string;

/** A machine as a cloud's agent sees it. */
export interface GuestMachine {
  /** The machine's own id, which its Windows state is kept by. */
  readonly id: string;
  /** The program's name for the host: faults name it so. */
  readonly host: string;
  readonly addresses: readonly string[];
  /** What stands where the script says that the node list is, as far as the machine may read it. */
  nodeList(setting: Setting): { readonly text: string } | undefined;
  secret?(name: string, setting: Setting): string | undefined;
}

export interface Outcome {
  readonly output: string;
  readonly exitCode: number;
  /** What PowerShell itself wrote to standard error. */
  readonly error?: string;
}

const RUN_NAMES = ["Mode", "Run", "Nonce", "Gate", "Host", "HostParameters", "NodesHash", "Pause"];

/** What is around the machine, with the fault that keeps a control from being set right. */
function cloudOf(store: CloudStore, machine: GuestMachine, setting: Setting): GuestCloud {
  const stuck = auditFaults(store, machine.host).flatMap((fault) => fault.control ?? [])[0];
  return {
    instanceId: machine.id,
    addresses: machine.addresses,
    nodeList: () => machine.nodeList(setting),
    ...(machine.secret === undefined ? {} : { secret: (name: string) => machine.secret?.(name, setting) }),
    now: new Date().toISOString(),
    ...(stuck === undefined ? {} : { stuck }),
  };
}

const NOT_OURS: Outcome = { output: "the sandbox runs no script but secure-winrm's own\n", exitCode: 1 };

/**
 * Runs a rendered script on a machine, as its agent would: the machine's state and history are kept.
 *
 * @param given the script's arguments, where the cloud starts it with any
 */
export function runScript(store: CloudStore, machine: GuestMachine, script: string, given: Readonly<Record<string, string>> = {}): Outcome {
  const refused = refusedScript(store, "C:\\winrm.ps1", script);
  if (refused !== undefined) return { output: "", exitCode: 1, error: refused };
  let guest: ReturnType<typeof readGuestScript>;
  try {
    guest = readGuestScript(script, given);
  } catch (error) {
    if (error instanceof ParameterError) return { output: "", exitCode: 1, error: `${error.message}\n` };
    throw error;
  }
  if (guest === undefined) return NOT_OURS;
  const { settings, document } = guest;
  const setting: Setting = (name) => settings[name] ?? "";
  const stays = Object.fromEntries(Object.entries(settings).filter(([name]) => !RUN_NAMES.includes(name)));
  const cloud: GuestCloud = { ...cloudOf(store, machine, setting), given: stays };
  const parameters = {
    Mode: setting("Mode"),
    Run: setting("Run"),
    Nonce: setting("Nonce"),
    Gate: setting("Gate"),
    Host: setting("HostParameters") || setting("Host"),
    NodesHash: setting("NodesHash"),
    Pause: setting("Pause"),
  };
  let outcome: Outcome = { output: "the machine is gone\n", exitCode: 1 };
  store.changeHost(machine.id, (content) => {
    const { state, output, exitCode } = model().runGuest(parseState(content), { document, parameters, cloud });
    outcome = { output, exitCode };
    return { state: JSON.stringify({ ...state, history: [] }), history: state.history.map((entry) => ({ ...entry })) };
  });
  return outcome;
}

/**
 * What the machine's own task does when its time has come: nobody asks, and nobody is answered.
 *
 * @returns false where the machine has no such task
 */
export function runTask(store: CloudStore, machine: GuestMachine): boolean {
  let ran = false;
  store.changeHost(machine.id, (content) => {
    const before = parseState(content);
    const after = model().keep(before, { ...cloudOf(store, machine, (name) => before.kept.given[name] ?? ""), given: before.kept.given })?.state;
    ran = after !== undefined;
    const { history, ...state } = after ?? before;
    return { state: JSON.stringify({ ...state, history: [] }), history: history.map((entry) => ({ ...entry })) };
  });
  return ran;
}

/** Starts the machine anew, as the cloud or its agent does. */
export function restartMachine(store: CloudStore, id: string): void {
  store.changeHost(id, (content) => {
    const state = parseState(content);
    model().reboot(state);
    return { state: JSON.stringify({ ...state, history: [] }), history: state.history.map((entry) => ({ ...entry })) };
  });
}

/** The same as somebody sees it who has asked for it: with the faults of the host's answers, and whatever happens an answer. */
export function answerTo(store: CloudStore, machine: GuestMachine, script: string, given: Readonly<Record<string, string>> = {}): Outcome {
  try {
    const outcome = runScript(store, machine, script, given);
    return { ...outcome, output: forged(outcome.output, answerFault(store, machine.host)) };
  } catch (error) {
    // A fault of the model is a failed command, not a dead endpoint.
    return { output: `the model of Windows failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`, exitCode: 1 };
  }
}
