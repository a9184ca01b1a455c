import { ComputeManagementClient, type ComputeManagementClientOptionalParams } from "@azure/arm-compute";
import type { TokenCredential } from "@azure/identity";
import { CALL_MS } from "./patience";
import type { AzurePlace } from "./request";

/** Source: Microsoft's comparison of the sovereign clouds; @azure/arm-compute has the same endpoints. */
const CLOUDS = {
  public: { arm: "https://management.azure.com", authority: "https://login.microsoftonline.com" },
  usgovernment: { arm: "https://management.usgovcloudapi.net", authority: "https://login.microsoftonline.us" },
  china: { arm: "https://management.chinacloudapi.cn", authority: "https://login.chinacloudapi.cn" },
} as const;

/** Whom to ask, and as whom. */
export type ArmPlace = Pick<AzurePlace, "environment" | "subscription" | "tenant">;

/** Where Azure Resource Manager is. */
export const armRoot = ({ environment }: ArmPlace, endpoint: string | undefined): string => endpoint ?? CLOUDS[environment].arm;

/**
 * The SDK's client: of the sandbox's endpoint, which gets no credential and is never left, or of the real cloud.
 * It tries each request once: patience and pauses are ours.
 */
export function armClient(place: ArmPlace, endpoint: string | undefined): ComputeManagementClient {
  const once = { retryOptions: { maxRetries: 0 }, redirectOptions: { maxRetries: 0 } };
  const client = endpoint === undefined
    ? new ComputeManagementClient(credential(place), place.subscription, { ...once, endpoint: armRoot(place, endpoint), credentials: { scopes: [`${armRoot(place, endpoint)}/.default`] } })
    : new ComputeManagementClient(NOBODY, place.subscription, { ...once, endpoint, allowInsecureConnection: true });
  if (endpoint !== undefined) {
    // It insists on TLS, and there is no token to be sent; a proxy of this machine's does not reach this machine.
    client.pipeline.removePolicy({ name: "bearerTokenAuthenticationPolicy" });
    client.pipeline.removePolicy({ name: "proxyPolicy" });
    client.pipeline.addPolicy(staysAt(endpoint));
  }
  client.pipeline.addPolicy(BOUNDED);
  return client;
}

const NOBODY: TokenCredential = { getToken: () => Promise.resolve(null) };

type Policy = NonNullable<ComputeManagementClientOptionalParams["additionalPolicies"]>[number]["policy"];

/** An answer may name further addresses (the next page); what is the sandbox's stays on this machine. */
const staysAt = (endpoint: string): Policy => ({
  name: "staysAtEndpointPolicy",
  sendRequest: async (request, next) => {
    if (new URL(request.url).origin !== endpoint) throw new Error(`the sandbox's endpoint names an address elsewhere: ${request.url}`);
    return next(request);
  },
});

/** Further pages of a list are fetched without the caller's signal. */
const BOUNDED: Policy = {
  name: "boundedPolicy",
  sendRequest: (request, next) => {
    // Not its `timeout`: that one's timer outlives a request that failed, and the process with it.
    request.abortSignal ??= AbortSignal.timeout(CALL_MS);
    return next(request);
  },
};

/** Loaded here: a sandbox has no use for it, and it is slow to load. */
function credential({ environment, tenant }: ArmPlace): TokenCredential {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { DefaultAzureCredential } = require("@azure/identity") as typeof import("@azure/identity");
  asTheProviderDoes(process.env);
  return new DefaultAzureCredential({ authorityHost: CLOUDS[environment].authority, ...(tenant !== undefined && { tenantId: tenant }) });
}

const NAMES = {
  AZURE_TENANT_ID: "ARM_TENANT_ID",
  AZURE_CLIENT_ID: "ARM_CLIENT_ID",
  AZURE_CLIENT_SECRET: "ARM_CLIENT_SECRET",
  AZURE_CLIENT_CERTIFICATE_PATH: "ARM_CLIENT_CERTIFICATE_PATH",
  AZURE_CLIENT_CERTIFICATE_PASSWORD: "ARM_CLIENT_CERTIFICATE_PASSWORD",
  AZURE_FEDERATED_TOKEN_FILE: "ARM_OIDC_TOKEN_FILE_PATH",
} as const;

/** Pulumi's provider has other names for the same: whoever has set those for it need not set them twice. Never half of each. */
export function asTheProviderDoes(env: NodeJS.ProcessEnv): void {
  if (Object.keys(NAMES).some((name) => env[name] !== undefined)) return;
  for (const [name, other] of Object.entries(NAMES)) if (env[other] !== undefined) env[name] = env[other];
}
