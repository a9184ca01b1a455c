import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { catalogue } from "../../../components/controls/catalogue";
import { readSettings } from "../../../components/controls/plan";
import { gateHash, guestDocument, hostText, type HostParameters } from "../../../components/guest/document";
import { renderScript } from "../../../components/guest/render";
import { guestScript } from "../../../components/guest/script";
import { sourceList } from "../../../components/network/sources";
import { problemsText } from "../../../components/settings/problem";

/**
 * What a hosted runner gets instead of a deployment: the guest script of a stack with every kind of resource in it, and the
 * parameters of the machine. `tsx make.ts FOLDER`, after `prepare.ps1`.
 */

const machineSchema = z.strictObject({ name: z.string(), addresses: z.array(z.string()).min(1) });

const folder = process.argv[2];
if (folder === undefined) throw new Error("name the folder that prepare.ps1 has filled");
const machine = machineSchema.parse(JSON.parse(readFileSync(join(folder, "machine.json"), "utf8")));
const [address = ""] = machine.addresses;

const { settings, problems } = readSettings(
  {
    automation: { nodes: [{ name: "runner", addresses: [address] }] },
    account: { name: "svc-ansible", becomeUser: "svc-become", transport: "ntlm", secret: "connection", becomeSecret: "become" },
    certificate: { secret: "winrm", trustedRoots: [readFileSync(join(folder, "ca.pem"), "utf8")] },
    jea: [{ name: "operators", accounts: ["runneradmin"], commands: [{ name: "Restart-Service", parameters: [{ name: "Name", values: ["Spooler"] }] }] }],
    exceptions: [
      { control: "remoting-user-only", what: "local-account-token-filter", reason: "a local account, there is no domain", approvedBy: "the test", expires: "2099-12-31" },
      { control: "remoting-user-only", what: "jea-endpoint", reason: "another automation restarts a service", approvedBy: "the test", expires: "2099-12-31" },
    ],
    aws: {
      region: "us-east-1",
      network: { vpc: { cidr: "10.20.0.0/16" }, subnets: { app: { cidr: "10.20.1.0/24", zone: "us-east-1a" } }, endpoints: true },
      defaults: { image: "ami-0a1b2c3d4e5f60718", instanceType: "m7i.large", subnet: "app" },
      hosts: { runner: { addresses: ["10.20.1.10"], dnsName: machine.name, certificateSecret: "winrm" } },
    },
  },
  { fleet: "hosted-runner", today: "2026-06-01" },
);
if (!settings) throw new Error(problemsText(problems ?? []));

const { certificate, account, passwords, logging, updates, jea } = settings;
const document = guestDocument({ certificate, account, passwords, logging, updates, jea, certificateFrom: "secret", wildcard: false }, catalogue);
const nodes = sourceList(settings.automation.nodes);
const parameters: HostParameters = { host: "runner", name: machine.name, addresses: machine.addresses, listen: machine.addresses, interface: machine.addresses, secret: "winrm" };
const [functions = "", run] = guestScript().split(/(?=# ---- the verdict\n)/);
if (run === undefined) throw new Error("the guest script's last part does not begin with its heading");
const script = [functions, readFileSync(join(__dirname, "stand-in.ps1"), "utf8"), run].join("\n");

// The folder is a path of Windows, which the prelude's alphabet does not hold; it travels as a parameter of the run.
const lines = renderScript(document, script, { Cloud: "hosted" }, { Folder: "^[A-Za-z]:[A-Za-z0-9 ._~\\\\-]+$" });
writeFileSync(join(folder, "secure-winrm.ps1"), `${lines.join("\n")}\n`);
writeFileSync(join(folder, "nodes.json"), nodes.text);
writeFileSync(join(folder, "run.json"), JSON.stringify({ gate: gateHash(document, parameters), host: Buffer.from(hostText(parameters)).toString("base64"), address, name: machine.name }));
writeFileSync(join(folder, "document.json"), document.text);
