import { opens, rulesNamed, writeRule } from "./firewall";
import { QUARANTINE_RULE } from "./handle-firewall";
import type { Machine } from "./machine";
import { WINRM_PORTS, type HostState } from "./state";
import { answerOn, isRunning, startService } from "./winrm";

/** The ways to shut WinRM's ports on a host, each for when the one before does not do it. */

/** In each store that can be written; nothing where it stands already. */
export function blockRule(machine: Machine): void {
  const found = (): string => JSON.stringify(rulesNamed(machine.state, QUARANTINE_RULE));
  const before = found();
  writeRule(machine.state, { name: QUARANTINE_RULE, enabled: true, action: "Block", ports: [...WINRM_PORTS], local: "Any", remote: "Any" });
  if (found() !== before) machine.record("block-on", QUARANTINE_RULE, before === "[]" ? "absent" : "something else", "on");
}

/**
 * Does the firewall that Windows lives by, whatever rules were written, let somebody in to one of the ports?
 *
 * @param answers only where somebody answers
 */
export function isOpen(state: HostState, answers: boolean): boolean {
  const heard = (port: number): boolean => state.addresses.some((address) => (["http", "https"] as const).some((scheme) => answerOn(state, scheme, port, address).speaks !== "nothing"));
  return WINRM_PORTS.some((port) => opens(state, port) && (!answers || heard(port)));
}

/** Those that a policy or a switch makes are no objects, so they stay. */
export function switchListeners(machine: Machine, on: boolean): void {
  for (const listener of machine.state.listeners) {
    if (!WINRM_PORTS.some((port) => port === listener.port) || on === !listener.disabled) continue;
    if (on) delete listener.disabled;
    else listener.disabled = true;
    machine.record("set", `listener ${listener.address}+${listener.transport}`, on ? "disabled" : "enabled", on ? "enabled" : "disabled");
  }
}

/** So that it does not come back with the next start of the machine either. */
export function stopWinRm(machine: Machine): void {
  machine.state.services["winrm"] = { startup: "Disabled", state: "Stopped" };
  machine.record("set", "service WinRM", "Running", "Disabled, Stopped");
}

export const isStopped = (state: HostState): boolean => !isRunning(state);

/** Would somebody get an answer, were the service started? Listeners of a policy are there as soon as it runs. */
export function wouldAnswer(state: HostState): boolean {
  const tried = structuredClone(state);
  tried.services["winrm"] = { startup: "Automatic", state: "Stopped" };
  startService(tried);
  return isOpen(tried, true);
}

export function startWinRm(machine: Machine): void {
  machine.state.services["winrm"] = { startup: "Automatic", state: "Stopped" };
  startService(machine.state);
  machine.record("set", "service WinRM", "Disabled, Stopped", "Running");
}
