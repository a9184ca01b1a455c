/** A model of Windows: it runs the guest document as the script would, on plain data, and remembers what happened. */
export { bootHost, reboot, windowsAdmits } from "./boot";
export { keep, type Trigger } from "./keep";
export { freshHost, VENDOR } from "./defaults";
export { UNVERIFIED } from "./facts";
export type { GuestParameters } from "./document";
export { installFromVault, trustsChain } from "./vault";
export { runGuest, WANTS_RESTART, type GuestInput, type GuestResult } from "./run";
export { found, heldByPolicy } from "./found";
export { sabotage, waysToSpoil } from "./sabotage";
export type { GuestCloud, HistoryEntry, HostState } from "./state";
