import { FLEET_TAG } from "../../components/fleet/naming";
import type { Checkpoint, Resource } from "./checkpoint";
import type { Candidate } from "./find";
import type { Wanted } from "./wanted";

/**
 * The state with the candidates in it, bare as an import begins: their providers say on the next refresh what there is. Who takes
 * the place of a deleted forerunner stands where it stood, because nothing may depend on what comes after it.
 */
export function withCandidates(checkpoint: Checkpoint, candidates: readonly Candidate[]): Checkpoint {
  const coming = new Map(candidates.map((candidate) => [candidate.urn, candidate]));
  const result: Resource[] = [];
  const there = new Set<string>();
  const put = (resource: Resource): void => {
    result.push(resource);
    there.add(resource.urn);
  };
  for (const resource of checkpoint.resources) {
    const heir = resource.pendingReplacement === true ? coming.get(resource.urn) : undefined;
    if (heir === undefined) put(resource);
    else if (coming.delete(heir.urn)) put(bare(heir, there));
  }
  for (const candidate of coming.values()) put(bare(candidate, there));
  return checkpoint.with(result);
}

/** A component that was not written down yet, and what comes later, are added by the next `up`. */
function bare({ urn, type, id, provider, parent, dependencies, wanted }: Candidate, before: ReadonlySet<string>): Resource {
  return {
    urn,
    custom: true,
    id,
    type,
    provider,
    ...(type.startsWith("azure-native:") && wanted !== undefined ? { inputs: named(wanted.inputs) } : {}),
    ...(parent !== undefined && before.has(parent) ? { parent } : {}),
    ...(wanted?.protect === true ? { protect: true } : {}),
    dependencies: dependencies.filter((other) => before.has(other)),
  };
}

/**
 * What azure-native reads back of an object is its body: the names in its path it keeps from the inputs, and what lacks them is
 * replaced by the next `up`. Texts at the top are enough, and what is unknown or secret is none of them.
 */
const named = (inputs: Wanted["inputs"]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(inputs).filter(([, value]) => typeof value === "string" && value !== UNKNOWN && value !== HIDDEN));

export interface Adopted {
  readonly checkpoint: Checkpoint;
  /** What was there, and is known to the state now. */
  readonly taken: readonly Candidate[];
  /** What is there, and is not of this fleet. */
  readonly foreign: readonly Candidate[];
}

