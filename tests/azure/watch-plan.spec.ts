import { expect } from "chai";
import fc from "fast-check";
import type { AzurePlanned } from "../../components/azure/types";
import { linksOf } from "../../components/graph/planned";
import { EVENT_LOG, EVENT_SOURCE, EVENTS } from "../../components/guest/events";
import { parseFilter, type WindowsEvent } from "../../sandbox/azure/event-filter";
import { azureStacks, exampleAzure, planOf, withHosts, type AzureStack } from "../support/azure";

const HOME = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/shared/providers";
const ACTIONS = `${HOME}/Microsoft.Insights/actionGroups/oncall`;
const CORE = "MicrosoftWindowsServer:WindowsServer:2022-datacenter-azure-edition-core:20348.2700.240905";

const watched = (change: (stack: AzureStack) => void = () => undefined): AzureStack => {
  const stack = exampleAzure();
  stack.azure.alerts = { actionGroupId: ACTIONS };
  change(stack);
  return stack;
};
const names = (stack: AzureStack): string[] => planOf(stack).map(({ name }) => name);
const find = (plan: readonly AzurePlanned[], name: string): Readonly<Record<string, unknown>> => {
  const found = plan.find((planned) => planned.name === name);
  if (!found) throw new Error(`no ${name} in the plan`);
  return { ...found.inputs };
};
const configuration = (stack: AzureStack): Readonly<Record<string, unknown>> => (find(planOf(stack), "app-1-vm")["osProfile"] as { windowsConfiguration: Record<string, unknown> }).windowsConfiguration;
const changed = (before: AzureStack, after: AzureStack): string[] => {
  const now = new Map(planOf(after).map((planned) => [planned.name, JSON.stringify(planned)]));
  return planOf(before).filter((planned) => now.get(planned.name) !== JSON.stringify(planned)).map(({ name }) => name);
};

/** Logging, patching, alerts: what a host works without. */
const WATCHES = /^azure-(workspace|events|flows|patching|alert-)|-(agent|events)$/;

