import * as pulumi from "@pulumi/pulumi";
import { isJoined, isJson, isLink, isThrough, type Planned } from "./planned";

/** What makes a planned resource real: usually the constructor of the provider's class. */
export type Make = (name: string, inputs: object, options: pulumi.CustomResourceOptions) => pulumi.CustomResource;

/**
 * Registers a plan's resources, each after what it refers to and needs.
 *
 * @param made resources that are there already, by name; the new ones are added to it
 * @throws Error when a plan refers to a name that comes later or never
 */
export function realise(
  plan: readonly Planned[],
  makers: Readonly<Record<string, Make>>,
  parent: pulumi.Resource,
  made: Map<string, pulumi.CustomResource>,
): void {
  for (const planned of plan) {
    const make = makers[planned.type];
    if (!make) throw new Error(`${planned.name}: nothing makes a ${planned.type}`);
    const resource = make(planned.name, resolveMap(planned.inputs, made), {
      parent,
      dependsOn: planned.needs.map((name) => find(name, made)),
      ...(planned.deleteBeforeReplace === undefined ? {} : { deleteBeforeReplace: planned.deleteBeforeReplace }),
      ...(planned.protect === true ? { protect: true } : {}),
    });
    made.set(planned.name, resource);
  }
}

type Made = ReadonlyMap<string, pulumi.CustomResource>;

function find(name: string, made: Made): pulumi.CustomResource {
  const resource = made.get(name);
  if (!resource) throw new Error(`${name} is needed before it is planned`);
  return resource;
}

function output(name: string, property: string, made: Made): pulumi.Output<unknown> {
  const resource = find(name, made);
  const value: unknown = Reflect.get(resource, property);
  if (!pulumi.Output.isInstance(value)) throw new Error(`${name} has no output ${property}`);
  return value;
}

const resolveMap = (map: object, made: Made): object => Object.fromEntries(Object.entries(map).map(([key, item]) => [key, resolve(item, made)]));

function resolve(value: unknown, made: Made): unknown {
  if (Array.isArray(value)) return value.map((item) => resolve(item, made));
  if (typeof value !== "object" || value === null) return value;
  if (isLink(value)) return output(value.$link.name, value.$link.output, made);
  if (isThrough(value)) {
    return pulumi.all([resolve(value.$through.value, made), output(value.$through.name, value.$through.output, made)]).apply(([inner]) => inner);
  }
  if (isJoined(value)) return pulumi.all(value.$join.map((part) => resolve(part, made))).apply((parts) => parts.map(String).join(""));
  if (isJson(value)) return pulumi.jsonStringify(resolve(value.$json, made));
  return resolveMap(value, made);
}
