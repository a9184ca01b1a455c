import { expect } from "chai";
import { run } from "../../cli/reader/main";
import { startArmEndpoint } from "../../sandbox/arm/http";
import { Cloud } from "../../sandbox/cloud";
import type { Endpoint } from "../../sandbox/guest/loopback";
import { AUDITS, blob, CLIENT, documentOf, DOOR_NSG, GATE, machineIdOf, makeEstate, NODES_URL, PARAMETERS, SCRIPT, scriptText, SUBSCRIPTION, vmId } from "./azure-lab";
import { Lab } from "./lab";

const TLS = {
  controls: ["modern-tls"],
  resource: { kind: "registry", path: "SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\TLS 1.0\\Server", name: "Enabled", type: "DWord", op: "eq", value: 0, after: "boot" },
};
const REQUEST = {
  cloud: "azure", environment: "public", subscription: SUBSCRIPTION, location: "westeurope", script: SCRIPT, nodes: NODES_URL, identity: CLIENT, timeoutMinutes: 0.5,
  host: "web-1", vm: machineIdOf(1), doorGroup: DOOR_NSG, output: AUDITS, parameters: PARAMETERS, gate: GATE, exceptions: [], controls: ["no-http-listener", "modern-tls"],
};

describe("sandbox: a machine in Azure that must start anew", () => {
  let lab: Lab;
  let endpoint: Endpoint;

  beforeEach(async () => {
    lab = new Lab();
    makeEstate(lab);
    blob(lab, "winrm", "winrm.ps1", scriptText().replace(documentOf().text, documentOf([TLS]).text));
    endpoint = await startArmEndpoint(lab.store);
  });

  afterEach(() => {
    endpoint.close();
    lab.close();
  });

  const ask = () => run("gate", { SECURE_WINRM_ARM_ENDPOINT: endpoint.url, SECURE_WINRM_REQUEST: JSON.stringify(REQUEST), SECURE_WINRM_INSTANCE: vmId(1) });
  const happened = (...which: readonly string[]): string[] =>
    new Cloud(lab.root).hostHistory(vmId(1)).flatMap(({ what }) => (typeof what === "string" && which.includes(what) ? [what] : []));

  it("is started anew by the gate's reader, once, and passes then", async () => {
    expect(await ask()).to.deep.include({ ok: true });
    expect(happened("run", "reboot", "boot")).to.deep.equal(["run", "reboot", "boot", "run"]);
    expect(new Cloud(lab.root).events().filter(({ op }) => op === "restart")).to.have.length(1);
    expect(await ask()).to.deep.include({ ok: true });
    expect(happened("boot"), "nothing was to do").to.have.length(1);
  });

  it("is started anew once where another control fails too, and the reader says which", async () => {
    lab.account({ faults: [{ audit: "web-1", control: "no-http-listener" }] });
    const answer = await ask();
    expect(answer).to.deep.include({ ok: false });
    expect(JSON.stringify(answer)).to.include("no-http-listener");
    expect(happened("boot")).to.have.length(1);
  });
});
