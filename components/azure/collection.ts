import { fixedTags } from "../fleet/naming";
import { link } from "../graph/planned";
import { eventQueries } from "./collected-events";
import { resourceGroup, type AzureFleetSettings } from "./naming";
import { plan, type AzurePlanned } from "./types";
import { besideWorkspace, workspaceId } from "./workspace";

export const EVENTS_RULE = "azure-events";
const STREAM = "Microsoft-Event";
const DESTINATION = "workspace";

/** What leaves the hosts, and where it goes: one rule for all of them. */
export function collection(settings: AzureFleetSettings): AzurePlanned[] {
  if (!settings.logging.events) return [];
  return [
    plan("azure-native:monitor:DataCollectionRule", EVENTS_RULE, {
      ...besideWorkspace(settings),
      dataCollectionRuleName: `${settings.fleet}-events`,
      description: "events of WinRM, PowerShell, Security and System, and of this project",
      kind: "Windows",
      dataSources: { windowsEventLogs: [{ name: "events", streams: [STREAM], xPathQueries: eventQueries() }] },
      destinations: { logAnalytics: [{ name: DESTINATION, workspaceResourceId: workspaceId(settings) }] },
      dataFlows: [{ streams: [STREAM], destinations: [DESTINATION] }],
      tags: fixedTags(settings, "events"),
    }),
  ];
}

/**
 * A host's agent, and the rule that it follows. Neither gate nor door needs them: a log that cannot be sent must not
 * shut an estate. The agent comes after the certificate, because Windows' agent takes up one extension of a machine
 * after the other, and the gate waits for the certificate. A run command that meets the agent's installation waits for
 * it; the reader tries again when Azure says that somebody is at work.
 */
export function shipping(settings: AzureFleetSettings, name: string): AzurePlanned[] {
  if (!settings.logging.events) return [];
  // Both bear the same id as their forerunners: to delete those afterwards would delete them. They go with a machine that is made anew; where
  // that was cut off, the engine would not know it by itself.
  const deleteBeforeReplace = true;
  const { proxy } = settings.guest;
  return [
    plan("azure-native:monitor:DataCollectionRuleAssociation", `${name}-events`, {
      resourceUri: link(`${name}-vm`),
      associationName: `${settings.fleet}-events`,
      dataCollectionRuleId: link(EVENTS_RULE),
    }, { host: name, deleteBeforeReplace }),
    plan("azure-native:compute:VirtualMachineExtension", `${name}-agent`, {
      resourceGroupName: resourceGroup(settings),
      location: settings.azure.location,
      vmName: link(`${name}-vm`, "name"),
      vmExtensionName: "AzureMonitorWindowsAgent",
      publisher: "Microsoft.Azure.Monitor",
      type: "AzureMonitorWindowsAgent",
      typeHandlerVersion: "1.0",
      autoUpgradeMinorVersion: true,
      enableAutomaticUpgrade: true,
      settings: {
        authentication: { managedIdentity: { "identifier-name": "mi_res_id", "identifier-value": link("azure-identity") } },
        ...(proxy === undefined ? {} : { proxy: { mode: "application", address: proxy, auth: "false" } }),
      },
    }, { host: name, needs: [`${name}-certificate`], deleteBeforeReplace }),
  ];
}
