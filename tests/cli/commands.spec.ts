import { expect } from "chai";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { exported, type HostFixture } from "../evidence/exports";
import { startArm } from "./arm-server";
import { azureRequest, estate, parameter, VM_ID } from "./azure";
import { failing, fleet, hostRequest, INSTANCE_ID, type Fleet } from "./guest";
import { node, type Ended } from "./process";
import { startSsm } from "./ssm-server";

/** The commands as processes, with a `pulumi` of the test's on PATH that knows one stack, `here`. */
describe("cli", function () {
  this.timeout(60_000);
  let folder = "";
  const path = (name: string) => join(folder, name);
  const inventoryFile = () => join(folder, "inventory", "here.yaml");

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "secure-winrm-cli-"));
    mkdirSync(path("bin"));
    writeFileSync(
      path("bin/pulumi"),
      `#!/bin/sh\necho "$@" >> '${path("asked")}'\ncase "$*" in\n  "stack export --stack here "*) cat '${path("state.json")}' ;;\n  *) echo "error: no stack named '$4' found" >&2; exit 255 ;;\nesac\n`,
    );
    chmodSync(path("bin/pulumi"), 0o755);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const cli = (args: readonly string[], env: Record<string, string> = {}): Promise<Ended> =>
    node(["--import", "tsx", "cli/main.ts", ...args], { PATH: `${path("bin")}${delimiter}${process.env.PATH ?? ""}`, SECURE_WINRM_INVENTORY: path("inventory"), ...env });

  const hold = (hosts: readonly HostFixture[] | string) => writeFileSync(path("state.json"), typeof hosts === "string" ? hosts : exported(hosts));
  const EMPTY = JSON.stringify({ version: 3, deployment: { manifest: {}, metadata: {} } });

  describe("summary", () => {
    it("prints hosts and controls, and writes the inventory in one step", async () => {
      hold([{ name: "web-1" }, { name: "web-2", door: "none" }]);
      const ended = await cli(["summary", "--stack", "here"]);
      expect(ended).to.include({ code: 0, stderr: "" });
      expect(ended.stdout).to.include("2 hosts, 1 door open").and.to.include(`inventory (1 host): ${inventoryFile()}`);
      expect(readFileSync(inventoryFile(), "utf8")).to.include("web-1:").and.to.not.include("web-2");
      expect(readdirSync(path("inventory"))).to.deep.equal(["here.yaml"]);
    });

    it("removes the inventory of a stack that was destroyed", async () => {
      hold([{ name: "web-1" }]);
      await cli(["summary", "--stack", "here"]);
      hold(EMPTY);
      const ended = await cli(["summary", "--stack", "here"]);
      expect(ended).to.include({ code: 0, stderr: "", stdout: `stack here: it is empty, so there are no hosts; its old inventory ${inventoryFile()} was removed\n` });
      expect(existsSync(inventoryFile())).to.equal(false);
      expect((await cli(["summary", "--stack", "here"])).stdout).to.equal("stack here: it is empty, so there are no hosts\n");
    });

    it("says plainly that there is no such stack", async () => {
      expect(await cli(["summary", "--stack", "elsewhere"])).to.include({ code: 0, stderr: "", stdout: "stack elsewhere: there is no such stack, so there are no hosts\n" });
    });

    it("looks for the sandbox, its default, by the sandbox's own project", async () => {
      expect((await cli(["summary"])).stdout).to.match(/^stack sandbox: there is no such stack/);
      expect(readFileSync(path("asked"), "utf8")).to.match(/^stack export --stack sandbox --non-interactive -C .*sandbox\n$/);
    });

    it("keeps no inventory by a state that it cannot read", async () => {
      hold([{ name: "web-1" }]);
      await cli(["summary", "--stack", "here"]);
      hold("{}}");
      expect(await cli(["summary", "--stack", "here"])).to.include({ code: 1, stdout: "", stderr: "the exported state is not JSON\n" });
      expect(existsSync(inventoryFile())).to.equal(false);
    });

    it("says where to get pulumi when it is not there", async () => {
      const ended = await cli(["summary", "--stack", "here"], { PATH: "/nonexistent" });
      expect(ended).to.include({ code: 1, stdout: "" });
      expect(ended.stderr).to.match(/^there is no pulumi on PATH; .*\n$/);
    });
  });

  describe("inventory", () => {
    it("writes to a file, to standard output, or to its own place", async () => {
      hold([{ name: "web-1" }]);
      const [file, standard, own] = [await cli(["inventory", "--stack", "here", "--output", path("mine.yaml")]), await cli(["inventory", "--stack", "here", "-o", "-"]), await cli(["inventory", "--stack", "here"])];
      expect(file).to.include({ code: 0, stdout: `${path("mine.yaml")}\n` });
      expect(own).to.include({ code: 0, stdout: `${inventoryFile()}\n` });
      expect(standard.stdout).to.include("ansible_host: web-1.corp.example");
      expect(readFileSync(path("mine.yaml"), "utf8")).to.equal(standard.stdout);
      expect(readFileSync(inventoryFile(), "utf8")).to.equal(standard.stdout);
    });

    it("refuses where there is nothing to write", async () => {
      hold(EMPTY);
      expect(await cli(["inventory", "--stack", "here"])).to.include({ code: 1, stdout: "", stderr: "stack here has no hosts: there is nothing to write\n" });
    });
  });

  describe("verdict", () => {
    async function verdict(hosts: Fleet, host = "web-1"): Promise<Ended & { readonly sent?: Readonly<Record<string, readonly string[]>> }> {
      const environment = { SECURE_WINRM_REQUEST: JSON.stringify(hostRequest()), SECURE_WINRM_INSTANCE: INSTANCE_ID };
      hold(exported([{ name: "web-1" }, { name: "web-2", gate: "none", door: "none" }]).replaceAll(JSON.stringify({ SECURE_WINRM_REQUEST: "{}", SECURE_WINRM_INSTANCE: "i-web-1" }), JSON.stringify(environment)));
      const server = await startSsm(fleet(hosts));
      try {
        const ended = await cli(["verdict", host, "--stack", "here"], { AWS_ENDPOINT_URL_SSM: server.url });
        return { ...ended, sent: server.calls.find(({ operation }) => operation === "SendCommand")?.input.Parameters };
      } finally {
        await server.close();
      }
    }

    it("looks, changes nothing, and prints every control", async () => {
      const ended = await verdict({});
      expect(ended).to.include({ code: 0, stderr: "" });
      expect(ended.sent).to.deep.include({ Mode: ["Audit"], Run: ["Maintenance"] });
      expect(ended.stdout).to.match(new RegExp(`^web-1 \\(${INSTANCE_ID}\\): pass \\(simulated\\)\n`));
      expect(ended.stdout.split("\n").filter((line) => /^[a-z-]+ {2,}(pass|exception|unknown) \(simulated\)$/.test(line))).to.have.length(20);
    });

    it("prints expected and found of what fails, and exits 1", async () => {
      const ended = await verdict({ change: failing });
      expect(ended.code).to.equal(1);
      expect(ended.stdout).to.match(/^no-http-listener +fail \(simulated\) +listener HTTP +absent +HTTP on \*:5985$/m);
    });

    it("does not print another machine's verdict", async () => {
      const ended = await verdict({ change: (answer) => ({ ...answer, instance: "i-0def" }) });
      expect(ended.code).to.equal(1);
      expect(ended.stdout).to.include("its answer does not count").and.to.not.include("pass");
    });

    it("asks a host in Azure by its own channel", async () => {
      const environment = { SECURE_WINRM_REQUEST: JSON.stringify(azureRequest()), SECURE_WINRM_INSTANCE: VM_ID };
      hold(exported([{ name: "web-1" }]).replaceAll(JSON.stringify({ SECURE_WINRM_REQUEST: "{}", SECURE_WINRM_INSTANCE: "i-web-1" }), JSON.stringify(environment)));
      const server = await startArm(estate({ change: failing }).handlers);
      try {
        const ended = await cli(["verdict", "web-1", "--stack", "here"], { SECURE_WINRM_ARM_ENDPOINT: server.url });
        expect(ended).to.include({ code: 1, stderr: "" });
        expect(ended.stdout).to.match(new RegExp(`^web-1 \\(${VM_ID}\\): fail \\(simulated\\)\n`)).and.to.match(/^no-http-listener +fail \(simulated\) +listener HTTP +absent +HTTP on \*:5985$/m);
        const put = server.calls.find(({ operation }) => operation === "PutRun")?.body;
        expect(parameter(put, "Mode") + parameter(put, "Run")).to.equal("AuditMaintenance");
      } finally {
        await server.close();
      }
    });

    it("lists the hosts when it does not know the one, and says why there is nothing to audit against", async () => {
      expect(await verdict({}, "web-9")).to.include({ code: 1, stdout: "", stderr: "there is no host web-9 in stack here: the stack has web-1, web-2\n" });
      expect((await verdict({}, "web-2")).stderr).to.match(/^web-2 has never passed its gate/);
    });
  });
});