/** After the refresh: what its provider has found stays, with the inputs it was made with, if it is this fleet's own. */
export function settled(refreshed: Checkpoint, candidates: readonly Candidate[]): Adopted {
  const found = candidates.flatMap((candidate) => {
    const resource = refreshed.current(candidate.urn);
    return resource === undefined ? [] : [{ candidate, resource }];
  });
  const strange = new Set(found.filter(({ candidate, resource }) => !isOwn(candidate, resource)).map(({ resource }) => resource.urn));
  // What lies in something of somebody else's is his too: a filter of the same name in his log group.
  for (const { resource } of found) if ([resource.parent, ...(resource.dependencies ?? [])].some((urn) => urn !== undefined && strange.has(urn))) strange.add(resource.urn);
  const foreign = found.filter(({ resource }) => strange.has(resource.urn));
  const strangers = new Set(foreign.map(({ resource }) => resource));
  const inputs = new Map(found.map(({ candidate, resource }) => [resource, candidate.wanted && madeWith(candidate.wanted, resource, refreshed)]));
  return {
    checkpoint: refreshed.with(refreshed.resources.filter((one) => !strangers.has(one)).map((one) => ({ ...one, inputs: inputs.get(one) ?? one.inputs }))),
    taken: found.filter(({ resource }) => !strangers.has(resource)).map(({ candidate }) => candidate),
    foreign: foreign.map(({ candidate }) => candidate),
  };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null && !Array.isArray(value);

/** Inputs without tags whose kind somebody else may have made under the same name. */
const NAMED_BY_ALL = ["records", "aRecords"] as const;

/** A fleet's own bears its tag. A DNS record bears none: it is the fleet's if it says what it would say. */
function isOwn({ wanted, fleet }: Candidate, { outputs = {} }: Resource): boolean {
  const told = outputs["tags"];
  // A cloud's search may take a value for the same whose case differs.
  if (wanted === undefined) return isObject(told) && told[FLEET_TAG] === fleet;
  const asked = wanted.inputs["tags"];
  if (isObject(asked) && asked[FLEET_TAG] !== undefined) return isObject(told) && told[FLEET_TAG] === asked[FLEET_TAG];
  return NAMED_BY_ALL.every((key) => wanted.inputs[key] === undefined || agrees(wanted.inputs[key], outputs[key]));
}

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const isMarked = (value: unknown): boolean => isObject(value) && SIGNATURE in value;
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
/** In the place of a secret, as a preview shows it. */
const HIDDEN = "[secret]";

/**
 * The inputs that a resource was made with, as its create would have left them in the state: a provider cannot read back all of
 * them. Undefined when the cloud contradicts them, because something else has been asked for since; what was read is right then.
 */
function madeWith({ inputs, propertyDependencies }: Wanted, { outputs = {} }: Resource, checkpoint: Checkpoint): Record<string, unknown> | undefined {
  const whole = Object.entries(inputs).map(([key, value]) => [key, revealed(value, secretOf(propertyDependencies[key] ?? [], checkpoint))] as const);
  if (JSON.stringify(whole).includes(UNKNOWN) || JSON.stringify(whole).includes(`"${HIDDEN}"`)) return undefined;
  return whole.every(([key, value]) => NOT_TOLD.has(key) || agrees(value, outputs[key])) ? Object.fromEntries(whole) : undefined;
}

/** Azure tells the object's own type where an extension's was asked for. */
const NOT_TOLD: ReadonlySet<string> = new Set(["__defaults", "type"]);

/** The one generated password that a property is made of, encrypted as it stands in the state. */
function secretOf(urns: readonly string[], checkpoint: Checkpoint): unknown {
  const [secret, ...others] = urns.flatMap((urn) => {
    const resource = checkpoint.current(urn);
    const result = resource?.outputs?.["result"];
    return resource?.type === "random:index/randomPassword:RandomPassword" && isMarked(result) ? [result] : [];
  });
  return others.length === 0 ? secret : undefined;
}

function revealed(value: unknown, secret: unknown): unknown {
  if (value === HIDDEN) return secret ?? value;
  if (Array.isArray(value)) return value.map((item) => revealed(item, secret));
  return isObject(value) && !isMarked(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, revealed(item, secret)])) : value;
}

/** Whether what the cloud tells could have come from the inputs: it may tell more, and keep to itself what was written. */
function agrees(asked: unknown, told: unknown): boolean {
  if (told === undefined || isMarked(asked) || isMarked(told)) return true;
  // A list of ids becomes a map that has them for keys: identities of a machine.
  if (Array.isArray(asked) && isObject(told)) return asked.length === Object.keys(told).length && asked.every((item) => Object.keys(told).some((key) => agrees(item, key)));
  if (Array.isArray(asked)) return Array.isArray(told) && asked.length === told.length && asked.every((item) => told.some((other) => agrees(item, other)));
  if (isObject(asked)) return isObject(told) && Object.entries(asked).every(([key, item]) => agrees(item, told[key]));
  if (typeof asked !== "string" || typeof told !== "string") return asked === told;
  // A cloud may tell words in other letters, and a single address as a prefix.
  return asked.toLowerCase() === told.toLowerCase() || `${asked}/32` === told || sameJson(asked, told);
}

function sameJson(a: string, b: string): boolean {
  try {
    return agrees(JSON.parse(a), JSON.parse(b));
  } catch {
    return false;
  }
}
