import { expect } from "chai";
import { found, keep, reboot, sabotage, windowsAdmits, type HostState } from "../../../sandbox/windows";
import { entriesOf } from "./cases";
import { ASKED, EXAMPLE, isQuarantined, kept, newEvents, nobody, PORTS, quarantined, QUARANTINE, REPORTED, turn, turns, UNMENDABLE } from "./keeper-lab";
import { booted, changes, cloud, gate, look, maintain, NODE, NOW, settings } from "./lab";
import { SECRETS } from "./pki";

const stuck = { stuck: UNMENDABLE };
const ruleOf = (host: HostState) => host.rules.filter(({ name }) => name === QUARANTINE);

describe("keeper, nothing to do", () => {
  it("changes and restarts nothing in a hundred runs, and says of each that it passed", () => {
    const start = found.sessions(kept(), 2);
    const end = turns(start, 100);
    const before = start.history.length;
    expect(end.state.history.slice(before).map(({ what }) => what)).to.deep.equal(Array.from({ length: 100 }, () => ["run", "audit", "verdict"]).flat());
    expect(settings(end.state)).to.deep.equal(settings(start));
    expect(end.state.starts).to.equal(start.starts);
    expect(end.state.sessions).to.equal(2);
    expect(newEvents(start, end.state)).to.deep.equal(Array.from({ length: 100 }, () => "passed"));
  });

  it("changes and restarts nothing in a hundred runs in quarantine either", () => {
    const start = quarantined();
    const end = turns(start, 100, stuck);
    expect(changes({ ...end, history: end.state.history.slice(start.history.length) }).filter(({ key }) => !key.endsWith("keeper.json"))).to.deep.equal([]);
    expect(end.state.starts).to.equal(start.starts);
  });

  it("keeps no more of its events than a log would", () => {
    expect(turns(kept(), 210).state.events).to.have.length(200);
  });
});

describe("keeper, when it runs", () => {
  it("by the task alone: at its turn, at start-up, when a certificate is renewed; not where the task is gone or is another's", () => {
    for (const trigger of ["every", "startup", "renewal"] as const) expect(turn(kept(), {}, trigger).verdict.verdict).to.equal("pass");
    const task = entriesOf(EXAMPLE.text).find(({ resource }) => resource.kind === "scheduledTask")?.resource;
    if (!task) throw new Error("no task");
    for (const way of ["gone", "disabled", "seldom, as somebody else"]) {
      const host = sabotage(kept(), task, NOW, way);
      expect(keep(host, cloud(ASKED.cloud)), way).to.equal(undefined);
      expect(turn(maintain(host, ASKED).state).verdict.verdict, "the control channel brings it back").to.equal("pass");
    }
    expect(keep(sabotage(kept(), task, NOW, "not on renewal"), cloud(ASKED.cloud), "renewal")).to.equal(undefined);
    expect(keep(booted(), cloud(ASKED.cloud))).to.equal(undefined);
  });

  it("not with a script that somebody changed: that is told, nothing runs, and the control channel brings the right one", () => {
    const task = entriesOf(EXAMPLE.text).find(({ resource }) => resource.kind === "scheduledTask")?.resource;
    if (!task) throw new Error("no task");
    const host = sabotage(kept(), task, NOW, "with another script");
    const run = keep(host, cloud(ASKED.cloud));
    expect(run?.output).to.equal("");
    expect(run && newEvents(host, run.state)).to.deep.equal(["altered"]);
    expect(run && settings(run.state)).to.deep.equal(settings(host));
    const mended = maintain(host, ASKED);
    expect(newEvents(host, mended.state)).to.deep.equal(["altered", "repaired", "passed"]);
    expect(turn(mended.state).verdict.verdict).to.equal("pass");
  });

  it("takes up a renewed certificate", () => {
    const host = kept();
    const renewed = turn(host, { secret: () => SECRETS.renewed }, "renewal");
    expect(renewed.verdict.verdict).to.equal("pass");
    expect(renewed.state.listeners[0]?.thumbprint).to.not.equal(host.listeners[0]?.thumbprint);
  });

  it("tells once a day that the certificate ends", () => {
    const soon = { now: "2027-12-25T00:00:00Z" };
    const once = turn(kept(), soon);
    expect(newEvents(kept(), once.state)).to.include("certificate");
    expect(newEvents(once.state, turn(once.state, { now: "2027-12-25T23:00:00Z" }).state)).to.not.include("certificate");
    expect(newEvents(once.state, turn(once.state, { now: "2027-12-26T00:00:00Z" }).state)).to.include("certificate");
    expect(newEvents(kept(), turn(kept()).state)).to.not.include("certificate");
  });
});

