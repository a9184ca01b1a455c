import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import type { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { expect } from "chai";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { UNKNOWN } from "../../sandbox/engine/values";
import { fromStruct, toStruct } from "../../sandbox/engine/wire";
import type { JsonRecord } from "../../sandbox/store/json";
import { CloudStore } from "../../sandbox/store/store";
import { alive, ends, pause } from "./process";

const PLUGINS = join(__dirname, "..", "..", "sandbox", "providers");
const URN = (type: string, name: string): string => `urn:pulumi:s::p::my:Component$${type}::${name}`;
const VPC = "aws:ec2/vpc:Vpc";
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const secret = (value: string): JsonRecord => ({ [SIGNATURE]: "1b47061264138c4ac30d75fd1eb44270", value });

/** First line of a process' output. */
function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let seen = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      seen += chunk.toString();
      if (seen.includes("\n")) resolve(seen.split("\n")[0] ?? "");
    });
    child.on("exit", (code) => reject(new Error(`ended with ${code ?? "a signal"}`)));
  });
}

type Done<Response> = (error: grpc.ServiceError | null, response: Response) => void;

const ask = <Response>(call: (done: Done<Response>) => void): Promise<Response> =>
  new Promise((resolve, reject) => call((error, response) => (error === null ? resolve(response) : reject(error))));

