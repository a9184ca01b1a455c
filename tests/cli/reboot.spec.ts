import { expect } from "chai";
import type { GuestVerdict } from "../../components/evidence/verdict";
import { scriptTrouble } from "../../cli/reader/script-trouble";
import { ask, LINE, operations, refused } from "./ask-azure";
import { refusal } from "./arm-server";

/** What a host says whose TLS settings have just been written; the first `times` times that it is asked. */
function wantsToStart(times: number): (verdict: GuestVerdict) => GuestVerdict {
  const asked: string[] = [];
  return (verdict) => {
    if (!asked.includes(verdict.nonce)) asked.push(verdict.nonce);
    if (asked.indexOf(verdict.nonce) >= times) return verdict;
    const finding = { control: "modern-tls", key: "registry Enabled", verdict: "unknown" as const, expected: "DWord 0", found: "written, acts after the next start" };
    return { ...verdict, verdict: "unknown", reboot: true, controls: { ...verdict.controls, "modern-tls": "unknown" }, findings: [finding] };
  };
}

describe("a host that must start anew", function () {
  this.timeout(60_000);

  it("is started anew by Azure, once, and asked again", async () => {
    const all = await ask({ change: wantsToStart(1) });
    expect(all).to.include({ code: 0, stdout: LINE, stderr: "" });
    expect(operations(all)).to.deep.equal(["GetGroup", "GetVm", "PutRun", "GetRun", "DeleteRun", "RestartVm", "GetOperation", "GetOperation", "GetVm", "PutRun", "GetRun", "DeleteRun"]);
  });

  it("is not started a second time: it says what it lacks, and the door stays shut", async () => {
    const all = await ask({ change: wantsToStart(9) });
    refused(all, "the audit failed, the door stays shut", "modern-tls", "written, acts after the next start");
    expect(operations(all).filter((name) => name === "RestartVm")).to.have.length(1);
  });

  it("is not started for another machine's word", async () => {
    const all = await ask({ change: (verdict) => ({ ...wantsToStart(9)(verdict), instance: "00000000-0000-4000-8000-000000000009" }) });
    refused(all, "its answer does not count");
    expect(operations(all)).to.not.include("RestartVm");
  });

  it("tells what Azure says when it does not restart it", async () => {
    const all = await ask({ change: wantsToStart(1), replace: { RestartVm: () => refusal(403, "AuthorizationFailed", "may not restart") } });
    refused(all, "no verdict, the door stays shut", "Microsoft.Compute/virtualMachines/restart", "may not restart");
  });
});

describe("a script that did not run", () => {
  it("is told with what stood in its way", () => {
    const policy = "File C:\\x\\_script.ps1 cannot be loaded. See about_Execution_Policies at https://go.microsoft.com/fwlink/?LinkID=135170.\n+ FullyQualifiedErrorId : UnauthorizedAccess";
    expect(scriptTrouble(policy)).to.match(/^File C:.*The host's script policy refuses the agent's script/);
    expect(scriptTrouble("Cannot create type. Only core types are supported in this language mode.\nCannotCreateTypeConstrainedLanguage")).to.include("PowerShell runs in Constrained Language on this host");
    expect(scriptTrouble(" out of memory\n")).to.equal("out of memory");
    expect(scriptTrouble("")).to.equal("");
  });
});
