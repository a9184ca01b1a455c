import { expect } from "chai";
import { found, sabotage, windowsAdmits } from "../../../sandbox/windows";
import { booted, changes, CONTROLS, documentOf, ENTRIES, failed, gate, GATE, look, maintain, NODE, nodesText, NOW, POLICY, proven, resourceOf, settings, sha256 } from "./lab";
import { SECRETS } from "./pki";

const withPolicy = (value: number): string =>
  documentOf([...ENTRIES, ["shells", { kind: "registry", path: `${POLICY}\\WinRS`, name: "MaxConcurrentUsers", type: "DWord", op: "eq", value }]]);

describe("model of Windows, maintenance run", () => {
  it("changes nothing on a host that has never been proven", () => {
    const start = booted();
    const run = maintain(start);
    expect(run.verdict).to.deep.include({ verdict: "unknown", awaitingGate: true, controls: {}, findings: [], gate: "" });
    expect(settings(run.state)).to.deep.equal(settings(start));
    expect(run.exitCode).to.equal(1);
  });

  it("writes and restarts nothing when nothing is to do, a hundred times", () => {
    const start = proven();
    let state = start;
    for (let i = 0; i < 100; i += 1) {
      const run = maintain(state);
      expect(run.verdict).to.deep.include({ verdict: "pass", gate: GATE, awaitingGate: false });
      expect(changes(run)).to.deep.equal([]);
      state = run.state;
    }
    expect(settings(state)).to.deep.equal(settings(start));
    expect(state.history.map(({ seq }) => seq)).to.deep.equal(state.history.map((_, i) => i + 1));
  });

  it("keeps to the proven document when the gate part of the new one is not proven", () => {
    const start = sabotage(proven(), resourceOf("cbt"), NOW);
    const next = documentOf([["new", { kind: "wsman", path: "Service/MaxConnections", op: "eq", value: "25" }]], "c".repeat(64));
    const run = maintain(start, { document: next });
    expect(run.verdict).to.deep.include({ verdict: "pass", awaitingGate: true, generation: sha256(documentOf()), gate: GATE });
    expect(Object.keys(run.verdict.controls).sort()).to.deep.equal([...CONTROLS].sort());
    expect(run.state.wsman["service/maxconnections"]).to.equal("300");
    expect(run.state.wsman["service/auth/cbthardeninglevel"], "the proven state is still kept").to.equal("Strict");
    expect(changes(run).map(({ key }) => key)).to.deep.equal(["wsman Service/Auth/CbtHardeningLevel"]);
  });

  it("applies a new document of the proven gate part, remembers it on pass", () => {
    const next = documentOf([...ENTRIES, ["connections", { kind: "wsman", path: "Service/MaxConnections", op: "eq", value: "25" }]]);
    const run = maintain(proven(), { document: next });
    expect(run.verdict).to.deep.include({ verdict: "pass", awaitingGate: false, generation: sha256(next), gate: GATE });
    const other = maintain(run.state, { document: documentOf([], "c".repeat(64)) });
    expect(other.verdict.generation).to.equal(sha256(next));
  });

  it("does not remember a document that failed", () => {
    const next = documentOf([...ENTRIES, ["none", { kind: "wsman", path: "Service/NoSuchThing", op: "eq", value: "25" }]]);
    const run = maintain(proven(), { document: next });
    expect(run.verdict.controls["none"]).to.equal("fail");
    expect(maintain(run.state, { document: documentOf([], "c".repeat(64)) }).verdict.generation).to.equal(sha256(documentOf()));
  });

  it("restarts for a policy value, once, and only while nobody works", () => {
    const busy = maintain(found.sessions(proven(), 3), { document: withPolicy(5) });
    expect(busy.state.sessions).to.equal(3);
    expect(busy.history.map(({ what }) => what)).to.include("deferred").and.not.include.members(["restart"]);
    expect(busy.verdict).to.deep.include({ verdict: "unknown" });
    expect(failed(busy)).to.deep.equal(["shells"]);
    const idle = maintain(found.sessions(busy.state, 0), { document: withPolicy(5) });
    expect(changes(idle).map(({ what }) => what)).to.include("restart");
    expect(idle.verdict.verdict).to.equal("pass");
    expect(changes(maintain(idle.state, { document: withPolicy(5) }))).to.deep.equal([]);
  });

  it("cuts no session for a change that does not need it", () => {
    for (const control of CONTROLS.filter((id) => !["service"].includes(id))) {
      const run = maintain(sabotage(found.sessions(proven(), 2), resourceOf(control), NOW));
      expect(run.history.filter(({ what }) => what === "cut" || what === "restart"), control).to.deep.equal([]);
      expect(run.state.sessions, control).to.equal(2);
    }
  });

  it("follows a renewed certificate: imports it first, rebinds when nobody works", () => {
    const renewed = { cloud: { secret: () => SECRETS.renewed } };
    const busy = maintain(found.sessions(proven(), 1), renewed);
    expect(busy.verdict.verdict).to.equal("unknown");
    expect(failed(busy)).to.deep.equal(["listener-https"]);
    expect(busy.verdict.findings[0]?.found).to.contain("waits: 1 sessions");
    expect(windowsAdmits(busy.state, 5986, NODE)).to.equal(true);
    const idle = maintain(found.sessions(busy.state, 0), renewed);
    expect(idle.verdict.verdict).to.equal("pass");
    expect(idle.state.listeners[0]?.thumbprint).to.not.equal(busy.state.listeners[0]?.thumbprint);
    expect(idle.state.bindings.map(({ thumbprint }) => thumbprint)).to.deep.equal([idle.state.listeners[0]?.thumbprint]);
    const keys = changes(idle).map(({ key }) => key);
    expect(keys).to.not.include("restart");
    expect(idle.state.certificates.my).to.have.length(2);
  });

  it("keeps a good certificate when the renewed one is bad, and says what is wrong", () => {
    const start = proven();
    const run = maintain(start, { cloud: { secret: () => SECRETS.wrongName } });
    expect(failed(run)).to.deep.equal(["certificate"]);
    expect(run.verdict.findings[0]?.found).to.contain("CN=web-2.corp.example");
    expect(run.state.listeners).to.deep.equal(start.listeners);
    expect(run.state.certificates).to.deep.equal(start.certificates);
  });

  it("goes on with the certificate that it has when the secret cannot be read", () => {
    expect(maintain(proven(), { cloud: { secret: () => undefined } }).verdict.verdict).to.equal("pass");
  });

  it("takes up a new node list whose hash was given, and admits the new node only", () => {
    const text = nodesText(7);
    const run = maintain(proven(), { cloud: { nodeList: () => ({ text }) }, parameters: { NodesHash: sha256(text) } });
    expect(run.verdict).to.deep.include({ verdict: "pass", nodes: sha256(text) });
    expect(windowsAdmits(run.state, 5986, "10.0.9.7")).to.equal(true);
    expect(windowsAdmits(run.state, 5986, NODE)).to.equal(false);
    expect(run.history.map(({ what }) => what)).to.not.include("restart");
  });

  it("does not take up a list of another hash: unknown, and the old rules stay", () => {
    const text = nodesText(7);
    const start = proven();
    const run = maintain(start, { cloud: { nodeList: () => ({ text }) }, parameters: { NodesHash: "d".repeat(64) } });
    expect(run.verdict).to.deep.include({ verdict: "unknown", nodes: sha256(nodesText()) });
    expect(run.verdict.findings).to.deep.equal([
      { control: "nodes", key: "nodeList", verdict: "unknown", expected: "d".repeat(64), found: `the stored list has hash ${sha256(text)}` },
    ]);
    expect(settings(run.state)).to.deep.equal(settings(start));
  });

  it("is unknown about the list when the bucket cannot be read, or holds an empty list", () => {
    const empty = JSON.stringify({ schema: 1, nodes: [], others: ["0.0.0.0-255.255.255.255"] });
    for (const nodeList of [() => undefined, () => ({ text: empty }), () => ({ text: "no JSON" })]) {
      const run = maintain(proven(), { cloud: { nodeList } });
      expect(run.verdict.controls["nodes"]).to.equal("unknown");
      expect(failed(run)).to.deep.equal(["nodes"]);
      expect(windowsAdmits(run.state, 5986, NODE)).to.equal(true);
      const first = gate(booted(), { cloud: { nodeList } });
      expect(first.verdict.verdict).to.equal("fail");
      expect(windowsAdmits(first.state, 5986, NODE)).to.equal(false);
    }
  });

  it("never opens a door that a failed gate run holds shut", () => {
    const held = gate(proven(), { cloud: { stuck: "lm" } }).state;
    const run = maintain(held);
    expect(failed(run)).to.deep.equal(["allow"]);
    expect(run.verdict.findings[0]?.found).to.contain("disabled Allow");
    expect(windowsAdmits(run.state, 5986, NODE)).to.equal(false);
    expect(gate(run.state).verdict.verdict).to.equal("pass");
  });

  it("calls the allow rule held back while the gate's block rule stands", () => {
    const start = proven();
    start.rules.push({ name: "secure-winrm-gate", enabled: true, action: "Block", ports: [5986], local: "Any", remote: "Any", profiles: "Any", store: "PersistentStore" });
    for (const run of [look(start), maintain(start)]) {
      expect(failed(run)).to.deep.equal(["allow"]);
      expect(run.verdict.findings[0]?.found).to.equal("held back: the gate run has not passed");
      expect(windowsAdmits(run.state, 5986, NODE)).to.equal(false);
    }
  });

  it("brings a switched-off allow rule back only when everything else is right", () => {
    const start = proven();
    for (const rule of start.rules) if (rule.name === "secure-winrm-allow-https") rule.enabled = false;
    expect(maintain(start).verdict.verdict).to.equal("pass");
    expect(failed(maintain(start, { cloud: { stuck: "lm" } }))).to.deep.equal(["allow", "lm"]);
  });

  it("adds a listener before it removes the wrong one", () => {
    const start = proven();
    start.listeners = [{ address: "*", transport: "HTTPS", port: 5986, hostname: "web-1.corp.example", thumbprint: start.listeners[0]?.thumbprint ?? "", source: "" }];
    const run = maintain(start);
    expect(run.verdict.verdict).to.equal("pass");
    expect(changes(run).map(({ key, to }) => `${key} ${to === "absent" ? "goes" : "comes"}`).filter((line) => line.includes("listener") && line.includes("+"))).to.deep.equal([
      "listener IP:10.0.1.10+HTTPS comes",
      "listener *+HTTPS goes",
    ]);
  });

  it("audits without changing anything", () => {
    const start = sabotage(proven(), resourceOf("cbt"), NOW);
    const run = look(start);
    expect(failed(run)).to.deep.equal(["cbt"]);
    expect(run.verdict).to.include({ mode: "Audit", run: "Maintenance" });
    expect(settings(run.state)).to.deep.equal(settings(start));
    expect(run.state.files).to.deep.equal(start.files);
  });
});
