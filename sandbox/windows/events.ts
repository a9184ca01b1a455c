import type { Audit } from "./audit";
import { read } from "./certificate";
import { sha256 } from "./document";
import type { Keeper } from "./keeper";
import type { Machine } from "./machine";
import { HTTPS_PORT, type HostState } from "./state";

/** What a run of the keeper says in the event log, beside what it says of its door. */
export function tellOf(machine: Machine, keeper: Keeper, { verdict }: Audit, line: string): void {
  const { repaired, state, cloud } = machine;
  const left = daysLeft(state, cloud.now);
  if (left !== undefined) keeper.tellOfCertificate(left);
  if (repaired.length > 0) machine.tell("repaired", JSON.stringify({ event: "repaired", count: repaired.length, changed: repaired.slice(0, 30) }));
  machine.tell(verdict === "pass" ? "passed" : verdict === "fail" ? "failed" : "unknown", line);
}

const DAY = 86_400_000;

/** Of the certificate that the listener shows. */
function daysLeft({ listeners, certificates }: HostState, now: string): number | undefined {
  const thumbprint = listeners.find(({ transport, port }) => transport === "HTTPS" && port === HTTPS_PORT)?.thumbprint;
  const der = certificates.my.find((known) => known.thumbprint === thumbprint)?.der;
  return der === undefined ? undefined : Math.floor((Date.parse(read(der).validTo) - Date.parse(now)) / DAY);
}

/** Is the script on the disk another one than the control channel brought? */
export const isAltered = ({ kept }: HostState): boolean => kept.hash !== "" && sha256(kept.text) !== kept.hash;
