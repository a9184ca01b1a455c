import { z } from "zod";
import { CommandError } from "../stack";

/** A stack's state as `pulumi stack export` gives it, and `stack import` takes it: what is not named here is kept as it is. */
const resourceSchema = z.looseObject({
  urn: z.string(),
  type: z.string(),
  id: z.string().optional(),
  parent: z.string().optional(),
  provider: z.string().optional(),
  dependencies: z.array(z.string()).nullish(),
  propertyDependencies: z.record(z.string(), z.array(z.string()).nullable()).nullish(),
  /** Replaced, and waiting to be deleted: it still stands in the cloud. */
  delete: z.boolean().optional(),
  /** Deleted in the cloud already; its successor has not been made. */
  pendingReplacement: z.boolean().optional(),
  inputs: z.record(z.string(), z.unknown()).optional(),
  outputs: z.record(z.string(), z.unknown()).optional(),
});
export type Resource = z.infer<typeof resourceSchema>;

const checkpointSchema = z.looseObject({
  deployment: z.looseObject({
    resources: z.array(resourceSchema).nullish(),
    pending_operations: z.array(z.looseObject({ type: z.string(), resource: resourceSchema })).nullish(),
  }),
});

/** What an interrupted run was at: `creating`, `updating`, `deleting`, `reading`, `importing`. */
export interface Pending {
  readonly operation: string;
  readonly resource: Resource;
}

const CLOUDS = /^(aws|azure-native):/;

export class Checkpoint {
  readonly #raw: z.infer<typeof checkpointSchema>;
  readonly resources: readonly Resource[];
  readonly pending: readonly Pending[];

  private constructor(raw: z.infer<typeof checkpointSchema>) {
    this.#raw = raw;
    this.resources = raw.deployment.resources ?? [];
    this.pending = (raw.deployment.pending_operations ?? []).map(({ type, resource }) => ({ operation: type, resource }));
  }

  /** @throws CommandError when it is no state */
  static read(text: string): Checkpoint {
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      throw new CommandError("pulumi stack export has given no JSON");
    }
    const parsed = checkpointSchema.safeParse(json);
    if (parsed.success) return new Checkpoint(parsed.data);
    const issue = parsed.error.issues[0];
    throw new CommandError(`the state is not as expected: ${issue?.path.map(String).join(".") ?? ""}: ${issue?.message ?? ""}`);
  }

  /**
   * What the state knows to be in a cloud. What was deleted to be replaced is none of it, although it stands in the state: its
   * successor may bear the same id, and be unknown.
   */
  #there(): readonly Resource[] {
    return this.resources.filter(({ id, pendingReplacement }) => id !== undefined && pendingReplacement !== true);
  }

  /** Azure's in lower case, where case does not count. */
  ids(): ReadonlySet<string> {
    return new Set(this.#there().map(({ id = "" }) => sameId(id)));
  }

  has(type: string, id: string): boolean {
    return this.#there().some((resource) => resource.type === type && sameId(resource.id ?? "") === sameId(id));
  }

  /** What an earlier recovery has taken in and did not come to ask its provider about. */
  bare(): readonly string[] {
    return this.#there().filter(({ type, outputs }) => CLOUDS.test(type) && isEmpty(outputs)).map(({ urn }) => urn);
  }

  /** What would be made anew although it stands here: it is not in its cloud any more. */
  gone(wanted: readonly { readonly urn: string; readonly type: string; readonly made?: string }[]): readonly string[] {
    return wanted.filter(({ urn, type, made }) => made === "create" && CLOUDS.test(type) && this.#there().some((one) => one.urn === urn && one.delete !== true)).map(({ urn }) => urn);
  }

  /** Gates that have proven a host which has no door: a proof from before says nothing of the day on which a new one would open. */
  doorless(): readonly string[] {
    const doors = new Set(this.resources.filter((resource) => isDoor(resource) && resource.delete !== true).map(({ urn }) => logicalName(urn)));
    const isProven = ({ type, urn, inputs, delete: old }: Resource): boolean => {
      const triggers = inputs?.["triggers"];
      return type === COMMAND && urn.endsWith("-gate") && old !== true && Array.isArray(triggers) && triggers.length > 0;
    };
    return this.resources.filter((resource) => isProven(resource) && !doors.has(logicalName(resource.urn).replace(/-gate$/, "-door"))).map(({ urn }) => urn);
  }

  /** The same, with those gates to be asked anew by the next deployment. */
  provenAnew(): Checkpoint {
    const gates = new Set(this.doorless());
    if (gates.size === 0) return this;
    return this.with(this.resources.map((resource) => (gates.has(resource.urn) && resource.delete !== true ? { ...resource, inputs: { ...resource.inputs, triggers: [] }, outputs: { ...resource.outputs, triggers: [] } } : resource)));
  }

  /** What a URN stands for now: not what waits to be deleted. */
  current(urn: string): Resource | undefined {
    return this.resources.find((resource) => resource.urn === urn && resource.delete !== true);
  }

  /** The same with other resources, and without pending operations. */
  with(resources: readonly Resource[]): Checkpoint {
    const { pending_operations: _, ...rest } = this.#raw.deployment;
    return new Checkpoint({ ...this.#raw, deployment: { ...rest, resources: [...resources] } });
  }

  text(): string {
    return JSON.stringify(this.#raw);
  }
}

const COMMAND = "command:local:Command";

/** The one rule by which nodes come in. Another resource may be called so too: a subnet of the name front-door. */
export const isDoor = ({ type, urn }: { readonly type: string; readonly urn: string }): boolean => urn.endsWith("-door") && /(:SecurityGroupIngressRule|:SecurityRule)$/.test(type);

const isEmpty = (value: object = {}): boolean => Object.keys(value).length === 0;

/** Case counts in no id of Azure. */
export const sameId = (id: string): string => (id.startsWith("/") ? id.toLowerCase() : id);

export const logicalName = (urn: string): string => urn.split("::").slice(3).join("::");
