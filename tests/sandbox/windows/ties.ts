import type { GuestKind, GuestResource } from "../../../components/guest/kinds";

/** A spoiled one of these takes the listener's answers or its certificate with it. */
const TAKES_ALL: readonly GuestKind[] = ["listener", "sslBinding", "certificate", "service", "answer", "nodeList"];

/** Which other kinds see the same thing from their side, whatever control they belong to. */
const SEEN_BY: Partial<Record<GuestKind, readonly GuestKind[]>> = {
  // A built-in rule that is on allows 5985.
  builtinRule: ["foreignRules"],
  // One that must be off is no exception of those that may be on.
  sessionConfiguration: ["otherSessionConfigurations"],
  // Rights come by groups, and an account that nobody finds is spoken of everywhere.
  account: ["userRight", "group", "sessionConfiguration", "rootDescriptor"],
};

/** Settings without which the listener is another one, or listens elsewhere. */
const SHAPES_LISTENERS = /^Service\/(EnableCompatibilityHttps?Listener|IPv[46]Filter)$/i;

/** May `other` fall when `spoiled` is spoiled? All else must stand. */
export function fallsWith(spoiled: GuestResource, other: GuestResource): boolean {
  if (TAKES_ALL.includes(spoiled.kind)) return true;
  if (spoiled.kind === "wsman" && SHAPES_LISTENERS.test(spoiled.path)) return ["listener", "sslBinding", "answer"].includes(other.kind);
  return SEEN_BY[spoiled.kind]?.includes(other.kind) === true;
}

/** What is looked at only: nobody mends it on the host. */
export const onlySeen = ({ kind }: GuestResource): boolean => kind === "answer" || kind === "updates";

/** Acts after the machine has started again, which no maintenance run does. */
export const waitsForBoot = (resource: GuestResource): boolean => resource.kind === "registry" && resource.after === "boot";
