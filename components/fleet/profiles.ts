import { enforced } from "../controls/catalogue";
import type { GuestProfile } from "../controls/control";
import { exceptionFor } from "../controls/exceptions";
import { guestDocument, type GuestDocument, type HostParameters } from "../guest/document";
import type { Settings } from "../settings/settings";

/** What a profile and a host's parameters are made from, in every cloud. */
export interface Addressed {
  readonly addresses: readonly string[];
  readonly listen: readonly string[];
  readonly dnsName: string;
}

export type Profile = "default" | "wildcard";

/** Hosts with a listener on every address get a document of their own; all others share one. */
export function profileOf(settings: Settings, name: string, { listen }: Addressed): Profile {
  return listen.length > 1 && exceptionFor(settings, "chosen-addresses", name) !== undefined ? "wildcard" : "default";
}

/** The common profile has no suffix, so that its things keep their names. */
export const suffixed = (name: string, profile: string): string => (profile === "default" ? name : `${name}-${profile}`);

export interface Documents {
  readonly profiles: readonly Profile[];
  /** @throws Error for a profile that no host has. */
  readonly of: (profile: Profile) => GuestDocument;
}

/** One guest document for each profile that a fleet's hosts have. */
export function documentsOf(settings: Settings, hosts: Readonly<Record<string, Addressed>>, certificateFrom: GuestProfile["certificateFrom"]): Documents {
  const profiles = [...new Set(Object.entries(hosts).map(([name, host]) => profileOf(settings, name, host)))].sort();
  const { certificate, account, passwords, logging, updates, jea } = settings;
  const documents = new Map(profiles.map((profile) => [profile, guestDocument({ certificate, account, passwords, logging, updates, jea, certificateFrom, wildcard: profile === "wildcard" }, enforced)]));
  return {
    profiles,
    of: (profile) => {
      const document = documents.get(profile);
      if (!document) throw new Error(`no document for profile ${profile}`);
      return document;
    },
  };
}

/** A wildcard listener serves every address, so the parameters say which ones the firewall shall open. */
export function hostParameters(name: string, host: Addressed, profile: Profile, secret: string): HostParameters {
  const wildcard = profile === "wildcard";
  return {
    host: name,
    name: host.dnsName,
    addresses: wildcard ? host.listen : host.addresses,
    listen: wildcard ? ["*"] : host.listen,
    interface: host.addresses,
    secret,
  };
}
