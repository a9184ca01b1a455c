import { expect } from "chai";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pause } from "../../cli/keeper";
import { CommandError } from "../../cli/stack";
import type { GuestVerdict } from "../../components/evidence/verdict";
import { exported } from "../evidence/exports";
import { startArm } from "./arm-server";
import { azureRequest, estate, parameter, VM_ID } from "./azure";
import { failing, fleet, hostRequest, INSTANCE_ID, type Change, type Fleet } from "./guest";
import { node, type Ended } from "./process";
import { startSsm } from "./ssm-server";

const UNTIL = "2027-01-01T02:00:00.000Z";
const keeper = (more: Partial<NonNullable<GuestVerdict["keeper"]>> = {}): Change => (verdict) => ({ ...verdict, keeper: { quarantined: false, pausedUntil: "", failed: 0, ...more } });
const shut: Change = (verdict) => keeper({ quarantined: true, failed: 4 })(failing(verdict));

/** The commands as processes, with a `pulumi` of the test's on PATH that knows one stack, `here`, with the host web-1. */
describe("cli, a host's keeper", function () {
  this.timeout(60_000);
  let folder = "";

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "secure-winrm-cli-"));
    mkdirSync(join(folder, "bin"));
    writeFileSync(join(folder, "bin", "pulumi"), `#!/bin/sh\ncat '${join(folder, "state.json")}'\n`);
    chmodSync(join(folder, "bin", "pulumi"), 0o755);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function hold(request: object, instance: string): void {
    const environment = { SECURE_WINRM_REQUEST: JSON.stringify(request), SECURE_WINRM_INSTANCE: instance };
    writeFileSync(join(folder, "state.json"), exported([{ name: "web-1" }]).replaceAll(JSON.stringify({ SECURE_WINRM_REQUEST: "{}", SECURE_WINRM_INSTANCE: "i-web-1" }), JSON.stringify(environment)));
  }

  const cli = (args: readonly string[], env: Record<string, string>): Promise<Ended> =>
    node(["--import", "tsx", "cli/main.ts", ...args, "--stack", "here"], { PATH: `${join(folder, "bin")}${delimiter}${process.env.PATH ?? ""}`, ...env });

  type Asked = Ended & { readonly sent?: Readonly<Record<string, readonly string[]>> };

  async function aws(args: readonly string[], hosts: Fleet = {}): Promise<Asked> {
    hold(hostRequest(), INSTANCE_ID);
    const server = await startSsm(fleet(hosts));
    try {
      const ended = await cli(args, { AWS_ENDPOINT_URL_SSM: server.url });
      return { ...ended, sent: server.calls.find(({ operation }) => operation === "SendCommand")?.input.Parameters };
    } finally {
      await server.close();
    }
  }

  const PAUSE = ["pause", "web-1", "--hours", "2", "--reason", "new certificate \"today\" –\nsee 4711", "--by", "J. Doe"];
  const WHO = { hours: 2, by: "J. Doe", reason: "new certificate \"today\" – see 4711" };
  const decoded = (base64 = ""): unknown => JSON.parse(Buffer.from(base64, "base64").toString("utf8"));

  describe("pause", () => {
    it("brings hours, reason and name, and says until when", async () => {
      const ended = await aws(PAUSE, { change: keeper({ pausedUntil: UNTIL }) });
      expect(ended).to.include({ code: 0, stderr: "" });
      expect(ended.sent).to.deep.include({ Mode: ["Apply"], Run: ["Pause"], Gate: [""], Host: [""] });
      expect(decoded(ended.sent?.["Pause"]?.[0])).to.deep.equal(WHO);
      expect(ended.stdout).to.equal(`web-1 (${INSTANCE_ID}): quarantine is paused until ${UNTIL} (simulated)\n  after that the host shuts itself again, if what the door waits for fails still\n`);
    });

    it("is as good where what the door waits for fails: for that it is there", async () => {
      expect(await aws(PAUSE, { change: (verdict) => keeper({ pausedUntil: UNTIL, failed: 3 })(failing(verdict)) })).to.include({ code: 0, stderr: "" });
    });

    it("does the same in Azure", async () => {
      hold(azureRequest(), VM_ID);
      const server = await startArm(estate({ change: keeper({ pausedUntil: UNTIL }) }).handlers);
      try {
        const ended = await cli(PAUSE, { SECURE_WINRM_ARM_ENDPOINT: server.url });
        expect(ended).to.include({ code: 0, stderr: "" });
        expect(ended.stdout).to.include(`web-1 (${VM_ID}): quarantine is paused until ${UNTIL}`);
        const put = server.calls.find(({ operation }) => operation === "PutRun")?.body;
        expect(parameter(put, "Mode") + parameter(put, "Run")).to.equal("ApplyPause");
        expect(decoded(parameter(put, "Pause"))).to.deep.equal(WHO);
      } finally {
        await server.close();
      }
    });

    it("exits 1 where the hours are used up, or the host stays shut", async () => {
      const used = await aws(PAUSE, { change: shut });
      expect(used.code).to.equal(1);
      expect(used.stdout).to.include("no pause (simulated)\n  4 hours without a run that passed are used up");
      const still = await aws(PAUSE, { change: (verdict) => keeper({ quarantined: true, pausedUntil: UNTIL })(failing(verdict)) });
      expect(still.code).to.equal(1);
      expect(still.stdout).to.include("still shut").and.to.include("listener HTTP: expected absent, found HTTP on *:5985");
    });

    for (const [what, change, says] of [
      ["no hours", { hours: "0" }, "--hours: a pause is for 1 to 4 whole hours (got 0)"],
      ["five hours", { hours: "5" }, "--hours: a pause is for 1 to 4 whole hours (got 5)"],
      ["half an hour", { hours: "0.5" }, "(got 0.5)"],
      ["no number", { hours: "two" }, "(got two)"],
      ["an empty reason", { reason: " " }, "--reason: it is empty"],
      ["a novel", { reason: "x".repeat(201) }, "--reason: 201 characters are too long; say it in 200"],
      ["nobody", { by: "" }, "--by: it is empty"],
    ] as const) {
      it(`refuses ${what} before it asks anybody`, async () => {
        // It would look for a state, and there is none.
        const refused: unknown = await pause("here", "web-1", { ...{ hours: "2", reason: "a reason", by: "J. Doe" }, ...change }).catch((error: unknown) => error);
        expect(refused).to.be.instanceOf(CommandError);
        expect(String(refused)).to.include(says);
      });
    }

    it("refuses to be without reason, name or hours", async () => {
      for (const option of ["--reason", "--by", "--hours"]) {
        const at = PAUSE.indexOf(option);
        const ended = await aws([...PAUSE.slice(0, at), ...PAUSE.slice(at + 2)]);
        expect(ended.code).to.equal(1);
        expect(ended.stderr).to.include(`required option '${option}`);
      }
    });
  });

  describe("resume", () => {
    it("ends it, and says what became of the host", async () => {
      const open = await aws(["resume", "web-1"], { change: keeper() });
      expect(open).to.include({ code: 0, stderr: "", stdout: `web-1 (${INSTANCE_ID}): no pause; the host is not in quarantine (simulated)\n` });
      expect(open.sent).to.deep.include({ Mode: ["Apply"], Run: ["Resume"] });
      expect(open.sent).to.not.have.property("Pause");
      const closed = await aws(["resume", "web-1"], { change: shut });
      expect(closed.code).to.equal(0);
      expect(closed.stdout).to.include("the host is in quarantine").and.to.include("found HTTP on *:5985").and.to.match(/npm run cli -- release web-1( --stack \S+)?\n/);
    });

    it("exits 1 where it has not ended", async () => {
      expect(await aws(["resume", "web-1"], { change: keeper({ pausedUntil: UNTIL }) })).to.include({ code: 1 });
    });
  });

  describe("release", () => {
    it("has the host repair itself now, and says that it is open", async () => {
      const ended = await aws(["release", "web-1"], { change: keeper() });
      expect(ended).to.include({ code: 0, stderr: "", stdout: `web-1 (${INSTANCE_ID}): not in quarantine, and everything that the door waits for passes (simulated)\n` });
      expect(ended.sent).to.deep.include({ Mode: ["Apply"], Run: ["Maintenance"] });
    });

    it("exits 1 with what fails, where the host is still shut or does not pass", async () => {
      const closed = await aws(["release", "web-1"], { change: shut });
      expect(closed).to.include({ code: 1, stderr: "" });
      expect(closed.stdout).to.equal(`web-1 (${INSTANCE_ID}): still in quarantine (simulated)\n  no-http-listener  listener HTTP: expected absent, found HTTP on *:5985\n`);
      const bad = await aws(["release", "web-1"], { change: (verdict) => keeper({ pausedUntil: UNTIL })(failing(verdict)) });
      expect(bad.code).to.equal(1);
      expect(bad.stdout).to.include(`not in quarantine, which is paused until ${UNTIL}, but what the door waits for does not pass`);
    });
  });

  it("believes no other machine, no other run and no text, and says when the script knows no keeper", async () => {
    for (const [hosts, says] of [
      [{ change: (verdict: GuestVerdict) => keeper()({ ...verdict, instance: "i-0def" }) }, "its answer does not count"],
      [{ change: (verdict: GuestVerdict) => keeper()({ ...verdict, run: "Gate" as const }) }, "run: expected Maintenance, found Gate"],
      [{ output: () => "no verdict" }, "the last line of the output is not a verdict"],
      [{}, "its script knows no keeper yet"],
    ] as const) {
      const ended = await aws(["release", "web-1"], hosts);
      expect(ended.code, says).to.equal(1);
      expect(ended.stdout).to.include(says);
    }
  });

  it("is told of quarantine by an audit, whatever else that says", async () => {
    const ended = await aws(["verdict", "web-1"], { change: keeper({ quarantined: true }) });
    expect(ended.code).to.equal(1);
    expect(ended.stdout).to.include(`web-1 (${INSTANCE_ID}): fail`).and.to.include("quarantine: the host has shut its own port").and.to.include("npm run cli -- release HOST");
  });
});
