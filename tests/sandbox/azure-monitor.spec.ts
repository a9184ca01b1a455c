import { expect } from "chai";
import { parseFilter } from "../../sandbox/azure/event-filter";
import * as types from "../../sandbox/azure/types";
import { PartialFailure } from "../../sandbox/engine/failure";
import { text } from "../../sandbox/store/json";
import { AzureLab, GROUP, groupPath, machine, makeAzureHost, storage, subnetInputs, type AzureHost } from "./azure-cloud";
import { refusal } from "./lab";

const WORKSPACE = groupPath("Microsoft.OperationalInsights/workspaces/logs");
const RULE = groupPath("Microsoft.Insights/dataCollectionRules/events");
const FLOWS = groupPath("Microsoft.Storage/storageAccounts/swinfl0123");
const ACTIONS = groupPath("Microsoft.Insights/actionGroups/oncall");
const OTHER_WORKSPACE = groupPath("Microsoft.OperationalInsights/workspaces/far").replace("fleet", "hub");
const NAT = groupPath("Microsoft.Network/natGateways/nat").replace("fleet", "hub");

const workspace = (more: object = {}): object => ({ ...GROUP, workspaceName: "logs", sku: { name: "PerGB2018" }, retentionInDays: 365, ...more });
const collects = (xPathQueries: readonly string[], more: object = {}): object => ({
  ...GROUP,
  dataCollectionRuleName: "events",
  kind: "Windows",
  dataSources: { windowsEventLogs: [{ name: "events", streams: ["Microsoft-Event"], xPathQueries }] },
  destinations: { logAnalytics: [{ name: "logs", workspaceResourceId: WORKSPACE }] },
  dataFlows: [{ streams: ["Microsoft-Event"], destinations: ["logs"] }],
  ...more,
});
const associated = (host: AzureHost, more: object = {}): object => ({ resourceUri: host.machine, associationName: "events", dataCollectionRuleId: RULE, ...more });
const flows = (host: AzureHost, more: object = {}): object => ({
  resourceGroupName: "NetworkWatcherRG",
  networkWatcherName: "NetworkWatcher_westeurope",
  flowLogName: "fleet-app",
  targetResourceId: host.subnet,
  storageId: FLOWS,
  enabled: true,
  flowAnalyticsConfiguration: { networkWatcherFlowAnalyticsConfiguration: { enabled: true, workspaceResourceId: WORKSPACE, trafficAnalyticsInterval: 10 } },
  ...more,
});
const account = (more: object = {}): object => storage({ accountName: "swinfl0123", ...more });
const condition = (more: object = {}): object => ({ query: "Event | where EventID == 110 | extend Host = Computer", timeAggregation: "Count", operator: "GreaterThan", threshold: 0, dimensions: [{ name: "Host", operator: "Include", values: ["*"] }], ...more });
const alert = (more: object = {}, one: object = {}): object => ({
  ...GROUP,
  ruleName: "quarantine",
  severity: 1,
  enabled: true,
  evaluationFrequency: "PT5M",
  windowSize: "PT15M",
  scopes: [WORKSPACE],
  criteria: { allOf: [condition(one)] },
  actions: { actionGroups: [ACTIONS] },
  ...more,
});
const patching = (more: object = {}): object => ({
  ...GROUP,
  resourceName: "patching",
  maintenanceScope: "InGuestPatch",
  extensionProperties: { InGuestPatchMode: "User" },
  startDateTime: "2025-01-01 03:00",
  timeZone: "UTC",
  duration: "03:55",
  recurEvery: "1Week Sunday",
  installPatches: { rebootSetting: "IfRequired", windowsParameters: { classificationsToInclude: ["Security"] } },
  ...more,
});
const assigned = (more: object = {}): object => ({ ...GROUP, configurationAssignmentName: "patching", location: "global", maintenanceConfigurationId: groupPath("Microsoft.Maintenance/maintenanceConfigurations/patching"), filter: { osTypes: ["Windows"] }, ...more });
const agent = (host: AzureHost, more: object = {}): object => ({
  ...GROUP,
  vmName: "fleet-web-1",
  vmExtensionName: "AzureMonitorWindowsAgent",
  publisher: "Microsoft.Azure.Monitor",
  type: "AzureMonitorWindowsAgent",
  typeHandlerVersion: "1.0",
  settings: { authentication: { managedIdentity: { "identifier-name": "mi_res_id", "identifier-value": host.identity } } },
  ...more,
});
const ids = (count: number): string => Array.from({ length: count }, (_, i) => `EventID=${i + 1}`).join(" or ");
const os = (patchSettings: object, more: object = {}): object => {
  const { osProfile } = machine("") as { osProfile: object };
  return { osProfile: { ...osProfile, windowsConfiguration: { provisionVMAgent: true, enableAutomaticUpdates: true, patchSettings, ...more } } };
};
const hotpatch = (bypass: boolean): object => ({ patchMode: "AutomaticByPlatform", enableHotpatching: true, automaticByPlatformSettings: { bypassPlatformSafetyChecksOnUserSchedule: bypass } });
const image = (sku: string): object => ({ storageProfile: { imageReference: { publisher: "MicrosoftWindowsServer", offer: "WindowsServer", sku, version: "1.2.3" }, osDisk: { createOption: "FromImage" } } });

