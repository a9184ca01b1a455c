import { expect } from "chai";
import { PartialFailure } from "../../sandbox/engine/failure";
import { Cloud } from "../../sandbox/cloud";
import { text } from "../../sandbox/store/json";
import { AMI, Lab, makeHost, makeNetwork, refusal, type Network } from "./lab";

const VPC = "aws:ec2/vpc:Vpc";
const SUBNET = "aws:ec2/subnet:Subnet";
const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const NIC = "aws:ec2/networkInterface:NetworkInterface";
const INSTANCE = "aws:ec2/instance:Instance";
const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const LIST = "aws:ec2/managedPrefixList:ManagedPrefixList";
const BUCKET = "aws:s3/bucket:Bucket";
const OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2";
const ROLE = "aws:iam/role:Role";

const trust = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: "*", Action: "sts:AssumeRole" }] };
const nic = (network: Network, addresses: readonly string[], more: object = {}): object => ({
  subnetId: network.subnet,
  privateIpListEnabled: true,
  privateIpLists: addresses,
  securityGroups: [network.group],
  ...more,
});
const door = (group: string, more: object): object => ({ securityGroupId: group, ipProtocol: "tcp", fromPort: 5986, toPort: 5986, ...more });

/** What the API refuses, in a network with one group and one interface on 10.0.1.10. */
const refused: readonly (readonly [string, (lab: Lab, network: Network) => Promise<unknown>, RegExp])[] = [
  ["a subnet outside its VPC", (lab, { vpc }) => lab.create(SUBNET, { vpcId: vpc, cidrBlock: "10.1.0.0/24" }), /InvalidSubnet\.Range/],
  ["a subnet over another", (lab, { vpc }) => lab.create(SUBNET, { vpcId: vpc, cidrBlock: "10.0.0.0/20" }), /InvalidSubnet\.Conflict/],
  ["a subnet of a VPC that does not exist", (lab) => lab.create(SUBNET, { vpcId: "vpc-00000000", cidrBlock: "10.0.0.0/24" }), /InvalidVpcID\.NotFound/],
  ["an address outside the subnet", (lab, network) => lab.create(NIC, nic(network, ["10.0.2.10"])), /does not fall within/],
  ["the subnet's fourth address", (lab, network) => lab.create(NIC, nic(network, ["10.0.1.3"])), /reserved address range/],
  ["the subnet's last address", (lab, network) => lab.create(NIC, nic(network, ["10.0.1.255"])), /reserved address range/],
  ["an address in use", (lab, network) => lab.create(NIC, nic(network, ["10.0.1.11", "10.0.1.10"])), /InvalidIPAddress\.InUse: Address 10\.0\.1\.10 is in use/],
  ["a group that does not exist", (lab, network) => lab.create(NIC, nic(network, ["10.0.1.11"], { securityGroups: ["sg-00000000"] })), /InvalidGroup\.NotFound/],
  ["a second group of one name", (lab, { vpc }) => lab.create(GROUP, { vpcId: vpc, name: "mine" }).then(() => lab.create(GROUP, { vpcId: vpc, name: "mine" })), /InvalidGroup\.Duplicate/],
  ["a rule twice", (lab, { group }) => lab.create(INGRESS, door(group, { cidrIpv4: "10.0.9.5/32" })).then(() => lab.create(INGRESS, door(group, { cidrIpv4: "10.0.9.5/32" }))), /InvalidPermission\.Duplicate/],
  ["a rule on a list that does not exist", (lab, { group }) => lab.create(INGRESS, door(group, { prefixListId: "pl-00000000000000000" })), /InvalidPrefixListID\.NotFound/],
  [
    "a prefix list that would fill the group, although it is empty",
    async (lab, { group }) => {
      const list = await lab.create(LIST, { addressFamily: "IPv4", maxEntries: 60 });
      await lab.create(INGRESS, door(group, { cidrIpv4: "10.0.9.5/32" }));
      await lab.create(INGRESS, door(group, { prefixListId: list.id }));
    },
    /RulesPerSecurityGroupLimitExceeded/,
  ],
  [
    "more room in a list than its groups have",
    async (lab, { group }) => {
      const list = await lab.create(LIST, { name: "nodes", addressFamily: "IPv4", maxEntries: 5 });
      await lab.create(INGRESS, door(group, { prefixListId: list.id }));
      await lab.create(INGRESS, door(group, { cidrIpv4: "10.0.9.5/32" }));
      await lab.update(LIST, list.id, { name: "nodes", addressFamily: "IPv4", maxEntries: 60 });
    },
    /PrefixListMaxEntriesExceeded/,
  ],
  ["to delete a group on an interface", (lab, { group }) => lab.delete(GROUP, group), /DependencyViolation/],
  ["to delete a subnet with an interface", (lab, { subnet }) => lab.delete(SUBNET, subnet), /DependencyViolation/],
  ["to delete a VPC with a subnet", (lab, { vpc }) => lab.delete(VPC, vpc), /DependencyViolation/],
  ["an instance on an interface that does not exist", (lab) => lab.create(INSTANCE, { ami: AMI, instanceType: "m5.large", primaryNetworkInterface: { networkInterfaceId: "eni-0" } }), /InvalidNetworkInterfaceID\.NotFound/],
  ["an instance with a profile that does not exist", (lab, { subnet }) => lab.create(INSTANCE, { ami: AMI, instanceType: "m5.large", subnetId: subnet, iamInstanceProfile: "none" }), /Invalid IAM Instance Profile name/],
  ["a second role of one name", (lab) => lab.create(ROLE, { name: "r", assumeRolePolicy: trust }).then(() => lab.create(ROLE, { name: "r", assumeRolePolicy: trust })), /EntityAlreadyExists/],
  ["a second bucket of one name", (lab) => lab.create(BUCKET, { bucket: "nodes" }).then(() => lab.create(BUCKET, { bucket: "nodes" })), /BucketAlreadyOwnedByYou/],
  ["to delete a bucket with an object", (lab) => lab.create(BUCKET, { bucket: "nodes" }).then(() => lab.create(OBJECT, { bucket: "nodes", key: "k", content: "x" })).then(() => lab.delete(BUCKET, "nodes")), /BucketNotEmpty/],
  ["an object in no bucket", (lab) => lab.create(OBJECT, { bucket: "nodes", key: "k", content: "x" }), /NoSuchBucket/],
  ["a policy for no role", (lab) => lab.create("aws:iam/rolePolicyAttachment:RolePolicyAttachment", { role: "none", policyArn: "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore" }), /NoSuchEntity/],
  ["an association with no document", (lab) => lab.create("aws:ssm/association:Association", { name: "none" }), /InvalidDocument/],
];

