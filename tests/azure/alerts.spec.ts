import { expect } from "chai";
import { ALERTS } from "../../components/fleet/alerts";
import { EVENTS } from "../../components/guest/events";
import { firedAlerts } from "../../sandbox/azure/fired";
import { saidByHosts, type Flow, type HostEvent, type Observed } from "../../sandbox/azure/log-rows";
import { COLLECTION_RULE, EXTENSION, RULE_ASSOCIATION, VIRTUAL_MACHINE } from "../../sandbox/azure/types";
import { parseRecord, text } from "../../sandbox/store/json";
import { AzureLab } from "../sandbox/azure-cloud";
import { makePlanned } from "../sandbox/azure-planned";
import { exampleAzure, planOf, type AzureStack } from "../support/azure";
import { approved } from "../support/stacks";

const ACTIONS = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/shared/providers/Microsoft.Insights/actionGroups/oncall";
const NOW = Date.parse("2026-06-01T12:00:00Z");
const minutesAgo = (minutes: number): number => NOW - minutes * 60_000;

const event = (host: string, id: number, more: Partial<HostEvent> = {}): HostEvent => ({ host, log: "Application", source: "secure-winrm", id, level: "Warning", message: "…", data: {}, at: minutesAgo(3), ...more });
const healthy = [event("app-1", EVENTS.passed.id), event("app-2", EVENTS.passed.id)];

const process = (user: string, domain: string, more: Readonly<Record<string, string>> = {}): HostEvent =>
  event("app-1", 4688, {
    log: "Security",
    source: "Microsoft-Windows-Security-Auditing",
    data: { SubjectUserName: "APP-1$", SubjectDomainName: "CORP", NewProcessName: "C:\\Windows\\System32\\wsmprovhost.exe", ParentProcessName: "C:\\Windows\\System32\\svchost.exe", TargetUserName: user, TargetDomainName: domain, ...more },
  });
const flow = (more: Partial<Flow> = {}): Flow => ({ from: "10.30.1.99", to: "10.30.1.10", port: 5986, allowed: false, rule: "secure-winrm-test-deny-winrm", at: minutesAgo(20), ...more });

interface Case {
  readonly what: string;
  readonly events?: readonly HostEvent[];
  readonly flows?: readonly Flow[];
  readonly stack?: (stack: AzureStack) => void;
  /** Dimensions of the alert; none: it stays quiet. */
  readonly fires: readonly string[];
}

const expiring = (expires: string) => (stack: AzureStack): void => {
  stack.exceptions = [{ ...approved("up-to-date", "frozen for the release"), expires }];
};
const local = (stack: AzureStack): void => {
  stack.account = { name: "svc-ansible", becomeUser: "svc-become", transport: "ntlm" };
  stack.exceptions = [approved("remoting-user-only", "local-account-token-filter")];
};
const endpoint = (stack: AzureStack): void => {
  stack.account = { name: "svc-ansible@CORP.EXAMPLE", transport: "kerberos", plugin: "psrp", escalation: "endpoint" };
  stack.exceptions = [approved("runas-escalation", "endpoint-recorded")];
};

