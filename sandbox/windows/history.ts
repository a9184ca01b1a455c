import { opens } from "./firewall";
import { HTTPS_PORT, type Happening, type HostState } from "./state";

/** Numbers go on when somebody takes the entries away to store them. */
export function append(state: HostState, what: Happening, key: string, from: string, to: string): void {
  state.happened += 1;
  state.history.push({ seq: state.happened, run: state.runs, what, key, from, to, open: opens(state, HTTPS_PORT) });
}
