import { faultsOfChain, isIntermediate, openPfx } from "./certificate";
import { append } from "./history";
import type { HostState } from "./state";

/** What a cloud's agent does that keeps LocalMachine\\My supplied from a vault; the guest script has no part in it. */

/**
 * Puts the certificate with its key into My and the authorities between into CA. Never a root: those must be trusted already.
 *
 * @throws Error when the PFX does not open
 */
export function installFromVault(host: HostState, pfx: string, password: string): HostState {
  const state = structuredClone(host);
  const { leaf, others } = openPfx(pfx, password);
  const { certificates } = state;
  if (certificates.my.some(({ thumbprint }) => thumbprint === leaf.thumbprint)) return state;
  certificates.my.push({ ...leaf });
  certificates.intermediate.push(...others.filter((other) => isIntermediate(other) && !certificates.intermediate.includes(other)));
  append(state, "set", "vault certificate", "", leaf.thumbprint);
  return state;
}

/**
 * Would the machine trust this certificate? Agents that check the chain install nothing else.
 *
 * @throws Error when the PFX does not open
 */
export function trustsChain(host: HostState, pfx: string, password: string, now = new Date().toISOString()): boolean {
  const { leaf, others } = openPfx(pfx, password);
  return faultsOfChain(leaf.der, [...host.certificates.intermediate, ...others], host.certificates.root, now).length === 0;
}
