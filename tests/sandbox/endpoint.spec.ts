import { createHash } from "node:crypto";
import {
  DescribeInstanceInformationCommand,
  GetCommandInvocationCommand,
  SendCommandCommand,
  SSMClient,
  SSMServiceException,
  type GetCommandInvocationCommandOutput,
} from "@aws-sdk/client-ssm";
import { expect } from "chai";
import { parseVerdict } from "../../components/evidence/verdict";
import { gateHash, hostText } from "../../components/guest/document";
import { renderFetch, renderScript } from "../../components/guest/render";
import { Cloud } from "../../sandbox/cloud";
import type { Endpoint } from "../../sandbox/guest/loopback";
import { startSsmEndpoint } from "../../sandbox/ssm/http";
import { record, text } from "../../sandbox/store/json";
import { Lab, makeHost, type Host } from "./lab";
import { pause } from "./process";

const DOCUMENT = "aws:ssm/document:Document";
const ASSOCIATION = "aws:ssm/association:Association";
const DOCUMENT_GATE = "1".repeat(64);
const NONCE = "b".repeat(64);
const HOST = { host: "web-1", name: "web-1.corp.example", addresses: ["10.0.1.10"], listen: ["10.0.1.10"], interface: ["10.0.1.10"], secret: "winrm/web-1" };
const GATE = gateHash({ gate: DOCUMENT_GATE }, HOST);
const RUN = { Mode: "Apply", Run: "Gate", Nonce: NONCE, Gate: GATE } as const;

/** A guest document with one thing to do: no HTTP listener. */
const guest = (gate: string): string =>
  JSON.stringify({ schema: 1, gate, resources: [{ controls: ["no-http-listener"], resource: { kind: "listener", transport: "HTTP", ensure: "absent" } }] });

const SCRIPTS = "scripts";
const POLICY = "aws:iam/rolePolicy:RolePolicy";
const OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2";
const CONSTANTS = { Cloud: "aws", Region: "eu-central-1", NodesKey: "nodes.json" };

const mayRead = (role: string, name: string, bucket: string): object => ({
  name,
  role,
  policy: JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: `arn:aws:s3:::${bucket}/*` }] }),
});

/** A Systems Manager document, the file that it fetches put into the bucket. */
async function documentFor(lab: Lab, text: string): Promise<object> {
  const file = renderScript({ text, gate: "", generation: "" }, "exit 0", CONSTANTS, { NodesBucket: "^nodes$" }).join("\n");
  const hash = createHash("sha256").update(file).digest("hex");
  const key = `winrm-${hash.slice(0, 32)}.ps1`;
  if (lab.store.get(OBJECT, `${SCRIPTS}/${key}`) === undefined) await lab.create(OBJECT, { bucket: SCRIPTS, key, content: file });
  return { name: "secure-winrm", documentType: "Command", content: content(renderFetch({ bucket: SCRIPTS, key, hash }, "exit 0", CONSTANTS, { NodesBucket: "nodes" })) };
}

function content(lines: readonly string[]): string {
  const parameter = (more: object): object => ({ type: "String", default: "", ...more });
  return JSON.stringify({
    schemaVersion: "2.2",
    parameters: {
      Mode: parameter({ allowedValues: ["Apply", "Audit"], default: "Audit" }),
      Run: parameter({ allowedValues: ["Gate", "Maintenance", "Pause", "Resume"], default: "Maintenance" }),
      Nonce: parameter({ allowedPattern: "^[0-9a-f]{0,64}$" }),
      Gate: parameter({ allowedPattern: "^[0-9a-f]{0,64}$" }),
      Host: parameter({ allowedPattern: "^[A-Za-z0-9+/=]*$" }),
      NodesHash: parameter({ allowedPattern: "^[0-9a-f]{0,64}$" }),
      Pause: parameter({ allowedPattern: "^[A-Za-z0-9+/=]*$" }),
    },
    mainSteps: [{ action: "aws:runPowerShellScript", name: "winrm", inputs: { timeoutSeconds: "600", runCommand: lines } }],
  });
}

