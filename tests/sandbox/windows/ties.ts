import type { GuestResource } from "../../../components/guest/kinds";
import { folded } from "../../../sandbox/windows/state";

/** Settings without which the listener is another one, or listens elsewhere. */
const SHAPES_LISTENERS = /^service\/(enablecompatibilityhttps?listener|ipv[46]filter)$/;

/** May `other` fall when `spoiled` is spoiled, because it sees the same thing from its side? All else must stand. */
export function fallsWith(spoiled: GuestResource, other: GuestResource): boolean {
  switch (spoiled.kind) {
    case "listener":
      return other.kind === "answer" && other.scheme === folded(spoiled.transport);
    case "wsman":
      return SHAPES_LISTENERS.test(folded(spoiled.path)) && ["listener", "sslBinding", "answer"].includes(other.kind);
    case "builtinRule":
      return other.kind === "foreignRules";
    default:
      return cannotFallAlone(spoiled, other);
  }
}

/** There is no way to spoil the one and not the other. */
export function cannotFallAlone(spoiled: GuestResource, other: GuestResource): boolean {
  // One that must be off is no exception of those that may be on.
  if (spoiled.kind === "sessionConfiguration") return spoiled.ensure === "off" && other.kind === "otherSessionConfigurations";
  // An account of a domain cannot be disabled here: it leaves its groups, by which it may have a right, or nobody finds it any more.
  if (spoiled.kind === "account") return spoiled.name.includes("@") && ["userRight", "group", "sessionConfiguration", "rootDescriptor"].includes(other.kind);
  return false;
}

/** What is looked at only: nobody mends it on the host. */
export const onlySeen = ({ kind }: GuestResource): boolean => kind === "answer" || kind === "updates";

/** Acts after the machine has started again, which no maintenance run does. */
export const waitsForBoot = (resource: GuestResource): boolean => resource.kind === "registry" && resource.after === "boot";
