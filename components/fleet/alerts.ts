import { KEEPER_MINUTES } from "../controls/tables/keeper";
import { EVENTS } from "../guest/events";

/** What somebody is told of, in no cloud's words: each cloud makes its own alarms and rules from this table. */
interface Told {
  readonly id: string;
  readonly title: string;
}

export type Alert = Told &
  (
    | { readonly by: "event"; readonly events: readonly number[] }
    /** None of these events from a host for so long. */
    | { readonly by: "silence"; readonly events: readonly number[]; readonly minutes: number }
    /** A connection to this port that a security group refused. */
    | { readonly by: "refused"; readonly port: number }
    /** A process of remoting (event 4688) that runs as somebody else than these accounts. */
    | { readonly by: "logon"; readonly processes: readonly string[] }
    /** So many days before an exception ends, and from then on until it is taken out. */
    | { readonly by: "exception"; readonly days: number }
  );

/** Ids are final. */
export const ALERTS: readonly Alert[] = [
  { id: "quarantine", title: "a host has shut its WinRM port", by: "event", events: [EVENTS.quarantined.id] },
  { id: "altered", title: "script or document on a host were altered", by: "event", events: [EVENTS.altered.id] },
  { id: "certificate", title: "a listener's certificate is about to end", by: "event", events: [EVENTS.certificate.id] },
  { id: "silence", title: "a host has not reported for two periods", by: "silence", events: [EVENTS.passed.id, EVENTS.failed.id, EVENTS.unknown.id], minutes: 2 * KEEPER_MINUTES },
  { id: "refused", title: "somebody was refused at port 5986", by: "refused", port: 5986 },
  { id: "logon", title: "somebody else than Ansible's account used remoting", by: "logon", processes: ["wsmprovhost.exe", "winrshost.exe"] },
  { id: "exception", title: "an exception is about to end", by: "exception", days: 14 },
];
