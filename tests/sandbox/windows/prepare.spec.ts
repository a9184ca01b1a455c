import { expect } from "chai";
import { found, sabotage, windowsAdmits, type HostState } from "../../../sandbox/windows";
import { booted, CONTROLS, documentOf, ENTRIES, failed, gate, HOST, look, maintain, NODE, NOW, prepare, proven, resourceOf, settings, sha256, STORE_ENTRIES, supplied, type Outcome } from "./lab";
import { OTHER_ROOT_DER, ROOT_DER, SECRETS } from "./pki";

const NEIGHBOUR = "10.0.1.77";
const DOCUMENT = documentOf(STORE_ENTRIES);
/** Nothing but the document: no list, no secret, and parameters that nobody can read. */
const alone = { document: DOCUMENT, cloud: { nodeList: () => undefined, secret: undefined }, parameters: { Host: "" } };
const rule = ({ rules }: HostState, name: string) => rules.find((known) => known.name === name);
const touched = ({ history }: Outcome): string[] => history.flatMap(({ what, key }) => (what === "set" ? [key] : []));

describe("model of Windows, Prepare", () => {
  it("shuts a fresh host and lets it trust the declared roots, before there is anything else", () => {
    const start = booted();
    expect(windowsAdmits(start, 5985, NEIGHBOUR)).to.equal(true);
    const run = prepare(start, alone);
    expect(run.verdict).to.deep.include({ run: "Prepare", mode: "Apply", verdict: "pass", gate: "", generation: sha256(DOCUMENT), nodes: "", awaitingGate: false, controls: {}, findings: [] });
    expect(run.exitCode).to.equal(0);
    expect(rule(run.state, "secure-winrm-gate")).to.deep.include({ enabled: true, action: "Block", ports: [5986], local: "Any", remote: "Any" });
    expect(rule(run.state, "secure-winrm-block-http")).to.deep.include({ enabled: true, action: "Block", ports: [5985, 47001] });
    expect(rule(run.state, "WINRM-HTTP-In-TCP")?.enabled).to.equal(false);
    expect(run.state.rules.filter(({ action, enabled, ports }) => action === "Allow" && enabled && ports !== "Any" && ports.includes(5986))).to.deep.equal([]);
    expect(rule(run.state, "secure-winrm-allow-https")).to.equal(undefined);
    expect(run.state.listeners).to.deep.equal([]);
    expect(run.state.certificates).to.deep.equal({ my: [], intermediate: [], root: [ROOT_DER] });
    expect(Object.keys(run.state.folders)).to.deep.equal(["c:\\programdata\\secure-winrm"]);
    for (const port of [5985, 5986]) expect(windowsAdmits(run.state, port, NEIGHBOUR)).to.equal(false);
    expect(run.state.files).to.not.include.keys("C:\\ProgramData\\secure-winrm\\proven.json");
    expect(maintain(run.state, { document: DOCUMENT }).verdict, "it proves nothing").to.deep.include({ verdict: "unknown", awaitingGate: true });
  });

  it("shuts 5986 first of all, whatever else lets somebody in", () => {
    const start = booted();
    start.rules.push({ name: "vendor", enabled: true, action: "Allow", ports: "Any", local: "Any", remote: "Any", profiles: "Any", store: "PersistentStore" });
    const { history } = prepare(start, alone);
    expect(history.slice(0, 2).map(({ what, open }) => [what, open])).to.deep.equal([["run", true], ["block-on", false]]);
    expect(history.slice(2).filter(({ open }) => open)).to.deep.equal([]);
  });

  it("gives the administrator a password that nobody knows, once, and never on a host that was proven without it", () => {
    const resets = (outcome: Outcome): number => touched(outcome).filter((key) => key === "administrator's password").length;
    const first = prepare(booted(), alone);
    expect(resets(first)).to.equal(1);
    expect(resets(prepare(first.state, alone))).to.equal(0);
    expect(resets(prepare(proven(), alone))).to.equal(0);
  });

  it("changes nothing the second time", () => {
    const first = prepare(booted(), alone);
    const second = prepare(first.state, alone);
    expect(second.verdict.verdict).to.equal("pass");
    expect(touched(second)).to.deep.equal([]);
    expect(settings(second.state)).to.deep.equal(settings(first.state));
  });

  it("leads to a gate that opens, once the certificate is there", () => {
    const ready = supplied(prepare(booted(), alone).state, SECRETS.good);
    const run = gate(ready, { document: DOCUMENT, cloud: { secret: undefined } });
    expect(failed(run)).to.deep.equal([]);
    expect(rule(run.state, "secure-winrm-gate")).to.equal(undefined);
    expect(windowsAdmits(run.state, 5986, NODE)).to.equal(true);
  });

  it("cuts nobody off and leaves the door of a proven host as it is", () => {
    const start = found.sessions(proven(), 3);
    const next = documentOf([...ENTRIES.filter(([control]) => control !== "certificate"), ["certificate", { ...certificate(), trustedRoots: [OTHER_ROOT_DER] }]], "c".repeat(64));
    const run = prepare(start, { ...alone, document: next });
    expect(run.verdict).to.deep.include({ verdict: "pass", generation: sha256(next), gate: "" });
    expect(run.state.certificates.root).to.deep.equal([ROOT_DER, OTHER_ROOT_DER]);
    expect(run.state.sessions).to.equal(3);
    expect(run.history.filter(({ what }) => ["cut", "restart", "block-on", "block-off", "allow-on", "allow-off"].includes(what))).to.deep.equal([]);
    expect(run.state.rules).to.deep.equal(start.rules);
    expect(windowsAdmits(run.state, 5986, NODE)).to.equal(true);
    const { "C:\\ProgramData\\secure-winrm\\report.json": _report, ...files } = run.state.files;
    const { "C:\\ProgramData\\secure-winrm\\report.json": _before, ...before } = start.files;
    expect(files, "what it has proven stays what it has proven").to.deep.equal(before);
  });

  it("leaves a door that a failed gate run holds", () => {
    const held = gate(proven(), { cloud: { stuck: "lm" } }).state;
    const run = prepare(held);
    expect(run.verdict.verdict).to.equal("pass");
    expect(windowsAdmits(run.state, 5986, NODE)).to.equal(false);
  });

  it("touches only what it is for", () => {
    const mine = ["no-http", "builtin", "builtin-absent", "certificate", "profile", "block-http", "folder"];
    for (const control of CONTROLS.filter((id) => !["service", "answer-https", "answer-loopback"].includes(id))) {
      const spoiled = sabotage(proven(), resourceOf(control), NOW);
      const run = prepare(spoiled);
      expect(run.verdict.verdict, control).to.equal("pass");
      expect(failed(look(run.state)), control).to.deep.equal(mine.includes(control) ? [] : [control]);
    }
  });

  it("starts the service where it stands, to see whether it has a listener", () => {
    const run = prepare(found.stoppedService(booted()), alone);
    expect(run.verdict.verdict).to.equal("pass");
    expect(run.state.listeners).to.deep.equal([]);
    expect(windowsAdmits(run.state, 5985, NEIGHBOUR)).to.equal(false);
  });

  it("fails with what does not come into its state, and names it", () => {
    const run = prepare(booted(), { ...alone, cloud: { ...alone.cloud, stuck: "no-http" } });
    expect(run.verdict).to.deep.include({ verdict: "fail", controls: {} });
    expect(run.verdict.findings).to.deep.equal([{ control: "no-http", key: "listener HTTP", verdict: "fail", expected: "absent", found: "HTTP on *:5985" }]);
    expect(run.exitCode).to.equal(1);
    expect(windowsAdmits(run.state, 5985, NEIGHBOUR)).to.equal(false);
    const untrusted = prepare(booted(), { ...alone, cloud: { ...alone.cloud, stuck: "certificate" } });
    expect(untrusted.verdict.findings[0]).to.deep.include({ control: "certificate", expected: "every declared root is trusted", found: "1 not trusted" });
  });

  it("is no way to look: it wants the mode Apply", () => {
    const run = prepare(booted(), { parameters: { Mode: "Audit" } });
    expect(run.verdict).to.deep.include({ verdict: "unknown", controls: {} });
    expect(run.verdict.findings[0]?.found).to.equal("Prepare wants the mode Apply");
    expect(settings(run.state)).to.deep.equal(settings(booted()));
  });

  it("asks for nothing that it does not need", () => {
    const asked: string[] = [];
    const cloud = { nodeList: () => { asked.push("list"); return undefined; }, secret: () => { asked.push("secret"); return undefined; } };
    prepare(booted(), { host: HOST, cloud });
    expect(asked).to.deep.equal([]);
  });
});

function certificate() {
  const resource = resourceOf("certificate");
  if (resource.kind !== "certificate") throw new Error("no certificate");
  return resource;
}
