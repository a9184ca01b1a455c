import { fixedTags } from "../fleet/naming";
import { link } from "../graph/planned";
import type { Settings } from "../settings/settings";

/** Azure settings of a stack that has them. */
export type AzureFleetSettings = Settings & { readonly azure: NonNullable<Settings["azure"]> };

export const tagsOf = (settings: AzureFleetSettings, name: string): Record<string, string> => ({
  ...settings.tags,
  ...settings.azure.tags,
  ...fixedTags(settings, name),
});

export const GROUP = "azure-group";

export const resourceGroup = ({ azure }: AzureFleetSettings) => azure.resourceGroup ?? link(GROUP, "name");

/** Where most of what is made lies. */
export const place = (settings: AzureFleetSettings) => ({ resourceGroupName: resourceGroup(settings), location: settings.azure.location });

/** The hosts' names in Azure; two fleets may share a resource group. */
export const machineName = (settings: AzureFleetSettings, host: string): string => `${settings.fleet}-${host}`;

/** DNS suffixes of the data planes. Source: Azure SDK for JS, and Microsoft's comparison of the sovereign clouds. */
export const SUFFIXES = {
  public: { vault: "vault.azure.net", blob: "blob.core.windows.net" },
  usgovernment: { vault: "vault.usgovcloudapi.net", blob: "blob.core.usgovcloudapi.net" },
  china: { vault: "vault.azure.cn", blob: "blob.core.chinacloudapi.cn" },
} as const;

interface ArmId {
  readonly subscription: string;
  readonly resourceGroup: string;
  readonly type: string;
  readonly name: string;
}

/** `/subscriptions/<id>/resourceGroups/<group>/providers/<namespace>/<type>/<name>`; settings have checked its shape. */
export function parseArmId(id: string): ArmId {
  const [, , subscription = "", , group = "", , , type = "", ...rest] = id.split("/");
  return { subscription, resourceGroup: group, type, name: rest.at(-1) ?? "" };
}

/** What all storage accounts of a fleet have in common; who reaches them is their own. */
export const HARDENED = {
  kind: "StorageV2",
  sku: { name: "Standard_LRS" },
  allowBlobPublicAccess: false,
  allowSharedKeyAccess: true,
  defaultToOAuthAuthentication: true,
  enableHttpsTrafficOnly: true,
  minimumTlsVersion: "TLS1_2",
} as const;
