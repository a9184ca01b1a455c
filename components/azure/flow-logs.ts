import { joined, link } from "../graph/planned";
import { subnetId } from "./access";
import { SUFFIX } from "./baseline";
import { HARDENED, place, resourceGroup, tagsOf, type AzureFleetSettings } from "./naming";
import { plan, type AzurePlanned } from "./types";
import { workspaceId } from "./workspace";

const FLOWS = "azure-flows";
/** Where Azure writes the flow logs of virtual networks and of what is in them. Source: Network Watcher's documentation. */
const CONTAINER = "insights-logs-flowlogflowevent";

/** Subnets that hosts are in, whether they are made here or not. */
const usedSubnets = ({ azure }: AzureFleetSettings): string[] => [...new Set(Object.values(azure.hosts).map(({ subnet }) => subnet))].sort();

/**
 * Where raw flow logs lie. Not beside the scripts that hosts run: Network Watcher comes as one of Azure's trusted
 * services, which that account lets in no more than anybody else. Whether Network Watcher could write without the
 * account's keys is not documented, so they stay allowed; nobody is given any.
 */
function account(settings: AzureFleetSettings): AzurePlanned[] {
  return [
    plan("azure-native:storage:StorageAccount", FLOWS, {
      ...place(settings),
      accountName: joined("swinfl", link(SUFFIX, "hex")),
      ...HARDENED,
      // Disabled, it would keep the trusted services out too.
      publicNetworkAccess: "Enabled",
      networkRuleSet: { defaultAction: "Deny", bypass: "AzureServices" },
      tags: tagsOf(settings, "flows"),
    }),
    plan("azure-native:storage:ManagementPolicy", "azure-flows-retention", {
      resourceGroupName: resourceGroup(settings),
      accountName: link(FLOWS, "name"),
      managementPolicyName: "default",
      policy: {
        rules: [
          {
            name: "flows",
            type: "Lifecycle",
            enabled: true,
            definition: {
              actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: settings.logging.retentionDays } } },
              filters: { blobTypes: ["blockBlob"], prefixMatch: [`${CONTAINER}/`] },
            },
          },
        ],
      },
    }),
  ];
}

/** Who reaches, and who is refused by, the subnets that hosts are in: one log for each, however many hosts there are. */
export function flowLogs(settings: AzureFleetSettings): AzurePlanned[] {
  if (!settings.logging.flowLogs) return [];
  const { location, network } = settings.azure;
  const watcher = network.watcher ?? { name: `NetworkWatcher_${location}`, resourceGroup: "NetworkWatcherRG" };
  const logs = usedSubnets(settings).map((subnet, i, subnets) =>
    plan("azure-native:network:FlowLog", `azure-flows-${subnet}`, {
      resourceGroupName: watcher.resourceGroup,
      networkWatcherName: watcher.name,
      // Every stack's logs of a region lie in the one watcher.
      flowLogName: `${settings.fleet}-${subnet}`,
      location,
      targetResourceId: subnetId(settings, subnet),
      storageId: link(FLOWS),
      enabled: true,
      format: { type: "JSON", version: 2 },
      // The account's own policy ends them: this one ends at a year.
      retentionPolicy: { enabled: false, days: 0 },
      flowAnalyticsConfiguration: { networkWatcherFlowAnalyticsConfiguration: { enabled: true, workspaceResourceId: workspaceId(settings), trafficAnalyticsInterval: 10 } },
      tags: tagsOf(settings, `flows-${subnet}`),
      // Another provider replaces a log whose target changes; that the service would change it in place is not documented.
      // One after the other: made at the same time in one watcher, some fail.
    }, { deleteBeforeReplace: true, replaceOnChanges: ["targetResourceId"], needs: subnets.slice(i - 1, i).map((before) => `azure-flows-${before}`) }));
  return [...account(settings), ...logs];
}
