import { expect } from "chai";
import type { GuestVerdict } from "../../components/evidence/verdict";
import { groupOf } from "./groups";
import { failing, fleet, GATE, GENERATION, hostRequest, INSTANCE_ID, NODES, type Fleet } from "./guest";
import { asked, inProcess, process_, type Asked as SomethingAsked } from "./runner";
import { AwsError, startSsm, type Call } from "./ssm-server";

type Asked = SomethingAsked<Call>;

async function ask(task: string, request: object, hosts: Fleet, env: Record<string, string> = {}, runner = inProcess): Promise<Asked> {
  const server = await startSsm(fleet(hosts));
  const group = await groupOf();
  return asked(server, runner, task, {
    AWS_ENDPOINT_URL_SSM: server.url,
    AWS_ENDPOINT_URL_EC2: group.url,
    SECURE_WINRM_REQUEST: JSON.stringify(request),
    ...(task !== "uptake" && { SECURE_WINRM_INSTANCE: INSTANCE_ID }),
    ...env,
  }).finally(group.close);
}

const gate = (hosts: Fleet = {}, more: object = {}, runner = inProcess) => ask("gate", hostRequest(more), hosts, {}, runner);
const sent = ({ calls }: Asked) => calls.find(({ operation }) => operation === "SendCommand")?.input;
const operations = ({ calls }: Asked) => calls.map(({ operation }) => operation);
const LINE = `{"host":"web-1","instance":"${INSTANCE_ID}","gate":"${GATE}","generation":"${GENERATION}","nodes":"${NODES}","verdict":"pass","controls":{"https-listener":"pass","no-http-listener":"pass"},"simulated":true}\n`;
const SHUT = `web-1 (${INSTANCE_ID}): its answer does not count, the door stays shut`;

