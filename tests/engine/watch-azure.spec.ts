import { expect } from "chai";
import { firedAlerts } from "../../sandbox/azure/fired";
import type { HostEvent } from "../../sandbox/azure/log-rows";
import { Cloud } from "../../sandbox/cloud";
import { EngineStack } from "../support/engine";
import { exampleAzure } from "../support/example";

const ACTIONS = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/shared/providers/Microsoft.Insights/actionGroups/oncall";
type Stack = ReturnType<typeof exampleAzure>;

/** One host, told of to somebody. */
function one(change: (stack: Stack) => void = () => undefined): Stack {
  const stack = exampleAzure();
  stack.azure.hosts = { "app-1": { addresses: ["10.30.1.10"], dnsName: "app-1.corp.example" } };
  stack.azure.alerts = { actionGroupId: ACTIONS };
  change(stack);
  return stack;
}

/** Real engine, emulated Azure: what watches a host comes and goes beside its door. */
describe("logging, patching and alerts in Azure (engine, simulated)", () => {
  let stack: EngineStack;
  afterEach(() => stack.remove());

  it("hold no door when they fail, work when they are there, and change without touching machine, gate or door", async () => {
    stack = await new EngineStack(one(), { faults: [{ resource: "app-1-agent", operation: "create", when: "before" }], existing: [{ id: ACTIONS }, { id: `${ACTIONS}-2` }] }).init();
    const open = (): boolean => new Cloud(stack.cloud).reaches("app-1", 5986, "10.20.9.5/32");
    const ops = (from: number): string[] => stack.events().slice(from).map(({ op, name = "" }) => `${op} ${name}`);
    const touched = (from: number): string[] => ops(from).filter((op) => /-(vm|gate|door|nic|seal)$/.test(op));
    const event = (id: number): HostEvent => ({ host: "app-1", log: "Application", source: "secure-winrm", id, level: "Error", message: "…", data: {}, at: Date.now() - 60_000 });
    const fired = (ids: number[]) => firedAlerts(new Cloud(stack.cloud).store, { events: ids.map(event), flows: [{ from: "10.30.1.99", to: "10.30.1.10", port: 5986, allowed: ids.includes(100), rule: "deny", at: Date.now() - 60_000 }] }, Date.now());
    const told = (...ids: number[]): string[] => fired(ids).map(({ rule, dimensions }) => `${rule} ${dimensions}`).sort();
    const groups = (...ids: number[]): string[] => fired(ids).flatMap(({ actionGroups }) => actionGroups);

    const failed = await stack.up();
    expect(failed.code).to.not.equal(0);
    expect(open(), failed.output).to.equal(true);
    expect(told(100, 110), "no agent, no event").to.deep.equal(["secure-winrm-test-silence Host=app-1"]);

    stack.faults([]);
    const mended = stack.events().length;
    const up = await stack.up();
    expect(up.code, up.output).to.equal(0);
    expect(touched(mended)).to.deep.equal([]);
    expect(told(100)).to.deep.equal([]);
    expect(told(110)).to.deep.equal(["quarantine", "refused", "silence"].map((rule) => `secure-winrm-test-${rule} Host=app-1`));

    const before = stack.events().length;
    stack.configure(one((own) => {
      own.updates = { window: { day: "Wed", hours: 2 } };
      own.logging = { retentionDays: 90 };
      own.azure.alerts = { actionGroupId: `${ACTIONS}-2` };
    }));
    const changed = await stack.up();
    expect(changed.code, changed.output).to.equal(0);
    expect(touched(before)).to.deep.equal([]);
    expect(ops(before)).to.include.members(["update azure-workspace", "update azure-patching", "update azure-alert-quarantine"]);
    expect(groups(100, 110)).to.deep.equal([`${ACTIONS}-2`]);

    const last = stack.events().length;
    stack.configure(one((own) => {
      own.updates = { patching: "elsewhere" };
      own.logging = { events: false, flowLogs: false };
      delete own.azure.alerts;
    }));
    const off = await stack.up();
    expect(off.code, off.output).to.equal(0);
    expect(touched(last), "Windows' patching is the machine's, and changes in place; a gate says what it has said").to.have.members(["update app-1-vm", "update app-1-gate"]);
    expect(ops(last).filter((op) => op === "send app-1"), "the audit alone has asked the host").to.have.length(1);
    expect(open()).to.equal(true);
    const left = new Cloud(stack.cloud).made().map(({ name }) => name).filter((name) => /^azure-(workspace|events|flows|patching|alert-)|-(agent|events)$/.test(name));
    expect(left).to.deep.equal([]);
  });
});