describe("sandbox: the plugins on gRPC", () => {
  const root = mkdtempSync(join(tmpdir(), "sandbox-plugin-"));
  const environment = { ...process.env, SECURE_WINRM_SANDBOX: root };
  let engine: Server;
  let address = "";

  before(async () => {
    // Stands for the engine: somebody who listens.
    engine = createServer((socket) => socket.on("error", () => undefined));
    await new Promise<void>((resolve) => engine.listen(0, "127.0.0.1", resolve));
    const bound = engine.address();
    address = `127.0.0.1:${typeof bound === "object" && bound !== null ? bound.port : 0}`;
  });
  after(() => {
    engine.close();
    rmSync(root, { recursive: true, force: true });
  });

  describe("aws", () => {
    let child: ChildProcess;
    let client: ResourceProviderClient;

    before(async () => {
      child = spawn(join(PLUGINS, "aws", "pulumi-resource-aws"), [address], { env: environment });
      client = new ResourceProviderClient(`127.0.0.1:${await firstLine(child)}`, grpc.credentials.createInsecure());
      await ask<rpc.ConfigureResponse>((done) => client.configure(new rpc.ConfigureRequest().setArgs(toStruct({ region: "eu-central-1", defaultTags: '{"tags":{"team":"a"}}' })), done));
    });
    after(() => {
      client.close();
      child.kill();
    });

    it("says who it is and what it can", async () => {
      expect((await ask<PluginInfo>((done) => client.getPluginInfo(new Empty(), done))).getVersion()).to.equal("7.48.0");
      const configured = await ask<rpc.ConfigureResponse>((done) => client.configure(new rpc.ConfigureRequest().setArgs(toStruct({ region: "eu-central-1", defaultTags: '{"tags":{"team":"a"}}' })), done));
      expect([configured.getAcceptsecrets(), configured.getSupportspreview()]).to.deep.equal([true, true]);
    });

    it("demands a region, and knows its own configuration by name", async () => {
      const failures = async (news: JsonRecord): Promise<string[]> =>
        (await ask<rpc.CheckResponse>((done) => client.checkConfig(new rpc.CheckRequest().setNews(toStruct(news)), done))).getFailuresList().map((one) => one.getProperty());
      expect(await failures({})).to.deep.equal(["region"]);
      expect(await failures({ region: "eu-central-1", skipRegionValidation: "true", version: "7.48.0" })).to.deep.equal([]);
      expect(await failures({ region: "eu-central-1", colour: "red" })).to.deep.equal(["colour"]);
    });

    it("refuses a type and a function that it does not know", async () => {
      const error = async (work: Promise<unknown>): Promise<string> => work.then(() => "", (caught: unknown) => (caught instanceof Error ? caught.message : ""));
      expect(await error(ask<rpc.CheckResponse>((done) => client.check(new rpc.CheckRequest().setUrn(URN("aws:sqs/queue:Queue", "q")).setNews(toStruct({})), done)))).to.contain("no resource type aws:sqs/queue:Queue");
      expect(await error(ask<rpc.InvokeResponse>((done) => client.invoke(new rpc.InvokeRequest().setTok("aws:sqs/getQueue:getQueue").setArgs(toStruct({})), done)))).to.contain("no function aws:sqs/getQueue:getQueue");
      expect(await error(ask<rpc.CallResponse>((done) => client.call(new rpc.CallRequest(), done)))).to.match(/UNIMPLEMENTED/);
    });

    it("names a wrong property in a check, and gives back what it got with its secrets", async () => {
      const checked = await ask<rpc.CheckResponse>((done) => client.check(new rpc.CheckRequest().setUrn(URN(VPC, "net")).setNews(toStruct({ cidrBlock: "10.0.0.0/16", tags: { a: secret("b") }, cidr: 1 })), done));
      expect(checked.getFailuresList().map((one) => one.getProperty())).to.deep.equal(["cidr"]);
      const inputs = fromStruct(checked.getInputs());
      expect(inputs["tags"]).to.deep.equal({ a: secret("b") });
      expect(inputs["tagsAll"]).to.deep.equal({ team: "a", a: "b" });
    });

    it("makes nothing in a preview, and says what is not known yet", async () => {
      const created = await ask<rpc.CreateResponse>((done) => client.create(new rpc.CreateRequest().setUrn(URN(VPC, "net")).setPreview(true).setProperties(toStruct({ cidrBlock: "10.0.0.0/16" })), done));
      expect(fromStruct(created.getProperties())).to.include({ cidrBlock: "10.0.0.0/16", arn: UNKNOWN });
      expect(created.getId()).to.equal("");
    });

    it("keeps secret what came as a secret, and reads nothing of an object that is gone", async () => {
      const created = await ask<rpc.CreateResponse>((done) => client.create(new rpc.CreateRequest().setUrn(URN(VPC, "net")).setProperties(toStruct({ cidrBlock: secret("10.0.0.0/16") })), done));
      const properties = fromStruct(created.getProperties());
      expect(properties["cidrBlock"]).to.deep.equal(secret("10.0.0.0/16"));
      const read = new rpc.ReadRequest().setUrn(URN(VPC, "net")).setId(created.getId()).setProperties(toStruct(properties)).setInputs(toStruct({ cidrBlock: secret("10.0.0.0/16") }));
      expect(fromStruct((await ask<rpc.ReadResponse>((done) => client.read(read, done))).getInputs())["cidrBlock"]).to.deep.equal(secret("10.0.0.0/16"));
      await ask<Empty>((done) => client.delete(new rpc.DeleteRequest().setUrn(URN(VPC, "net")).setId(created.getId()).setProperties(toStruct(properties)), done));
      expect((await ask<rpc.ReadResponse>((done) => client.read(read, done))).getId()).to.equal("");
    });

    it("imports: reads inputs of an object that the state does not know", async () => {
      const made = await ask<rpc.CreateResponse>((done) => client.create(new rpc.CreateRequest().setUrn(URN(VPC, "net")).setProperties(toStruct({ cidrBlock: "10.9.0.0/16" })), done));
      const read = await ask<rpc.ReadResponse>((done) => client.read(new rpc.ReadRequest().setUrn(URN(VPC, "net")).setId(made.getId()), done));
      expect(fromStruct(read.getInputs())).to.include({ cidrBlock: "10.9.0.0/16" });
    });

    it("answers a failure after the id with the object, as an initialisation error", async () => {
      writeFileSync(join(root, "account.json"), JSON.stringify({ faults: [{ resource: "broken", operation: "create", when: "after" }] }));
      const request = new rpc.CreateRequest().setUrn(URN(VPC, "broken")).setProperties(toStruct({ cidrBlock: "10.0.0.0/16" }));
      const error = await ask<rpc.CreateResponse>((done) => client.create(request, done)).then(() => undefined, (caught: unknown) => caught as grpc.ServiceError);
      const [bytes] = error?.metadata.get("grpc-status-details-bin") ?? [];
      const [detail] = Status.deserializeBinary(Buffer.from(bytes ?? "")).getDetailsList();
      const failed = rpc.ErrorResourceInitFailed.deserializeBinary(detail?.getValue_asU8() ?? new Uint8Array());
      expect(failed.getId()).to.match(/^vpc-/);
      expect(fromStruct(failed.getProperties())).to.include({ cidrBlock: "10.0.0.0/16" });
      expect(failed.getReasonsList().join()).to.match(/InternalError/);
      expect(detail?.getTypeUrl()).to.match(/pulumirpc\.ErrorResourceInitFailed$/);
    });
  });

  describe("azure-native", () => {
    const PASSWORD = "CANARY-Password-0815!";
    const group = { resourceGroupName: "fleet" };
    let child: ChildProcess;
    let client: ResourceProviderClient;

    before(async () => {
      child = spawn(join(PLUGINS, "azure-native", "pulumi-resource-azure-native"), [address], { env: environment });
      client = new ResourceProviderClient(`127.0.0.1:${await firstLine(child)}`, grpc.credentials.createInsecure());
      await ask<rpc.ConfigureResponse>((done) => client.configure(new rpc.ConfigureRequest().setArgs(toStruct({ subscriptionId: "s", location: "westeurope", useMsi: "false" })), done));
    });
    after(() => {
      client.close();
      child.kill();
    });

    const checked = async (type: string, news: JsonRecord): Promise<JsonRecord> =>
      fromStruct((await ask<rpc.CheckResponse>((done) => client.check(new rpc.CheckRequest().setUrn(URN(type, "it")).setNews(toStruct(news)), done))).getInputs());
    const made = async (type: string, news: JsonRecord): Promise<{ readonly id: string; readonly inputs: JsonRecord; readonly properties: JsonRecord }> => {
      const inputs = await checked(type, news);
      const created = await ask<rpc.CreateResponse>((done) => client.create(new rpc.CreateRequest().setUrn(URN(type, "it")).setProperties(toStruct(inputs)), done));
      return { id: created.getId(), inputs, properties: fromStruct(created.getProperties()) };
    };

    it("demands a subscription, and knows its own configuration by name", async () => {
      const failures = async (news: JsonRecord): Promise<string[]> =>
        (await ask<rpc.CheckResponse>((done) => client.checkConfig(new rpc.CheckRequest().setNews(toStruct(news)), done))).getFailuresList().map((one) => one.getProperty());
      expect(await failures({})).to.deep.equal(["subscriptionId"]);
      expect(await failures({ subscriptionId: "s", tenantId: "t", environment: "public", location: "westeurope", useOidc: "true" })).to.deep.equal([]);
      expect(await failures({ subscriptionId: "s", region: "westeurope" })).to.deep.equal(["region"]);
    });

    it("says who runs Pulumi", async () => {
      const said = await ask<rpc.InvokeResponse>((done) => client.invoke(new rpc.InvokeRequest().setTok("azure-native:authorization:getClientConfig").setArgs(toStruct({})), done));
      expect(fromStruct(said.getReturn())).to.include({ subscriptionId: "s" });
    });

    it("keeps a machine's password in the state as a secret and nowhere else, sees it unchanged, and finds no drift", async () => {
      await made("azure-native:resources:ResourceGroup", group);
      await made("azure-native:network:VirtualNetwork", { ...group, virtualNetworkName: "net", addressSpace: { addressPrefixes: ["10.30.0.0/16"] } });
      const subnet = await made("azure-native:network:Subnet", { ...group, virtualNetworkName: "net", subnetName: "app", addressPrefix: "10.30.1.0/24" });
      const nic = await made("azure-native:network:NetworkInterface", { ...group, networkInterfaceName: "nic", ipConfigurations: [{ name: "a", subnet: { id: subnet.id } }] });
      const machine = {
        ...group,
        vmName: "web-1",
        hardwareProfile: { vmSize: "Standard_D4s_v5" },
        networkProfile: { networkInterfaces: [{ id: nic.id }] },
        storageProfile: { imageReference: { publisher: "MicrosoftWindowsServer", offer: "WindowsServer", sku: "2022-datacenter-g2", version: "1.2.3" }, osDisk: { createOption: "FromImage" } },
        // The SDK makes a whole property secret that holds a secret.
        osProfile: { [SIGNATURE]: "1b47061264138c4ac30d75fd1eb44270", value: { computerName: "web-1", adminUsername: "winadmin", adminPassword: PASSWORD } },
      };
      const type = "azure-native:compute:VirtualMachine";
      const vm = await made(type, machine);
      expect(vm.inputs["osProfile"]).to.deep.equal(machine.osProfile);
      expect(vm.properties["osProfile"]).to.deep.equal({ [SIGNATURE]: machine.osProfile[SIGNATURE], value: { computerName: "web-1", adminUsername: "winadmin" } });
      expect(JSON.stringify(vm.properties)).not.to.contain(PASSWORD);
      expect(readFileSync(join(root, "objects", "azure-native.compute.VirtualMachine", `${encodeURIComponent(vm.id)}.json`), "utf8")).not.to.contain(PASSWORD);

      const read = await ask<rpc.ReadResponse>((done) => client.read(new rpc.ReadRequest().setUrn(URN(type, "it")).setId(vm.id).setProperties(toStruct(vm.properties)).setInputs(toStruct(vm.inputs)), done));
      expect(fromStruct(read.getInputs())).to.deep.equal(vm.inputs);
      expect(fromStruct(read.getProperties())).to.deep.equal(vm.properties);
      const request = new rpc.DiffRequest().setUrn(URN(type, "it")).setId(vm.id).setOlds(toStruct(vm.properties)).setOldInputs(read.getInputs()).setNews(toStruct(await checked(type, machine)));
      expect((await ask<rpc.DiffResponse>((done) => client.diff(request, done))).getChanges()).to.equal(rpc.DiffResponse.DiffChanges.DIFF_NONE);
      const tagged = await checked(type, { ...machine, tags: { a: "b" } });
      const update = new rpc.UpdateRequest().setUrn(URN(type, "it")).setId(vm.id).setOlds(toStruct(vm.properties)).setOldInputs(toStruct(vm.inputs)).setNews(toStruct(tagged));
      expect(fromStruct((await ask<rpc.UpdateResponse>((done) => client.update(update, done))).getProperties())["tags"]).to.deep.equal({ a: "b" });
    });

    it("takes a text as a blob's content, also a secret one", async () => {
      const asset = (text: string): JsonRecord => ({ [SIGNATURE]: "c44067f5952c0a294b673a41bacd8c17", text, hash: text });
      await made("azure-native:storage:StorageAccount", { ...group, accountName: "nodes", kind: "StorageV2", sku: { name: "Standard_LRS" } });
      await made("azure-native:storage:BlobContainer", { ...group, accountName: "nodes", containerName: "winrm" });
      const blob = await made("azure-native:storage:Blob", { ...group, accountName: "nodes", containerName: "winrm", blobName: "nodes.json", source: { [SIGNATURE]: "1b47061264138c4ac30d75fd1eb44270", value: asset("[1]") } });
      expect(new CloudStore(root).get("azure-native:storage:Blob", blob.id)?.properties["body"]).to.equal("[1]");
      expect(blob.properties).not.to.have.any.keys("body", "source");
      const diff = new rpc.DiffRequest().setUrn(URN("azure-native:storage:Blob", "it")).setId(blob.id).setOlds(toStruct(blob.properties)).setOldInputs(toStruct(blob.inputs)).setNews(toStruct({ ...blob.inputs, source: asset("[2]") }));
      const found = await ask<rpc.DiffResponse>((done) => client.diff(diff, done));
      expect(found.getReplacesList()).to.deep.equal(["source"]);
      expect(found.getDeletebeforereplace()).to.equal(true);
    });
  });

  for (const name of ["aws", "azure-native", "command", "random"]) {
    it(`${name} ends when the engine was killed`, async () => {
      const plugin = join(PLUGINS, name, `pulumi-resource-${name}`);
      // The shell is the engine here; it tells the plugin's process id and waits.
      const parent = spawn("/bin/sh", ["-c", `'${plugin}' ${address} > /dev/null & echo $!; wait`], { env: environment, stdio: ["ignore", "pipe", "ignore"] });
      const pid = Number(await firstLine(parent));
      await pause(900);
      expect(alive(pid), "it must not end by itself").to.equal(true);
      parent.kill("SIGKILL");
      const ended = await ends(pid);
      if (!ended) process.kill(pid, "SIGKILL");
      expect(ended).to.equal(true);
    });
  }

  it("ends when the engine was gone before the plugin was up", async () => {
    const child = spawn(join(PLUGINS, "random", "pulumi-resource-random"), ["127.0.0.1:1"], { env: environment, stdio: "ignore" });
    const ended = await ends(child.pid ?? 0);
    child.kill("SIGKILL");
    expect(ended).to.equal(true);
  });
});