describe("gate reader, with the real SDK", function () {
  this.timeout(60_000);

  it("opens for a host that passes, and says so in one stable line", async () => {
    const asked = await gate({}, {}, process_);
    expect(asked).to.include({ code: 0, stdout: LINE, stderr: "" });
    const { Parameters, ...rest } = sent(asked) ?? {};
    expect(rest).to.deep.include({ DocumentName: "fleet-winrm", InstanceIds: [INSTANCE_ID] });
    expect(rest.CloudWatchOutputConfig?.CloudWatchLogGroupName).to.equal("/secure-winrm/fleet");
    expect(Parameters).to.deep.include({ Mode: ["Apply"], Run: ["Gate"], Gate: [GATE], NodesHash: [""] });
    expect(Parameters?.["Nonce"]?.[0]).to.match(/^[0-9a-f]{32}$/);
    expect(JSON.parse(Buffer.from(Parameters?.["Host"]?.[0] ?? "", "base64").toString("utf8"))).to.deep.equal(hostRequest().parameters);
  });

  it("waits: for the agent, for the invocation, for the end of the run, through throttling and server errors", async () => {
    const asked = await gate({
      status: (nth) => (nth < 11 ? "InProgress" : "Success"),
      replace: {
        DescribeInstanceInformation: (_, nth) =>
          nth === 0 ? new AwsError("InvalidInstanceId") : { InstanceInformationList: nth === 1 ? [] : [{ InstanceId: INSTANCE_ID, PingStatus: nth === 2 ? "ConnectionLost" : "Online" }] },
        // Four times each: more than the SDK tries by itself.
        GetCommandInvocation: (_, nth) => (nth === 0 ? new AwsError("InvocationDoesNotExist") : nth < 5 ? new AwsError("ThrottlingException") : nth < 9 ? new AwsError("InternalServerError", "", 500) : {}),
      },
    });
    expect(asked).to.include({ code: 0, stdout: LINE, stderr: "" });
    expect(operations(asked).filter((name) => name === "SendCommand")).to.have.length(1);
  });

  it("tells host, control, expected and found, once, when the audit fails", async () => {
    const asked = await gate({ change: failing }, {}, process_);
    expect(asked).to.include({ code: 1, stdout: "" });
    expect(asked.stderr).to.equal(
      `web-1 (${INSTANCE_ID}): the audit failed, the door stays shut\n  no-http-listener  listener HTTP: expected absent, found HTTP on *:5985 (simulated)\n`,
    );
  });

  const wrong: [string, Fleet, string][] = [
    ["a wrong host's answer", { change: (verdict) => ({ ...verdict, instance: "i-0def" }) }, `instance: expected ${INSTANCE_ID}, found i-0def`],
    ["an old nonce", { change: (verdict) => ({ ...verdict, nonce: "00" }) }, "found 00"],
    ["another gate", { change: (verdict) => ({ ...verdict, gate: "d".repeat(64) }) }, `gate: expected ${GATE}, found ${"d".repeat(64)}`],
    ["garbage", { output: () => "no such thing", status: () => "Failed" }, "the last line of the output is not a verdict"],
    ["a verdict that is not the last line", { output: (verdict) => `${JSON.stringify(verdict)}\r\nmore\r\n` }, "the last line of the output is not a verdict"],
    ["nothing", { output: () => "" }, "the last line of the output is not a verdict"],
    ["a verdict that lacks a field", { output: (verdict) => JSON.stringify({ ...verdict, nonce: undefined }) }, "the last line of the output is not a verdict"],
  ];
  for (const [name, hosts, text] of wrong) {
    it(`stays shut for ${name}`, async () => {
      const asked = await gate(hosts);
      expect(asked).to.include({ code: 1, stdout: "" });
      expect(asked.stderr).to.satisfy((stderr: string) => stderr.startsWith(SHUT));
      expect(asked.stderr).to.include(text);
    });
  }

  it("stays shut for a pass whose run SSM calls failed", async () => {
    const asked = await gate({ status: () => "Failed" });
    expect(asked).to.include({ code: 1, stdout: "" });
    expect(asked.stderr).to.include("the host says pass, but its run ended with an error");
  });

  it("stays shut when an exception has ended, and opens while it holds", async () => {
    const exceptions = (expires: string) => ({ exceptions: [{ control: "https-listener", expires }] });
    const ended = await gate({}, exceptions("2020-01-01"));
    const holds = await gate({}, exceptions("2999-01-01"));
    expect(ended).to.include({ code: 1, stdout: "" });
    expect(ended.stderr).to.include("https-listener  its exception ended on 2020-01-01");
    expect(holds.code).to.equal(0);
    // Fresh for each run, whatever is asked.
    expect(sent(ended)?.Parameters?.["Nonce"]).to.not.deep.equal(sent(holds)?.Parameters?.["Nonce"]);
    expect(holds.stdout).to.include('"https-listener":"exception"');
  });

  it("gives up, cancels the command and stays shut when the host never answers", async () => {
    const asked = await gate({ status: () => "InProgress" }, { timeoutMinutes: 0.02 }, process_);
    expect(asked).to.include({ code: 1, stdout: "" });
    expect(asked.stderr).to.match(/^web-1 \(i-\w+\): no verdict, the door stays shut\n {2}no answer within 1 seconds; the command [0-9a-f-]{36} was cancelled\n$/);
    expect(asked.calls.at(-1)?.operation).to.equal("CancelCommand");
    expect(asked.calls.at(-1)?.input.InstanceIds).to.deep.equal([INSTANCE_ID]);
  });

  it("gives up when SSM itself never answers", async () => {
    const asked = await gate({ replace: { GetCommandInvocation: () => "never" } }, { timeoutMinutes: 0.02 });
    expect(asked).to.include({ code: 1, stdout: "" });
    expect(asked.stderr).to.include("no answer within 1 seconds");
  });

  it("gives up when the host does not become a managed node", async () => {
    const asked = await gate({ instances: [] }, { timeoutMinutes: 0.02 });
    expect(asked).to.include({ code: 1, stdout: "" });
    expect(asked.stderr).to.include("not a managed node of SSM after 1 seconds: it has never registered");
    expect(operations(asked)).to.not.include("SendCommand");
  });

  it("says at once what will not mend itself: access denied, nobody at the endpoint", async () => {
    const denied = await gate({ replace: { SendCommand: () => new AwsError("AccessDeniedException", "not authorized to perform ssm:SendCommand") } });
    expect(denied.code).to.equal(1);
    expect(denied.stderr).to.include("  ssm:SendCommand in eu-central-1: AccessDeniedException: not authorized to perform ssm:SendCommand\n");
    const nobody = await ask("gate", hostRequest(), {}, { AWS_ENDPOINT_URL_SSM: "http://127.0.0.1:9" });
    expect(nobody.code).to.equal(1);
    expect(nobody.stderr).to.include("nobody answers at the endpoint");
  });

  it("refuses a request that is none, in plain words, before it asks anybody", async () => {
    const bad = await ask("gate", { ...hostRequest(), gate: "x", controls: [] }, {}, {}, process_);
    expect(bad).to.include({ code: 1, stdout: "" });
    expect(bad.stderr).to.match(/^SECURE_WINRM_REQUEST is not a request:\n {2}gate: is not a SHA-256 in hex\n {2}controls: .+\n$/);
    expect(bad.calls).to.be.empty;
    expect((await ask("gate", hostRequest(), {}, { SECURE_WINRM_INSTANCE: "web-1" })).stderr).to.match(/^SECURE_WINRM_INSTANCE is not the id of an instance/);
    expect((await ask("open", {}, {})).stderr).to.equal("unknown task open; expected prepare, prepared, gate, proven, recheck, audit or uptake\n");
  });

  it("says of a gate that stands what it has said, and asks nobody", async () => {
    const again = (request: object, before: string) => ask("proven", request, {}, { PULUMI_COMMAND_STDOUT: before });
    const same = await again(hostRequest({ timeoutMinutes: 7 }), LINE.trim());
    expect(same).to.include({ code: 0, stdout: LINE, stderr: "" });
    expect(same.calls).to.deep.equal([]);
    for (const before of ["", "{}", LINE.trim().replace(GATE, "e".repeat(64)), LINE.trim().replace("web-1", "web-2")]) {
      const other = await again(hostRequest(), before);
      expect(other, before).to.include({ code: 1, stdout: "" });
      expect(other.stderr).to.match(/^web-1: what its gate has said is not known any more/);
    }
  });

  describe("audit and recheck", () => {
    const audit = (hosts: Fleet = {}) => ask("audit", hostRequest({ generation: GENERATION }), hosts);

    it("applies as maintenance, and leaves gate and host's parameters to what the gate has left", async () => {
      const asked = await audit();
      expect(asked).to.include({ code: 0, stdout: LINE, stderr: "" });
      expect(sent(asked)?.Parameters).to.deep.include({ Mode: ["Apply"], Run: ["Maintenance"], Gate: [""], Host: [""] });
    });

    it("looks without changing anything", async () => {
      const asked = await ask("recheck", hostRequest(), {});
      expect(asked).to.include({ code: 0, stdout: LINE, stderr: "" });
      expect(sent(asked)?.Parameters).to.deep.include({ Mode: ["Audit"], Run: ["Maintenance"], Gate: [""], Host: [""] });
    });

    const off: [string, (verdict: GuestVerdict) => GuestVerdict, string][] = [
      ["another document", (verdict) => ({ ...verdict, generation: "d".repeat(64) }), "generation: expected"],
      ["another proven gate", (verdict) => ({ ...verdict, gate: "d".repeat(64) }), "gate: expected"],
      ["a host that waits for its gate", (verdict) => ({ ...verdict, awaitingGate: true }), "waits for the gate of the new one"],
      ["a host that was never proven", (verdict) => ({ ...verdict, gate: "", awaitingGate: true, controls: {}, verdict: "unknown" }), "the host has never been proven by a gate"],
      ["a failed control", failing, "no-http-listener  listener HTTP: expected absent, found HTTP on *:5985"],
    ];
    for (const [name, change, text] of off) {
      it(`fails for ${name}`, async () => {
        const asked = await audit({ change });
        expect(asked).to.include({ code: 1, stdout: "" });
        expect(asked.stderr).to.include(text).and.to.include("the door was not touched");
      });
    }
  });

  describe("uptake", () => {
    const request = { cloud: "aws", region: "eu-central-1", fleet: "fleet", profile: "default", document: "fleet-winrm", nodesHash: NODES, timeoutMinutes: 0.5 };
    const many = Array.from({ length: 60 }, (_, i) => `i-0${String(59 - i).padStart(4, "0")}`);
    const unproven = (verdict: GuestVerdict): GuestVerdict => ({ ...verdict, awaitingGate: true, controls: {}, verdict: "unknown", nodes: "" });

    it("tells all hosts of the fleet, fifty at a time", async () => {
      const asked = await ask("uptake", request, { instances: many });
      expect(asked).to.include({ code: 0, stderr: "", stdout: `${JSON.stringify({ fleet: "fleet", nodes: NODES, hosts: [...many].sort() })}\n` });
      const commands = asked.calls.filter(({ operation }) => operation === "SendCommand");
      expect(commands.map(({ input }) => input.InstanceIds?.length)).to.deep.equal([50, 10]);
      expect(commands[0]?.input.Parameters).to.deep.include({ Mode: ["Apply"], Run: ["Maintenance"], NodesHash: [NODES], Gate: [""] });
      expect(asked.calls[0]?.input.Filters).to.deep.equal([
        { Key: "tag:secure-winrm-fleet", Values: ["fleet"] },
        { Key: "tag:secure-winrm-profile", Values: ["default"] },
      ]);
    });

    it("reads all pages, names who cannot be reached, and leaves out who was never proven", async () => {
      const pages = [
        { InstanceInformationList: [{ InstanceId: "i-0c", PingStatus: "Online" }, { InstanceId: "i-0b", PingStatus: "ConnectionLost", ComputerName: "WEB-2" }], NextToken: "more" },
        { InstanceInformationList: [{ InstanceId: "i-0a", PingStatus: "Online" }] },
      ];
      const asking = (list: typeof pages) => ask("uptake", request, {
        change: (verdict, instance) => (instance === "i-0c" ? unproven(verdict) : verdict),
        replace: { DescribeInstanceInformation: ({ NextToken }) => list[NextToken === "more" ? 1 : 0] ?? {} },
      });
      const lost = await asking(pages);
      expect(lost).to.include({ code: 1, stdout: "" });
      expect(lost.stderr).to.equal(`fleet: 1 host has not taken up the node list ${NODES}\n  WEB-2 (i-0b)  SSM cannot reach it: its last ping is ConnectionLost\n`);
      expect(sent(lost)?.InstanceIds).to.deep.equal(["i-0c", "i-0a"]);
      const online = pages.map((page) => ({ ...page, InstanceInformationList: page.InstanceInformationList.filter(({ PingStatus }) => PingStatus === "Online") }));
      expect(await asking(online)).to.include({ code: 0, stdout: `${JSON.stringify({ fleet: "fleet", nodes: NODES, hosts: ["i-0a"] })}\n` });
    });

    it("names who has another list, who answers wrong, and who does not answer", async () => {
      const asked = await ask("uptake", { ...request, timeoutMinutes: 0.03 }, {
        instances: ["i-0a", "i-0b", "i-0c", "i-0d"],
        change: (verdict, instance) => (instance === "i-0b" ? { ...verdict, nodes: "d".repeat(64) } : instance === "i-0c" ? { ...verdict, nonce: "00" } : verdict),
        replace: { GetCommandInvocation: ({ InstanceId }) => (InstanceId === "i-0d" ? { Status: "InProgress" } : {}) },
      });
      expect(asked).to.include({ code: 1, stdout: "" });
      const [head, ...rest] = asked.stderr.trimEnd().split("\n");
      expect(head).to.equal(`fleet: 3 hosts have not taken up the node list ${NODES}`);
      expect(rest[0]).to.equal(`  WEB-2 (i-0b)  has the list ${"d".repeat(64)}`);
      expect(rest[1]).to.match(/^ {2}WEB-3 \(i-0c\) {2}its answer is not one to this question/);
      expect(rest[2]).to.match(/^ {2}WEB-4 \(i-0d\) {2}no answer within 2 seconds/);
      expect(rest).to.have.length(3);
    });

    it("does not take another run's answer", async () => {
      const asked = await ask("uptake", request, { instances: ["i-0a"], change: (verdict) => ({ ...verdict, run: "Gate" }) });
      expect(asked).to.include({ code: 1, stdout: "" });
      expect(asked.stderr).to.include("its answer is not one to this question: run: expected Maintenance, found Gate");
    });

    it("passes with no host at all", async () => {
      expect(await ask("uptake", request, { instances: [] })).to.include({ code: 0, stdout: `${JSON.stringify({ fleet: "fleet", nodes: NODES, hosts: [] })}\n` });
    });
  });
});
