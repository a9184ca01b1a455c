import { JSON_SCHEMA } from "./settings";

/** Keys of the providers that the hosts' sections take over, so that nobody writes them twice. */
const PROVIDERS = {
  "aws:region": "Region of the AWS provider, and of the hosts.",
  "aws:profile": "Profile of the AWS provider, and of the gate's reader.",
  "azure-native:environment": "Cloud of the Azure provider, and of the hosts: public, usgovernment or china.",
  "azure-native:location": "Region of the Azure provider, and of the hosts.",
  "azure-native:subscriptionId": "Subscription of the Azure provider, and of the hosts.",
  "azure-native:tenantId": "Tenant of the Azure provider, and of the vault.",
};

/**
 * JSON Schema of a whole stack file, for editors. Keys of other namespaces pass; this project's are checked to the leaf.
 */
export function stackFileSchema(project: string): object {
  const { properties, required: _required, $schema, ...rest } = JSON_SCHEMA as { properties: Record<string, object>; required?: string[]; $schema: string };
  const providers = Object.fromEntries(Object.entries(PROVIDERS).map(([key, description]) => [key, { type: "string", description }]));
  const own = Object.fromEntries(Object.entries(properties).map(([key, schema]) => [`${project}:${key}`, schema]));
  return {
    $schema,
    title: `Stack file of ${project}`,
    type: "object",
    properties: {
      config: {
        type: "object",
        properties: { ...own, ...providers },
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
