import { enforced } from "../../components/controls/catalogue";
import type { GuestProfile } from "../../components/controls/control";
import { guestDocument, type GuestDocument } from "../../components/guest/document";
import { settingsOf } from "../support/example";

/** The guest document of a stack. */
export function documentOf(stack: object, { certificateFrom = "secret", wildcard = false }: Partial<GuestProfile> = {}): GuestDocument {
  const { certificate, account } = settingsOf(stack);
  return guestDocument({ certificate, account, certificateFrom, wildcard }, enforced);
}