/** For each alert: what it is for, and what comes close and is nothing to tell. */
const CASES: Readonly<Record<string, readonly Case[]>> = {
  quarantine: [
    { what: "a host that shut its port, and that host only", events: [event("app-1", 110)], fires: ["Host=app-1"] },
    { what: "each of two hosts on its own", events: [event("app-1", 110), event("app-2", 110)], fires: ["Host=app-1", "Host=app-2"] },
    { what: "a release", events: [event("app-1", 111)], fires: [] },
    { what: "another program's event of the same number", events: [event("app-1", 110, { source: "MsiInstaller" })], fires: [] },
    { what: "the same number in another log", events: [event("app-1", 110, { log: "System" })], fires: [] },
    { what: "what happened an hour ago", events: [event("app-1", 110, { at: minutesAgo(60) })], fires: [] },
    { what: "a machine that is not the fleet's", events: [event("other-1", 110)], fires: [] },
  ],
  altered: [
    { what: "script or document that is not what was brought", events: [event("app-2", 140)], fires: ["Host=app-2"] },
    { what: "a repair", events: [event("app-2", 120)], fires: [] },
  ],
  certificate: [
    { what: "a certificate that is about to end", events: [event("app-1", 130)], fires: ["Host=app-1"] },
    { what: "a run that passed", events: [event("app-1", 100)], fires: [] },
  ],
  silence: [
    { what: "a host that has not said anything for two periods", events: [event("app-1", 100), event("app-2", 100, { at: minutesAgo(31) })], fires: ["Host=app-2"] },
    { what: "hosts that have never said anything", events: [], fires: ["Host=app-1", "Host=app-2"] },
    { what: "a host that said that it failed, or does not know", events: [event("app-1", 101), event("app-2", 102)], fires: [] },
    { what: "one that only talks of something else", events: [event("app-1", 100), event("app-2", 120)], fires: ["Host=app-2"] },
    { what: "a host that spoke 29 minutes ago", events: [event("app-1", 100, { at: minutesAgo(29) }), event("app-2", 100)], fires: [] },
  ],
  refused: [
    { what: "a refused connection to the listener of a host", flows: [flow()], fires: ["Host=app-1"] },
    { what: "one that was let in", flows: [flow({ allowed: true, rule: "door" })], fires: [] },
    { what: "one to another port", flows: [flow({ port: 443 })], fires: [] },
    { what: "one to a neighbour that is not the fleet's", flows: [flow({ to: "10.30.1.77" })], fires: [] },
    { what: "one that came in late", flows: [flow({ at: minutesAgo(75) })], fires: ["Host=app-1"] },
  ],
  logon: [
    { what: "somebody else over psrp", events: [process("mallory", "CORP")], fires: ["Host=app-1, User=mallory"] },
    { what: "somebody else over winrm", events: [process("mallory", "CORP", { NewProcessName: "C:\\Windows\\System32\\winrshost.exe" })], fires: ["Host=app-1, User=mallory"] },
    { what: "Windows itself, where the event names nobody else", events: [process("-", "-")], fires: ["Host=app-1, User=app-1$"] },
    { what: "Ansible's account, in whatever case", events: [process("SVC-Ansible", "CORP")], fires: [] },
    { what: "what a session of Ansible's starts", events: [process("-", "-", { SubjectUserName: "svc-ansible", NewProcessName: "C:\\Windows\\System32\\cmd.exe", ParentProcessName: "C:\\Windows\\System32\\wsmprovhost.exe" })], fires: [] },
    { what: "a process that has nothing to do with remoting", events: [process("mallory", "CORP", { NewProcessName: "C:\\Windows\\notepad.exe" })], fires: [] },
    { what: "a local account's name in another domain", stack: local, events: [process("svc-ansible", "CORP")], fires: ["Host=app-1, User=svc-ansible"] },
    { what: "the local account of this host", stack: local, events: [process("svc-ansible", "APP-1")], fires: [] },
    { what: "the virtual account of Ansible's in an endpoint", stack: endpoint, events: [process("WinRM VA_1_CORP_svc-ansible", "WinRM Virtual Users")], fires: [] },
    { what: "somebody else's virtual account in an endpoint", stack: endpoint, events: [process("WinRM VA_1_CORP_mallory", "WinRM Virtual Users")], fires: ["Host=app-1, User=winrm va_1_corp_mallory"] },
  ],
  exception: [
    { what: "an exception that ends in 14 days", stack: expiring("2026-06-15"), fires: ["Control=up-to-date, Exception=frozen for the release"] },
    { what: "one that has ended and was not taken out", stack: expiring("2026-05-01"), fires: ["Control=up-to-date, Exception=frozen for the release"] },
    { what: "one that ends in 15 days", stack: expiring("2026-06-16"), fires: [] },
  ],
};

/** No certificate is put into any vault here. */
const isCloud = ({ name, host }: { readonly name: string; readonly host?: string }): boolean => host === undefined || name !== `${host}-certificate`;

async function deployed(stack: AzureStack): Promise<AzureLab> {
  const lab = new AzureLab({ existing: [{ id: ACTIONS }] });
  await makePlanned(lab, planOf(stack), isCloud);
  return lab;
}

const alerting = (): AzureStack => {
  const stack = exampleAzure();
  stack.azure.alerts = { actionGroupId: ACTIONS };
  return stack;
};

