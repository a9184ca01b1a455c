import { expect } from "chai";
import { sabotage, windowsAdmits } from "../../../sandbox/windows";
import { booted, failed, gate, maintain, NODE, NOW, proven, resourceOf } from "./lab";
import { OTHER_ROOT_DER, SECRETS } from "./pki";

const bad: readonly (readonly [what: keyof typeof SECRETS, found: string])[] = [
  ["wrongName", "in the secret: subject CN=web-2.corp.example, alternative names web-2.corp.example"],
  ["wrongAlternativeName", "in the secret: alternative names web-2.corp.example"],
  ["expired", "in the secret: expired on 2026-06-01"],
  ["notYet", "in the secret: not valid before 2027-06-01"],
  ["fewDays", "in the secret: 4 days left"],
  ["selfSigned", "in the secret: self-signed"],
  ["otherRoot", "in the secret: no chain to a trusted root"],
  ["throughExpired", "in the secret: no chain to a trusted root"],
  ["throughNoAuthority", "in the secret: no chain to a trusted root"],
  ["weakKey", "in the secret: key of 1024 bits"],
  ["clientOnly", "in the secret: usages 1.3.6.1.5.5.7.3.2"],
  ["wrongPassword", "none in LocalMachine\\My, secret winrm/web-1 holds no PFX that opens with its password"],
];

describe("model of Windows, certificate", () => {
  for (const [what, found] of bad) {
    it(`refuses a certificate: ${what}`, () => {
      const run = gate(booted(), { cloud: { secret: () => SECRETS[what] } });
      const finding = run.verdict.findings.find(({ control }) => control === "certificate");
      expect(finding).to.deep.include({ key: "certificate", verdict: "fail", found });
      expect(run.verdict.controls["listener-https"]).to.equal("fail");
      expect(run.state.certificates.my).to.deep.equal([]);
      expect(run.state.listeners).to.deep.equal([]);
      expect(windowsAdmits(run.state, 5986, NODE)).to.equal(false);
    });
  }

  it("says which secret is missing", () => {
    const run = gate(booted(), { cloud: { secret: () => undefined } });
    expect(run.verdict.findings.find(({ control }) => control === "certificate")?.found).to.equal("none in LocalMachine\\My, secret winrm/web-1 cannot be read");
  });

  it("accepts a chain through an authority that came in the PFX", () => {
    expect(gate(booted(), { cloud: { secret: () => SECRETS.throughIntermediate } }).verdict.verdict).to.equal("pass");
  });

  it("accepts a root that the machine trusts already", () => {
    const start = booted();
    start.certificates.root.push(OTHER_ROOT_DER);
    expect(gate(start, { cloud: { secret: () => SECRETS.otherRoot } }).verdict.verdict).to.equal("pass");
  });

  it("fails when the certificate in use runs out", () => {
    const run = gate(proven(), { cloud: { now: "2027-12-25T00:00:00Z" } });
    expect(run.verdict.findings.find(({ control }) => control === "certificate")?.found).to.equal("7 days left");
    expect(failed(run)).to.deep.equal(["allow", "certificate"]);
  });

  it("leaves a wrong listener standing when there is no certificate to make the right one with", () => {
    const start = sabotage(proven(), resourceOf("listener-https"), NOW);
    for (const known of start.certificates.my) known.hasKey = false;
    const run = maintain(start, { cloud: { secret: () => undefined } });
    expect(run.verdict.findings.find(({ control }) => control === "certificate")?.found).to.equal("no private key");
    expect(run.state.listeners).to.deep.equal(start.listeners);
    expect(failed(maintain(start)), "the key comes with the secret").to.deep.equal([]);
  });

  it("prefers the secret's certificate to another one of the same name", () => {
    const start = gate(booted(), { cloud: { secret: () => SECRETS.renewed } }).state;
    const run = gate(start);
    expect(run.verdict.verdict).to.equal("pass");
    expect(run.state.listeners[0]?.thumbprint).to.equal(proven().listeners[0]?.thumbprint);
  });
});