describe("logging, patching and alerts of a fleet in Azure", () => {
  it("hold no gate, no door and no audit", () => {
    fc.assert(
      fc.property(azureStacks, (stack) => {
        stack.azure.alerts = { actionGroupId: ACTIONS };
        const plan = planOf(stack);
        const needs = new Map(plan.map((planned) => [planned.name, [...planned.needs, ...linksOf(planned.inputs)]]));
        const all = (name: string, seen: Set<string>): Set<string> => {
          for (const next of needs.get(name) ?? []) if (!seen.has(next)) all(next, seen.add(next));
          return seen;
        };
        for (const { name } of plan.filter((planned) => /-(prepare|certificate|gate|door|audit)$/.test(planned.name) && planned.host !== undefined)) {
          expect([...all(name, new Set())].filter((one) => WATCHES.test(one)), name).to.deep.equal([]);
        }
        // And none of them waits for a gate: a host that fails its own is one to hear of.
        for (const { name, host = "azure" } of plan.filter((planned) => WATCHES.test(planned.name))) {
          expect([...all(name, new Set())].filter((one) => [`${host}-gate`, `${host}-door`, `${host}-audit`].includes(one)), name).to.deep.equal([]);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("cost each host an agent and an association, and nothing else grows", () => {
    const [few, many] = [1, 40].map((count) => names(watched((stack) => void withHosts(stack, count))).filter((name) => WATCHES.test(name)));
    expect(few?.filter((name) => name.startsWith("azure-"))).to.deep.equal(many?.filter((name) => name.startsWith("azure-")));
    expect(many?.filter((name) => !name.startsWith("azure-"))).to.have.length(80);
    expect(few?.filter((name) => name.startsWith("azure-alert-"))).to.have.length(6);
  });

  const offs: readonly (readonly [string, object, RegExp, RegExp])[] = [
    ["no event is to leave a host", { events: false }, /-agent$|-events$|azuremonitor|egress-manager/, /^azure-flows-app$/],
    ["no flow is to be written down", { flowLogs: false }, /^azure-flows/, /^app-1-agent$/],
    ["neither is", { events: false, flowLogs: false }, /^azure-(workspace|events|flows)|-(agent|events)$/, /^azure-patching$/],
  ];
  for (const [what, logging, gone, stays] of offs) {
    it(`make nothing for it where ${what}`, () => {
      const stack = exampleAzure();
      stack.logging = logging;
      expect(names(stack).filter((name) => gone.test(name))).to.deep.equal([]);
      expect(names(stack).filter((name) => stays.test(name))).to.not.deep.equal([]);
    });
  }

  it("use the workspace, watcher and NAT gateway that are named, in the workspace's region", () => {
    const workspaceId = `${HOME}/Microsoft.OperationalInsights/workspaces/corp`;
    const natGateway = `${HOME}/Microsoft.Network/natGateways/corp`;
    const plan = planOf(watched(({ azure }) => {
      azure.logging = { workspaceId, location: "northeurope" };
      azure.network.natGateway = natGateway;
      azure.network.watcher = { name: "watcher", resourceGroup: "rg-watch" };
    }));
    expect(plan.map(({ name }) => name)).to.not.include("azure-workspace");
    expect(JSON.stringify(find(plan, "azure-events")["destinations"])).to.include(workspaceId);
    expect(find(plan, "azure-alert-silence")).to.deep.include({ scopes: [workspaceId], location: "northeurope" });
    expect(find(plan, "azure-events")["location"]).to.equal("northeurope");
    expect(find(plan, "azure-flows-app")).to.include({ networkWatcherName: "watcher", resourceGroupName: "rg-watch", location: "westeurope", flowLogName: "secure-winrm-test-app" });
    expect(find(plan, "azure-subnet-app")["natGateway"]).to.deep.equal({ id: natGateway });
  });

  for (const [asked, kept] of [[1, 30], [14, 30], [30, 30], [365, 365], [731, 730], [3653, 730]] as const) {
    it(`keep events for ${kept} days where ${asked} are asked for, and flow logs as asked`, () => {
      const stack = exampleAzure();
      stack.logging = { retentionDays: asked };
      expect(find(planOf(stack), "azure-workspace")["retentionInDays"]).to.equal(kept);
      expect(JSON.stringify(find(planOf(stack), "azure-flows-retention"))).to.include(`"daysAfterModificationGreaterThan":${asked}}`);
    });
  }

  it("change in place, and touch no machine, gate, door or document", () => {
    const changes: readonly (readonly [string, (stack: AzureStack) => void, readonly string[]])[] = [
      ["window", (stack) => (stack.updates = { window: { day: "daily", hours: 2 } }), ["azure-patching"]],
      ["retention", (stack) => (stack.logging = { retentionDays: 90 }), ["azure-audits-retention", "azure-workspace", "azure-flows-retention"]],
      ["alerts", (stack) => (stack.azure.alerts = { actionGroupId: `${ACTIONS}-2` }), names(watched()).filter((name) => name.startsWith("azure-alert-"))],
    ];
    for (const [what, change, touched] of changes) expect(changed(watched(), watched(change)), what).to.have.members([...touched]);
  });

  describe("patch Windows", () => {
    const window = { patchMode: "AutomaticByPlatform", assessmentMode: "AutomaticByPlatform" };
    const cases: readonly (readonly [string, string | undefined, object, object])[] = [
      ["in the window", undefined, {}, { ...window, automaticByPlatformSettings: { rebootSetting: "IfRequired", bypassPlatformSafetyChecksOnUserSchedule: true } }],
      ["in the window, and without hotpatches, unless they are asked for", CORE, {}, { ...window, enableHotpatching: false, automaticByPlatformSettings: { rebootSetting: "IfRequired", bypassPlatformSafetyChecksOnUserSchedule: true } }],
      ["by hotpatches at Azure's hours", CORE, { hotpatch: true }, { ...window, enableHotpatching: true, automaticByPlatformSettings: { rebootSetting: "IfRequired", bypassPlatformSafetyChecksOnUserSchedule: false } }],
      ["in the window where an image has no hotpatches", undefined, { hotpatch: true }, { ...window, automaticByPlatformSettings: { rebootSetting: "IfRequired", bypassPlatformSafetyChecksOnUserSchedule: true } }],
      ["not at all where somebody else does", CORE, { patching: "elsewhere", hotpatch: true }, { patchMode: "AutomaticByOS", assessmentMode: "ImageDefault" }],
    ];
    for (const [what, image, updates, settings] of cases) {
      it(what, () => {
        const stack = exampleAzure();
        stack.updates = updates;
        if (image !== undefined) stack.azure.defaults = { ...stack.azure.defaults, image };
        expect(configuration(stack)).to.deep.include({ provisionVMAgent: true, enableAutomaticUpdates: true, patchSettings: settings });
        const inWindow = JSON.stringify(settings).includes('"bypassPlatformSafetyChecksOnUserSchedule":true');
        expect(find(planOf(stack), "app-1-vm")["tags"]).to.have.property("secure-winrm-fleet");
        expect((find(planOf(stack), "app-1-vm")["tags"] as Record<string, string>)["secure-winrm-patching"]).to.equal(inWindow ? "window" : undefined);
        expect(names(stack).includes("azure-patching"), "the window").to.equal(inWindow);
      });
    }

    for (const [hours, day, duration, recurEvery] of [[2, "daily", "02:00", "1Day"], [3, "Mon", "03:00", "1Week Monday"], [4, "Sun", "03:55", "1Week Sunday"]] as const) {
      it(`for ${hours} hours, ${day}`, () => {
        const stack = exampleAzure();
        stack.updates = { window: { hours, day, start: "22:30" } };
        expect(find(planOf(stack), "azure-patching")).to.include({ duration, recurEvery, startDateTime: "2025-01-01 22:30", timeZone: "UTC", maintenanceScope: "InGuestPatch" });
      });
    }

    it("of this fleet's hosts only, whatever else is in their group", () => {
      const { filter } = find(planOf(exampleAzure()), "azure-patching-hosts") as { filter: { tagSettings: object } };
      expect(filter.tagSettings).to.deep.equal({ filterOperator: "All", tags: { "secure-winrm-fleet": ["secure-winrm-test"], "secure-winrm-patching": ["window"] } });
    });
  });

  describe("collect events", () => {
    const { windowsEventLogs } = find(planOf(exampleAzure()), "azure-events")["dataSources"] as { windowsEventLogs: readonly { xPathQueries: readonly string[] }[] };
    const filters = windowsEventLogs.flatMap(({ xPathQueries }) => xPathQueries).map(parseFilter);
    const leaves = (log: string, id: number, more: Partial<WindowsEvent> = {}): boolean => filters.some(({ matches }) => matches({ log, source: "", id, data: {}, ...more }));

    it("with at most as many comparisons as the agent takes", () => {
      expect(Math.max(...filters.map(({ comparisons }) => comparisons))).to.be.at.most(20);
    });

    it("every one of this project's own", () => {
      for (const { id } of Object.values(EVENTS)) expect(leaves(EVENT_LOG, id, { source: EVENT_SOURCE }), String(id)).to.equal(true);
      expect(leaves(EVENT_LOG, EVENTS.quarantined.id, { source: "MsiInstaller" })).to.equal(false);
    });

    it("of remoting, and not of every process and every logon", () => {
      const started = (data: Record<string, string>): boolean => leaves("Security", 4688, { data });
      expect(started({ NewProcessName: "C:\\Windows\\System32\\wsmprovhost.exe" })).to.equal(true);
      expect(started({ NewProcessName: "C:\\Windows\\System32\\cmd.exe", ParentProcessName: "C:\\Windows\\System32\\winrshost.exe" })).to.equal(true);
      expect(started({ NewProcessName: "C:\\Windows\\System32\\cmd.exe", ParentProcessName: "C:\\Windows\\explorer.exe" })).to.equal(false);
      expect(leaves("Security", 4624, { data: { LogonType: "3" } })).to.equal(true);
      expect(leaves("Security", 4624, { data: { LogonType: "5" } })).to.equal(false);
    });

    for (const [log, ids] of [
      ["Security", [4625, 4634, 4648, 4672, 4697, 4698, 4720, 4729, 4738, 4740, 4776, 4946, 4950, 1102]],
      ["System", [10148, 10149, 7036]],
      ["Microsoft-Windows-WinRM/Operational", [91, 161, 162, 163, 164, 173, 192, 193, 6, 33, 208, 212, 215]],
      ["Microsoft-Windows-PowerShell/Operational", [4103, 4104, 4105, 4106, 53504]],
      ["Windows PowerShell", [400, 403, 600]],
      ["Microsoft-Windows-CertificateServicesClient-Lifecycle-System/Operational", [1001, 1007]],
    ] as const) {
      it(`of ${log}`, () => expect(ids.filter((id) => !leaves(log, id))).to.deep.equal([]));
    }
  });
});
