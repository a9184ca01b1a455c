import { z } from "zod";
import type { Checkpoint, Pending, Resource } from "./checkpoint";
import { CommandError } from "../stack";

const text = z.string();
const previewSchema = z.object({
  diagnostics: z.array(z.looseObject({ message: text, severity: text.optional() })).nullish(),
  steps: z
    .array(
      z.object({
        op: text,
        urn: text,
        newState: z
          .object({
            type: text,
            custom: z.boolean().optional(),
            parent: text.optional(),
            provider: text.optional(),
            dependencies: z.array(text).nullish(),
            propertyDependencies: z.record(text, z.array(text).nullable()).nullish(),
            protect: z.boolean().optional(),
            inputs: z.record(text, z.unknown()).optional(),
          })
          .optional(),
      }),
    )
    .nullish(),
});

/** A resource that is to be made, and that may have been made already. */
export interface Wanted {
  /** How the engine calls it: `create`, or a kind of replacement. Left out for what an interrupted run was making. */
  readonly made?: string;
  readonly urn: string;
  readonly type: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly parent?: string;
  readonly provider?: string;
  readonly dependencies: readonly string[];
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  readonly protect?: boolean;
}

/** The engine calls it a replacement too when the old one has been deleted already, and the new one may have been made. */
const MAKING: ReadonlySet<string> = new Set(["create", "create-replacement", "replace"]);

function previewIn(json: string): z.infer<typeof previewSchema> {
  let value: unknown;
  try {
    // Warnings may stand before it.
    value = JSON.parse(json.slice(Math.max(0, json.indexOf("{"))));
  } catch {
    throw new CommandError("pulumi preview --json has given no JSON");
  }
  return previewSchema.parse(value);
}

/** What a preview that has failed half-way says of it. */
export function troubleOf(json: string): string {
  const errors = (previewIn(json).diagnostics ?? []).filter(({ severity }) => severity?.startsWith("err") === true);
  return errors.map(({ message }) => message.trim()).join("\n") || "the preview has failed";
}

/** What `pulumi preview --json` says that it would make: whatever has been lost is among it. */
export function wantedOf(json: string): Wanted[] {
  return (previewIn(json).steps ?? []).flatMap(({ op, urn, newState }) => (MAKING.has(op) && newState !== undefined && newState.custom !== false ? [{ ...wanted({ urn, ...newState }), made: op }] : []));
}

/** What an interrupted run was making, with the inputs that it made it with. */
export const pendingCreates = (pending: readonly Pending[]): Wanted[] => pending.filter(({ operation }) => operation === "creating").map(({ resource }) => wanted(resource));

function wanted({ urn, type, inputs, parent, provider, dependencies, propertyDependencies, ...rest }: Pick<Resource, "urn" | "type" | "inputs" | "parent" | "provider" | "dependencies" | "propertyDependencies"> & { readonly protect?: unknown }): Wanted {
  return {
    urn,
    type,
    inputs: inputs ?? {},
    parent,
    provider,
    dependencies: dependencies ?? [],
    propertyDependencies: Object.fromEntries(Object.entries(propertyDependencies ?? {}).map(([key, urns]) => [key, urns ?? []])),
    ...(rest.protect === true ? { protect: true } : {}),
  };
}

/** Each once, and with the inputs of the interrupted run where there are any. */
export function allWanted(previewed: readonly Wanted[], checkpoint: Checkpoint): Wanted[] {
  const cut = new Map(pendingCreates(checkpoint.pending).map((one) => [one.urn, one]));
  const again = previewed.map((one) => cut.get(one.urn) ?? one);
  return [...again, ...[...cut.values()].filter(({ urn }) => !previewed.some((one) => one.urn === urn))];
}
