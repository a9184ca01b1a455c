import type { GuestResource, Trustee } from "../../guest/kinds";
import type { Settings } from "../../settings/settings";
import { ADMINISTRATORS, isLocal } from "../remoting-user-only";
import type { Wants } from "./item";

/**
 * What is right for the one against what is right for the other. `same`, `stricter`: whatever passes here passes there.
 * `looser`: both can be met at once, by what the benchmark asks beyond. `conflict`: no value is right for both.
 */
export type Compared = "same" | "stricter" | "looser" | "conflict";

type Span = readonly [least: number, most: number];

/** @throws Error for a demand that is not about this kind of resource: a mistake in the table. */
export function compared(resource: GuestResource, wants: Wants, settings: Settings): Compared {
  switch (wants.of) {
    case "value":
      return ofValues(resource, wants);
    case "property":
      return propertyOf(resource, wants.name) === wants.value ? "same" : "conflict";
    case "size":
      return ofSpans([sizeOf(resource), Infinity], [wants.kilobytes, Infinity]);
    case "audit":
      return ofAudits(bitsOf(resource), bits(wants));
    case "right":
      return rightWorks(resource, wants, settings) ? "looser" : "conflict";
    case "words":
      throw new Error(`nothing can be compared with "${wants.words}"`);
    default: {
      const never: never = wants;
      return never;
    }
  }
}

/** Does a host pass here that has just what the benchmark writes, and no more? That is what a domain's GPO makes of it. */
export function accepted(resource: GuestResource, wants: Wants, settings: Settings): boolean {
  switch (wants.of) {
    case "value":
      return ofValues(resource, { of: "value", op: "eq", value: written(wants) }) !== "conflict";
    case "size":
      return wants.kilobytes >= sizeOf(resource);
    case "audit":
      return (bits(wants) & bitsOf(resource)) === bitsOf(resource);
    case "right":
      return rightWorks(resource, wants, settings) && holdsAll(resource, wants.sids, settings);
    case "property":
    case "words":
      return compared(resource, wants, settings) !== "conflict";
    default: {
      const never: never = wants;
      return never;
    }
  }
}

/** Where a benchmark takes several values, its tools write the one that asks least. */
const written = ({ op, value }: ValueWants): number | string => (op === "between" ? value[1] : value);

type ValueWants = Extract<Wants, { of: "value" }>;

function ofValues(resource: GuestResource, wants: ValueWants): Compared {
  if (!("op" in resource)) throw mistaken(resource, wants);
  if (resource.op === "absent") return "conflict";
  const value = "value" in resource ? resource.value : undefined;
  if (typeof value === "string" || typeof wants.value === "string") return value === wants.value ? "same" : "conflict";
  return ofSpans(spanOf(resource.op, value), spanOf(wants.op, wants.value));
}

function spanOf(op: string, value: number | readonly number[] | undefined): Span {
  const [least, most] = ends(value);
  return op === "ge" ? [least, Infinity] : [least, most];
}

const ends = (value: unknown): Span => {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value, value];
  return [Number(list[0]), Number(list[1])];
};

function ofSpans(ours: Span, theirs: Span): Compared {
  if (ours[0] === theirs[0] && ours[1] === theirs[1]) return "same";
  if (ours[0] >= theirs[0] && ours[1] <= theirs[1]) return "stricter";
  return ours[0] <= theirs[1] && theirs[0] <= ours[1] ? "looser" : "conflict";
}

/** What is audited at least: more is right for both. */
const ofAudits = (ours: number, theirs: number): Compared => (ours === theirs ? "same" : (ours & theirs) === theirs ? "stricter" : "looser");

const bits = ({ success, failure }: { readonly success: boolean; readonly failure: boolean }): number => (success ? 1 : 0) + (failure ? 2 : 0);

function bitsOf(resource: GuestResource): number {
  if (resource.kind !== "auditPolicy") throw mistaken(resource, { of: "audit" });
  return bits(resource);
}

function sizeOf(resource: GuestResource): number {
  if (resource.kind !== "firewallLog") throw mistaken(resource, { of: "size" });
  return resource.minimumKilobytes;
}

function propertyOf(resource: GuestResource, name: string): unknown {
  if (!(name in resource)) throw mistaken(resource, { of: "property" });
  return Reflect.get(resource, name);
}

type RightWants = Extract<Wants, { of: "right" }>;

/** Every group by which Windows knows the two accounts, as far as the settings tell. */
function groupsOf(trustee: Trustee, { account }: Settings): readonly string[] {
  if (trustee !== "account.connection" && trustee !== "account.become") return [trustee];
  const name = trustee === "account.connection" ? account.name : (account.becomeUser ?? "");
  const administrator = trustee === "account.become" || account.escalation === "admin";
  const local = isLocal(name) ? ["S-1-5-113", ...(administrator ? ["S-1-5-114"] : [])] : [];
  return ["S-1-5-11", ...(administrator ? [ADMINISTRATORS] : []), ...local];
}

/** Nobody who must not have the right has it by the benchmark's list, and where the list is closed those who need it are in it. */
function rightWorks(resource: GuestResource, wants: RightWants, settings: Settings): boolean {
  if (resource.kind !== "userRight") throw mistaken(resource, wants);
  return !barredByGroup(resource, wants, settings) && (wants.op === "includes" || holdsAll(resource, wants.sids, settings));
}

/** Has an account that must not have it the right by a group of the benchmark's? No run takes a group out of a list. */
export const barredByGroup = (resource: GuestResource, wants: Wants, settings: Settings): boolean =>
  resource.kind === "userRight" && wants.of === "right" && resource.lacks.some((trustee) => groupsOf(trustee, settings).some((group) => wants.sids.some((sid) => sid === group)));

function holdsAll(resource: GuestResource, sids: readonly string[], settings: Settings): boolean {
  return resource.kind === "userRight" && resource.holds.every((trustee) => groupsOf(trustee, settings).some((sid) => sids.includes(sid)));
}

const mistaken = (resource: GuestResource, { of }: Pick<Wants, "of">): Error => new Error(`a demand about ${of} cannot be compared with a ${resource.kind}`);
