import type { Identify, Identity } from "../../components/fleet/identity";
import { isDoor, logicalName, sameId, type Checkpoint } from "./checkpoint";
import type { Wanted } from "./wanted";

/** Something that bears the fleet's tag in a cloud. */
export interface Tagged {
  readonly id: string;
  /** The cloud's own word for its type. */
  readonly kind: string;
  /** The tag that it was found by. */
  readonly fleet: string;
  /** Logical name of the resource that made it, where its tags tell. */
  readonly resource?: string;
}

/** What one provider of the stack can see. */
export interface View {
  /** Its URN and id, as resources refer to it. */
  readonly provider: string;
  readonly identities: Readonly<Record<string, Identify>>;
  readonly tagged: readonly Tagged[];
  /** Ids of associations, by their names. */
  readonly associations: ReadonlyMap<string, string>;
  /** Ids of maintenance windows, by their names, and of what they hold, by `windowPart`. */
  readonly windows?: ReadonlyMap<string, string>;
  /** What a kind is in Pulumi. `part`: comes and goes with something else. */
  readonly typeOf: (kind: string) => string | undefined;
}

/** Something for its provider to look for, and to be taken into the state if it is there. */
export interface Candidate {
  readonly urn: string;
  readonly type: string;
  readonly id: string;
  readonly provider: string;
  readonly parent?: string;
  readonly dependencies: readonly string[];
  /** Whose it must be, for what no program asks for. */
  readonly fleet?: string;
  /** Left out for what no program asks for: once in the state, the next `up` deletes it. */
  readonly wanted?: Wanted;
}

export interface Found {
  readonly candidates: readonly Candidate[];
  /** What cannot be looked for yet, because what it lies in is unknown too. */
  readonly later: readonly string[];
  /** Ids of what bears the fleet's tag and is of no type that a fleet is made of. */
  readonly strange: readonly string[];
}

/**
 * What may be in the clouds although the state does not know it.
 *
 * @param closed ids of doors that were just closed
 * @param isWhole whether `wanted` is all that the program asks for: if not, nothing can be told to be wanted no longer
 */
export function find(wanted: readonly Wanted[], checkpoint: Checkpoint, views: readonly View[], closed: ReadonlySet<string>, isWhole = true): Found {
  const known = checkpoint.ids();
  const isLost = (id: string): boolean => !known.has(sameId(id)) && !closed.has(sameId(id));
  const later: string[] = [];
  const candidates: Candidate[] = [];
  for (const one of wanted) {
    // A door is never taken in: whoever is let in without the state's knowledge is shut out, and proven anew.
    if (isDoor(one)) continue;
    const view = viewOf(one, views);
    const identify = view?.identities[one.type];
    const present = checkpoint.current(one.urn);
    // A new one beside an old one that still stands bears its own tags: it is found as one that nobody asks for.
    if (view === undefined || identify === undefined || (present !== undefined && present.pendingReplacement !== true)) continue;
    const identity = identify(one.inputs);
    const id = identity && idOf(identity, one, view, isLost);
    if (identity === undefined) later.push(one.urn);
    // A bucket's policy bears the bucket's id.
    else if (id !== undefined && !checkpoint.has(one.type, id) && !closed.has(sameId(id))) candidates.push({ ...one, id, provider: view.provider, wanted: one });
  }
  const taken = new Set(candidates.map(({ id }) => sameId(id)));
  const left = views.flatMap((view) => view.tagged.filter(({ id }) => isLost(id) && !taken.has(sameId(id))).map((tagged) => ({ view, tagged })));
  return {
    candidates: [...candidates, ...(isWhole ? orphans(left, checkpoint) : [])],
    later,
    strange: left.filter(({ view, tagged }) => view.typeOf(tagged.kind) === undefined || (!isWhole && view.typeOf(tagged.kind) !== "part")).map(({ tagged }) => tagged.id),
  };
}

/**
 * Who sees what a resource would be made by. A provider of another version than the state's is not in the state yet: the one of
 * the same cloud sees the same, if there is but one.
 */
function viewOf({ provider = "" }: Wanted, views: readonly View[]): View | undefined {
  const cloud = (reference: string): string => /::(pulumi:providers:[^:]+)::/.exec(reference)?.[1] ?? "";
  const same = views.filter((view) => cloud(view.provider) === cloud(provider));
  return views.find((view) => view.provider === provider) ?? (same.length === 1 ? same[0] : undefined);
}

/** How a part of a window is found in a view. */
export const windowPart = ({ part, window, name }: Extract<Identity, { by: "window-part" }>): string => `${window}/${part}/${name}`;

function idOf(identity: Identity, { urn }: Wanted, { tagged, associations, windows }: View, isLost: (id: string) => boolean): string | undefined {
  switch (identity.by) {
    case "id":
      return identity.id;
    case "association":
      return associations.get(identity.name);
    case "window":
      return windows?.get(identity.name);
    case "window-part":
      return windows?.get(windowPart(identity));
    case "tag":
      return tagged.find(({ id, kind, resource }) => kind === identity.kind && resource === logicalName(urn) && isLost(id))?.id;
    default: {
      const never: never = identity;
      return never;
    }
  }
}

/** What goes first when they are deleted; what is not named goes before. */
const LAST = ["NetworkInterface", "SecurityGroup", "NetworkSecurityGroup", "ManagedPrefixList", "Subnet", "RouteTable", "VirtualNetwork", "Vpc"];

/** Each depends on those that must outlive it, so that the engine deletes them in an order that the clouds accept. */
function orphans(left: readonly { readonly view: View; readonly tagged: Tagged }[], checkpoint: Checkpoint): Candidate[] {
  const [, stack = "", project = ""] = /^urn:pulumi:(.+?)::(.+?)::/.exec(checkpoint.resources[0]?.urn ?? "") ?? [];
  const place = (type: string): number => LAST.indexOf(type.split(":").at(-1) ?? "");
  const made = left.flatMap(({ view, tagged: { id, kind, fleet } }) => {
    const type = view.typeOf(kind);
    return type === undefined || type === "part" ? [] : [{ urn: `urn:pulumi:${stack}::${project}::${type}::recovered-${id.split("/").at(-1) ?? id}`, type, id, fleet, provider: view.provider }];
  });
  return made.sort((a, b) => place(b.type) - place(a.type)).map((one) => ({ ...one, dependencies: made.filter((other) => place(other.type) > place(one.type)).map(({ urn }) => urn) }));
}
