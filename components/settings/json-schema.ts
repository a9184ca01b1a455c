import { JSON_SCHEMA } from "./settings";

/**
 * JSON Schema of a whole stack file, for editors. Keys of other namespaces pass; this project's are checked to the leaf.
 */
export function stackFileSchema(project: string): object {
  const { properties, required: _required, $schema, ...rest } = JSON_SCHEMA as { properties: Record<string, object>; required?: string[]; $schema: string };
  const own = Object.fromEntries(Object.entries(properties).map(([key, schema]) => [`${project}:${key}`, schema]));
  return {
    $schema,
    title: `Stack file of ${project}`,
    type: "object",
    properties: {
      config: {
        type: "object",
        properties: { ...own, "aws:region": { type: "string", description: "Region of the AWS provider, and of the hosts." } },
        patternProperties: { [`^(?!${project}:)`]: {} },
        additionalProperties: false,
        required: [`${project}:automation`, `${project}:account`],
      },
      encryptionsalt: { type: "string" },
      secretsprovider: { type: "string" },
      encryptedkey: { type: "string" },
      environment: {},
    },
    ...("$defs" in rest ? { $defs: rest.$defs } : {}),
  };
}
