import { expect } from "chai";
import { found, freshHost, installFromVault, trustsChain, windowsAdmits, type HostState } from "../../../sandbox/windows";
import { booted, changes, documentOf, failed, gate, look, maintain, NODE, NOW, prepare, STORE_ENTRIES, supplied, type Outcome } from "./lab";
import { OTHER_ROOT_DER, PFX_PASSWORD, GOOD_PFX, ROOT_DER, SECRETS } from "./pki";

const asked = { document: documentOf(STORE_ENTRIES), cloud: { secret: undefined } };
const provenBy = (secret: string): HostState => {
  const run = gate(supplied(prepare(booted(), asked).state, secret), asked);
  if (run.verdict.verdict !== "pass") throw new Error(JSON.stringify(run.verdict.findings));
  return run.state;
};
const bound = ({ listeners }: HostState): string | undefined => listeners[0]?.thumbprint;
const certificateFinding = (run: Outcome): string | undefined => run.verdict.findings.find(({ control }) => control === "certificate")?.found;

describe("model of Windows, a certificate that the cloud puts into the store", () => {
  it("is taken up by a gate run, which fetches nothing", () => {
    const fetched: string[] = [];
    const start = supplied(booted(), SECRETS.good);
    const run = gate(start, { ...asked, cloud: { secret: (name) => { fetched.push(name); return SECRETS.renewed; } } });
    expect(failed(run)).to.deep.equal([]);
    expect(fetched).to.deep.equal([]);
    expect(bound(run.state)).to.equal(start.certificates.my[0]?.thumbprint);
    expect(run.state.certificates.my).to.deep.equal(start.certificates.my);
  });

  it("is missed where nobody has put one there", () => {
    const run = gate(booted(), asked);
    expect(certificateFinding(run)).to.equal("none in LocalMachine\\My, nobody has put one there");
    expect(run.state.listeners).to.deep.equal([]);
    expect(windowsAdmits(run.state, 5986, NODE)).to.equal(false);
  });

  for (const what of ["wrongName", "wrongAlternativeName", "expired", "notYet", "fewDays", "selfSigned", "otherRoot", "throughExpired", "weakKey", "clientOnly"] as const) {
    it(`is never taken up when it is bad: ${what}`, () => {
      const fresh = gate(supplied(booted(), SECRETS[what]), asked);
      expect(fresh.verdict.controls["certificate"]).to.equal("fail");
      expect(fresh.state.listeners).to.deep.equal([]);
      expect(windowsAdmits(fresh.state, 5986, NODE)).to.equal(false);
      const start = provenBy(SECRETS.good);
      const run = maintain(supplied(start, SECRETS[what]), asked);
      expect(run.verdict.verdict, "the good one still serves").to.equal("pass");
      expect(bound(run.state)).to.equal(bound(start));
      expect(changes(run)).to.deep.equal([]);
    });
  }

  it("tells what is wrong with the only one", () => {
    expect(certificateFinding(gate(supplied(booted(), SECRETS.expired), asked))).to.equal("expired on 2026-06-01");
  });

  it("is bound by a maintenance run when it was renewed, as soon as nobody works", () => {
    const start = supplied(provenBy(SECRETS.good), SECRETS.reissued);
    const renewed = start.certificates.my.at(-1)?.thumbprint;
    const busy = maintain(found.sessions(start, 2), asked);
    expect(failed(busy)).to.deep.equal(["listener-https"]);
    expect(busy.verdict.verdict).to.equal("unknown");
    expect(busy.state.sessions).to.equal(2);
    expect(bound(busy.state)).to.equal(bound(start));
    const idle = maintain(found.sessions(busy.state, 0), asked);
    expect(failed(idle)).to.deep.equal([]);
    expect(bound(idle.state)).to.equal(renewed).and.to.not.equal(bound(start));
    expect(idle.state.bindings.map(({ thumbprint }) => thumbprint)).to.deep.equal([renewed]);
    expect(changes(maintain(idle.state, asked))).to.deep.equal([]);
  });

  it("is the one that became valid last, not the one that is valid longest", () => {
    const both = supplied(supplied(booted(), SECRETS.renewed), SECRETS.reissued);
    const run = gate(both, asked);
    expect(bound(run.state)).to.equal(both.certificates.my[1]?.thumbprint);
    expect(bound(gate({ ...both, certificates: { ...both.certificates, my: [...both.certificates.my].reverse() } }, asked).state)).to.equal(bound(run.state));
  });

  it("stays bound when it runs out and no good one is there: WinRM goes on, the audit fails", () => {
    const start = provenBy(SECRETS.good);
    const late = { ...asked, cloud: { ...asked.cloud, now: "2028-02-01T00:00:00Z" } };
    const run = maintain(start, late);
    expect(failed(run)).to.deep.equal(["certificate"]);
    expect(certificateFinding(run)).to.equal("expired on 2028-01-01");
    expect(bound(run.state)).to.equal(bound(start));
    expect(failed(maintain(supplied(run.state, SECRETS.renewed), late))).to.deep.equal([]);
  });

  it("has no declared root taken away: a maintenance run brings it back, and nothing else", () => {
    const start = provenBy(SECRETS.good);
    const spoiled = { ...start, certificates: { ...start.certificates, root: [] } };
    expect(failed(look(spoiled, asked))).to.deep.equal(["certificate"]);
    const run = maintain(spoiled, asked);
    expect(failed(run)).to.deep.equal([]);
    expect(run.state.certificates).to.deep.equal(start.certificates);
  });

  it("comes from a secret in a document that does not say so yet", () => {
    const old = documentOf().replace('"from":"secret",', "");
    expect(old).to.not.equal(documentOf());
    expect(gate(booted(), { document: old }).verdict.verdict).to.equal("pass");
  });
});

