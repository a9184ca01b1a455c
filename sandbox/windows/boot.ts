import { admits, writeRule } from "./firewall";
import { append } from "./history";
import { refreshPolicies } from "./policy";
import type { HostState } from "./state";
import { answerOn, listeners, startService } from "./winrm";

/** The rules by which a new machine shuts WinRM's ports before anybody has configured it. */
const BOOT_RULES: readonly (readonly [name: string, ports: readonly number[]])[] = [
  ["secure-winrm-block-http", [5985, 47001]],
  ["secure-winrm-gate", [5986]],
];

/** What first-boot user data does to the machine: recognised by the names of rules in it, not by running PowerShell. */
export function bootHost(host: HostState, userData: string, addresses: readonly string[] = host.addresses): HostState {
  const state = structuredClone(host);
  // DHCP gives the first one; a cloud that gives more leaves it to somebody to enter them.
  state.addresses = addresses.slice(0, 1);
  // The image's agent runs only what stands between these tags.
  const script = /<powershell>([\s\S]*?)<\/powershell>/i.exec(userData)?.[1] ?? "";
  for (const [name, ports] of BOOT_RULES) {
    if (script.toLowerCase().includes(name)) writeRule(state, { name, enabled: true, action: "Block", ports: [...ports], local: "Any", remote: "Any" }, ["PersistentStore"]);
  }
  for (const [pattern] of script.matchAll(/WINRM-HTTP-[A-Za-z-]*\*?/gi)) {
    const prefix = pattern.replace("*", "").toLowerCase();
    for (const rule of state.rules) {
      const name = rule.name.toLowerCase();
      if (name === prefix || (pattern.endsWith("*") && name.startsWith(prefix))) rule.enabled = false;
    }
  }
  append(state, "boot", "user data", "", script === "" ? "none" : "run");
  return state;
}

/** The machine starts again: policies are applied, services start as they are set up to, and nobody's session lives on. */
export function reboot(state: HostState): void {
  state.boots += 1;
  state.sessions = 0;
  refreshPolicies(state);
  for (const service of Object.values(state.services)) service.state = service.startup === "Automatic" ? "Running" : "Stopped";
  if (state.services["winrm"]?.state === "Running") startService(state);
  append(state, "boot", "machine", `start ${state.boots - 1}`, `start ${state.boots}`);
}

/** Would a client from there get an answer from WinRM on this port: does the firewall let it in, and does somebody listen? */
export function windowsAdmits(state: HostState, port: number, fromAddress: string): boolean {
  const scheme = listeners(state).find((listener) => listener.port === port)?.transport === "HTTPS" ? "https" : "http";
  return state.addresses.some((local) => admits(state, port, local, fromAddress) && answerOn(state, scheme, port, local).speaks !== "nothing");
}
