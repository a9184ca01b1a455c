import { expect } from "chai";
import { guestVerdictSchema } from "../../../components/evidence/verdict";
import { FIRST_BOOT } from "../../../components/guest/first-boot";
import { bootHost, found, freshHost, windowsAdmits, type HostState } from "../../../sandbox/windows";
import { booted, changes, CONTROLS, documentOf, failed, gate, gateAudit, gateOf, GATE, HOST, look, maintain, NODE, nodesText, prepare, proven, settings, sha256 } from "./lab";
import { PFX_PASSWORD, GOOD_PFX, SECRETS } from "./pki";

describe("model of Windows, gate run", () => {
  it("brings a fresh host to pass and opens the door last", () => {
    const run = gate(booted(), { parameters: { Nonce: "0123" } });
    expect(run.verdict.findings).to.deep.equal([]);
    expect(run.verdict.controls).to.deep.equal(Object.fromEntries(CONTROLS.map((control) => [control, "pass"])));
    expect(run.verdict).to.include({
      v: 1,
      instance: "i-0abc",
      gate: GATE,
      generation: sha256(documentOf()),
      nodes: sha256(nodesText()),
      nonce: "0123",
      mode: "Apply",
      run: "Gate",
      awaitingGate: false,
      verdict: "pass",
      omitted: 0,
      simulated: true,
    });
    expect(run.exitCode).to.equal(0);
    expect(windowsAdmits(run.state, 5986, NODE)).to.equal(true);
    expect(windowsAdmits(run.state, 5986, "10.0.9.6")).to.equal(false);
    expect(windowsAdmits(run.state, 5985, NODE)).to.equal(false);
  });

  it("has 5986 shut at every moment before the audit has passed", () => {
    // The worst start: firewall off, a wide rule of somebody else, a listener that answers, an allow rule of our own.
    const start = proven();
    start.profiles.Public = { enabled: false, inbound: "Allow" };
    start.wsman["service/auth/cbthardeninglevel"] = "Relaxed";
    start.rules.push({ name: "vendor", enabled: true, action: "Allow", ports: "Any", local: "Any", remote: "Any", profiles: "Any", store: "PersistentStore" });
    const { history, verdict, state } = gate(start);
    expect(verdict.verdict).to.equal("pass");
    const passed = history.findIndex(({ what, to }) => what === "audit" && to === "pass");
    const closed = history.findIndex(({ open }) => !open);
    expect(history.slice(0, closed).map(({ key }) => key)).to.deep.equal(["Apply Gate", "secure-winrm-gate", "firewallRule secure-winrm-allow-https"]);
    expect(history.slice(closed, passed + 1).filter(({ open }) => open)).to.deep.equal([]);
    expect(history.slice(passed + 1).map(({ what }) => what)).to.deep.equal(["set", "allow-on", "block-off", "audit", "verdict"]);
    expect(windowsAdmits(state, 5986, "10.0.9.6"), "block beats the wide rule").to.equal(false);
  });

  it("fails the audit of a fresh host for each kind, and changes nothing by looking", () => {
    const start = booted();
    const run = gateAudit(start);
    // Windows brings the service as it must be, has no third built-in rule, no policy value, no Basic, and nothing on loopback's 5986.
    const brought = ["service", "builtin-absent", "no-auto", "basic", "answer-loopback"];
    expect(failed(run).sort()).to.deep.equal(CONTROLS.filter((control) => !brought.includes(control)).sort());
    expect(Object.values(run.verdict.controls)).to.not.include("unknown");
    expect(settings(run.state)).to.deep.equal(settings(start));
    expect(run.exitCode).to.equal(1);
    const service = documentOf([["seclogon", { kind: "service", name: "seclogon", startup: "Automatic", state: "Running" }]]);
    expect(gateAudit(start, { document: service }).verdict.controls).to.deep.equal({ seclogon: "fail" });
  });

  it("judges registry values by operator and by type", () => {
    const start = booted();
    start.registry["software\\test\\number"] = { type: "DWord", value: 3 };
    start.registry["software\\test\\text"] = { type: "String", value: "5" };
    const judge = (name: string, op: "eq" | "ge" | "le" | "oneOf" | "absent", value: number | string | number[]): unknown =>
      gateAudit(start, { document: documentOf([["r", { kind: "registry", path: "SOFTWARE\\Test", name, type: "DWord", op, value }]]) }).verdict.controls["r"];
    const table: readonly (readonly [string, "eq" | "ge" | "le" | "oneOf" | "absent", number | string | number[], string])[] = [
      ["Number", "eq", 3, "pass"],
      ["Number", "eq", 4, "fail"],
      ["Number", "ge", 3, "pass"],
      ["Number", "ge", 4, "fail"],
      ["Number", "le", 3, "pass"],
      ["Number", "le", 2, "fail"],
      ["Number", "oneOf", [1, 3], "pass"],
      ["Number", "oneOf", [1, 2], "fail"],
      ["Number", "absent", 0, "fail"],
      ["None", "absent", 0, "pass"],
      ["None", "le", 3, "fail"],
      ["Text", "ge", 5, "fail"],
      ["Text", "eq", "5", "fail"],
    ];
    for (const [name, op, value, verdict] of table) expect(judge(name, op, value), `${name} ${op} ${String(value)}`).to.equal(verdict);
  });

  it("says what was expected and found", () => {
    const { verdict } = gateAudit(booted());
    expect(verdict.findings.find(({ control }) => control === "no-http")).to.deep.equal({
      control: "no-http",
      key: "listener HTTP",
      verdict: "fail",
      expected: "absent",
      found: "HTTP on *:5985",
    });
  });

  it("changes nothing the second time but the door, and restarts nothing", () => {
    const first = gate(booted());
    expect(first.history.filter(({ what }) => what === "restart")).to.have.length(1);
    const second = gate(first.state);
    expect(second.verdict.verdict).to.equal("pass");
    expect(changes(second).map(({ what, key }) => `${what} ${key}`)).to.deep.equal([
      "block-on secure-winrm-gate",
      "allow-off firewallRule secure-winrm-allow-https",
      "set firewallRule secure-winrm-allow-https",
      "allow-on own allow rules",
      "block-off secure-winrm-gate",
    ]);
    expect(settings(second.state)).to.deep.equal(settings(first.state));
  });

  it("holds the allow rule back when the audit fails, and says so", () => {
    const run = gate(proven(), { cloud: { stuck: "no-http" } });
    expect(failed(run).sort()).to.deep.equal(["allow", "no-http"]);
    expect(run.verdict.findings.find(({ control }) => control === "allow")?.found).to.equal("held back: the audit failed");
    expect(windowsAdmits(run.state, 5986, NODE)).to.equal(false);
    expect(run.exitCode).to.equal(1);
    const later = look(run.state);
    expect(later.verdict.controls["allow"]).to.equal("fail");
  });

  it("takes over a host that others have configured", () => {
    const start = found.compatibilityListener(found.foreignBinding(booted(), "10.0.1.10", 5986));
    start.listeners.push({ address: "*", transport: "HTTPS", port: 5986, hostname: "old", thumbprint: "0".repeat(40), source: "" });
    const compatibility = documentOf([["compat", { kind: "wsman", path: "Service/EnableCompatibilityHttpListener", op: "eq", value: "false" }]]);
    expect(gateAudit(start, { document: compatibility }).verdict.controls).to.deep.equal({ compat: "fail" });
    const run = gate(start);
    expect(failed(run), "a listener of the compatibility switch is not ours to remove").to.deep.equal(["allow", "no-http"]);
    const off = { ...start, wsman: { ...start.wsman, "service/enablecompatibilityhttplistener": "false" } };
    expect(gate(off).verdict.verdict).to.equal("pass");
  });

  it("cannot remove a listener that a policy makes, until the policy value is gone", () => {
    const start = found.policyListener(booted());
    const withoutRepair = documentOf([["no-http", { kind: "listener", transport: "HTTP", ensure: "absent" }]]);
    expect(gate(start, { document: withoutRepair }).verdict.findings[0]?.found).to.equal("HTTP on *:5985 from GPO");
    expect(gate(start).verdict.verdict).to.equal("pass");
  });

  it("starts the service where it is stopped, and reports what cannot be read without it as unknown", () => {
    const stopped = found.stoppedService(proven());
    const audit = look(stopped).verdict.controls;
    expect(audit["service"]).to.equal("fail");
    expect(audit["cbt"]).to.equal("unknown");
    const run = gate(stopped);
    expect(run.verdict.verdict).to.equal("pass");
    expect(run.history.filter(({ what }) => what === "restart")).to.deep.equal([]);
  });

  it("fails a listener on an address that the machine does not have", () => {
    const run = gate(booted(), { host: { addresses: ["10.0.1.99"], host: "web-1", name: "web-1.corp.example", listen: ["10.0.1.99"], secret: "winrm/web-1" } });
    expect(run.verdict.controls["listener-https"]).to.equal("fail");
    expect(run.verdict.findings.find(({ control }) => control === "listener-https")?.found).to.contain("IP:10.0.1.99:5986").and.to.contain("listening nowhere");
  });

  it("serves a wildcard listener with its binding on 0.0.0.0, on loopback too", () => {
    const host = { host: "web-1", name: "web-1.corp.example", addresses: ["10.0.1.10"], listen: ["*"], secret: "winrm/web-1" };
    const run = gate(booted(), { host });
    expect(run.verdict.verdict).to.equal("pass");
    expect(run.state.bindings.map(({ address }) => address)).to.deep.equal(["0.0.0.0"]);
    expect(windowsAdmits(run.state, 5986, "127.0.0.1")).to.equal(true);
  });

  it("is unknown, not a pass, without host parameters or with a document that it cannot read", () => {
    const blind = gate(booted(), { parameters: { Host: "", Gate: sha256(`${"a".repeat(64)}\n`) } });
    expect(blind.verdict.verdict).to.not.equal("pass");
    expect(blind.verdict.controls["listener-https"]).to.equal("unknown");
    const broken = gate(booted(), { document: '{"schema":2}' });
    expect(broken.verdict).to.deep.include({ verdict: "unknown", controls: {} });
    expect(settings(broken.state)).to.deep.equal(settings(booted()));
  });

  it("ends with the door shut when what it was given is not what was asked to be proven", () => {
    const other = { ...HOST, interface: [...HOST.interface, "10.0.1.11"] };
    const foreign = [
      { host: other, parameters: { Gate: GATE } },
      { document: documentOf(undefined, "c".repeat(64)), parameters: { Gate: GATE } },
      { parameters: { Gate: "" } },
      { parameters: { Gate: [...GATE].reverse().join("") } },
      { parameters: { Host: "" } },
    ];
    for (const start of [booted(), proven()]) {
      for (const asked of foreign) {
        const run = gate(start, asked);
        expect(run.verdict).to.deep.include({ verdict: "fail", controls: {} });
        expect(run.verdict.findings[0]).to.deep.include({ control: "secure-winrm", key: "run", verdict: "fail", expected: "a run to its end" });
        expect(run.verdict.findings[0]?.found).to.match(/^document and host parameters have gate hash [0-9a-f]{64}$/);
        expect(run.exitCode).to.equal(1);
        expect(windowsAdmits(run.state, 5986, NODE)).to.equal(false);
        expect(run.state.rules.find(({ name }) => name === "secure-winrm-gate")?.enabled).to.equal(true);
        expect(run.state.listeners, "nothing else is touched").to.deep.equal(start.listeners);
        expect(run.state.files["C:\\ProgramData\\secure-winrm\\proven.json"]).to.equal(start.files["C:\\ProgramData\\secure-winrm\\proven.json"]);
      }
    }
    expect(gate(booted(), { host: other }).verdict.gate, "with its own hash it passes").to.equal(gateOf(other));
    const looked = gateAudit(proven(), { host: other, parameters: { Gate: GATE } });
    expect(looked.verdict).to.deep.include({ verdict: "unknown", controls: {} });
    expect(windowsAdmits(looked.state, 5986, NODE), "who only looks does not shut").to.equal(true);
  });

  it("is opened by a gate run that passed, and by nothing else, where first boot has shut the door", () => {
    const start = bootHost(freshHost(), FIRST_BOOT, ["10.0.1.10"]);
    const holds = ({ rules }: HostState): boolean => rules.some(({ name, enabled }) => name === "secure-winrm-gate" && enabled);
    expect(holds(start)).to.equal(true);
    for (const run of [maintain(start), prepare(start), look(start), gate(start, { cloud: { stuck: "lm" } })]) {
      expect(holds(run.state)).to.equal(true);
      expect(windowsAdmits(run.state, 5986, NODE)).to.equal(false);
    }
    const run = gate(start);
    expect(run.verdict.verdict).to.equal("pass");
    expect(holds(run.state)).to.equal(false);
    expect(windowsAdmits(run.state, 5986, NODE)).to.equal(true);
  });

  it("keeps secrets out of the state and the output", () => {
    const run = gate(booted());
    const everything = `${JSON.stringify(run.state)}${run.output}`;
    for (const secret of [PFX_PASSWORD, GOOD_PFX, GOOD_PFX.slice(40, 90)]) expect(everything).to.not.contain(secret);
    expect(SECRETS.good).to.contain(PFX_PASSWORD);
  });

  it("leaves the host that it was given as it was", () => {
    const start = freshHost();
    const copy = structuredClone(start);
    gate(start);
    expect(start).to.deep.equal(copy);
  });

  it("cuts the line at 4000 bytes, so that Azure keeps it whole, long texts at 200 characters, and says how much is missing", () => {
    const many = Array.from({ length: 200 }, (_, i) => [`control-${i % 20}`, { kind: "wsman", path: `Service/None${i}`, op: "eq", value: "x".repeat(300) }] as const);
    const run = gate(booted(), { document: documentOf(many) });
    const line = run.output.trimEnd().split("\n").at(-1) ?? "";
    expect(Buffer.byteLength(line)).to.be.at.most(4000);
    expect(guestVerdictSchema.safeParse(JSON.parse(line)).success).to.equal(true);
    expect(run.verdict.findings.length).to.be.greaterThan(3);
    expect(run.verdict.findings.length + run.verdict.omitted).to.equal(200);
    expect(run.verdict.findings[0]?.expected).to.have.length(200);
    expect(Object.keys(run.verdict.controls)).to.have.length(20);
    expect(new Set(run.verdict.findings.map(({ control }) => control)).size).to.equal(run.verdict.findings.length);
  });
});
