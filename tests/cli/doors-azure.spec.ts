import { expect } from "chai";
import { azureDoors } from "../../cli/reader/doors-azure";
import { Patience } from "../../cli/reader/patience";
import { startArmEndpoint } from "../../sandbox/arm/http";
import { SECURITY_GROUP, SECURITY_RULE } from "../../sandbox/azure/types";
import { Cloud } from "../../sandbox/cloud";
import type { Endpoint } from "../../sandbox/guest/loopback";
import { text } from "../../sandbox/store/json";
import { AUDITS, CLIENT, DOOR_NSG, GATE, machineIdOf, makeEstate, NODES_URL, PARAMETERS, ruleIn, SCRIPT, SUBSCRIPTION, vmId } from "../sandbox/azure-lab";
import { Lab } from "../sandbox/lab";
import { refusal } from "./arm-server";
import { ask as askBook, LINE, operations } from "./ask-azure";
import { inProcess } from "./runner";
import type { Ended } from "./process";

const SHUT = "deny-inbound";
const PLACE = { environment: "public", subscription: SUBSCRIPTION } as const;

describe("unknown door in Azure, by the real SDK's pipeline", function () {
  this.timeout(60_000);
  let lab: Lab;
  let endpoint: Endpoint;

  beforeEach(async () => {
    lab = new Lab();
    makeEstate(lab);
    endpoint = await startArmEndpoint(lab.store);
  });
  afterEach(() => {
    endpoint.close();
    lab.close();
  });

  const request = (more: object = {}): object => ({
    ...PLACE, cloud: "azure", location: "westeurope", script: SCRIPT, nodes: NODES_URL, identity: CLIENT, timeoutMinutes: 0.5, host: "web-1", vm: machineIdOf(1), doorGroup: DOOR_NSG, output: AUDITS, parameters: PARAMETERS, gate: GATE, exceptions: [], controls: ["no-http-listener"], ...more,
  });
  const ask = (task: string, more: object = {}): Promise<Ended> =>
    inProcess(task, { SECURE_WINRM_ARM_ENDPOINT: endpoint.url, SECURE_WINRM_REQUEST: JSON.stringify(request(more)), SECURE_WINRM_INSTANCE: vmId(1) });
  const rules = (): string[] => lab.store.list(SECURITY_RULE).map(({ id }) => id.split("/").at(-1) ?? "");
  const events = (): string[] => new Cloud(lab.root).events().map(({ op, name }) => `${text(op)} ${text(name)}`);

  it("is gone before anything is sent to the guest, which then is asked", async () => {
    ruleIn(lab, "door", {}, "web-1-door");
    ruleIn(lab, "ops", { destinationPortRange: "443" });
    const { code, stderr } = await ask("gate");
    expect(stderr).to.equal("");
    expect(code).to.equal(0);
    expect(events()).to.deep.equal(["delete web-1-door", "send web-1"]);
    expect(rules()).to.deep.equal([SHUT, "ops"]);
  });

  it("that cannot be removed is told, and nothing is sent", async () => {
    ruleIn(lab, "door", {}, "web-1-door");
    lab.account({ faults: [{ resource: "web-1-door", operation: "delete", when: "before" }] });
    for (const task of ["prepare", "gate"]) {
      const { code, stderr } = await ask(task, { timeoutMinutes: 0.02 });
      expect(code, task).to.equal(1);
      expect(stderr).to.match(new RegExp(`^web-1 \\(${vmId(1)}\\): nothing was asked of the host, because its door may be open\n {2}a rule that the deployment does not know lets somebody in to 5986 by web-1's own group ${DOOR_NSG}, and could not be removed: door \\(Tcp 5986 from \\*\\) \\(`));
    }
    expect(events()).to.deep.equal([]);
    expect(rules()).to.include("door");
  });

  it("cannot hide behind a group that is not there", async () => {
    lab.store.remove(SECURITY_GROUP, DOOR_NSG);
    const { code, stderr } = await ask("gate");
    expect(code).to.equal(1);
    expect(stderr).to.include(`could not be found out: Azure has no network security group ${DOOR_NSG}`);
    expect(events()).to.deep.equal([]);
  });

  it("is not looked for in another subscription than the request's", async () => {
    const { stderr } = await ask("gate", { doorGroup: DOOR_NSG.replace(SUBSCRIPTION, "00000000-0000-4000-8000-000000000001") });
    expect(stderr).to.include("doorGroup: is in another subscription than the request's");
  });

  it("is any inbound allow rule that lets TCP 5986 in, and no other", async () => {
    ruleIn(lab, "a-any", { protocol: "*", destinationPortRange: "*", priority: 4096 });
    ruleIn(lab, "b-range", { destinationPortRange: "5000-6000" });
    ruleIn(lab, "c-list", { destinationPortRange: "", destinationPortRanges: ["80", "5985-5986"], protocol: "TCP", access: "allow", direction: "inbound" });
    ruleIn(lab, "n-udp", { protocol: "Udp" });
    ruleIn(lab, "n-out", { direction: "Outbound" });
    ruleIn(lab, "n-deny", { access: "Deny" });
    ruleIn(lab, "n-beside", { destinationPortRange: "", destinationPortRanges: ["5985", "5987-6000"] });
    const doors = azureDoors(PLACE, endpoint.url);
    const patience = new Patience(0.5);
    const found = await doors.open(DOOR_NSG.toUpperCase().replace("/SUBSCRIPTIONS", "/subscriptions"), patience);
    expect(found.map((rule) => rule.text)).to.deep.equal(["a-any (* * from *)", "b-range (Tcp 5000-6000 from *)", "c-list (TCP 80, 5985-5986 from *)"]);
    expect(found[0]?.id).to.equal(`${DOOR_NSG}/securityRules/a-any`);
    lab.store.remove(SECURITY_RULE, found[1]?.id ?? "");
    await doors.shut(DOOR_NSG, found, patience);
    expect(rules()).to.deep.equal([SHUT, "n-beside", "n-deny", "n-out", "n-udp"]);
  });

  it("is waited for while Azure is busy; what will not mend itself is said at once", async () => {
    const busy = await askBook({ replace: { GetGroup: (_, nth) => (nth < 3 ? refusal([429, 503, 500][nth] ?? 500, "Busy") : undefined) } });
    expect(busy).to.include({ code: 0, stdout: LINE, stderr: "" });
    const denied = await askBook({ replace: { GetGroup: () => refusal(403, "AuthorizationFailed", "does not have authorization to perform Microsoft.Network/networkSecurityGroups/read") } });
    expect(denied).to.include({ code: 1, stdout: "" });
    expect(operations(denied)).to.deep.equal(["GetGroup"]);
    expect(denied.stderr).to.include("AuthorizationFailed: does not have authorization to perform Microsoft.Network/networkSecurityGroups/read");
    const strange = await askBook({ replace: { GetGroup: () => ({ status: 200, body: { properties: { securityRules: [{ id: "x", name: "y" }] } } }) } });
    expect(operations(strange)).to.deep.equal(["GetGroup"]);
    expect(strange.stderr).to.include("the answer is not as Azure describes it: properties.securityRules.0.properties");
    // Not an empty group, but an answer that says nothing about it.
    const empty = await askBook({ replace: { GetGroup: () => ({ status: 200, body: { properties: {} } }) } });
    expect(operations(empty)).to.deep.equal(["GetGroup"]);
  });
});
