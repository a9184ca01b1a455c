import type { Call, ProviderConfig } from "../engine/resource";
import { text, type JsonRecord } from "../store/json";
import { armId, groupId } from "./arm-id";
import { ARM_TYPES } from "./types";

/** DNS suffixes of the data planes. Source: provider/pkg/resources/customresources, custom_storage_azidentity.go and custom_keyvault.go. */
const SUFFIXES: Readonly<Record<string, { readonly blob: string; readonly vault: string }>> = {
  public: { blob: "blob.core.windows.net", vault: "vault.azure.net" },
  usgovernment: { blob: "blob.core.usgovcloudapi.net", vault: "vault.usgovcloudapi.net" },
  china: { blob: "blob.core.chinacloudapi.cn", vault: "vault.azure.cn" },
};

export const ENVIRONMENTS = Object.keys(SUFFIXES);
const PUBLIC = { blob: "blob.core.windows.net", vault: "vault.azure.net" };

const setting = (config: ProviderConfig, key: string): string => text(config.settings?.[key]);

export const subscriptionOf = ({ config }: Pick<Call, "config">): string => setting(config, "subscriptionId");
export const tenantOf = ({ config }: Pick<Call, "config">): string => setting(config, "tenantId") || "00000000-0000-4000-8000-000000007e4a";
export const locationOf = (config: ProviderConfig): string => setting(config, "location");
export const suffixesOf = ({ config }: Pick<Call, "config">): { readonly blob: string; readonly vault: string } => SUFFIXES[setting(config, "environment") || "public"] ?? PUBLIC;

/** Every suffix of a data plane, in whichever cloud. */
export const suffixes = (plane: "blob" | "vault"): readonly string[] => Object.values(SUFFIXES).map((one) => one[plane]);

export const groupOf = (call: Call): string => groupId(subscriptionOf(call), text(call.inputs["resourceGroupName"]));

/** The id of an object of the provider's subscription, out of the inputs that are part of its path. */
export const idOf = (call: Call, token: string, names: readonly string[]): string =>
  armId(subscriptionOf(call), text(call.inputs["resourceGroupName"]), ARM_TYPES[token] ?? "", ...names.map((name) => text(call.inputs[name])));

/** client diff.go, normalizedLocation: "West Europe" is "westeurope". */
export const normalLocation = (location: string): string => location.toLowerCase().replaceAll(" ", "");

export const locationIn = (properties: JsonRecord): string => normalLocation(text(properties["location"]));
