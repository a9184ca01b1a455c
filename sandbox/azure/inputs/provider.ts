import type { InputFields } from "../../engine/shape";

/** Configuration of the provider, as @pulumi/azure-native 3.28 types it. */
export const providerInputs = {
  "auxiliaryTenantIds?": "string[]",
  "clientCertificatePassword?": "string",
  "clientCertificatePath?": "string",
  "clientId?": "string",
  "clientSecret?": "string",
  "disableInstanceDiscovery?": "boolean",
  "disablePulumiPartnerId?": "boolean",
  "environment?": "string",
  "location?": "string",
  "metadataHost?": "string",
  "msiEndpoint?": "string",
  "oidcRequestToken?": "string",
  "oidcRequestUrl?": "string",
  "oidcToken?": "string",
  "oidcTokenFilePath?": "string",
  "partnerId?": "string",
  "subscriptionId?": "string",
  "tenantId?": "string",
  "useDefaultAzureCredential?": "boolean",
  "useMsi?": "boolean",
  "useOidc?": "boolean",
} satisfies InputFields;
