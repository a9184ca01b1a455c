import { expect } from "chai";
import type { GuestVerdict } from "../../components/evidence/verdict";
import { refusal, startArm, type Call } from "./arm-server";
import { estate, machine, parameter, uptakeRequest, type Book, type Estate } from "./azure";
import { NODES } from "./guest";
import { asked, inProcess, type Asked as SomethingAsked } from "./runner";

type Asked = SomethingAsked<Call> & { readonly book: Book };

async function ask(hosts: Estate, request: object = {}): Promise<Asked> {
  const book = estate(hosts);
  const server = await startArm(book.handlers);
  const ended = await asked(server, inProcess, "uptake", { SECURE_WINRM_ARM_ENDPOINT: server.url, SECURE_WINRM_REQUEST: JSON.stringify(uptakeRequest(NODES, request)) });
  expect([...book.standing.keys()], "nothing is left on any machine").to.deep.equal([]);
  return { ...ended, book };
}

const line = (...ns: readonly number[]): string => `${JSON.stringify({ fleet: "shop", nodes: NODES, hosts: ns.map((n) => machine(n).id) })}\n`;
const puts = ({ calls }: Asked): Call[] => calls.filter(({ operation }) => operation === "PutRun");
const unproven = (verdict: GuestVerdict): GuestVerdict => ({ ...verdict, awaitingGate: true, controls: {}, verdict: "unknown", nodes: "" });

describe("uptake on Azure, with the real SDK", function () {
  this.timeout(60_000);

  it("tells the fleet's machines, page by page, and nobody else's", async () => {
    const others = [machine(3, { tags: { "secure-winrm-fleet": "other", "secure-winrm-profile": "default" } }), machine(4, { tags: { "secure-winrm-fleet": "shop", "secure-winrm-profile": "wildcard" } }), machine(5, { tags: undefined })];
    const tags = { "Secure-WinRM-Fleet": "shop", "SECURE-WINRM-PROFILE": "default" };
    const all = await ask({ machines: [machine(2, { tags }), ...others, machine(1)] });
    expect(all).to.include({ code: 0, stderr: "", stdout: line(1, 2) });
    expect(puts(all).map(({ vm, run }) => `${vm}/${run}`).sort()).to.deep.equal(["shop-web-1/secure-winrm-uptake", "shop-web-2/secure-winrm-uptake"]);
    for (const { body } of puts(all)) {
      expect(parameter(body, "Mode") + parameter(body, "Run")).to.equal("ApplyMaintenance");
      expect(parameter(body, "NodesHash")).to.equal(NODES);
      expect(body?.properties.outputBlobUri).to.equal(undefined);
    }
    expect(puts(all).some(({ body }) => parameter(body, "Gate") + parameter(body, "Host") !== "")).to.equal(false);
  });

  it("names at once who is switched off, asks the others, and leaves out who was never proven", async () => {
    const all = await ask({
      machines: [machine(1), machine(2, { power: "deallocated" }), machine(3), machine(4, { power: "stopped" })],
      change: (verdict, vm) => (vm === "shop-web-3" ? unproven(verdict) : verdict),
    });
    expect(all).to.include({ code: 1, stdout: "" });
    expect(all.stderr).to.equal(`shop: 2 hosts have not taken up the node list ${NODES}\n  shop-web-2 (${machine(2).id})  it is switched off (deallocated)\n  shop-web-4 (${machine(4).id})  it is switched off (stopped)\n`);
    expect(puts(all).map(({ vm }) => vm).sort()).to.deep.equal(["shop-web-1", "shop-web-3"]);
  });

  it("names who has another list, who answers wrong, who does not answer, and whom Azure refuses, and waits for nobody longer than that", async () => {
    const all = await ask({
      machines: [1, 2, 3, 4, 5, 6].map((n) => machine(n)),
      change: (verdict, vm) => (vm === "shop-web-2" ? { ...verdict, nodes: "d".repeat(64) } : vm === "shop-web-3" ? { ...verdict, nonce: "00" } : vm === "shop-web-6" ? { ...verdict, instance: machine(1).id } : verdict),
      replace: {
        GetRun: ({ vm }) => (vm === "shop-web-4" ? { status: 200, body: { properties: { provisioningState: "Creating" } } } : undefined),
        PutRun: ({ vm }) => (vm === "shop-web-5" ? refusal(409, "OperationNotAllowed", "Cannot modify extensions in the VM when the VM is not running.") : undefined),
      },
    }, { timeoutMinutes: 0.05 });
    expect(all).to.include({ code: 1, stdout: "" });
    const [head, ...rest] = all.stderr.trimEnd().split("\n");
    expect(head).to.equal(`shop: 5 hosts have not taken up the node list ${NODES}`);
    expect(rest[0]).to.equal(`  shop-web-2 (${machine(2).id})  has the list ${"d".repeat(64)}`);
    expect(rest[1]).to.include("its answer is not one to this question: nonce: ");
    expect(rest[2]).to.include("no answer within 3 seconds; the run command secure-winrm-uptake was cancelled");
    expect(rest[3]).to.include("OperationNotAllowed: Cannot modify extensions in the VM when the VM is not running.");
    expect(rest[4]).to.include(`instance: expected ${machine(6).id}, found ${machine(1).id}`);
    expect(rest).to.have.length(5);
  });

  it("forgets a machine that is deleted while it looks", async () => {
    const gone: Estate = { machines: [machine(1), machine(2)], replace: { GetVm: ({ vm }) => (vm === "shop-web-2" ? refusal(404, "ResourceNotFound") : undefined) } };
    expect(await ask(gone)).to.include({ code: 0, stdout: line(1) });
  });

  it("asks a hundred machines without a burst", async () => {
    const machines = Array.from({ length: 100 }, (_, i) => machine(i + 1));
    const all = await ask({ machines });
    expect(all).to.include({ code: 0, stderr: "", stdout: line(...machines.map((_, i) => i + 1)) });
  });

  it("passes with no machine at all, and says when there is no such group", async () => {
    expect(await ask({ machines: [] })).to.include({ code: 0, stdout: line() });
    const none = await ask({ replace: { ListVms: () => refusal(404, "ResourceGroupNotFound") } });
    expect(none).to.include({ code: 1, stdout: "" });
    expect(none.stderr).to.include("shop: the hosts could not be told the node list\n  Azure has no resource group shop-rg");
  });

  it("follows a list nowhere but to the endpoint", async () => {
    const all = await ask({ replace: { ListVms: () => ({ status: 200, body: { value: [], nextLink: "http://198.51.100.7/next" } }) } });
    expect(all).to.include({ code: 1, stdout: "" });
    expect(all.stderr).to.include("the sandbox's endpoint names an address elsewhere");
  });
});