describe("sandbox: the cloud", () => {
  let lab: Lab;
  beforeEach(() => {
    lab = new Lab();
  });
  afterEach(() => lab.close());

  for (const [what, work, wanted] of refused) {
    it(`refuses ${what}`, async () => {
      const network = await makeNetwork(lab);
      await lab.create(NIC, nic(network, ["10.0.1.10"]));
      expect(await refusal(work(lab, network))).to.match(wanted);
    });
  }

  it("takes an instance's address from its interface and gives the interface free again", async () => {
    const host = await makeHost(lab);
    expect(lab.store.get(INSTANCE, host.instance)?.properties["privateIp"]).to.equal("10.0.1.10");
    expect(await refusal(lab.delete(NIC, host.nic))).to.match(/is currently in use/);
    expect(await refusal(lab.create(INSTANCE, { ami: AMI, instanceType: "m5.large", primaryNetworkInterface: { networkInterfaceId: host.nic } }))).to.match(/InvalidNetworkInterface\.InUse/);
    expect(lab.store.readHost(host.instance)).to.be.a("string");
    await lab.delete(INSTANCE, host.instance);
    expect(lab.store.readHost(host.instance)).to.equal(undefined);
    await lab.delete(NIC, host.nic);
    await lab.delete(GROUP, host.group);
  });

  it("knows a VPC and a subnet that the account names as existing", async () => {
    lab.account({ existing: [{ type: "vpc", id: "vpc-11111111", cidr: "10.7.0.0/16" }, { type: "subnet", id: "subnet-11111111", cidr: "10.7.1.0/24", vpcId: "vpc-11111111" }] });
    const group = (await lab.create(GROUP, { vpcId: "vpc-11111111" })).id;
    const network = { vpc: "vpc-11111111", subnet: "subnet-11111111", group };
    await lab.create(NIC, nic(network, ["10.7.1.10"]));
    expect(await refusal(lab.create(NIC, nic(network, ["10.7.2.10"])))).to.match(/does not fall within/);
  });

  it("finds nothing to read of an object that is gone, and deletes it without a word", async () => {
    const { vpc } = await makeNetwork(lab);
    lab.store.remove(VPC, vpc);
    expect(await lab.read(VPC, vpc)).to.equal(undefined);
    await lab.delete(VPC, vpc);
  });

  it("says who reaches a port through groups, rules and prefix lists", async () => {
    const host = await makeHost(lab);
    const cloud = new Cloud(lab.root);
    expect(cloud.sources("web-1", 5986)).to.deep.equal([]);
    const list = await lab.create(LIST, { addressFamily: "IPv4", maxEntries: 5, entries: [{ cidr: "10.0.9.5/32" }, { cidr: "10.0.9.8/30" }] });
    await lab.create(INGRESS, door(host.group, { prefixListId: list.id }));
    expect(cloud.sources("web-1", 5986)).to.deep.equal(["10.0.9.5/32", "10.0.9.8/30"]);
    expect(cloud.reaches("web-1", 5986, "10.0.9.9/32")).to.equal(true);
    expect(cloud.reaches("web-1", 5986, "10.0.9.6/32")).to.equal(false);
    expect(cloud.reaches("web-1", 5985, "10.0.9.5/32")).to.equal(false);
    expect(cloud.reaches(host.instance, 5986, "0.0.0.0/0")).to.equal(false);
  });

  describe("faults", () => {
    const vpc = { cidrBlock: "10.0.0.0/16" };
    const fault = (operation: string, when: string): void => lab.account({ faults: [{ resource: "net", operation, when }] });

    it("before: nothing was done", async () => {
      fault("create", "before");
      expect(await refusal(lab.create(VPC, vpc, "net"))).to.match(/InternalError/);
      expect(lab.store.list(VPC)).to.deep.equal([]);
      await lab.create(VPC, vpc, "other");
    });

    it("after: the object is there and the engine learns its id", async () => {
      fault("create", "after");
      const error: unknown = await lab.create(VPC, vpc, "net").catch((caught: unknown) => caught);
      expect(error).to.be.instanceOf(PartialFailure);
      expect(error instanceof PartialFailure && error.id).to.equal(lab.store.list(VPC)[0]?.id);
    });

    it("lost: the object is there and the engine learns nothing", async () => {
      fault("create", "lost");
      const error: unknown = await lab.create(VPC, vpc, "net").catch((caught: unknown) => caught);
      expect(error).not.to.be.instanceOf(PartialFailure);
      expect(lab.store.list(VPC)).to.have.length(1);
    });

    it("on update and delete", async () => {
      const { id } = await lab.create(VPC, vpc, "net");
      fault("update", "before");
      await refusal(lab.update(VPC, id, { ...vpc, tags: { a: "b" } }, "net"));
      expect(lab.store.get(VPC, id)?.properties["tags"]).to.equal(undefined);
      fault("delete", "before");
      await refusal(lab.delete(VPC, id, "net"));
      expect(lab.store.get(VPC, id)).not.to.equal(undefined);
      fault("delete", "after");
      await refusal(lab.delete(VPC, id, "net"));
      expect(lab.store.get(VPC, id)).to.equal(undefined);
    });

    it("refuses a fault that says nothing sensible", async () => {
      lab.account({ faults: [{ resource: "net", operation: "explode", when: "before" }] });
      expect(await refusal(lab.create(VPC, vpc, "net"))).to.match(/write one of create, update, delete/);
    });
  });

  it("writes every call down, in order", async () => {
    const { id } = await lab.create(VPC, { cidrBlock: "10.0.0.0/16" }, "net");
    await lab.update(VPC, id, { cidrBlock: "10.0.0.0/16", tags: { a: "b" } }, "net");
    await lab.delete(VPC, id, "net");
    expect(new Cloud(lab.root).events().map((event) => `${text(event["op"])} ${text(event["name"])}`)).to.deep.equal(["create net", "update net", "delete net"]);
  });
});
