import type { CertificateFrom, GuestResource } from "../guest/kinds";
import type { Problem } from "../settings/problem";
import type { Settings } from "../settings/settings";
import type { ControlId } from "./ids";

/** A published demand that a control answers. */
export interface Reference {
  readonly benchmark: "CIS Windows Server 2022" | "DISA STIG Windows Server 2019" | "DISA STIG Windows Server 2022" | "DISA STIG Windows Server 2025" | "DISA STIG Windows Firewall" | "Microsoft" | "Ansible";
  readonly version: string;
  readonly id: string;
}

/** Where a control is enforced or watched. */
export type Layer = "plan" | "guest" | "network" | "probe" | "cloud" | "policy" | "inventory" | "gpo";

/**
 * What the guest document depends on. Hosts with the same profile share one document; what differs
 * from host to host (name, addresses, secret) is a parameter and stays out of it.
 */
export interface GuestProfile {
  readonly certificate: Settings["certificate"];
  readonly account: Settings["account"];
  readonly passwords: Settings["passwords"];
  readonly logging: Pick<Settings["logging"], "powershell">;
  readonly updates: Settings["updates"];
  readonly jea: Settings["jea"];
  /** Which way the cloud brings the certificate to its hosts. */
  readonly certificateFrom: CertificateFrom;
  /** The listener stands on every address of the machine, by approved exception to chosen-addresses. */
  readonly wildcard: boolean;
}

/** What somebody outside must, or must not, be able to see of a host. */
export type Expectation =
  | { readonly see: "open"; readonly port: number; readonly scheme: "https"; readonly from: "nodes" }
  | { readonly see: "closed"; readonly port: number; readonly from: "anywhere" | "elsewhere" }
  | { readonly see: "certificate"; readonly eku: string; readonly minimumKeyBits: number; readonly minimumDaysLeft: number }
  | { readonly see: "tls"; readonly offered: readonly string[]; readonly refused: readonly string[] }
  | { readonly see: "schemes"; readonly offered: readonly string[]; readonly refused: readonly string[] }
  | { readonly see: "silence"; readonly port: number; readonly on: "loopback" };

/**
 * One demand of the guidance: the only place that knows it. `guest` is read by apply and audit alike,
 * so that the two cannot drift apart.
 */
export interface Control {
  readonly id: ControlId;
  readonly title: string;
  /** The guideline, in our words. */
  readonly guideline: string;
  readonly references: readonly Reference[];
  readonly layers: readonly Layer[];
  /** The door waits for it. */
  readonly gate: boolean;
  /** False: declared, and shown as "not enforced yet" everywhere. It never yields a pass. */
  readonly enforced: boolean;
  /** "none", "any", or the only words that an exception's `what` may have. */
  readonly exceptions: "none" | "any" | readonly string[];
  readonly plan: (settings: Settings) => readonly Problem[];
  readonly guest: (profile: GuestProfile) => readonly GuestResource[];
  readonly probe: (profile: GuestProfile) => readonly Expectation[];
}

type Parts = Pick<Control, "id" | "title" | "guideline" | "layers"> & Partial<Control>;

/** A control that is complete. */
export function control(parts: Parts): Control {
  return {
    references: [],
    gate: true,
    enforced: true,
    exceptions: "any",
    plan: () => [],
    guest: () => [],
    probe: () => [],
    ...parts,
  };
}