describe("alerts of a fleet in Azure (simulated)", () => {
  let lab: AzureLab;
  before(async () => (lab = await deployed(alerting())));
  after(() => lab.close());

  const told = (where: AzureLab, rule: string, observed: Partial<Observed>): string[] =>
    firedAlerts(where.store, { events: [], flows: [], ...observed }, NOW).filter((one) => one.rule === `secure-winrm-test-${rule}`).map(({ dimensions }) => dimensions).sort();

  it("have a case for each row of the table", () => {
    expect(Object.keys(CASES)).to.have.members(ALERTS.map(({ id }) => id));
  });

  it("tell of an exception every day, and of what happens once until it is over", () => {
    const stack = alerting();
    expiring("2026-06-15")(stack);
    const rules = planOf(stack).filter(({ type }) => type === "azure-native:monitor:ScheduledQueryRule");
    const told = rules.map(({ name, inputs }) => [name, parseRecord(JSON.stringify(inputs))["autoMitigate"]]);
    expect(Object.fromEntries(told)).to.deep.equal(Object.fromEntries(ALERTS.map(({ id }) => [`azure-alert-${id}`, id !== "exception"])));
  });

  for (const { id, title } of ALERTS) {
    describe(title, () => {
      for (const { what, stack, fires, ...observed } of CASES[id] ?? []) {
        it(`${fires.length > 0 ? "fires for" : "stays quiet for"} ${what}`, async () => {
          const own = alerting();
          stack?.(own);
          const where = stack === undefined ? lab : await deployed(own);
          expect(told(where, id, observed)).to.deep.equal(fires);
          if (where !== lab) where.close();
        });
      }
    });
  }

  it("tell nobody anything of a fleet that is well, and the action group of one that is not", () => {
    expect(firedAlerts(lab.store, { events: healthy, flows: [] }, NOW)).to.deep.equal([]);
    const [one, ...others] = firedAlerts(lab.store, { events: [...healthy, event("app-1", 110)], flows: [] }, NOW);
    expect(one).to.deep.include({ rule: "secure-winrm-test-quarantine", severity: 1, actionGroups: [ACTIONS] });
    expect(others).to.deep.equal([]);
  });

  it("hear what the model of Windows writes", () => {
    const machine = lab.store.list(VIRTUAL_MACHINE).find(({ name }) => name === "app-1-vm");
    const vmId = text(machine?.properties["vmId"]);
    lab.store.writeHost(vmId, JSON.stringify({ ...parseRecord(lab.store.readHost(vmId) ?? "{}"), events: [{ id: 110, level: "Error", message: "shut", at: minutesAgo(1) }] }));
    expect(told(lab, "quarantine", { events: saidByHosts(lab.store, "Application", "secure-winrm") })).to.deep.equal(["Host=app-1"]);
  });

  it("are not taken in by what others send into the same workspace", async () => {
    const shared = await deployed(alerting());
    const everything = { ...shared.store.list(COLLECTION_RULE)[0]?.properties, dataSources: { windowsEventLogs: [{ name: "all", streams: ["Microsoft-Event"], xPathQueries: ["Application!*[System[(EventID>=1 and EventID<=999)]]"] }] } };
    const [machine] = shared.store.list(VIRTUAL_MACHINE);
    const rule = `${machine?.id ?? ""}-all`;
    shared.store.put({ type: COLLECTION_RULE, id: rule, name: "", properties: everything });
    // A fleet whose name begins like this one's, with a host of the same name.
    const other = machine?.id.replace("secure-winrm-test-app", "secure-winrm-test-eu-app") ?? "";
    shared.store.put({ type: VIRTUAL_MACHINE, id: other, name: "eu-app-1-vm", properties: machine?.properties ?? {} });
    shared.store.put({ type: EXTENSION, id: `${other}/extensions/agent`, name: "", properties: { type: "AzureMonitorWindowsAgent", provisioningState: "Succeeded" } });
    for (const id of [machine?.id ?? "", other]) shared.store.put({ type: RULE_ASSOCIATION, id: `${id}/all`, name: "", properties: { resourceUri: id, dataCollectionRuleId: rule } });
    expect(told(shared, "quarantine", { events: [event("app-1", 110, { source: "MsiInstaller" }), event("eu-app-1", 110)] })).to.deep.equal([]);
    expect(told(shared, "quarantine", { events: [event("app-1", 110)] })).to.deep.equal(["Host=app-1"]);
    shared.close();
  });

  it("see nothing of a host whose agent is not there, which is silence", async () => {
    const without = new AzureLab({ existing: [{ id: ACTIONS }] });
    await makePlanned(without, planOf(alerting()), (planned) => isCloud(planned) && planned.name !== "app-2-agent");
    expect(told(without, "silence", { events: healthy })).to.deep.equal(["Host=app-2"]);
    without.close();
  });
});
