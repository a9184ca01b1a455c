/**
 * What a host says in its own event log, so that clouds can ship it and alerts can wait for it. Ids are final: alerts,
 * dashboards and other people's rules are made from them. The script has the same table, and a test holds the two together.
 */
export const EVENT_LOG = "Application";
export const EVENT_SOURCE = "secure-winrm";

export const EVENTS = {
  /** A run of the keeper that ended in `pass`; the message is its verdict line. Every run says one of the first three: their absence is silence. */
  passed: { id: 100, level: "Information" },
  failed: { id: 101, level: "Warning" },
  unknown: { id: 102, level: "Warning" },
  /** WinRM's port was shut by the host itself, because what the door waits for failed twice running. */
  quarantined: { id: 110, level: "Error" },
  released: { id: 111, level: "Information" },
  paused: { id: 112, level: "Warning" },
  /** A pause ended, or was ended. */
  resumed: { id: 113, level: "Information" },
  /** A run found something other than declared, and set it right. */
  repaired: { id: 120, level: "Warning" },
  /** The listener's certificate ends within its minimum of days, or has ended. */
  certificate: { id: 130, level: "Warning" },
  /** Script or document on the disk are not what the control channel brought. */
  altered: { id: 140, level: "Error" },
} as const satisfies Readonly<Record<string, { readonly id: number; readonly level: "Information" | "Warning" | "Error" }>>;

export type GuestEvent = keyof typeof EVENTS;
