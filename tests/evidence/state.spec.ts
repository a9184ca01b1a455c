import { expect } from "chai";
import { ExportError } from "../../components/evidence/export";
import { readState, type Door } from "../../components/evidence/state";
import { childUrn, DOOR_TYPE, exported, resultOf, type HostFixture, type StackFixture } from "./exports";

function hostOf(host: Omit<HostFixture, "name">, stack: StackFixture = {}) {
  const [found] = readState(exported([{ name: "web-1", ...host }], stack)).fleets.flatMap(({ hosts }) => hosts);
  if (found === undefined) throw new Error("no host");
  return found;
}

describe("state", () => {
  const doors: [string, Omit<HostFixture, "name">, Door, StackFixture?][] = [
    ["gate and door stand", {}, "open"],
    ["there is no door", { door: "none" }, "shut"],
    ["there is nothing yet", { door: "none", gate: "none", audit: "none", outputs: "none" }, "shut"],
    ["the door is pending replacement, its gate too: a failed gate on update", { door: { pendingReplacement: true }, gate: { pendingReplacement: true } }, "shut"],
    ["the door is pending replacement alone", { door: { pendingReplacement: true } }, "shut"],
    ["an old door waits for its deletion", { door: { delete: true } }, "uncertain"],
    ["the gate is gone", { gate: "none" }, "uncertain"],
    ["the gate is pending replacement", { gate: { pendingReplacement: true } }, "uncertain"],
    ["the gate waits for its deletion", { gate: { delete: true } }, "uncertain"],
    ["the gate has said nothing", { gate: { stdout: "" } }, "uncertain"],
    ["the gate's output is secret", { gate: { stdout: { "4dabf18193072939515e22adb298388d": "x", ciphertext: "y" } } }, "uncertain"],
    ["the gate has spoken for another host", { gate: { stdout: resultOf("web-2") } }, "uncertain"],
    ["the gate's line says fail", { gate: { stdout: resultOf("web-1", { verdict: "fail" }) } }, "uncertain"],
    ["a control in the gate's line fails", { gate: { stdout: resultOf("web-1", { controls: { "https-listener": "fail" } }) } }, "uncertain"],
    ["a run was cut off while it made the door", { door: "none" }, "uncertain", { interrupted: [childUrn(DOOR_TYPE, "web-1-door")] }],
    ["a run was cut off while it changed the door", {}, "uncertain", { interrupted: [childUrn(DOOR_TYPE, "web-1-door")], operation: "updating" }],
    ["a run was cut off while it made the door, and a later one has made it", {}, "open", { interrupted: [childUrn(DOOR_TYPE, "web-1-door")] }],
    ["a run was cut off at the gate", {}, "uncertain", { interrupted: [childUrn("command:local:Command", "web-1-gate")], operation: "updating" }],
    ["a run was cut off at another host's door", {}, "open", { interrupted: [childUrn(DOOR_TYPE, "web-11-door")] }],
    ["the audit did not pass: the guest shuts itself", { audit: { pendingReplacement: true } }, "open"],
  ];
  for (const [name, host, door, stack] of doors) {
    it(`calls the door ${door} when ${name}`, () => expect(hostOf(host, stack).door).to.equal(door));
  }

  it("reads hosts, sorted, with what their components say", () => {
    const { fleets, interrupted } = readState(exported([{ name: "web-2", ring: 2 }, { name: "web-1" }]));
    expect(interrupted).to.deep.equal([]);
    expect(fleets).to.have.length(1);
    expect(fleets[0]).to.deep.include({ cloud: "aws", name: "secure-winrm-sandbox", region: "eu-central-1" });
    expect(fleets[0]?.hosts.map(({ name, address, dnsName, ring }) => ({ name, address, dnsName, ring }))).to.deep.equal([
      { name: "web-1", address: "10.0.1.10", dnsName: "web-1.corp.example", ring: 1 },
      { name: "web-2", address: "10.0.1.10", dnsName: "web-2.corp.example", ring: 2 },
    ]);
  });

  it("keeps what the gate was asked with, also when its proof no longer stands", () => {
    const { asked, proof } = hostOf({ gate: { pendingReplacement: true }, door: { pendingReplacement: true } });
    expect(asked).to.deep.equal({ SECURE_WINRM_REQUEST: "{}", SECURE_WINRM_INSTANCE: "i-web-1" });
    expect(proof).to.equal(undefined);
  });

  it("tells a passed audit from a lost one and from none", () => {
    expect(hostOf({}).audit).to.include({ verdict: "pass" });
    expect(hostOf({ audit: { pendingReplacement: true } }).audit).to.equal("lost");
    expect(hostOf({ audit: "none" }).audit).to.equal(undefined);
  });

  it("finds nothing in an empty stack", () => {
    for (const deployment of [{ manifest: {}, metadata: {} }, { resources: null }, null]) {
      expect(readState(JSON.stringify({ version: 3, deployment }))).to.deep.equal({ fleets: [], interrupted: [] });
    }
  });

  it("refuses what is no state, and a template in what Ansible will read", () => {
    expect(() => readState("nothing")).to.throw(ExportError, "is not JSON");
    expect(() => readState("[]")).to.throw(ExportError, "not one of Pulumi's");
    expect(() => readState(exported([{ name: "web-1", dnsName: "{{ lookup('pipe', 'id') }}" }]))).to.throw(ExportError, "host.dnsName: holds a template");
  });
});
