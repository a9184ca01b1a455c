import { expect } from "chai";
import type { GuestVerdict } from "../../components/evidence/verdict";
import { startArm, type Call } from "./arm-server";
import { azureRequest, estate, parameter, VM_ID, type Estate } from "./azure";
import { GATE, GENERATION } from "./guest";
import { asked, inProcess, type Asked } from "./runner";

async function prepare(hosts: Estate = {}, request = azureRequest()): Promise<Asked<Call>> {
  const server = await startArm(estate(hosts).handlers);
  return asked(server, inProcess, "prepare", { SECURE_WINRM_ARM_ENDPOINT: server.url, SECURE_WINRM_REQUEST: JSON.stringify(request), SECURE_WINRM_INSTANCE: VM_ID });
}

describe("prepare, with the real SDK", function () {
  this.timeout(60_000);

  it("runs the preparation with the host's parameters and no gate, and says so in one stable line", async () => {
    const all = await prepare();
    expect(all).to.include({ code: 0, stderr: "", stdout: `${JSON.stringify({ host: "web-1", instance: VM_ID, generation: GENERATION, prepared: true, simulated: true })}\n` });
    const put = all.calls.find(({ operation }) => operation === "PutRun");
    expect(put?.run).to.equal("secure-winrm-prepare");
    expect(parameter(put?.body, "Mode") + parameter(put?.body, "Run") + parameter(put?.body, "Gate")).to.equal("ApplyPrepare");
    expect(parameter(put?.body, "Host")).to.not.equal("");
  });

  const wrong: [string, (verdict: GuestVerdict) => GuestVerdict, string][] = [
    ["another machine's answer", (verdict) => ({ ...verdict, instance: "other" }), "instance: expected"],
    ["an old nonce", (verdict) => ({ ...verdict, nonce: "00" }), "nonce: expected"],
    ["a gate run's answer", (verdict) => ({ ...verdict, run: "Gate", gate: GATE }), "run: expected Prepare, found Gate"],
    ["an audit's answer", (verdict) => ({ ...verdict, mode: "Audit" }), "mode: expected Apply, found Audit"],
    ["an answer that claims a gate", (verdict) => ({ ...verdict, gate: GATE }), "it claims a gate, and a preparation has none"],
  ];
  for (const [name, change, text] of wrong) {
    it(`does not take ${name}`, async () => {
      const all = await prepare({ change });
      expect(all).to.include({ code: 1, stdout: "" });
      expect(all.stderr).to.match(/^web-1 \([0-9a-f-]+\): its answer does not count, the door stays shut\n/).and.to.include(text);
    });
  }

  it("tells what is not as it should be", async () => {
    const findings = [{ control: "no-http-listener", key: "listener HTTP", verdict: "fail" as const, expected: "absent", found: "HTTP on *:5985" }];
    const failed = await prepare({ change: (verdict) => ({ ...verdict, verdict: "fail", findings, omitted: 2 }) });
    expect(failed).to.include({ code: 1, stdout: "" });
    expect(failed.stderr).to.equal(`web-1 (${VM_ID}): the preparation failed, the door stays shut\n  no-http-listener  listener HTTP: expected absent, found HTTP on *:5985 (simulated)\n  2 more findings did not fit into the answer\n`);
    expect((await prepare({ change: (verdict) => ({ ...verdict, verdict: "unknown" }) })).stderr).to.include("the host calls the whole unknown");
    const passing = (verdict: GuestVerdict) => JSON.stringify({ ...verdict, verdict: "pass" });
    expect((await prepare({ output: passing, change: (verdict) => ({ ...verdict, verdict: "fail" }) })).stderr).to.include("the host says pass, but its run ended with an error");
    expect((await prepare({ output: () => "nothing" })).stderr).to.include("the last line of the output is not a verdict");
  });
});
