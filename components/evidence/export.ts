import { z } from "zod";

/** The parts of `pulumi stack export` that are read here. Foreign data: parsed here and nowhere else. */
const resourceSchema = z.object({
  urn: z.string(),
  type: z.string(),
  id: z.string().optional(),
  parent: z.string().optional(),
  /** Replaced, and waiting to be deleted: it still stands in the cloud. */
  delete: z.boolean().optional(),
  /** Deleted in the cloud already; its successor has not been created. */
  pendingReplacement: z.boolean().optional(),
  inputs: z.record(z.string(), z.unknown()).optional(),
  outputs: z.record(z.string(), z.unknown()).optional(),
});
export type Resource = z.infer<typeof resourceSchema>;

const exportSchema = z.object({
  deployment: z
    .object({
      resources: z.array(resourceSchema).nullish(),
      pending_operations: z.array(z.object({ type: z.string(), resource: z.object({ urn: z.string() }) })).nullish(),
    })
    .nullish(),
});

export interface Deployment {
  readonly resources: readonly Resource[];
  /** URNs of what an interrupted run was at work on: nobody knows whether the cloud has done it. */
  readonly interrupted: ReadonlySet<string>;
}

export class ExportError extends Error {}

export function parseExport(text: string): Deployment {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new ExportError("the exported state is not JSON");
  }
  const parsed = exportSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new ExportError(`the exported state is not one of Pulumi's: ${issue?.path.map(String).join(".") ?? ""}: ${issue?.message ?? ""}`);
  }
  const { resources, pending_operations: operations } = parsed.data.deployment ?? {};
  // Pulumi keeps a cut-off create on its list until somebody clears it, also after a later run has made the resource.
  const standing = new Set((resources ?? []).filter((one) => one.delete !== true && one.pendingReplacement !== true).map(({ urn }) => urn));
  const open = (operations ?? []).filter(({ type, resource }) => type !== "creating" || !standing.has(resource.urn));
  return { resources: resources ?? [], interrupted: new Set(open.map(({ resource }) => resource.urn)) };
}

/** The last part of `urn:pulumi:<stack>::<project>::<types>::<name>`; a name may hold `::` itself. */
export const logicalName = (urn: string): string => urn.split("::").slice(3).join("::");

/** The resource's own type: the third part lists those of its parents before it, `$` between. */
export const typeOf = (urn: string): string => urn.split("::")[2]?.split("$").at(-1) ?? "";
