import { expect } from "chai";
import type { GuestVerdict } from "../../../components/evidence/verdict";
import { found, reboot, sabotage, waysToSpoil, windowsAdmits, type HostState } from "../../../sandbox/windows";
import type { GuestResource } from "../../../components/guest/kinds";
import { resourceKey } from "../../../components/guest/resource-key";
import { changes, failed, gate, look, maintain, NODE, NOW, settings } from "./lab";
import { documentFrom, first, fresh, isGate, keys, ready, resources, whole, written } from "./kinds-lab";
import { fallsWith, onlySeen, waitsForBoot } from "./ties";

/** Keys of the resources that may fall with this one, its own among them. */
const circle = (spoiled: GuestResource): string[] => resources.filter((other) => other === spoiled || fallsWith(spoiled, other)).map(resourceKey);

describe("model of Windows, every kind of resource", () => {
  it("is brought to pass by a gate run with one start of the machine between", () => {
    const run = first();
    expect(run.verdict.findings).to.deep.equal([]);
    expect(Object.keys(run.verdict.controls).sort()).to.deep.equal([...keys].sort());
    expect(run.verdict.verdict).to.equal("pass");
    expect(windowsAdmits(run.state, 5986, NODE)).to.equal(true);
    expect(run.history.filter(({ what }) => what === "reboot")).to.have.length(1);
  });

  it("is wrong on a host as the vendor delivers it, but for what Windows brings", () => {
    const brought = [
      "builtinRule WINRM-HTTP-In-TCP-NoScope", "service WinRM", "wsman Service/Auth/Basic", "answer https:5986 host.otherAddresses",
      "policy SOFTWARE\\Policies\\Microsoft\\Windows\\WinRM\\Service\\AllowAutoConfig",
      "accountPolicy MaximumPasswordAge", "accountPolicy PasswordComplexity",
      "group S-1-5-32-580", "group WinRMRemoteWMIUsers__", "service seclogon", "service wuauserv", "updates",
    ];
    const { verdict } = gate(fresh(), whole({ parameters: { Mode: "Audit" } }));
    const passing = Object.entries(verdict.controls).flatMap(([key, outcome]) => (outcome === "pass" ? [key] : []));
    expect(passing.sort()).to.deep.equal([...brought].sort());
  });

  it("is brought to pass whatever language Windows speaks, with the same state but for names", () => {
    const run = gate(found.japanese(fresh()), whole());
    expect(run.verdict.findings).to.deep.equal([]);
    const nameless = (host: HostState): unknown => JSON.parse(JSON.stringify(settings(host), (key, value: unknown) => (key === "name" ? "" : value)));
    expect(nameless(run.state)).to.deep.equal(nameless(ready()));
  });

  it("passes where CIS was applied before, with an account of a domain, and with no local administrator who comes over the network", () => {
    const ofDomain = resources.map((resource) => (resource.kind === "account" ? { ...resource, name: `${resource.name}@corp.example` } : resource));
    const run = gate(found.benchmarked(fresh()), whole({ document: documentFrom(written(ofDomain)) }));
    expect(run.verdict.findings).to.deep.equal([]);
    expect(windowsAdmits(run.state, 5986, NODE)).to.equal(true);
    const local = gate(found.benchmarked(fresh()), whole());
    expect(failed(local)).to.deep.equal(["firewallRule secure-winrm-allow-https", "userRight SeDenyNetworkLogonRight"]);
    expect(windowsAdmits(local.state, 5986, NODE)).to.equal(false);
  });

  it("stays shut where a GPO forbids what it needs, and names the GPO", () => {
    const run = gate(found.benchmarked(fresh(), "{1}"), whole());
    expect(windowsAdmits(run.state, 5986, NODE)).to.equal(false);
    // The line has no room for all of them, the report has.
    const { findings } = JSON.parse(run.state.files["C:\\ProgramData\\secure-winrm\\report.json"] ?? "") as Pick<GuestVerdict, "findings">;
    const gpos = findings.filter(({ found: text }) => text.includes("held by GPO {1}")).map(({ key }) => key);
    expect(gpos).to.include.members(["policy SOFTWARE\\Policies\\Microsoft\\Windows\\WinRM\\Service\\AllowAutoConfig", "policy SOFTWARE\\Policies\\Microsoft\\Windows\\WinRM\\Service\\WinRS\\AllowRemoteShellAccess"]);
  });

  for (const resource of resources) {
    const key = resourceKey(resource);
    for (const way of waysToSpoil(resource)) {
      it(`${key}, ${way}: found, blamed on nothing else, and mended`, () => {
        const spoiled = sabotage(ready(), resource, NOW, way);
        const seen = look(spoiled, whole());
        expect(failed(seen)).to.include(key);
        expect(circle(resource)).to.include.members(failed(seen));
        expect(seen.verdict.controls[key]).to.equal("fail");
        expect(seen.verdict.verdict).to.equal(isGate(resource) ? "fail" : "pass");
        expect(settings(seen.state)).to.deep.equal(settings(spoiled));
        const run = maintain(spoiled, whole());
        if (onlySeen(resource)) return expect(run.verdict.controls[key]).to.equal("fail");
        if (waitsForBoot(resource)) {
          expect(failed(run)).to.deep.equal([key]);
          expect(run.verdict).to.include({ verdict: "unknown" });
          reboot(run.state);
        } else {
          expect(failed(run)).to.deep.equal([]);
        }
        const again = maintain(run.state, whole());
        expect(failed(again)).to.deep.equal([]);
        expect(changes(again)).to.deep.equal([]);
        return undefined;
      });
    }
  }

  it("keeps the door shut for each that is a gate, and for no other", () => {
    for (const resource of resources) {
      const key = resourceKey(resource);
      const run = gate(fresh(), whole({ cloud: { stuck: key } }));
      expect(run.verdict.controls[key], key).to.equal("fail");
      expect(windowsAdmits(run.state, 5986, NODE), key).to.equal(!isGate(resource));
      expect(run.verdict.verdict, key).to.equal(isGate(resource) ? "fail" : "pass");
      expect(failed(gate(run.state, whole())), key).to.deep.equal([]);
    }
  });
});
