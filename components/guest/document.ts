import type { Control, GuestProfile } from "../controls/control";
import { canonicalJson, sha256 } from "./canonical";
import { KEEPER_ROWS, PAUSE_HOURS } from "./keeper";
import type { GuestResource } from "./kinds";
import { resourceKey } from "./resource-key";

/** What the script interprets: the same for every host of a profile, the same bytes for the same settings. */
export interface GuestDocument {
  /** One line of canonical JSON. */
  readonly text: string;
  /** SHA-256 of `text`, hex: which state a host has been brought to. */
  readonly generation: string;
  /** SHA-256, hex, of what the gate vouches for in this document. */
  readonly gate: string;
}

/** Raised when the meaning of a document changes for the same text. */
const SCHEMA = 1;

/** @throws Error when two controls declare one resource with different states: a mistake in the catalogue. */
export function guestDocument(profile: GuestProfile, controls: readonly Control[]): GuestDocument {
  const entries = new Map<string, { resource: GuestResource; text: string; controls: string[]; gate: boolean }>();
  for (const control of controls) {
    for (const resource of control.guest(profile)) {
      const key = resourceKey(resource);
      const text = canonicalJson(resource);
      const known = entries.get(key);
      if (!known) entries.set(key, { resource, text, controls: [control.id], gate: control.gate });
      else if (known.text === text) {
        known.controls.push(control.id);
        known.gate ||= control.gate;
      }
      else throw new Error(`${key} is declared differently by ${known.controls.join(", ")} and ${control.id}`);
    }
  }
  const gate = vouchedFor(profile);
  const resources = [...entries.values()].map(({ resource, controls: ids, gate: waits }) => ({ controls: ids, gate: waits, resource }));
  // Beside what the gate vouches for: a new table shuts no estate. A document from before has none, and its host keeps nothing.
  const keeper = { rows: KEEPER_ROWS, pauseHours: PAUSE_HOURS, certificateDays: profile.certificate.minimumDaysLeft };
  const text = canonicalJson({ schema: SCHEMA, gate, keeper, resources });
  return { text, generation: sha256(text), gate };
}

/**
 * Certificate source, accounts, transport, who else may use remoting, listener shape: a change of these closes the door and proves again.
 * Not the script's bytes and not the node list, so that an upgrade or a new node does not shut an estate.
 */
function vouchedFor({ certificate, certificateFrom, account, jea, wildcard }: GuestProfile): string {
  // Each host's own secret is in its parameters; roots count by what they hold, not by their line ends.
  const roots = certificate.trustedRoots.map((pem) => pem.replace(/\s/g, "")).sort();
  return sha256(canonicalJson({ certificateFrom, roots, account, jea, wildcard }));
}

/** What only this host has; travels as a parameter, never in the shared document. */
export interface HostParameters {
  readonly host: string;
  /** DNS name that the certificate bears. */
  readonly name: string;
  /** What the firewall opens. */
  readonly addresses: readonly string[];
  /** What WinRM listens on; `*` for every address. */
  readonly listen: readonly string[];
  /** Every address of the machine, in order: behind a wildcard listener each of them answers. */
  readonly interface: readonly string[];
  /** Name of the secret with the PFX; empty where the certificate does not come from a secret. */
  readonly secret: string;
}

/** The parameters as the host gets them, and as it hashes them: the run parameter `Host` is the base64 of these bytes. */
export const hostText = (parameters: HostParameters): string => canonicalJson(parameters);

/**
 * The hash that the gate proves for one host: its document's vouched part and its own parameters. The host computes it
 * again from what it was given, so nobody can have one thing proven and another one opened.
 */
export function gateHash(document: Pick<GuestDocument, "gate">, parameters: HostParameters): string {
  return sha256(`${document.gate}\n${hostText(parameters)}`);
}
