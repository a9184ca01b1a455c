import type { CloudStore } from "../store/store";
import { model, parseState } from "./model";

export interface Delivered {
  readonly name: string;
  readonly pfx: string;
  readonly password: string;
}

/**
 * Brings a vault's certificate into a machine, as a cloud's agent does.
 *
 * @param demandsTrust whether a chain that the machine does not trust is refused
 * @returns what is wrong, or nothing
 */
export function installCertificate(store: CloudStore, id: string, { name, pfx, password }: Delivered, demandsTrust: boolean): string | undefined {
  const { installFromVault, trustsChain } = model();
  let problem: string | undefined = "The machine does not answer.";
  store.changeHost(id, (content) => {
    const state = parseState(content);
    problem = demandsTrust && !trustsChain(state, pfx, password) ? `Certificate chain validation failed for '${name}': a certificate chain processed, but terminated in a root certificate which is not trusted by the trust provider.` : undefined;
    const installed = problem === undefined ? installFromVault(state, pfx, password) : state;
    return { state: JSON.stringify({ ...installed, history: [] }), history: installed.history.map((entry) => ({ ...entry })) };
  });
  return problem;
}
