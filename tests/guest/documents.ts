import { enforced } from "../../components/controls/catalogue";
import type { GuestProfile } from "../../components/controls/control";
import { guestDocument, type GuestDocument } from "../../components/guest/document";
import type { Settings } from "../../components/settings/settings";
import { settingsOf } from "../support/example";

/** What a stack's documents are made of. */
export function profileOf({ certificate, account, passwords, logging, updates, jea }: Settings, { certificateFrom = "secret", wildcard = false }: Partial<GuestProfile> = {}): GuestProfile {
  return { certificate, account, passwords, logging, updates, jea, certificateFrom, wildcard };
}

/** The guest document of a stack. */
export function documentOf(stack: object, { certificateFrom = "secret", wildcard = false }: Partial<GuestProfile> = {}): GuestDocument {
  return guestDocument(profileOf(settingsOf(stack), { certificateFrom, wildcard }), enforced);
}
