import { expect } from "chai";
import { readState } from "../../components/evidence/state";
import { summaryText } from "../../components/evidence/summary";
import { CATALOGUE, exported, resultOf, type HostFixture, type StackFixture } from "./exports";

const TODAY = "2026-03-10";
const summary = (hosts: readonly HostFixture[], stack: StackFixture = {}) => summaryText({ state: readState(exported(hosts, stack)), catalogue: CATALOGUE, today: TODAY });
const rowOf = (text: string, id: string) => text.split("\n").find((line) => line.startsWith(`${id} `))?.split(/ {2,}/).slice(1);
const simulated = (name: string, more: object = {}) => ({ stdout: resultOf(name, { simulated: true, ...more }) });
const exception = (more: object = {}) => ({ control: "https-listener", what: "another port", reason: "an old load balancer", approvedBy: "J. Doe", expires: "2026-12-31", ...more });

describe("summary", () => {
  it("shows hosts, every control, counts", () => {
    const text = summary([
      { name: "web-1", gate: simulated("web-1"), audit: simulated("web-1") },
      { name: "db-1", address: "10.0.2.10", ring: 2, door: "none", gate: "none", audit: "none" },
    ]);
    expect(text).to.equal(
      [
        "secure-winrm-sandbox (aws, eu-central-1): 2 hosts, 1 door open",
        "",
        "host   address    DNS name            ring  door",
        "-----  ---------  ------------------  ----  ----",
        "db-1   10.0.2.10  db-1.corp.example   2     shut",
        "web-1  10.0.1.10  web-1.corp.example  1     open",
        "",
        "control                db-1              web-1",
        "---------------------  ----------------  ----------------",
        ...CATALOGUE.map(({ id, enforced }) => (enforced ? `${id.padEnd(23)}unknown           pass (simulated)` : `${id.padEnd(23)}not enforced yet  not enforced yet`)),
        "",
        "verdicts: 3 pass, 0 exception, 0 fail, 3 unknown; 3 of them simulated. 3 of 20 controls enforced.",
        "",
      ].join("\n"),
    );
  });

  it("knows no verdict of a host whose last audit did not pass, and says so", () => {
    const text = summary([{ name: "web-1", audit: { pendingReplacement: true } }]);
    expect(rowOf(text, "https-listener")).to.deep.equal(["unknown"]);
    expect(text).to.include("web-1: its last audit did not pass").and.to.include("npm run cli -- verdict web-1 says why, and whether it is in quarantine");
  });

  it("names a host whose quarantine is paused, as long as it may be", () => {
    const paused = (pausedUntil: string): string => summary([{ name: "web-1", audit: { stdout: resultOf("web-1", { pausedUntil }) } }, { name: "web-2" }]);
    const note = "quarantine is paused until";
    expect(paused("2026-03-10T23:00:00.000Z").split("\n").filter((line) => line.includes(note))).to.deep.equal([`web-1: ${note} 2026-03-10T23:00:00.000Z, as its last audit says.`]);
    expect(paused("2026-03-09T23:59:59.999Z")).to.not.include(note);
  });

  it("takes the gate's verdict where nothing has been audited since, or an older machine was", () => {
    expect(rowOf(summary([{ name: "web-1", audit: "none" }]), "https-listener")).to.deep.equal(["pass"]);
    const old = { stdout: resultOf("web-1", { instance: "i-old", controls: {} }) };
    expect(rowOf(summary([{ name: "web-1", audit: old }]), "https-listener")).to.deep.equal(["pass"]);
  });

  it("takes the audit's verdict, which is newer", () => {
    expect(rowOf(summary([{ name: "web-1", audit: { stdout: resultOf("web-1", { controls: {} }) } }]), "https-listener")).to.deep.equal(["unknown"]);
  });

  it("does not show a pass for a control that the host did not answer for", () => {
    const half = { stdout: resultOf("web-1", { controls: { "https-listener": "pass" } }) };
    const text = summary([{ name: "web-1", gate: half, audit: half }]);
    expect(rowOf(text, "https-listener")).to.deep.equal(["pass"]);
    expect(rowOf(text, "secrets-kept")).to.deep.equal(["unknown"]);
    expect(text).to.include("1 pass, 0 exception, 0 fail, 2 unknown; 0 of them simulated");
  });

  it("warns of a door that no proof vouches for, and of an interrupted run", () => {
    const text = summary([{ name: "web-1", gate: "none" }], { interrupted: ["urn:pulumi:s::p::aws:s3/bucket:Bucket::aws-nodes-bucket"] });
    expect(text).to.include("UNCERTAIN").and.to.include("web-1: there may be a rule that lets nodes in");
    expect(text).to.include("An interrupted run was at work on aws-nodes-bucket");
  });

  describe("exceptions", () => {
    const excepted = { stdout: resultOf("web-1", { controls: { "https-listener": "exception", "no-http-listener": "pass", "secrets-kept": "pass" } }) };
    const cases: [string, string, string][] = [
      ["2026-12-31", "exception", "until 2026-12-31"],
      ["2026-03-25", "exception", "until 2026-03-25"],
      ["2026-03-24", "exception", "until 2026-03-24  ends in 14 days"],
      ["2026-03-11", "exception", "until 2026-03-11  ends in 1 day"],
      ["2026-03-10", "exception", "until 2026-03-10  ENDS TODAY"],
      ["2026-03-09", "fail", "until 2026-03-09  ENDED: it counts as a failure"],
    ];
    for (const [expires, cell, end] of cases) {
      it(`on ${TODAY}, one to ${expires} is ${cell}: ${end}`, () => {
        const text = summary([{ name: "web-1", gate: excepted, audit: excepted }], { exceptions: [exception({ expires })] });
        expect(rowOf(text, "https-listener")).to.deep.equal([cell]);
        expect(text.trimEnd().split("\n").slice(-4)).to.deep.equal(["exceptions", "  https-listener: another port (all hosts)", "    reason: an old load balancer", `    approved by J. Doe, ${end}`]);
        expect(text).to.include(cell === "fail" ? "2 pass, 0 exception, 1 fail" : "2 pass, 1 exception, 0 fail");
      });
    }

    it("hold for the hosts that they name only", () => {
      const text = summary([{ name: "web-1" }, { name: "web-2" }], { exceptions: [exception({ hosts: ["web-2"] })] });
      expect(rowOf(text, "https-listener")).to.deep.equal(["pass", "exception"]);
      expect(text).to.include("another port (web-2)");
    });

    it("that stand by themselves leave no pass either, and say why", () => {
      const standing = [{ control: "https-listener", what: "what cannot be met", reason: "nobody can" }];
      const text = summary([{ name: "web-1", gate: excepted, audit: excepted }], { standing });
      expect(rowOf(text, "https-listener")).to.deep.equal(["exception"]);
      expect(text).to.include("2 pass, 1 exception, 0 fail");
      expect(text.trimEnd().split("\n").slice(-3)).to.deep.equal(["standing exceptions: what no setting can meet so far", "  https-listener: what cannot be met", "    reason: nobody can"]);
    });

    it("that nobody approves any more leave no pass", () => {
      expect(rowOf(summary([{ name: "web-1", gate: excepted, audit: excepted }]), "https-listener")).to.deep.equal(["unknown"]);
    });
  });

  it("shows what no door waits for as it is, a failure too", () => {
    const stdout = resultOf("web-1", { reported: { "secrets-kept": "fail" }, controls: { "https-listener": "pass", "no-http-listener": "pass" } });
    const text = summary([{ name: "web-1", gate: { stdout }, audit: { stdout } }]);
    expect(rowOf(text, "secrets-kept")).to.deep.equal(["fail"]);
    expect(text).to.include("2 pass, 0 exception, 1 fail, 0 unknown");
  });

  it("puts many hosts that say the same into one column", () => {
    const hosts = Array.from({ length: 40 }, (_, i) => ({ name: `web-${i + 10}`, ...(i === 7 && { gate: "none" as const, door: "none" as const, audit: "none" as const }) }));
    const text = summary(hosts);
    expect(rowOf(text, "control")).to.deep.equal(["group 1 (39 hosts)", "web-17"]);
    expect(rowOf(text, "secrets-kept")).to.deep.equal(["pass", "unknown"]);
    expect(text).to.match(/^group 1 \(39 hosts\): web-10, web-11, /m);
    expect(text).to.include("117 pass, 0 exception, 0 fail, 3 unknown");
  });
});