describe("sandbox: the endpoint, with the real SDK", () => {
  let lab: Lab;
  let host: Host;
  let endpoint: Endpoint;
  let client: SSMClient;

  beforeEach(async () => {
    lab = new Lab();
    host = await makeHost(lab, { fleet: "shop" });
    await lab.create("aws:s3/bucket:Bucket", { bucket: SCRIPTS });
    await lab.create(POLICY, mayRead(host.role, "scripts", SCRIPTS));
    await lab.create(DOCUMENT, await documentFor(lab, guest(DOCUMENT_GATE)));
    endpoint = await startSsmEndpoint(lab.store);
    client = new SSMClient({ region: "eu-central-1", endpoint: endpoint.url, credentials: { accessKeyId: "a", secretAccessKey: "b" }, maxAttempts: 1 });
    await pause(220);
  });

  afterEach(() => {
    client.destroy();
    endpoint.close();
    lab.close();
  });

  const parameters = (more: Readonly<Record<string, string>> = {}): Record<string, string[]> => {
    const all = { ...RUN, Host: Buffer.from(hostText(HOST)).toString("base64"), ...more };
    return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, [value]]));
  };

  const send = async (more: Readonly<Record<string, string>> = {}): Promise<string> => {
    const sent = await client.send(new SendCommandCommand({ DocumentName: "secure-winrm", InstanceIds: [host.instance], Parameters: parameters(more) }));
    return sent.Command?.CommandId ?? "";
  };

  const finished = async (id: string): Promise<GetCommandInvocationCommandOutput> => {
    for (let i = 0; i < 100; i += 1) {
      await pause(20);
      const found = await client.send(new GetCommandInvocationCommand({ CommandId: id, InstanceId: host.instance })).catch(() => undefined);
      if (found?.Status === "Success" || found?.Status === "Failed") return found;
    }
    throw new Error("the command did not end");
  };

  const fails = async (work: Promise<unknown>): Promise<string> => {
    const error: unknown = await work.catch((caught: unknown) => caught);
    return error instanceof SSMServiceException ? error.name : "no service exception";
  };

  it("lists managed nodes by id and by tag", async () => {
    const ids = async (key: string, value: string): Promise<(string | undefined)[]> => {
      const found = await client.send(new DescribeInstanceInformationCommand({ Filters: [{ Key: key, Values: [value] }] }));
      return (found.InstanceInformationList ?? []).map((one) => `${one.InstanceId} ${one.PingStatus}`);
    };
    expect(await ids("InstanceIds", host.instance)).to.deep.equal([`${host.instance} Online`]);
    expect(await ids("tag:fleet", "shop")).to.deep.equal([`${host.instance} Online`]);
    expect(await ids("tag:fleet", "other")).to.deep.equal([]);
    expect(await fails(ids("Colour", "red"))).to.equal("InvalidFilterKey");
  });

  it("knows no node whose role does not let its agent in", async () => {
    await lab.delete("aws:iam/rolePolicyAttachment:RolePolicyAttachment", `${host.role}/arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore`);
    const found = await client.send(new DescribeInstanceInformationCommand({}));
    expect(found.InstanceInformationList).to.deep.equal([]);
    expect(await fails(send())).to.equal("InvalidInstanceId");
  });

  it("runs the guest document on the host's model and answers with its verdict", async () => {
    const id = await send();
    expect(await fails(client.send(new GetCommandInvocationCommand({ CommandId: id, InstanceId: host.instance })))).to.equal("InvocationDoesNotExist");
    const { Status, StandardOutputContent } = await finished(id);
    const verdict = parseVerdict(StandardOutputContent ?? "");
    expect(verdict).to.include({ instance: host.instance, nonce: NONCE, gate: GATE, verdict: "pass", simulated: true });
    expect(verdict?.generation).to.equal(createHash("sha256").update(guest(DOCUMENT_GATE)).digest("hex"));
    expect(Status).to.equal("Success");
    expect(new Cloud(lab.root).hostHistory(host.instance)).not.to.deep.equal([]);
  });

  it("runs no file that its role may not read, nor one whose bytes are others than the document names", async () => {
    const ends = async (): Promise<(string | undefined)[]> => {
      const { Status, StandardOutputContent, StandardErrorContent } = await finished(await send());
      return [Status, StandardOutputContent, StandardErrorContent?.replace(/\b[0-9a-f]{32,64}\b/g, "H")];
    };
    const { id = "" } = lab.store.list(OBJECT).find((one) => one.id.startsWith(SCRIPTS)) ?? {};
    const whole = lab.store.get(OBJECT, id);
    if (whole === undefined) throw new Error("no script in the bucket");
    lab.store.put({ ...whole, properties: { ...whole.properties, body: `${text(whole.properties["body"])} ` } });
    expect(await ends()).to.deep.equal(["Failed", "", "winrm-H.ps1 has SHA-256 H, the document wants H: nothing was run\n"]);
    lab.store.put(whole);
    await lab.delete(POLICY, `${host.role}:scripts`);
    expect((await ends())[2]).to.include("(403) Forbidden");
    expect(new Cloud(lab.root).hostHistory(host.instance).filter((entry) => entry["what"] === "run")).to.deep.equal([]);
  });

  it("starts the machine anew for a script that ends with 3010, and answers with what the run after it says", async () => {
    const path = "SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\TLS 1.0\\Server";
    const resource = { kind: "registry", path, name: "Enabled", type: "DWord", op: "eq", value: 0, after: "boot" };
    await lab.update(DOCUMENT, "secure-winrm", await documentFor(lab, JSON.stringify({ schema: 1, gate: DOCUMENT_GATE, resources: [{ controls: ["modern-tls"], resource }] })));
    const done = await finished(await send());
    expect(done).to.include({ Status: "Success", ResponseCode: 0 });
    expect(parseVerdict(done.StandardOutputContent ?? "")).to.deep.include({ verdict: "pass", controls: { "modern-tls": "pass" } });
    const happened = new Cloud(lab.root).hostHistory(host.instance).flatMap(({ what }) => (typeof what === "string" && ["run", "reboot", "boot", "verdict"].includes(what) ? [what] : []));
    expect(happened).to.deep.equal(["boot", "run", "reboot", "verdict", "boot", "run", "verdict"]);
    const again = await finished(await send());
    expect(again).to.include({ Status: "Success" });
    expect(new Cloud(lab.root).hostHistory(host.instance).filter(({ what }) => what === "reboot")).to.have.length(1);
  });

  it("refuses what the document does not allow", async () => {
    expect(await fails(send({ Mode: "Destroy" }))).to.equal("InvalidParameters");
    expect(await fails(send({ Nonce: "zz" }))).to.equal("InvalidParameters");
    expect(await fails(send({ Surprise: "1" }))).to.equal("InvalidParameters");
    expect(await fails(client.send(new SendCommandCommand({ DocumentName: "none", InstanceIds: [host.instance] })))).to.equal("InvalidDocument");
    expect(await fails(client.send(new SendCommandCommand({ DocumentName: "secure-winrm", InstanceIds: ["i-0123456789abcdef0"] })))).to.equal("InvalidInstanceId");
  });

  it("plays the audit's faults: a control that is stuck, another host's verdict, an old nonce, no answer", async () => {
    const faulty = async (fault: object): Promise<ReturnType<typeof parseVerdict>> => {
      lab.account({ faults: [{ audit: "web-1", ...fault }] });
      return parseVerdict((await finished(await send())).StandardOutputContent ?? "");
    };
    expect((await faulty({ control: "no-http-listener" }))?.controls).to.deep.equal({ "no-http-listener": "fail" });
    expect((await faulty({ answer: "wrong-host" }))?.instance).not.to.equal(host.instance);
    expect((await faulty({ answer: "old-nonce" }))?.nonce).to.equal("0".repeat(64));
    lab.account({ faults: [{ audit: "web-1", answer: "never" }] });
    const id = await send();
    await pause(200);
    await client.send(new GetCommandInvocationCommand({ CommandId: id, InstanceId: host.instance })).catch(() => undefined);
    const status = async (command: string): Promise<string | undefined> =>
      (await client.send(new GetCommandInvocationCommand({ CommandId: command, InstanceId: host.instance }))).Status;
    expect(await status(id)).to.equal("InProgress");
    lab.account({ faults: [{ audit: "web-1", answer: "timed-out" }] });
    const lost = await send();
    await pause(100);
    await status(lost).catch(() => undefined);
    expect(await status(lost)).to.equal("TimedOut");
  });

  it("gives the node list only to a role that may read it", async () => {
    await lab.create("aws:s3/bucket:Bucket", { bucket: "nodes" });
    const nodes = JSON.stringify({ schema: 1, nodes: ["10.0.9.5/32"], others: ["0.0.0.0-10.0.9.4"] });
    await lab.create("aws:s3/bucketObjectv2:BucketObjectv2", { bucket: "nodes", key: "nodes.json", content: nodes });
    const hash = createHash("sha256").update(nodes).digest("hex");
    const resources = [{ controls: ["automation-nodes-only"], resource: { kind: "nodeList", hash: { ref: "nodes.hash" } } }];
    await lab.update(DOCUMENT, "secure-winrm", await documentFor(lab, JSON.stringify({ schema: 1, gate: DOCUMENT_GATE, resources })));
    const nodesTaken = async (): Promise<string | undefined> => parseVerdict((await finished(await send())).StandardOutputContent ?? "")?.nodes;
    expect(await nodesTaken()).to.equal("");
    await lab.create(POLICY, mayRead(host.role, "nodes", "nodes"));
    expect(await nodesTaken()).to.equal(hash);
  });

  it("runs an association when it is made, and when its document changes", async () => {
    await finished(await send());
    const association = await lab.create(ASSOCIATION, { name: "secure-winrm", targets: [{ key: "tag:fleet", values: ["shop"] }], parameters: { Mode: "Apply", Run: "Maintenance" }, scheduleExpression: "rate(30 minutes)" }, "keeper");
    const status = (): string => text(record(lab.store.get(ASSOCIATION, association.id)?.properties)["status"]);
    expect(status()).to.equal("Success");
    const runs = (): number => new Cloud(lab.root).events().filter((event) => event["op"] === "associate").length;
    expect(runs()).to.equal(1);
    await lab.update(DOCUMENT, "secure-winrm", { ...(await documentFor(lab, guest(DOCUMENT_GATE))), tags: { a: "b" } });
    expect(runs(), "a tag is no new version").to.equal(1);
    await lab.update(DOCUMENT, "secure-winrm", await documentFor(lab, guest("2".repeat(64))));
    expect(runs()).to.equal(2);
    lab.account({ faults: [{ audit: "web-1", control: "no-http-listener" }] });
    new Cloud(lab.root).runSchedule();
    expect(status()).to.equal("Failed");
  });
});