describe("model of Windows, the cloud's agent", () => {
  it("adds certificate and authorities between, never a root, and changes the given host in nothing", () => {
    const start = booted();
    const after = supplied(start, SECRETS.throughIntermediate);
    expect(after.certificates.my.map(({ hasKey }) => hasKey)).to.deep.equal([true]);
    expect(after.certificates.intermediate).to.have.length(1);
    expect(after.certificates.root).to.deep.equal([]);
    expect(supplied(start, SECRETS.withRoot).certificates).to.deep.include({ intermediate: [], root: [] });
    expect(start).to.deep.equal(booted());
    expect(supplied(after, SECRETS.throughIntermediate)).to.deep.equal(after);
    expect(() => installFromVault(start, GOOD_PFX, "wrong")).to.throw();
  });

  it("keeps password and key to itself", () => {
    const everything = JSON.stringify(installFromVault(booted(), GOOD_PFX, PFX_PASSWORD));
    for (const secret of [PFX_PASSWORD, GOOD_PFX.slice(40, 90)]) expect(everything).to.not.contain(secret);
  });

  it("trusts a chain only when its root is trusted already", () => {
    const trusting = (root: string): HostState => ({ ...freshHost(), certificates: { my: [], intermediate: [], root: [root] } });
    const trusts = (host: HostState, secret: string): boolean => {
      const { pfx, password } = JSON.parse(secret) as { pfx: string; password: string };
      return trustsChain(host, pfx, password, NOW);
    };
    expect(trusts(freshHost(), SECRETS.good)).to.equal(false);
    expect(trusts(trusting(OTHER_ROOT_DER), SECRETS.good)).to.equal(false);
    expect(trusts(freshHost(), SECRETS.withRoot), "a root that comes along vouches for nothing").to.equal(false);
    expect(trusts(trusting(ROOT_DER), SECRETS.good)).to.equal(true);
    expect(trusts(trusting(ROOT_DER), SECRETS.throughIntermediate)).to.equal(true);
    expect(trusts(trusting(ROOT_DER), SECRETS.throughExpired)).to.equal(false);
    expect(trusts(trusting(ROOT_DER), SECRETS.selfSigned)).to.equal(false);
  });
});
