import * as pulumi from "@pulumi/pulumi";
import { GATE_SAYS, isAsset, isBehind, isJoined, isJson, isLink, outputsIn, type Planned } from "./planned";
import { untraced } from "./untraced";

/** What makes a planned resource real: usually the constructor of the provider's class. */
export type Make = (name: string, inputs: object, options: pulumi.CustomResourceOptions) => pulumi.CustomResource;

type Class<Args> = new (name: string, args: Args, options: pulumi.CustomResourceOptions) => pulumi.CustomResource;

/** One of the provider's classes for each planned type. */
export type Classes<Types> = { readonly [Type in keyof Types]: Class<Types[Type]> };

/** How each planned type becomes real. The plan's inputs were checked against the class's arguments when they were planned. */
export const makersOf = <Types>(classes: Classes<Types>): Readonly<Record<string, Make>> =>
  Object.fromEntries(Object.entries<Class<never>>(classes).map(([type, Resource]) => [type, (name, inputs, options) => new (Resource as Class<object>)(name, inputs, options)] as const));

/**
 * Registers a plan's resources, each after what it refers to and needs.
 *
 * @param parentOf component that a planned resource belongs to
 * @throws Error when one refers to a name that comes later or never
 */
export function realise(plan: readonly Planned[], makers: Readonly<Record<string, Make>>, parentOf: (planned: Planned) => pulumi.Resource): void {
  const made = new Map<string, pulumi.CustomResource>();
  const linked = linkedOutputs(plan);
  untraced(() => {
    for (const planned of plan) made.set(planned.name, register(planned, makers, parentOf(planned), made, linked.get(planned.name)));
    return made.values();
  });
}

function register(planned: Planned, makers: Readonly<Record<string, Make>>, parent: pulumi.Resource, made: Made, linked?: ReadonlySet<string>): pulumi.CustomResource {
  const make = makers[planned.type];
  if (!make) throw new Error(`${planned.name}: nothing makes a ${planned.type}`);
  return make(planned.name, resolveMap(planned.inputs, made), {
    parent,
    transformations: [onlyLinked(linked)],
    dependsOn: planned.needs.map((name) => find(name, made)),
    ...(planned.deleteBeforeReplace === undefined ? {} : { deleteBeforeReplace: planned.deleteBeforeReplace }),
    ...(planned.replaceOnChanges === undefined ? {} : { replaceOnChanges: [...planned.replaceOnChanges] }),
    ...(planned.protect === true ? { protect: true } : {}),
  });
}

/** Each resource's outputs that others are made of. */
function linkedOutputs(plan: readonly Planned[]): ReadonlyMap<string, ReadonlySet<string>> {
  const outputs = new Map<string, Set<string>>();
  for (const { name, output: property } of plan.flatMap(({ inputs }) => outputsIn(inputs))) outputs.set(name, (outputs.get(name) ?? new Set()).add(property));
  return outputs;
}

/**
 * Keeps, of what a provider's class knows, the inputs that are given and the outputs that others are made of. The class
 * names everything else as undefined, and for each such name the SDK makes an output with four watched promises: up to
 * sixty of them for a machine, which nobody reads. The engine is sent the same either way.
 */
const onlyLinked =
  (linked: ReadonlySet<string> = new Set()): pulumi.ResourceTransformation =>
  ({ props, opts }) => ({ props: Object.fromEntries(Object.entries<unknown>(props).filter(([name, value]) => value !== undefined || linked.has(name))), opts });

type Made = ReadonlyMap<string, pulumi.CustomResource>;

function find(name: string, made: Made): pulumi.CustomResource {
  const resource = made.get(name);
  if (!resource) throw new Error(`${name} is needed before it is planned`);
  return resource;
}

/**
 * What a property holds, as something known even where its resource has failed.
 *
 * With --continue-on-error a failed resource's outputs are unknown, and the engine drops unknown inputs before it asks
 * the provider whether a resource is right: a required one is then missing, and that ends the deployment for all
 * hosts. So a stand-in goes in its place. The engine skips the resource, because what it depends on has failed; were it
 * made all the same, the cloud would refuse the stand-in.
 */
function output(name: string, property: string, made: Made, standIn = `${name}-is-not-there`): pulumi.Output<unknown> {
  const resource = find(name, made);
  const value: unknown = Reflect.get(resource, property);
  if (!pulumi.Output.isInstance(value)) throw new Error(`${name} has no output ${property}`);
  if (pulumi.runtime.isDryRun()) return value;
  // The URN is known of a failed resource too, and carries the dependency on it.
  return pulumi.all([resource.urn, settled(value)]).apply(([, result]) => {
    if (!result.known) return pulumi.output<unknown>(standIn);
    return result.secret ? pulumi.secret(result.value) : pulumi.output(result.value);
  });
}

interface Settled {
  readonly known: boolean;
  readonly secret: boolean;
  readonly value: unknown;
}

/** An output's value or the fact that it has none, without its dependencies and without failing. */
async function settled(value: pulumi.Output<unknown>): Promise<Settled> {
  // Not in the SDK's typings, though every output has it; nothing public tells a failed resource's outputs from others.
  const known: unknown = await Reflect.get(value, "isKnown");
  if (typeof known !== "boolean") throw new Error("this version of @pulumi/pulumi does not say whether an output is known");
  const secret = await pulumi.isSecret(value);
  return { known, secret, value: known ? await new Promise((resolve) => value.apply(resolve)) : undefined };
}

const resolveMap = (map: object, made: Made): object => Object.fromEntries(Object.entries(map).map(([key, item]) => [key, resolve(item, made)]));

function resolve(value: unknown, made: Made): unknown {
  if (Array.isArray(value)) return value.map((item) => resolve(item, made));
  if (typeof value !== "object" || value === null) return value;
  if (isLink(value)) return output(value.$link.name, value.$link.output, made);
  if (isBehind(value)) return behindGate(find(value.$behind.gate, made), resolve(value.$behind.value, made), value.$behind);
  if (isJoined(value)) return pulumi.all(value.$join.map((part) => resolve(part, made))).apply((parts) => parts.map(String).join(""));
  if (isJson(value)) return pulumi.jsonStringify(resolve(value.$json, made));
  if (isAsset(value)) return pulumi.all([resolve(value.$asset, made)]).apply(([text]) => new pulumi.asset.StringAsset(String(text)));
  return resolveMap(value, made);
}

/** Depends on the gate by its URN. Only a gate that has spoken, and said pass, lets the value through. */
function behindGate(gate: pulumi.CustomResource, value: unknown, { shut, proof }: { readonly shut: string; readonly proof: string }): pulumi.Output<unknown> {
  if (pulumi.runtime.isDryRun()) return pulumi.all([value, gate.urn]).apply(([inner]) => inner);
  const said: unknown = Reflect.get(gate, GATE_SAYS);
  if (!pulumi.Output.isInstance(said)) throw new Error("a gate must be a command");
  return pulumi.all([value, gate.urn, settled(said)]).apply(([inner, , result]) => (result.known && saysPass(result.value, proof) ? inner : shut));
}

function saysPass(line: unknown, proof: string): boolean {
  if (typeof line !== "string") return false;
  try {
    const parsed: unknown = JSON.parse(line);
    return typeof parsed === "object" && parsed !== null && Reflect.get(parsed, "verdict") === "pass" && Reflect.get(parsed, "gate") === proof;
  } catch {
    return false;
  }
}
