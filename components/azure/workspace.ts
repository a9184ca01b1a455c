import { joined, link } from "../graph/planned";
import { SUFFIX } from "./baseline";
import { place, tagsOf, type AzureFleetSettings } from "./naming";
import { plan, type AzurePlanned } from "./types";

export const WORKSPACE = "azure-workspace";

/** How long a workspace can keep what comes in. Unit: days. Source: Azure's description of retention in Log Analytics. */
const SHORTEST = 30;
const LONGEST = 730;

/** The period of all clouds, as far as a workspace can keep it: the nearest that it can. Unit: days */
export const keptDays = ({ logging }: AzureFleetSettings): number => Math.min(LONGEST, Math.max(SHORTEST, logging.retentionDays));

export const hasWorkspace = ({ logging }: AzureFleetSettings): boolean => logging.events || logging.flowLogs;

export const workspaceId = ({ azure }: AzureFleetSettings) => azure.logging.workspaceId ?? link(WORKSPACE);

/** What looks into a workspace lies in its region. */
export const besideWorkspace = (settings: AzureFleetSettings) => ({ ...place(settings), location: settings.azure.logging.location ?? settings.azure.location });

/** Where events and traffic analytics go, where the stack is to make it. Whoever reads it is known to Entra: there are no keys. */
export function workspace(settings: AzureFleetSettings): AzurePlanned[] {
  if (!hasWorkspace(settings) || settings.azure.logging.workspaceId !== undefined) return [];
  return [
    plan("azure-native:operationalinsights:Workspace", WORKSPACE, {
      ...place(settings),
      // A deleted workspace keeps its name, and what is in it, for two weeks.
      workspaceName: joined("swinrm-", link(SUFFIX, "hex")),
      sku: { name: "PerGB2018" },
      retentionInDays: keptDays(settings),
      features: { disableLocalAuth: true, enableLogAccessUsingOnlyResourcePermissions: true },
      publicNetworkAccessForIngestion: "Enabled",
      publicNetworkAccessForQuery: "Enabled",
      tags: tagsOf(settings, "logs"),
    }),
  ];
}
