import { expect } from "chai";
import * as fc from "fast-check";
import { resourceKey } from "../../../components/guest/resource-key";
import { found, heldByPolicy, keep, reboot, sabotage, waysToSpoil, windowsAdmits, type HostState } from "../../../sandbox/windows";
import { entriesOf } from "./cases";
import { ASKED, EXAMPLE, isQuarantined, kept, later, newEvents, quarantined, REPORTED, turn, turns, UNMENDABLE } from "./keeper-lab";
import { booted, changes, cloud, gate, look, maintain, NODE, NOW, settings } from "./lab";
import { SECRETS } from "./pki";

const PORTS = [5986, 5985, 47001];
const nobody = (host: HostState): void => {
  for (const port of PORTS) for (const from of [NODE, "192.0.2.7", "10.0.1.77"]) expect(windowsAdmits(host, port, from), `${port} from ${from}`).to.equal(false);
};
const stuck = { stuck: UNMENDABLE };
const QUARANTINE = "secure-winrm-quarantine";
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

describe("keeper, where the firewall does not obey", () => {
  /** The domain's rules are the only ones, and one of them lets everybody in. */
  const overruled = (host: HostState, port = 5986): HostState => found.gpoRule(found.onlyDomainRules(host, "Public", "Baseline"), "Allow remote management", port, "Baseline");
  const freed = (host: HostState): HostState => ({
    ...host,
    gpos: [],
    registry: Object.fromEntries(Object.entries(host.registry).filter(([key]) => !/allowlocalpolicymerge|disablelgpoprocessing/.test(key))),
    rules: host.rules.filter(({ store }) => store !== "GPO"),
  });

  it("switches the listener off, and on again when the firewall obeys and all is right", () => {
    const first = turn(overruled(kept()));
    expect(windowsAdmits(first.state, 5986, "192.0.2.7")).to.equal(true);
    const shut = turn(first.state);
    nobody(shut.state);
    expect(shut.state.listeners.map(({ disabled }) => disabled)).to.deep.equal([true]);
    expect(shut.state.events.find(({ id }) => id === 110)?.message).to.contain("the listener, which is disabled");
    const still = turn(shut.state);
    nobody(still.state);
    expect(changes(still).filter(({ key }) => key.includes("+HTTPS"))).to.deep.equal([]);
    const open = turn(freed(still.state));
    expect(open.verdict).to.deep.include({ verdict: "pass", keeper: { quarantined: false, pausedUntil: "", failed: 0 } });
    expect(settings(open.state)).to.deep.equal(settings(kept()));
  });

  it("switches it off where the firewall itself is off", () => {
    const host = kept();
    host.profiles.Public = { enabled: false, inbound: "Block" };
    const run = turns(host, 2, { stuck: "firewallProfile Public" });
    // The sandbox's fault leaves the firewall on, so that nothing but this rule counts.
    expect(isQuarantined(run)).to.equal(true);
    const off = { ...run.state, profiles: { ...run.state.profiles, Public: { enabled: false, inbound: "Block" as const } } };
    off.rules = off.rules.filter(({ name }) => name !== QUARANTINE);
    const again = turn(off, { stuck: "firewallProfile Public" });
    nobody(again.state);
  });

  it("mends a disabled listener, and leaves it off: a renewed certificate does not keep the host in", () => {
    const shut = turns(overruled(kept()), 2).state;
    const renewed = turn(shut, { secret: () => SECRETS.renewed });
    nobody(renewed.state);
    expect(renewed.state.listeners.map(({ thumbprint, disabled }) => [thumbprint === shut.listeners[0]?.thumbprint, disabled])).to.deep.equal([[false, true]]);
    const open = turn(freed(renewed.state), { secret: () => SECRETS.renewed });
    expect(open.verdict.verdict).to.equal("pass");
    expect(open.state.listeners[0]?.disabled).to.equal(undefined);
  });

  it("stops WinRM where a listener does not let itself be switched off, and starts it when the firewall obeys", () => {
    const host = overruled(heldByPolicy(kept(), { "software\\policies\\microsoft\\windows\\winrm\\service\\allowautoconfig": { type: "DWord", value: 1 } }, "Baseline"), 5985);
    const shut = turns(host, 2);
    expect(isQuarantined(shut)).to.equal(true);
    expect(shut.state.services["winrm"]).to.deep.equal({ startup: "Disabled", state: "Stopped" });
    nobody(shut.state);
    const still = turn(shut.state);
    expect(changes(still).filter(({ key }) => key.toLowerCase().includes("winrm") && key.startsWith("service"))).to.deep.equal([]);
    reboot(still.state);
    nobody(still.state);
    const mended = freed(still.state);
    for (const key of Object.keys(mended.registry)) if (key.endsWith("allowautoconfig")) delete mended.registry[key];
    const open = turn(mended);
    expect(open.verdict.findings).to.deep.equal([]);
    expect(open.verdict.keeper).to.deep.equal({ quarantined: false, pausedUntil: "", failed: 0 });
    expect(open.state.services["winrm"]).to.deep.equal({ startup: "Automatic", state: "Running" });
  });

  it("lets no gate run pass, or begin, that could not shut the door", () => {
    const run = gate(overruled(kept()), ASKED);
    expect(run.verdict.verdict).to.equal("fail");
    expect(run.verdict.findings[0]?.found).to.contain("the door cannot be shut");
  });
});

describe("keeper, property", () => {
  const own = ["firewallProfile", "scheduledTask", "addresses"];
  const spoilers = entriesOf(EXAMPLE.text).filter(({ resource }) => !own.includes(resource.kind));

  it("in quarantine nobody gets in at any moment, whatever is spoiled and whatever runs, before everything is right", () => {
    const step = fc.record({ entry: fc.constantFrom(...spoilers), way: fc.nat(3), runs: fc.constantFrom("task", "channel", "boot") });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 4 }), fc.boolean(), (steps, ends) => {
        let host = quarantined();
        const before = host.history.length;
        for (const { entry, way, runs } of steps) {
          const ways = waysToSpoil(entry.resource);
          host = sabotage(host, entry.resource, NOW, ways[way % ways.length]);
          nobody(host);
          if (runs === "boot") reboot(host);
          host = runs === "channel" ? maintain(host, { ...ASKED, cloud: { ...ASKED.cloud, ...stuck } }).state : turn(host, stuck).state;
          nobody(host);
        }
        expect(host.history.slice(before).filter(({ open }) => open)).to.deep.equal([]);
        if (!ends) return;
        const last = turns(host, 2);
        const passed = last.state.history.slice(before).findIndex(({ what, to }) => what === "audit" && to === "pass");
        const opened = last.state.history.slice(before).findIndex(({ open }) => open);
        expect(opened === -1 || (passed !== -1 && passed < opened), resourceKey(spoilers[0]?.resource ?? { kind: "foreignRules", ports: [], except: [] })).to.equal(true);
      }),
      { numRuns: 40 },
    );
  });

  it("forgets nothing by time: the same runs hours apart shut and open alike", () => {
    expect(isQuarantined(turn(turn(kept(), stuck).state, { ...stuck, ...later(100) }))).to.equal(true);
  });
});
