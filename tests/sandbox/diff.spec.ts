import { expect } from "chai";
import { UNKNOWN } from "../../sandbox/engine/values";
import type { JsonRecord } from "../../sandbox/store/json";
import { Lab } from "./lab";

const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const INSTANCE = "aws:ec2/instance:Instance";
const NIC = "aws:ec2/networkInterface:NetworkInterface";

/** What changes, whether it replaces: the provider's ForceNew, one row each. */
const changes: readonly (readonly [string, JsonRecord, JsonRecord, string, boolean])[] = [
  [INGRESS, { securityGroupId: "sg-1", cidrIpv4: "10.0.0.0/8" }, { securityGroupId: "sg-2", cidrIpv4: "10.0.0.0/8" }, "securityGroupId", true],
  [INGRESS, { securityGroupId: "sg-1", cidrIpv4: "10.0.0.0/8" }, { securityGroupId: UNKNOWN, cidrIpv4: "10.0.0.0/8" }, "securityGroupId", true],
  [INGRESS, { securityGroupId: "sg-1", cidrIpv4: "10.0.0.0/8" }, { securityGroupId: "sg-1", cidrIpv4: "10.0.0.0/9" }, "cidrIpv4", false],
  [INGRESS, { securityGroupId: "sg-1", cidrIpv4: "10.0.0.0/8" }, { securityGroupId: "sg-1", prefixListId: "pl-1" }, "prefixListId", true],
  ["aws:ec2/securityGroup:SecurityGroup", { description: "a" }, { description: "b" }, "description", true],
  ["aws:ec2/securityGroup:SecurityGroup", { tags: { a: "1" } }, { tags: { a: "2" } }, "tags.a", false],
  ["aws:ec2/managedPrefixList:ManagedPrefixList", { maxEntries: 5 }, { maxEntries: 10 }, "maxEntries", false],
  ["aws:ec2/managedPrefixList:ManagedPrefixList", { addressFamily: "IPv4" }, { addressFamily: "IPv6" }, "addressFamily", true],
  [INSTANCE, { ami: "ami-1" }, { ami: "ami-2" }, "ami", true],
  [INSTANCE, { instanceType: "m5.large" }, { instanceType: "m5.xlarge" }, "instanceType", false],
  [INSTANCE, { userData: "a" }, { userData: "b" }, "userData", false],
  [INSTANCE, { userData: "a", userDataReplaceOnChange: true }, { userData: "b", userDataReplaceOnChange: true }, "userData", true],
  [INSTANCE, { rootBlockDevice: { volumeSize: 60 } }, { rootBlockDevice: { volumeSize: 80 } }, "rootBlockDevice.volumeSize", false],
  [INSTANCE, { rootBlockDevice: { encrypted: false } }, { rootBlockDevice: { encrypted: true } }, "rootBlockDevice.encrypted", true],
  [INSTANCE, { primaryNetworkInterface: { networkInterfaceId: "eni-1" } }, { primaryNetworkInterface: { networkInterfaceId: "eni-2" } }, "primaryNetworkInterface.networkInterfaceId", true],
  [NIC, { privateIp: "10.0.1.10", privateIpListEnabled: true, privateIpLists: ["10.0.1.10"] }, { privateIpListEnabled: true, privateIpLists: ["10.0.1.11"] }, "privateIpLists[0]", true],
  [NIC, { privateIp: "10.0.1.10", privateIpListEnabled: true, privateIpLists: ["10.0.1.10"] }, { privateIpListEnabled: true, privateIpLists: ["10.0.1.10", "10.0.1.11"] }, "privateIpLists[1]", false],
  [NIC, { securityGroups: ["a", "b"] }, { securityGroups: ["a", "c"] }, "securityGroups[1]", false],
  ["aws:ssm/document:Document", { name: "aaa", content: "1" }, { name: "aaa", content: "2" }, "content", false],
  ["aws:ssm/association:Association", { name: "aaa" }, { name: "bbb" }, "name", true],
  ["aws:s3/bucketObjectv2:BucketObjectv2", { content: "1" }, { content: "2" }, "content", false],
  ["aws:s3/bucketObjectv2:BucketObjectv2", { key: "1" }, { key: "2" }, "key", true],
  ["aws:ec2/vpc:Vpc", { region: "eu-central-1" }, { region: "eu-west-1" }, "region", true],
];

describe("sandbox: diff", () => {
  const lab = new Lab();
  after(() => lab.close());

  for (const [token, olds, news, path, replaces] of changes) {
    it(`${replaces ? "replaces" : "updates"} ${token.split(":")[2] ?? ""} on another ${path}${news["securityGroupId"] === UNKNOWN ? ", not known yet" : ""}`, () => {
      const found = lab.diff(token, olds, news, Object.fromEntries(Object.keys(news).map((key) => [key, olds[key]])));
      expect(found.changes.find((change) => change.path === path)).to.deep.include({ path, replaces });
      expect(found.changes.some((change) => change.replaces)).to.equal(replaces);
    });
  }

  it("sees no change in another order of a set, or in what the cloud added", () => {
    expect(lab.diff(NIC, { securityGroups: ["b", "a"], macAddress: "x" }, { securityGroups: ["a", "b"] }, { securityGroups: ["b", "a"] }).changes).to.deep.equal([]);
  });

  it("sees an object that drifted although the inputs are the old ones", () => {
    const { changes: found } = lab.diff(INGRESS, { cidrIpv4: "0.0.0.0/0" }, { cidrIpv4: "10.0.0.0/8" }, { cidrIpv4: "10.0.0.0/8" });
    expect(found.map((change) => change.path)).to.deep.equal(["cidrIpv4"]);
  });

  it("sees an input that was taken away", () => {
    const { changes: found } = lab.diff(INGRESS, { description: "x" }, {}, { description: "x" });
    expect(found).to.deep.equal([{ path: "description", kind: "delete", replaces: false }]);
  });

  it("deletes first when the replacement would bear the same name", () => {
    const olds = { name: "mine", description: "a" };
    expect(lab.diff("aws:ec2/securityGroup:SecurityGroup", olds, { name: "mine", description: "b", __defaults: [] }).deleteBeforeReplace).to.equal(true);
    expect(lab.diff("aws:ec2/securityGroup:SecurityGroup", olds, { name: "mine", description: "b", __defaults: ["name"] }).deleteBeforeReplace).to.equal(false);
    expect(lab.diff("aws:ec2/securityGroup:SecurityGroup", olds, { name: "yours", description: "b", __defaults: [] }).deleteBeforeReplace).to.equal(false);
  });
});
