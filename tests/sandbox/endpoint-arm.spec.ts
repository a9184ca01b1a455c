import { createHash } from "node:crypto";
import { ComputeManagementClient, type VirtualMachineRunCommand } from "@azure/arm-compute";
import { expect } from "chai";
import { parseVerdict, type GuestVerdict } from "../../components/evidence/verdict";
import { run } from "../../cli/reader/main";
import { startArmEndpoint } from "../../sandbox/arm/http";
import { RUN_COMMAND, STORAGE_ACCOUNT, ROLE_ASSIGNMENT, VIRTUAL_MACHINE } from "../../sandbox/azure/types";
import { Cloud } from "../../sandbox/cloud";
import type { Endpoint } from "../../sandbox/guest/loopback";
import { ACCOUNT_ID, AUDITS, blob, CLIENT, documentOf, DOOR_NSG, GATE, GROUP, HOST_PARAMETER, machineIdOf, makeEstate, makeMachine, NODES, NODES_URL, PARAMETERS, put, READS, SCRIPT, scriptText, SUBSCRIPTION, vmId, WRITES, written } from "./azure-lab";
import { Lab } from "./lab";
import { pause } from "./process";

const NONCE = "b".repeat(32);
const VM = "shop-web-1";

describe("sandbox: the ARM endpoint, with the real SDK", () => {
  let lab: Lab;
  let endpoint: Endpoint;
  let client: ComputeManagementClient;

  beforeEach(async () => {
    lab = new Lab();
    makeEstate(lab);
    endpoint = await startArmEndpoint(lab.store);
    client = new ComputeManagementClient({ getToken: () => Promise.resolve(null) }, SUBSCRIPTION, { endpoint: endpoint.url, allowInsecureConnection: true, retryOptions: { maxRetries: 0 } });
    client.pipeline.removePolicy({ name: "bearerTokenAuthenticationPolicy" });
  });

  afterEach(() => {
    endpoint.close();
    lab.close();
  });

  const command = (given: Readonly<Record<string, string>> = {}, more: Partial<VirtualMachineRunCommand> = {}): VirtualMachineRunCommand => {
    const parameters = { NodesUrl: NODES_URL, Identity: CLIENT, Mode: "Apply", Run: "Gate", Nonce: NONCE, Gate: GATE, Host: HOST_PARAMETER, ...given };
    return {
      location: "westeurope",
      source: { scriptUri: SCRIPT, scriptUriManagedIdentity: { clientId: CLIENT } },
      parameters: Object.entries(parameters).filter(([, value]) => value !== "").map(([name, value]) => ({ name: `Winrm${name}`, value })),
      treatFailureAsDeploymentFailure: true,
      timeoutInSeconds: 60,
      ...more,
    };
  };
  const look = (name = "gate"): Promise<VirtualMachineRunCommand> => client.virtualMachineRunCommands.getByVirtualMachine(GROUP, VM, name, { expand: "instanceView" });
  const ask = (body: VirtualMachineRunCommand = command(), name = "gate") => client.virtualMachineRunCommands.createOrUpdate(GROUP, VM, name, body, { updateIntervalInMs: 20 });
  /** Runs it to its end, however it ends. */
  const ran = async (body?: VirtualMachineRunCommand, name?: string): Promise<VirtualMachineRunCommand> => {
    await ask(body, name).pollUntilDone().catch(() => undefined);
    return look(name);
  };
  const verdictOf = (view: VirtualMachineRunCommand): GuestVerdict | undefined => parseVerdict(view.instanceView?.output ?? "");
  const fails = async (work: PromiseLike<unknown>): Promise<string> => {
    try {
      await work;
    } catch (error) {
      return error instanceof Error && "code" in error ? String(error.code) : String(error);
    }
    return "it was not refused";
  };
  const agent = async (): Promise<string | undefined> => (await client.virtualMachines.get(GROUP, VM, { expand: "instanceView" })).instanceView?.vmAgent?.statuses?.[0]?.displayStatus;
  const runs = (): number => new Cloud(lab.root).events().filter((event) => event["op"] === "send").length;

  it("shows a machine, with its instance view where that is asked for", async () => {
    const plainly = await client.virtualMachines.get(GROUP, VM);
    expect(plainly).to.include({ vmId: vmId(1), location: "westeurope" });
    expect(plainly.instanceView).to.equal(undefined);
    const { instanceView } = await client.virtualMachines.get(GROUP.toUpperCase(), VM, { expand: "instanceView" });
    expect(instanceView?.vmAgent?.statuses?.[0]?.displayStatus).to.equal("Ready");
    expect(instanceView?.statuses?.map(({ code }) => code)).to.include("PowerState/running");
    expect(await fails(client.virtualMachines.get(GROUP, "other"))).to.equal("ResourceNotFound");
  });

  it("shows an agent that is not ready in the first moment, and none that is switched off", async () => {
    makeMachine(lab, 1, { timeCreated: new Date().toISOString() });
    expect(await agent()).to.equal("Not Ready");
    await pause(220);
    expect(await agent()).to.equal("Ready");
    makeMachine(lab, 1, { powerState: "deallocated" });
    expect(await agent()).to.equal("Not Ready");
    expect(await fails(ask())).to.equal("OperationNotAllowed");
  });

  it("lists the machines of a group, page by page", async () => {
    for (let n = 2; n <= 53; n += 1) makeMachine(lab, n);
    put(lab, VIRTUAL_MACHINE, machineIdOf(1).replace(`/${GROUP}/`, "/shop-2/"), { vmId: vmId(99) });
    const names: string[] = [];
    for await (const { name = "" } of client.virtualMachines.list(GROUP)) names.push(name);
    expect(names).to.have.length(53);
    expect(new Set(names).size).to.equal(53);
    expect(await fails((async () => client.virtualMachines.list("nowhere").next())())).to.equal("ResourceGroupNotFound");
  });

  it("runs the script from the blob on the host's model, and answers with its verdict", async () => {
    const view = await ran(command({}, { outputBlobUri: `${AUDITS}/web-1/gate.txt`, outputBlobManagedIdentity: { clientId: CLIENT } }));
    const verdict = verdictOf(view);
    expect(verdict).to.include({ instance: vmId(1), nonce: NONCE, gate: GATE, verdict: "pass", simulated: true });
    expect(verdict?.generation).to.equal(createHash("sha256").update(documentOf().text).digest("hex"));
    expect(verdict?.nodes).to.equal(createHash("sha256").update(NODES).digest("hex"));
    expect(view.provisioningState).to.equal("Succeeded");
    expect(view.instanceView).to.include({ executionState: "Succeeded", exitCode: 0 });
    expect(written(lab, "web-1/gate.txt")).to.equal(view.instanceView?.output);
    expect(new Cloud(lab.root).hostHistory(vmId(1))).not.to.deep.equal([]);
  });

  it("starts a machine anew: Windows starts, its sessions end, and the agent is away for a moment", async () => {
    lab.store.changeHost(vmId(1), (state) => ({ state: JSON.stringify({ ...(JSON.parse(state) as object), sessions: 2 }), history: [] }));
    const host = (): { boots: number; sessions: number } => JSON.parse(lab.store.readHost(vmId(1)) ?? "{}") as { boots: number; sessions: number };
    const before = host().boots;
    await client.virtualMachines.restart(GROUP, VM, { updateIntervalInMs: 20 }).pollUntilDone();
    expect(host()).to.include({ boots: before + 1, sessions: 0 });
    expect(new Cloud(lab.root).hostHistory(vmId(1)).at(-1)).to.include({ what: "boot", key: "machine" });
    expect(await agent()).to.equal("Not Ready");
    await pause(220);
    expect(await agent()).to.equal("Ready");
    makeMachine(lab, 1, { powerState: "deallocated" });
    expect(await fails(client.virtualMachines.restart(GROUP, VM))).to.equal("OperationNotAllowed");
    expect(await fails(client.virtualMachines.restart(GROUP, "other"))).to.equal("ResourceNotFound");
  });

  it("tells nothing of a run without the expansion", async () => {
    await ran();
    expect((await client.virtualMachineRunCommands.getByVirtualMachine(GROUP, VM, "gate")).instanceView).to.equal(undefined);
  });

  it("does not run for the same request again, and does for another", async () => {
    await ran();
    await ran();
    expect(runs()).to.equal(1);
    await ran(command({ Nonce: "c".repeat(32) }));
    expect(runs()).to.equal(2);
    await ran(command({ Nonce: "c".repeat(32) }, { timeoutInSeconds: 59 }));
    expect(runs()).to.equal(3);
  });

  it("fails the deployment of a script that fails, and still shows its output", async () => {
    lab.account({ faults: [{ audit: "web-1", control: "no-http-listener" }] });
    const error: unknown = await ask().pollUntilDone().catch((caught: unknown) => caught);
    expect(error).to.be.instanceOf(Error).with.property("message").that.includes("VMExtensionProvisioningError");
    const view = await look();
    expect(view.provisioningState).to.equal("Failed");
    expect(verdictOf(view)?.controls["no-http-listener"]).to.equal("fail");
    await ask(command({ Nonce: "c".repeat(32) }, { treatFailureAsDeploymentFailure: false })).pollUntilDone();
    expect((await look()).provisioningState).to.equal("Succeeded");
  });

  it("keeps the last 4096 bytes of the output", async () => {
    // Many resources of a kind that each leave a line.
    const many = Array.from({ length: 60 }, (_, i) => ({ controls: ["no-http-listener"], resource: { kind: "registry", path: `SOFTWARE\\Policies\\secure-winrm\\${"x".repeat(60)}`, name: `value-${i}`, type: "DWord", op: "eq", value: 1 } }));
    blob(lab, "winrm", "winrm.ps1", scriptText().replace(documentOf().text, documentOf(many).text));
    const view = await ran(command({}, { outputBlobUri: `${AUDITS}/web-1/gate.txt`, outputBlobManagedIdentity: { clientId: CLIENT } }));
    const [kept, whole] = [view.instanceView?.output ?? "", written(lab, "web-1/gate.txt") ?? ""];
    expect(Buffer.byteLength(whole)).to.be.greaterThan(4096);
    expect(Buffer.byteLength(kept)).to.equal(4096);
    expect(whole.endsWith(kept)).to.equal(true);
    expect(verdictOf(view)?.verdict).to.equal("pass");
  });

  const undone: [string, (lab: Lab) => void, string][] = [
    ["without the role", () => lab.store.remove(ROLE_ASSIGNMENT, READS), "AuthorizationPermissionMismatch"],
    ["without the blob", () => lab.store.remove("azure-native:storage:Blob", `${ACCOUNT_ID}/blobServices/default/containers/winrm/blobs/winrm.ps1`), "BlobNotFound"],
    ["from a subnet that the account does not let in", () => put(lab, STORAGE_ACCOUNT, ACCOUNT_ID, { networkRuleSet: { defaultAction: "Deny", virtualNetworkRules: [] } }), "AuthorizationFailure"],
    ["by an identity that the machine does not bear", () => makeMachine(lab, 1, { identity: {} }), "Identity not found"],
  ];
  for (const [name, undo, text] of undone) {
    it(`starts no script ${name}`, async () => {
      undo(lab);
      const view = await ran();
      expect(view.instanceView).to.include({ executionState: "Failed", output: "" });
      expect(view.instanceView?.executionMessage).to.include(text);
      expect(new Cloud(lab.root).hostHistory(vmId(1))).to.deep.equal([]);
    });
  }

  it("starts no script whose output may not be written, and gives the node list only to a role that may read it", async () => {
    const elsewhere = "https://swinrm0.blob.core.windows.net/other/nodes.json";
    expect(verdictOf(await ran(command({ NodesUrl: elsewhere })))?.nodes).to.equal("");
    lab.store.remove(ROLE_ASSIGNMENT, WRITES);
    const view = await ran(command({}, { outputBlobUri: `${AUDITS}/web-1/gate.txt`, outputBlobManagedIdentity: { clientId: CLIENT } }));
    expect(view.instanceView).to.include({ executionState: "Failed", output: "" });
  });

  it("takes no parameter that the script does not know, or does not take", async () => {
    const wrong: Readonly<Record<string, string>>[] = [{ Surprise: "1" }, { Mode: "Destroy" }, { Nonce: "zz" }];
    for (const given of wrong) {
      const view = await ran(command({ Nonce: "a".repeat(32), ...given }));
      expect(view.instanceView).to.include({ executionState: "Failed", exitCode: 1, output: "" });
      expect(view.instanceView?.error).to.match(/parameter/i);
    }
    expect(new Cloud(lab.root).hostHistory(vmId(1))).to.deep.equal([]);
  });

  it("allows 25 run commands on a machine", async () => {
    for (let n = 1; n <= 25; n += 1) put(lab, RUN_COMMAND, `${machineIdOf(1)}/runCommands/n${n}`, { body: {}, provisioningState: "Succeeded" });
    const error: unknown = await ask().pollUntilDone().catch((caught: unknown) => caught);
    expect(error).to.be.instanceOf(Error).with.property("message").that.includes("maximum number of managed Run commands (max=25, current=25)");
    await client.virtualMachineRunCommands.delete(GROUP, VM, "n25", { updateIntervalInMs: 20 }).pollUntilDone();
    expect((await ran()).provisioningState).to.equal("Succeeded");
    const names: string[] = [];
    for await (const { name = "" } of client.virtualMachineRunCommands.listByVirtualMachine(GROUP, VM)) names.push(name);
    expect(names).to.have.length(25).and.to.include("gate");
  });

  it("refuses what it does not know", async () => {
    expect(await fails(ask({ ...command(), runAsUser: "me" }))).to.equal("InvalidRequestContent");
    expect(await fails(ask({ ...command(), location: "" }))).to.equal("LocationRequired");
    expect(await fails(client.virtualMachines.deallocate(GROUP, VM))).to.equal("InvalidResourceType");
  });

  it("takes no token", async () => {
    const answer = await fetch(`${endpoint.url}${machineIdOf(1)}?api-version=2024-11-01`, { headers: { authorization: "Bearer x" } });
    expect(answer.status).to.equal(400);
  });

  it("plays the audit's faults: a stuck control, another host's verdict, an old nonce, no answer", async () => {
    const faulty = async (fault: object): Promise<VirtualMachineRunCommand> => {
      lab.account({ faults: [{ audit: "web-1", ...fault }] });
      return ran(command({ Nonce: createHash("md5").update(JSON.stringify(fault)).digest("hex") }));
    };
    expect(verdictOf(await faulty({ control: "no-http-listener" }))?.controls["no-http-listener"]).to.equal("fail");
    expect(verdictOf(await faulty({ answer: "wrong-host" }))?.instance).to.equal("00000000-0000-0000-0000-000000000000");
    expect(verdictOf(await faulty({ answer: "old-nonce" }))?.nonce).to.equal("0".repeat(64));
    expect((await faulty({ answer: "timed-out" })).instanceView?.executionState).to.equal("TimedOut");
    lab.account({ faults: [{ audit: "web-1", answer: "never" }] });
    await ask().submitted();
    await pause(200);
    expect((await look()).instanceView?.executionState).to.equal("Running");
    expect(await fails(ask(command({ Nonce: "d".repeat(32) })))).to.equal("Conflict");
    await client.virtualMachineRunCommands.delete(GROUP, VM, "gate", { updateIntervalInMs: 20 }).pollUntilDone();
    lab.account({});
    expect(verdictOf(await ran())?.verdict).to.equal("pass");
  });

  it("is what the gate's reader asks, also while a role has not spread", async () => {
    lab.account({ faults: [{ role: "role-reads", reads: 2 }] });
    const place = { cloud: "azure", environment: "public", subscription: SUBSCRIPTION, location: "westeurope", script: SCRIPT, nodes: NODES_URL, identity: CLIENT, timeoutMinutes: 0.5 };
    const request = { ...place, host: "web-1", vm: machineIdOf(1), doorGroup: DOOR_NSG, output: AUDITS, parameters: PARAMETERS, gate: GATE, exceptions: [], controls: ["no-http-listener"] };
    const asked = (task: string, more: object) => run(task, { SECURE_WINRM_ARM_ENDPOINT: endpoint.url, SECURE_WINRM_REQUEST: JSON.stringify({ ...request, ...more }), SECURE_WINRM_INSTANCE: vmId(1) });
    const proof = await asked("gate", {});
    expect(proof).to.deep.include({ ok: true });
    expect(runs()).to.equal(3);
    expect(lab.store.list(RUN_COMMAND)).to.deep.equal([]);
    const nodesHash = createHash("sha256").update(NODES).digest("hex");
    expect(await asked("uptake", { ...place, resourceGroup: GROUP, fleet: "shop", profile: "default", nodesHash })).to.deep.equal({ ok: true, line: JSON.stringify({ fleet: "shop", nodes: nodesHash, hosts: [vmId(1)] }) });
  });
});
