import { registryKey, type Gpo, type HostState, type RegistryValue } from "./state";

/** Policies: what Registry.pol and domain GPOs say, and how it comes into the registry. */

/** The GPO that has the last word about a value. */
export const gpoOf = (state: HostState, key: string): Gpo | undefined => state.gpos.findLast(({ values }) => values[key] !== undefined);

/** Merges one value into the local policy, as an editor of Registry.pol would, and into the registry at once. */
export function writePolicy(state: HostState, key: string, value: RegistryValue | undefined): void {
  if (value === undefined) {
    delete state.localPolicy[key];
    delete state.registry[key];
  } else {
    state.localPolicy[key] = { ...value };
    state.registry[key] = { ...value };
  }
  state.localPolicyVersion += 1;
}

/** A refresh: the local policy first, then the domain's. What no policy holds is left alone. */
export function refreshPolicies(state: HostState): void {
  for (const values of [state.localPolicy, ...state.gpos.map((gpo) => gpo.values)]) {
    for (const [key, value] of Object.entries(values)) state.registry[key] = { ...value };
  }
}

export const FIREWALL_POLICY = "SOFTWARE\\Policies\\Microsoft\\WindowsFirewall";

/** CIS 9.3.4 and its like: with 0, rules of the machine's own store are not looked at on this profile. */
export const mergeKey = (profile: string): string => registryKey(`${FIREWALL_POLICY}\\${profile}Profile`, "AllowLocalPolicyMerge");

/** "Turn off Local Group Policy Objects processing": with 1, a machine of a domain lives by the domain's policies alone. */
export const LOCAL_POLICY_OFF = registryKey("SOFTWARE\\Policies\\Microsoft\\Windows\\System", "DisableLGPOProcessing");

// ---- what acts only after the next start

/** The script remembers in which start it wrote a value. */
export function remember(state: HostState, key: string): void {
  state.written[key] = { boot: state.boots, start: state.starts };
}

export function waitsFor(state: HostState, key: string, after: "service" | "boot" | undefined): "service" | "boot" | undefined {
  const written = state.written[key];
  if (written === undefined || after === undefined) return undefined;
  if (after === "boot") return written.boot === state.boots ? after : undefined;
  const isRunning = state.services["winrm"]?.state === "Running";
  return isRunning && written.start === state.starts ? after : undefined;
}
