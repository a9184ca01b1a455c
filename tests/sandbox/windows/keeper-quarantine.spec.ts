import { expect } from "chai";
import * as fc from "fast-check";
import { resourceKey } from "../../../components/guest/resource-key";
import { found, heldByPolicy, reboot, sabotage, waysToSpoil, windowsAdmits, type HostState } from "../../../sandbox/windows";
import { entriesOf } from "./cases";
import { ASKED, EXAMPLE, isQuarantined, kept, later, nobody, quarantined, QUARANTINE, turn, turns, UNMENDABLE } from "./keeper-lab";
import { changes, gate, maintain, NOW, settings } from "./lab";
import { SECRETS } from "./pki";

const stuck = { stuck: UNMENDABLE };

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
    expect(renewed.history.filter(({ to }) => to === "disabled"), "at no moment it was on").to.deep.equal([]);
    expect(renewed.state.listeners.map(({ thumbprint, disabled }) => [thumbprint === shut.listeners[0]?.thumbprint, disabled])).to.deep.equal([[false, true]]);
    const open = turn(freed(renewed.state), { secret: () => SECRETS.renewed });
    expect(open.verdict.verdict).to.equal("pass");
    expect(open.state.listeners[0]?.disabled).to.equal(undefined);
  });

  it("stops WinRM where a listener does not let itself be switched off, and starts it when the firewall obeys", () => {
    const host = overruled(heldByPolicy(kept(), { "software\\policies\\microsoft\\windows\\winrm\\service\\allowautoconfig": { type: "DWord", value: 1 } }, "Baseline"), 5985);
    const shut = turn(found.sessions(turn(host).state, 2));
    expect(isQuarantined(shut)).to.equal(true);
    expect(shut.state.sessions).to.equal(0);
    expect(shut.state.services["winrm"]).to.deep.equal({ startup: "Disabled", state: "Stopped" });
    nobody(shut.state);
    const still = turn(shut.state);
    expect(changes(still).filter(({ key }) => key.toLowerCase().includes("winrm") && key.startsWith("service"))).to.deep.equal([]);
    reboot(still.state);
    nobody(still.state);
    const mended = structuredClone(still.state);
    for (const key of Object.keys(mended.registry)) if (key.endsWith("allowautoconfig")) delete mended.registry[key];
    const started = turn(mended);
    expect(started.state.services["winrm"]?.state, "a firewall that never obeys must not keep it stopped for ever").to.equal("Running");
    expect(isQuarantined(started)).to.equal(true);
    nobody(started.state);
    const open = turn(freed(started.state));
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
