import { spawn } from "node:child_process";
import { expect } from "chai";
import { ask, LINE, operations, puts, refused, SHORT } from "./ask-azure";
import { refusal, type Call } from "./arm-server";
import { parameter, VM_ID } from "./azure";
import { ROOT } from "./process";
import { process_, type inProcess } from "./runner";

describe("gate reader on Azure, in trouble", function () {
  this.timeout(60_000);

  it("waits for machine and agent", async () => {
    const view = (power: string, displayStatus: string): object => ({ properties: { vmId: VM_ID, instanceView: { vmAgent: { statuses: [{ displayStatus }] }, statuses: [{ code: `PowerState/${power}` }] } } });
    const views = [refusal(404, "ResourceNotFound"), { status: 200, body: view("starting", "Ready") }, { status: 200, body: view("running", "Not Ready") }, { status: 200, body: { properties: { vmId: VM_ID, instanceView: {} } } }];
    const all = await ask({ replace: { GetVm: (_, nth) => views[nth] } });
    expect(all).to.include({ code: 0, stdout: LINE, stderr: "" });
    expect(operations(all).filter((name) => name === "GetVm")).to.have.length(5);
  });

  it("gives up on an agent that never gets ready, and says how it stands", async () => {
    const body = { properties: { vmId: VM_ID, instanceView: { vmAgent: { statuses: [{ displayStatus: "Not Ready", message: "VM Agent is unresponsive." }] }, statuses: [{ code: "PowerState/running" }] } } };
    const all = await ask({ replace: { GetVm: () => ({ status: 200, body }) } }, SHORT);
    refused(all, "not ready for run commands after 1 seconds: its agent is not ready (Not Ready: VM Agent is unresponsive.)");
    expect(puts(all)).to.deep.equal([]);
  });

  it("tries again while the script cannot be downloaded, each time with another request", async () => {
    const down = { executionState: "Failed", executionMessage: "File downloads failed: 403", exitCode: -3, output: "", error: "" };
    const all = await ask({ view: (nth) => (nth < 3 ? down : undefined) });
    expect(all).to.include({ code: 0, stdout: LINE, stderr: "" });
    const bodies = puts(all).map(({ body }) => JSON.stringify(body));
    expect(new Set(bodies).size).to.equal(4);
    expect(new Set(puts(all).map(({ body }) => parameter(body, "Nonce"))).size).to.equal(1);
  });

  it("says why the script did not start, when patience ends over it", async () => {
    const down = { executionState: "Failed", executionMessage: "File downloads failed: 403", output: "" };
    refused(await ask({ view: () => down }, SHORT), "the script did not start in ", "run command secure-winrm-gate: Failed: File downloads failed: 403");
  });

  it("waits out throttling for as long as Azure asks, and server errors, on every call", async () => {
    const busy = (nth: number) => (nth === 0 ? refusal(429, "TooManyRequests", "slower", { "Retry-After": "1" }) : nth < 3 ? refusal(503, "ServerBusy") : nth === 3 ? ("lost" as const) : undefined);
    for (const operation of ["GetVm", "GetRun", "DeleteRun"] as const) {
      const all = await ask({ replace: { [operation]: (_: Call, nth: number) => busy(nth) } });
      expect(all, operation).to.include({ code: 0, stdout: LINE, stderr: "" });
      const [first, second] = all.calls.filter((call) => call.operation === operation);
      expect((second?.at ?? 0) - (first?.at ?? 0), operation).to.be.within(1_000, 2_500);
      expect([...all.book.standing.keys()], operation).to.deep.equal([]);
    }
  });

  it("makes no second run out of a PUT whose answer was lost", async () => {
    const all = await ask({ heard: true, replace: { PutRun: (_, nth) => (nth === 0 ? "lost" : undefined) } });
    expect(all).to.include({ code: 0, stdout: LINE, stderr: "" });
    expect(puts(all)).to.have.length(1);
  });

  it("sends the same PUT again when the lost one was never heard", async () => {
    const all = await ask({ replace: { PutRun: (_, nth) => (nth === 0 ? "lost" : nth === 1 ? refusal(429, "TooManyRequests") : undefined) } });
    expect(all).to.include({ code: 0, stdout: LINE, stderr: "" });
    expect(new Set(puts(all).map(({ body }) => JSON.stringify(body))).size).to.equal(1);
  });

  it("takes away what somebody who was killed has left running", async () => {
    const all = await ask({ replace: { PutRun: (_, nth) => (nth === 0 ? refusal(409, "Conflict", "Another operation is in progress.") : undefined) } });
    expect(all).to.include({ code: 0, stdout: LINE, stderr: "" });
    expect(operations(all)).to.deep.equal(["GetGroup", "GetVm", "PutRun", "GetRun", "DeleteRun", "PutRun", "GetRun", "DeleteRun"]);
  });

  it("gives up, cancels the run and stays shut when the host never answers", async () => {
    const all = await ask({ looks: Infinity }, { ...SHORT, runner: process_ });
    refused(all);
    expect(all.stderr).to.equal(`web-1 (${VM_ID}): no verdict, the door stays shut\n  no answer within 1 seconds; the run command secure-winrm-gate was cancelled\n`);
    expect(operations(all).at(-1)).to.equal("DeleteRun");
  });

  it("says what it had to leave behind", async () => {
    const all = await ask({ looks: Infinity, replace: { DeleteRun: () => refusal(403, "AuthorizationFailed", "no right to delete") } }, SHORT);
    expect(all.stderr).to.include("the run command secure-winrm-gate could not be deleted, delete it by hand (Microsoft.Compute/virtualMachines/runCommands/delete: AuthorizationFailed: no right to delete)");
  });

  it("gives up when Azure itself never answers", async () => {
    const all = await ask({ replace: { GetRun: () => "never" } }, SHORT);
    refused(all, "no answer within 1 seconds");
    expect(all.took).to.be.lessThan(10_000);
  });

  it("says at once what will not mend itself: no right, too many run commands, nobody at the endpoint", async () => {
    refused(await ask({ replace: { PutRun: () => refusal(403, "AuthorizationFailed", "does not have authorization") } }), "Microsoft.Compute/virtualMachines/runCommands/write: AuthorizationFailed: does not have authorization");
    const many = await ask({ replace: { PutRun: () => refusal(409, "OperationNotAllowed", "The maximum number of managed Run commands (max=25, current=25) has been exceeded.") } });
    refused(many, "the machine has all the 25 run commands that Azure allows; delete those that nobody needs");
    refused(await ask({}, { env: { SECURE_WINRM_ARM_ENDPOINT: "http://127.0.0.1:9" } }), "nobody answers at the endpoint");
  });

  it("ends a run that it has started when it is told to end, and does not linger", async () => {
    let pid = 0;
    const runner: typeof inProcess = async (task, env) => {
      const child = spawn(process.execPath, ["cli/reader.mjs", task], { cwd: ROOT, env: { PATH: process.env.PATH, ...env }, stdio: ["ignore", "ignore", "pipe"] });
      pid = child.pid ?? 0;
      let stderr = "";
      child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
      const code = await new Promise<number | null>((done) => child.on("close", done));
      return { code, stdout: "", stderr };
    };
    const tell = (): "never" => {
      process.kill(pid, "SIGTERM");
      return "never";
    };
    const all = await ask({ replace: { GetRun: tell } }, { runner });
    refused(all, "no answer within the time until it was stopped; the run command secure-winrm-gate was cancelled");
    expect(all.took).to.be.lessThan(15_000);
  });
});
