import { expect } from "chai";
import type { GuestVerdict } from "../../components/evidence/verdict";
import { ask, LINE, operations, puts, refused, SHUT } from "./ask-azure";
import { azureRequest, filled, IDENTITY, NODES_URL, machine, parameter, SCRIPT, VM_ID, type Estate } from "./azure";
import { failing, GATE, GENERATION } from "./guest";
import { process_ } from "./runner";

describe("gate reader on Azure, with the real SDK", function () {
  this.timeout(60_000);

  it("opens for a host that passes, says so in one stable line, and leaves nothing behind", async () => {
    const all = await ask({ looks: 2 }, { runner: process_ });
    expect(all).to.include({ code: 0, stdout: LINE, stderr: "" });
    expect(operations(all)).to.deep.equal(["GetGroup", "GetVm", "PutRun", "GetRun", "GetRun", "GetRun", "DeleteRun"]);
    expect([...all.book.standing.keys()]).to.deep.equal([]);
    const [put] = puts(all);
    expect(put?.run).to.equal("secure-winrm-gate");
    const nonce = parameter(put?.body, "Nonce");
    expect(nonce).to.match(/^[0-9a-f]{32}$/);
    const { parameters, timeoutInSeconds, ...rest } = put?.body?.properties ?? { parameters: [], timeoutInSeconds: 0 };
    expect(rest).to.deep.equal({
      source: { scriptUri: SCRIPT, scriptUriManagedIdentity: { clientId: IDENTITY } },
      asyncExecution: false,
      treatFailureAsDeploymentFailure: true,
      outputBlobUri: `https://swinrm.blob.core.windows.net/audits/web-1/gate-${nonce}.txt`,
      outputBlobManagedIdentity: { clientId: IDENTITY },
    });
    expect(timeoutInSeconds).to.equal(30);
    expect(parameters.map(({ name }) => name)).to.deep.equal(["WinrmNodesUrl", "WinrmIdentity", "WinrmMode", "WinrmRun", "WinrmNonce", "WinrmGate", "WinrmHost"]);
    expect([parameter(put?.body, "NodesUrl"), parameter(put?.body, "Identity")]).to.deep.equal([NODES_URL, IDENTITY]);
    expect(parameter(put?.body, "Mode") + parameter(put?.body, "Run") + parameter(put?.body, "Gate")).to.equal(`ApplyGate${GATE}`);
    expect(JSON.parse(Buffer.from(parameter(put?.body, "Host"), "base64").toString("utf8"))).to.deep.include({ host: "web-1", secret: "" });
    expect(all.calls.every(({ authorization }) => authorization === undefined), "no token is sent").to.equal(true);
  });

  it("asks with a fresh nonce each time", async () => {
    const nonces = [await ask(), await ask()].map((all) => parameter(puts(all)[0]?.body, "Nonce"));
    expect(nonces[0]).to.not.equal(nonces[1]);
  });

  const wrong: [string, (verdict: GuestVerdict) => GuestVerdict, string][] = [
    ["another machine's answer", (verdict) => ({ ...verdict, instance: VM_ID.replace(/1$/, "2") }), `instance: expected ${VM_ID}, found ${VM_ID.replace(/1$/, "2")}`],
    ["an old nonce", (verdict) => ({ ...verdict, nonce: "00" }), "found 00"],
    ["another gate", (verdict) => ({ ...verdict, gate: "d".repeat(64) }), `gate: expected ${GATE}, found ${"d".repeat(64)}`],
    ["another mode", (verdict) => ({ ...verdict, mode: "Audit" }), "mode: expected Apply, found Audit"],
    ["another run", (verdict) => ({ ...verdict, run: "Prepare", gate: "" }), "run: expected Gate, found Prepare"],
  ];
  for (const [name, change, text] of wrong) {
    it(`stays shut for ${name}`, async () => refused(await ask({ change }), SHUT, text));
  }

  it("stays shut for a pass whose run Azure calls failed", async () => {
    const passed: Estate = { output: (verdict) => JSON.stringify({ ...verdict, verdict: "pass" }) };
    refused(await ask({ ...passed, change: (verdict) => ({ ...verdict, verdict: "fail" }) }), "the host says pass, but its run ended with an error");
    refused(await ask({ state: "Failed" }), "the host says pass, but its run ended with an error");
  });

  it("asks no machine that only bears the name", async () => {
    const all = await ask({ machines: [machine(1, { id: VM_ID.replace(/1$/, "7") })] });
    refused(all, "no verdict, the door stays shut", `another machine bears the name shop-web-1 now: expected vmId ${VM_ID}, found ${VM_ID.replace(/1$/, "7")}`);
    expect(operations(all)).to.deep.equal(["GetGroup", "GetVm"]);
    expect(all.took).to.be.lessThan(5_000);
  });

  it("reads the output of a script that failed", async () => {
    const all = await ask({ change: failing }, { runner: process_ });
    refused(all);
    expect(all.stderr).to.equal(`web-1 (${VM_ID}): the audit failed, the door stays shut\n  no-http-listener  listener HTTP: expected absent, found HTTP on *:5985 (simulated)\n`);
    expect(puts(all)).to.have.length(1);
  });

  it("reads a verdict at the end of an output that Azure has cut in front", async () => {
    expect(await ask({ output: filled(4096) })).to.include({ code: 0, stdout: LINE });
    const cut = await ask({ output: (verdict) => filled(9000)(verdict).slice(-100) });
    refused(cut, "the last line of the output is not a verdict");
    const full = await ask({ output: () => "y".repeat(4096) });
    refused(full, "the last line of the output is not a verdict", "output cut by Azure to its last 4096 bytes");
  });

  it("does not take a look in the middle of a run for its end", async () => {
    for (const meanwhile of [{ executionState: "Failed", output: "" }, { executionState: "Running", output: "listener HTTPS: ok\r\n" }, {}]) {
      const all = await ask({ looks: 2, meanwhile });
      expect(all).to.include({ code: 0, stdout: LINE, stderr: "" });
      expect(puts(all)).to.have.length(1);
    }
  });

  it("does not take what stood there before for its own", async () => {
    const old = { executionState: "Succeeded", exitCode: 0, output: "the run before\r\n" };
    const before = { status: 200, body: { properties: { provisioningState: "Succeeded", parameters: [{ name: "WinrmNonce", value: "00" }], timeoutInSeconds: 30, instanceView: old } } };
    const all = await ask({ replace: { GetRun: (_, nth) => (nth < 2 ? before : undefined) } });
    expect(all).to.include({ code: 0, stdout: LINE, stderr: "" });
  });

  it("heeds no endpoint but this machine's, and asks nobody then", async () => {
    for (const url of ["https://arm.example.org", "http://127.0.0.1.example.org:8080", "http://127.0.0.1@example.org", "nonsense"]) {
      const all = await ask({}, { env: { SECURE_WINRM_ARM_ENDPOINT: url } });
      expect(all).to.include({ code: 1, stdout: "", stderr: "SECURE_WINRM_ARM_ENDPOINT is not an address of this machine: it is for the sandbox alone; unset it\n" });
      expect(all.calls).to.be.empty;
    }
  });

  it("asks this machine without a proxy", async () => {
    const proxy = { HTTP_PROXY: "http://127.0.0.1:9", HTTPS_PROXY: "http://127.0.0.1:9", http_proxy: "http://127.0.0.1:9" };
    expect(await ask({}, { env: proxy, runner: process_ })).to.include({ code: 0, stdout: LINE });
  });

  it("refuses a request that is none", async () => {
    const bad = await ask({}, { request: azureRequest({ vm: "web-1", script: "http://x/y", identity: "me", environment: "moon" }) });
    for (const key of ["vm: is not the id of a virtual machine", "script: is not an https address", "identity: is not a UUID", "environment: "]) expect(bad.stderr).to.include(`  ${key}`);
    const elsewhere = await ask({}, { request: azureRequest({ subscription: "00000000-0000-4000-8000-00000000cccc" }) });
    expect(elsewhere.stderr).to.include("vm: is in another subscription than the request's");
    expect((await ask({}, { env: { SECURE_WINRM_INSTANCE: "i-0123" } })).stderr).to.match(/^SECURE_WINRM_INSTANCE is not the id of a virtual machine/);
    expect([...bad.calls, ...elsewhere.calls]).to.be.empty;
  });

  it("asks audit and recheck as maintenance, each under its own name", async () => {
    const audit = await ask({}, { task: "audit", request: azureRequest({ generation: GENERATION }) });
    expect(audit).to.include({ code: 0, stdout: LINE, stderr: "" });
    expect(puts(audit)[0]?.run).to.equal("secure-winrm-audit");
    expect(puts(audit)[0]?.body?.properties.parameters.map(({ name }) => name)).to.deep.equal(["WinrmNodesUrl", "WinrmIdentity", "WinrmMode", "WinrmRun", "WinrmNonce"]);
    const recheck = await ask({}, { task: "recheck" });
    expect(parameter(puts(recheck)[0]?.body, "Mode") + parameter(puts(recheck)[0]?.body, "Run")).to.equal("AuditMaintenance");
    expect(puts(recheck)[0]?.run).to.equal("secure-winrm-recheck");
  });
});
