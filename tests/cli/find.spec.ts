import { expect } from "chai";
import { ChannelError } from "../../cli/reader/channel";
import { Patience } from "../../cli/reader/patience";
import { associationId, taggedAws, windowId, windowPartId } from "../../cli/recover/find-aws";
import { taggedAzure } from "../../cli/recover/find-azure";
import { IDENTITY, NETWORK_INTERFACE, RESOURCE_GROUP, SECURITY_GROUP } from "../../sandbox/azure/types";
import { startChannels, type Channels } from "../../sandbox/channels";
import { listen } from "../../sandbox/guest/loopback";
import { DOOR_NSG, makeEstate, makeMachine, machineIdOf, put, SUBSCRIPTION } from "../sandbox/azure-lab";
import { Lab, makeHost } from "../sandbox/lab";
import { withAccount } from "./process";

const REGION = { region: "eu-central-1" };
const FLEET = "secure-winrm-fleet";

describe("finding what a deployment has left, with the real SDKs", function () {
  this.timeout(60_000);
  let lab: Lab;
  let channels: Channels;
  beforeEach(async () => {
    lab = new Lab();
    channels = await startChannels(lab.store);
  });
  afterEach(() => {
    channels.close();
    lab.close();
  });
  const patience = (): Patience => new Patience(0.5);
  const arm = (): string => channels.environment["SECURE_WINRM_ARM_ENDPOINT"] ?? "";
  const aws = <T>(work: () => Promise<T>): Promise<T> => withAccount(channels.environment, work);

  it("finds everything in AWS that bears a tag, of whatever kind, with all its tags", async () => {
    const { instance, vpc, group } = await makeHost(lab, { [FLEET]: "shop", owner: "ops <&> 'you'" });
    await lab.create("aws:ec2/securityGroup:SecurityGroup", { vpcId: vpc, name: "other", tags: { [FLEET]: "shop-2" } });
    const tags = { [FLEET]: "shop" };
    const subnet = (await lab.create("aws:ec2/subnet:Subnet", { vpcId: vpc, cidrBlock: "10.0.2.0/24", tags })).id;
    const list = (await lab.create("aws:ec2/managedPrefixList:ManagedPrefixList", { name: "nodes", addressFamily: "IPv4", maxEntries: 5, tags })).id;
    const rule = (await lab.create("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", { securityGroupId: group, ipProtocol: "tcp", fromPort: 5986, toPort: 5986, prefixListId: list, tags }, "web-1-door")).id;
    const found = await aws(() => taggedAws(REGION, FLEET, "shop", patience()));
    expect(found).to.deep.equal([
      { id: instance, type: "instance", tags: { [FLEET]: "shop", owner: "ops <&> 'you'" } },
      { id: list, type: "prefix-list", tags },
      { id: rule, type: "security-group-rule", tags },
      { id: subnet, type: "subnet", tags },
    ]);
    expect(await aws(() => taggedAws({ region: "eu-west-1" }, FLEET, "shop", patience()))).to.deep.equal([]);
  });

  it("finds hundreds, and takes a value with a star in it as it is", async () => {
    for (let n = 0; n < 450; n += 1) {
      const id = `sg-0${String(n).padStart(4, "0")}`;
      lab.store.put({ type: "aws:ec2/securityGroup:SecurityGroup", id, name: "", properties: { tagsAll: { a: "1", b: "2", [FLEET]: n < 430 ? "shop*" : "shopping" } } });
    }
    const found = await aws(() => taggedAws(REGION, FLEET, "shop*", patience()));
    expect(found).to.have.length(430);
    expect(found.every(({ tags }) => Object.keys(tags).length === 3)).to.equal(true);
  });

  it("finds an association by its name", async () => {
    lab.store.put({ type: "aws:ssm/association:Association", id: "11111111-0000-4000-8000-000000000000", name: "", properties: { associationName: "shop-keep", name: "shop-winrm" } });
    lab.store.put({ type: "aws:ssm/association:Association", id: "22222222-0000-4000-8000-000000000000", name: "", properties: { associationName: "other", name: "other" } });
    expect(await aws(() => associationId("eu-central-1", "shop-keep"))).to.equal("11111111-0000-4000-8000-000000000000");
    expect(await aws(() => associationId("eu-central-1", "none"))).to.equal(undefined);
  });

  it("finds a maintenance window by its whole name, and what it holds", async () => {
    const windowOf = async (name: string): Promise<string> => (await lab.create("aws:ssm/maintenanceWindow:MaintenanceWindow", { name, schedule: "rate(7 days)", duration: 4, cutoff: 1 }, name)).id;
    const [id, other] = [await windowOf("shop-patching"), await windowOf("my-shop-patching")];
    const target = { resourceType: "INSTANCE", targets: [{ key: "tag:fleet", values: ["shop"] }], name: "hosts" };
    const part = (await lab.create("aws:ssm/maintenanceWindowTarget:MaintenanceWindowTarget", { ...target, windowId: id })).id;
    await lab.create("aws:ssm/maintenanceWindowTarget:MaintenanceWindowTarget", { ...target, windowId: other });
    const task = { windowId: id, name: "install", taskType: "RUN_COMMAND", taskArn: "AWS-RunPatchBaseline", taskInvocationParameters: { runCommandParameters: { parameters: [{ name: "Operation", values: ["Scan"] }] } } };
    const taskId = (await lab.create("aws:ssm/maintenanceWindowTask:MaintenanceWindowTask", task)).id;
    const partOf = (kind: "target" | "task", window: string, name: string) => aws(() => windowPartId("eu-central-1", { by: "window-part", part: kind, window, name }, patience()));
    expect(await aws(() => windowId("eu-central-1", "shop-patching", patience()))).to.equal(id);
    expect(await aws(() => windowId("eu-central-1", "patching", patience()))).to.equal(undefined);
    expect(await partOf("target", id, "hosts")).to.equal(`${id}/${part}`);
    expect(await partOf("task", id, "install")).to.equal(`${id}/${taskId}`);
    expect(await partOf("task", other, "install")).to.equal(undefined);
    expect(await partOf("target", "mw-00000000000000000", "hosts")).to.equal(undefined);
  });

  it("finds everything in Azure that bears a tag, page by page; values heed case, names do not", async () => {
    makeEstate(lab);
    const group = `/subscriptions/${SUBSCRIPTION}/resourceGroups/shop`;
    put(lab, RESOURCE_GROUP, group, { tags: { [FLEET]: "o'shop" } });
    put(lab, SECURITY_GROUP, DOOR_NSG, { tags: { [FLEET.toUpperCase()]: "o'shop", owner: "ops" } });
    put(lab, IDENTITY, `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/other`, { tags: { [FLEET]: "O'SHOP" } });
    put(lab, NETWORK_INTERFACE, `/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/shop/providers/Microsoft.Network/networkInterfaces/elsewhere`, { tags: { [FLEET]: "o'shop" } });
    for (let n = 1; n <= 53; n += 1) makeMachine(lab, n, { tags: { [FLEET]: "o'shop" } });
    const found = await taggedAzure({ environment: "public", subscription: SUBSCRIPTION }, arm(), FLEET, "o'shop", patience());
    expect(found[0]).to.deep.equal({ id: group, type: "Microsoft.Resources/resourceGroups" });
    expect(found).to.deep.include({ id: DOOR_NSG, type: "Microsoft.Network/networkSecurityGroups" });
    expect(found).to.deep.include({ id: machineIdOf(53), type: "Microsoft.Compute/virtualMachines" });
    expect(found).to.have.length(55);
  });

  it("does not follow a next page to somewhere else", async () => {
    const liar = await listen(() => ({ status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify({ value: [], nextLink: "https://example.org/page" }) }));
    try {
      const error: unknown = await taggedAzure({ environment: "public", subscription: SUBSCRIPTION }, liar.url, FLEET, "shop", patience()).catch((caught: unknown) => caught);
      expect(error).to.be.instanceOf(ChannelError).with.property("message").that.includes("its next page is said to be elsewhere");
    } finally {
      liar.close();
    }
  });
});