type Work = (lab: AzureLab, host: AzureHost) => Promise<unknown>;

const refused: readonly (readonly [string, Work, RegExp])[] = [
  ["a workspace that forgets after a week", (lab) => lab.update(types.WORKSPACE, WORKSPACE, workspace({ retentionInDays: 7 })), /between 30 and 730/],
  ["a workspace for three years", (lab) => lab.update(types.WORKSPACE, WORKSPACE, workspace({ retentionInDays: 1095 })), /between 30 and 730/],
  ["a workspace of a tier that is no more", (lab) => lab.update(types.WORKSPACE, WORKSPACE, workspace({ sku: { name: "PerNode" } })), /PerNode is not available/],
  ["a rule with 21 comparisons in a query", (lab) => lab.create(types.COLLECTION_RULE, collects([`Security!*[System[(${ids(21)})]]`])), /21 expressions/],
  ["a query that is no XPath of the agent's", (lab) => lab.create(types.COLLECTION_RULE, collects(["Security!*[contains(EventID, 1)]"])), /xPathQueries.*XPath/],
  ["a query without a log", (lab) => lab.create(types.COLLECTION_RULE, collects(["*[System[(EventID=1)]]"])), /not of the form log!/],
  ["Windows' events in a rule of no kind", (lab) => lab.create(types.COLLECTION_RULE, collects(["System!*[System[(EventID=1)]]"], { kind: undefined })), /kind Windows/],
  ["a flow to a destination that is not declared", (lab) => lab.create(types.COLLECTION_RULE, collects([], { dataFlows: [{ streams: ["Microsoft-Event"], destinations: ["elsewhere"] }] })), /elsewhere of a data flow is not declared/],
  ["a rule into no workspace", (lab) => lab.create(types.COLLECTION_RULE, collects([], { destinations: { logAnalytics: [{ name: "logs", workspaceResourceId: `${WORKSPACE}-2` }] } })), /logs-2 was not found/],
  ["a rule in another region than its workspace", (lab) => lab.create(types.COLLECTION_RULE, collects([], { destinations: { logAnalytics: [{ name: "logs", workspaceResourceId: OTHER_WORKSPACE }] } })), /lies in northeurope/],
  ["a rule that a machine follows out of the world", async (lab, host) => {
    await lab.create(types.COLLECTION_RULE, collects([]));
    await lab.create(types.RULE_ASSOCIATION, associated(host));
    await lab.delete(types.COLLECTION_RULE, RULE);
  }, /RuleAssociationsExist/],
  ["an association with no rule", (lab, host) => lab.create(types.RULE_ASSOCIATION, associated(host)), /dataCollectionRules\/events was not found/],
  ["an association of no machine", (lab, host) => lab.create(types.RULE_ASSOCIATION, associated(host, { resourceUri: `${host.machine}-2` })), /ResourceNotFound/],
  ["flow logs of another region's watcher", (lab, host) => lab.create(types.FLOW_LOG, flows(host, { networkWatcherName: "NetworkWatcher_northeurope" })), /ParentResourceNotFound/],
  ["flow logs of a watcher in a group of its own that is not there", (lab, host) => lab.create(types.FLOW_LOG, flows(host, { resourceGroupName: "fleet" })), /ParentResourceNotFound/],
  ["flow logs of nothing", (lab, host) => lab.create(types.FLOW_LOG, flows(host, { targetResourceId: `${host.subnet}-2` })), /target resource .*-2 of the flow log was not found/],
  ["flow logs into no account", (lab, host) => lab.create(types.FLOW_LOG, flows(host, { storageId: `${FLOWS}9` })), /StorageAccountNotFound/],
  ["a second flow log of one subnet", (lab, host) => lab.create(types.FLOW_LOG, flows(host)).then(() => lab.create(types.FLOW_LOG, flows(host, { flowLogName: "other" }))), /FlowLogAlreadyExists/],
  ["another target for a flow log", (lab, host) => lab.create(types.FLOW_LOG, flows(host)).then(({ id }) => lab.update(types.FLOW_LOG, id, flows(host, { targetResourceId: host.network }))), /keeps its target/],
  ["traffic analytics every minute", (lab, host) => lab.create(types.FLOW_LOG, flows(host, { flowAnalyticsConfiguration: { networkWatcherFlowAnalyticsConfiguration: { enabled: true, workspaceResourceId: WORKSPACE, trafficAnalyticsInterval: 1 } } })), /10 or 60 minutes/],
  ["a retention of ten years", (lab, host) => lab.create(types.FLOW_LOG, flows(host, { retentionPolicy: { enabled: true, days: 3653 } })), /3653 days is not valid/],
  ["an alert every two minutes", (lab) => lab.create(types.QUERY_RULE, alert({ evaluationFrequency: "PT2M" })), /PT2M is not one of/],
  ["a window of 20 minutes", (lab) => lab.create(types.QUERY_RULE, alert({ windowSize: "PT20M" })), /PT20M is not one of/],
  ["an alert that looks more rarely than far", (lab) => lab.create(types.QUERY_RULE, alert({ evaluationFrequency: "PT1H" })), /longer than the window/],
  ["a severity of five", (lab) => lab.create(types.QUERY_RULE, alert({ severity: 5 })), /0 to 4/],
  ["an alert for nobody that is there", (lab) => lab.create(types.QUERY_RULE, alert({ actions: { actionGroups: [`${ACTIONS}-2`] } })), /ActionGroupNotFound/],
  ["an alert on no workspace", (lab) => lab.create(types.QUERY_RULE, alert({ scopes: [`${WORKSPACE}-2`] })), /ScopeNotFound/],
  ["a mute of what resolves itself", (lab) => lab.create(types.QUERY_RULE, alert({ muteActionsDuration: "PT1H" })), /cannot mute/],
  ["a query that cannot be run", (lab) => lab.create(types.QUERY_RULE, alert({}, { query: "Event | summarize count()" })), /KQL.*summarize/],
  ["a dimension that is no column", (lab) => lab.create(types.QUERY_RULE, alert({}, { dimensions: [{ name: "Hots", operator: "Include", values: ["*"] }] })), /Hots is no column/],
  ["seven dimensions", (lab) => lab.create(types.QUERY_RULE, alert({}, { dimensions: Array.from({ length: 7 }, () => ({ name: "Host", operator: "Include", values: ["*"] })) })), /at most 6/],
  ["a rule of 65 KB", (lab) => lab.create(types.QUERY_RULE, alert({ description: "x".repeat(65_000) })), /64 KB/],
  ["a window of four hours", (lab) => lab.create(types.MAINTENANCE, patching({ duration: "04:00" })), /not between 01:30 and 03:55/],
  ["a window of an hour", (lab) => lab.create(types.MAINTENANCE, patching({ duration: "01:00" })), /not between/],
  ["a window that nobody's patches are for", (lab) => lab.create(types.MAINTENANCE, patching({ extensionProperties: {} })), /must contain Patch mode/],
  ["a window on no day", (lab) => lab.create(types.MAINTENANCE, patching({ recurEvery: "1Week Sun" })), /recurEvery is not valid/],
  ["a start without its time", (lab) => lab.create(types.MAINTENANCE, patching({ startDateTime: "2025-01-01" })), /YYYY-MM-DD hh:mm/],
  ["hosts for a window that is not there", (lab) => lab.create(types.MAINTENANCE_ASSIGNMENT, assigned()), /was not found/],
  ["something else than machines in a window", (lab) => lab.create(types.MAINTENANCE, patching()).then(() => lab.create(types.MAINTENANCE_ASSIGNMENT, assigned({ filter: { resourceTypes: ["microsoft.sql/servers"] } }))), /microsoft\.sql\/servers cannot be/],
  ["a way out that is not there", (lab, host) => lab.update(types.SUBNET, host.subnet, subnetInputs({ natGateway: { id: `${NAT}-2` } })), /InvalidResourceReference/],
  ["hotpatches in a window of one's own", (lab, host) => lab.create(types.VIRTUAL_MACHINE, machine(host.nic, { vmName: "b", ...image("2022-datacenter-azure-edition-core"), ...os(hotpatch(true)) })), /Hotpatch updates require platform safety checks/],
  ["hotpatches for an image that has none", (lab, host) => lab.create(types.VIRTUAL_MACHINE, machine(host.nic, { vmName: "b", ...os(hotpatch(false)) })), /not supported for hotpatching/],
  ["patches by the platform's schedule in another mode", (lab, host) => lab.create(types.VIRTUAL_MACHINE, machine(host.nic, { vmName: "b", ...os({ patchMode: "AutomaticByOS", automaticByPlatformSettings: { rebootSetting: "IfRequired" } }) })), /AutomaticByPlatform only/],
  ["automatic updates off on a machine that has them on", (lab, host) => lab.update(types.VIRTUAL_MACHINE, host.machine, machine(host.nic, os({ patchMode: "Manual" }, { enableAutomaticUpdates: false })), "web-1-vm"), /enableAutomaticUpdates' is not allowed/],
];

/** What the agent reports of settings that it cannot work with: it is there then, and has failed. */
const failures: readonly (readonly [string, object, RegExp])[] = [
  ["an identity that the machine does not bear", { authentication: { managedIdentity: { "identifier-name": "mi_res_id", "identifier-value": groupPath("Microsoft.ManagedIdentity/userAssignedIdentities/others") } } }, /Identity not found/],
  ["no word on which identity", {}, /must name one/],
  ["a proxy without a port of call", { proxy: { mode: "application", auth: "false" } }, /needs mode 'application', an address/],
  ["a setting of another agent", { workspaceId: "x" }, /Unknown setting 'workspaceId'/],
];

describe("sandbox: azure-native, logging, patching and alerts", () => {
  let lab: AzureLab;
  let host: AzureHost;
  beforeEach(async () => {
    lab = new AzureLab({ existing: [{ id: ACTIONS }, { id: OTHER_WORKSPACE, properties: { location: "northeurope" } }, { id: NAT, properties: { location: "westeurope" } }] });
    host = await makeAzureHost(lab, os({ patchMode: "AutomaticByOS" }));
    await lab.create(types.WORKSPACE, workspace());
    await lab.create(types.STORAGE_ACCOUNT, account());
  });
  afterEach(() => lab.close());

  for (const [what, work, words] of refused) it(`refuses ${what}`, async () => expect(await refusal(work(lab, host))).to.match(words));

  it("takes all of it where it fits, and another window, retention or alert in place", async () => {
    await lab.create(types.COLLECTION_RULE, collects([`Security!*[System[(${ids(20)})]]`]));
    await lab.create(types.RULE_ASSOCIATION, associated(host));
    await lab.create(types.FLOW_LOG, flows(host));
    const rule = await lab.id(types.QUERY_RULE, alert());
    const window = await lab.id(types.MAINTENANCE, patching());
    await lab.create(types.MAINTENANCE_ASSIGNMENT, assigned());
    await lab.update(types.WORKSPACE, WORKSPACE, workspace({ retentionInDays: 90 }));
    await lab.update(types.QUERY_RULE, rule, alert({ severity: 2 }));
    await lab.update(types.MAINTENANCE, window, patching({ duration: "02:00", recurEvery: "1Day" }));
    await lab.update(types.SUBNET, host.subnet, subnetInputs({ natGateway: { id: NAT } }));
    expect(text(lab.store.get(types.MAINTENANCE, window)?.properties["duration"])).to.equal("02:00");
    await lab.update(types.VIRTUAL_MACHINE, host.machine, machine(host.nic, os({ patchMode: "AutomaticByPlatform", automaticByPlatformSettings: { bypassPlatformSafetyChecksOnUserSchedule: true } })), "web-1-vm");
  });

  for (const [what, settings, words] of failures) {
    it(`keeps an agent that has failed for ${what}`, async () => {
      const failed = await lab.create(types.EXTENSION, agent(host, { settings }), "web-1-agent").then(() => undefined, (error: unknown) => error);
      expect(failed).to.be.instanceOf(PartialFailure);
      expect((failed as PartialFailure).message).to.match(words);
      expect(lab.store.list(types.EXTENSION).map(({ properties }) => properties["provisioningState"])).to.deep.equal(["Failed"]);
    });
  }

  it("installs an agent beside others, through a proxy", async () => {
    const { properties } = await lab.create(types.EXTENSION, agent(host, { settings: { authentication: { managedIdentity: { "identifier-name": "mi_res_id", "identifier-value": host.identity } }, proxy: { mode: "application", address: "http://proxy:3128", auth: "false" } } }));
    expect(properties["provisioningState"]).to.equal("Succeeded");
  });

  it("reads the agent's XPath: by id, by range, by source, by data", () => {
    const at = (id: number, source = "s", data: Record<string, string> = {}) => ({ log: "Security", source, id, data });
    const both = parseFilter("Security!*[System[Provider[@Name='s'] and (EventID=1 or (EventID>=5 and EventID<=7))] and EventData[Data[@Name='a']='b' or Data[@Name='a']='c']]");
    expect(both.comparisons).to.equal(6);
    expect([1, 4, 5, 7, 8].filter((id) => both.matches(at(id, "s", { a: "c" })))).to.deep.equal([1, 5, 7]);
    expect([at(1), at(1, "t", { a: "b" }), { ...at(1, "s", { a: "b" }), log: "System" }].map(both.matches)).to.deep.equal([false, false, false]);
  });
});