describe("keeper, quarantine", () => {
  it("shuts every port of WinRM from everybody, in each store, by the second run that fails; ends sessions, and says so", () => {
    const once = turn(found.sessions(kept(), 3), stuck);
    expect(once.verdict.keeper).to.deep.equal({ quarantined: false, pausedUntil: "", failed: 1 });
    expect(once.state.sessions).to.equal(3);
    expect(newEvents(kept(), once.state)).to.deep.equal(["failed"]);
    const twice = turn(once.state, stuck);
    expect(twice.verdict.keeper).to.deep.equal({ quarantined: true, pausedUntil: "", failed: 2 });
    expect(newEvents(once.state, twice.state)).to.deep.equal(["quarantined", "failed"]);
    expect(JSON.parse(twice.state.events.at(-2)?.message ?? "")).to.deep.equal({ event: "quarantined", shutBy: "the block rule", failing: ["kerberos-or-ntlm"] });
    expect(twice.state.sessions).to.equal(0);
    expect(ruleOf(twice.state).map(({ store, action, enabled, ports, remote }) => [store, action, enabled, ports, remote])).to.deep.equal([
      ["PersistentStore", "Block", true, PORTS, "Any"],
      ["LocalPolicy", "Block", true, PORTS, "Any"],
    ]);
    nobody(twice.state);
    expect(look(twice.state, ASKED).verdict.keeper, "an audit tells it, too").to.deep.equal(twice.verdict.keeper);
  });

  it("counts only failures that follow each other, an unknown run between them aside", () => {
    const channelDown = { nodeList: () => undefined };
    const passed = turn(turn(kept(), stuck).state);
    expect(passed.verdict.keeper?.failed).to.equal(0);
    expect(isQuarantined(turn(passed.state, stuck))).to.equal(false);
    const unknown = turn(turn(kept(), stuck).state, channelDown);
    expect(unknown.verdict).to.deep.include({ verdict: "unknown", keeper: { quarantined: false, pausedUntil: "", failed: 1 } });
    expect(isQuarantined(turn(unknown.state, stuck))).to.equal(true);
  });

  it("never comes for what no door waits for", () => {
    const run = turns(kept(), 5, { stuck: REPORTED });
    expect(run.verdict.controls["traffic-monitoring"]).to.equal("fail");
    expect(run.verdict.keeper).to.deep.equal({ quarantined: false, pausedUntil: "", failed: 0 });
  });

  it("is lifted by the run that finds everything right, and by no run before", () => {
    const still = turn(quarantined(), stuck);
    expect(isQuarantined(still)).to.equal(true);
    const open = turn(still.state);
    expect(open.verdict).to.deep.include({ verdict: "pass", keeper: { quarantined: false, pausedUntil: "", failed: 0 } });
    expect(newEvents(still.state, open.state)).to.deep.equal(["released", "repaired", "passed"]);
    expect(windowsAdmits(open.state, 5986, NODE)).to.equal(true);
    expect(settings(open.state)).to.deep.equal(settings(kept()));
  });

  it("takes up a renewed certificate in there, so that it does not keep it in", () => {
    const run = turn(quarantined(), { ...stuck, secret: () => SECRETS.renewed });
    const open = turn(run.state, { secret: () => SECRETS.renewed });
    expect(open.verdict.verdict).to.equal("pass");
    expect(open.state.listeners[0]?.thumbprint).to.not.equal(kept().listeners[0]?.thumbprint);
  });

  it("comes back where somebody has taken its rule away or switched it off, without a second word", () => {
    for (const spoil of [(host: HostState) => ({ ...host, rules: host.rules.filter(({ name }) => name !== QUARANTINE) }), (host: HostState) => ({ ...host, rules: host.rules.map((rule) => (rule.name === QUARANTINE ? { ...rule, enabled: false } : rule)) })]) {
      const opened = spoil(quarantined());
      expect(windowsAdmits(opened, 5986, NODE)).to.equal(true);
      const run = turn(opened, stuck);
      nobody(run.state);
      expect(isQuarantined(run)).to.equal(true);
      expect(run.history.find(({ what }) => what === "audit")?.open, "before it looks at anything else").to.equal(false);
    }
  });

  it("outlives a start of the machine", () => {
    const host = quarantined();
    reboot(host);
    nobody(host);
    nobody(turn(host, stuck, "startup").state);
  });

  it("ends with a gate run that passes, and a gate run that fails keeps the door by itself", () => {
    const failed = gate(quarantined(), { ...ASKED, cloud: { ...ASKED.cloud, ...stuck } });
    nobody(failed.state);
    const held = turn(failed.state);
    expect(windowsAdmits(held.state, 5986, NODE), "only a gate run opens what a gate run holds").to.equal(false);
    const passed = gate(held.state, ASKED);
    expect(passed.verdict).to.deep.include({ verdict: "pass", keeper: { quarantined: false, pausedUntil: "", failed: 0 } });
    expect(windowsAdmits(passed.state, 5986, NODE)).to.equal(true);
    expect(settings(passed.state)).to.deep.equal(settings(kept()));
  });

  it("is never begun or ended while a gate run holds the door", () => {
    const held = gate(kept(), { ...ASKED, cloud: { ...ASKED.cloud, ...stuck } }).state;
    const run = turns(held, 4, stuck);
    expect(run.verdict.keeper).to.deep.equal({ quarantined: false, pausedUntil: "", failed: 0 });
    expect(ruleOf(run.state)).to.deep.equal([]);
  });
});
