import { expect } from "chai";
import { rows } from "../../sandbox/aws/main";
import { UNKNOWN } from "../../sandbox/engine/values";
import { texts } from "../../sandbox/store/json";
import { AMI, Lab } from "./lab";

const rule = (more: object): object => ({ securityGroupId: "sg-1", ipProtocol: "tcp", fromPort: 5986, toPort: 5986, ...more });
const instance = (more: object): object => ({ ami: AMI, instanceType: "m5.large", ...more });
const document = (content: string): object => ({ documentType: "Command", name: "secure-winrm", content });
const many = (count: number): string[] => Array.from({ length: count }, (_, i) => `10.0.${Math.floor(i / 200)}.${i % 200}/32`);
const step = { action: "aws:runPowerShellScript", name: "winrm", inputs: { runCommand: ["echo"] } };

/** Inputs that are wrong in one way, and the property that the refusal names. */
const refused: readonly (readonly [string, string, object, string])[] = [
  ["a VPC without range", "aws:ec2/vpc:Vpc", {}, "cidrBlock"],
  ["a VPC that is too large", "aws:ec2/vpc:Vpc", { cidrBlock: "10.0.0.0/8" }, "cidrBlock"],
  ["a range with bits below its mask", "aws:ec2/subnet:Subnet", { vpcId: "vpc-1", cidrBlock: "10.0.1.5/24" }, "cidrBlock"],
  ["a rule without source", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", rule({}), "cidrIpv4"],
  ["a rule with two sources", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", rule({ cidrIpv4: "10.0.0.0/8", prefixListId: "pl-1" }), "cidrIpv4"],
  ["a rule whose range is upside down", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", rule({ cidrIpv4: "10.0.0.0/8", toPort: 22 }), "fromPort"],
  ["a rule without ports", "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", { securityGroupId: "sg-1", ipProtocol: "tcp", cidrIpv4: "0.0.0.0/0" }, "fromPort"],
  ["ports with all protocols", "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", rule({ ipProtocol: "-1", cidrIpv4: "0.0.0.0/0" }), "fromPort"],
  ["a port above 65535", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", rule({ cidrIpv4: "10.0.0.0/8", toPort: 70000 }), "toPort"],
  ["more entries than the list may hold", "aws:ec2/managedPrefixList:ManagedPrefixList", { addressFamily: "IPv4", maxEntries: 2, entries: many(3).map((cidr) => ({ cidr })) }, "entries"],
  ["an entry of the other family", "aws:ec2/managedPrefixList:ManagedPrefixList", { addressFamily: "IPv4", maxEntries: 2, entries: [{ cidr: "fd00::/8" }] }, "entries[0].cidr"],
  ["an entry twice", "aws:ec2/managedPrefixList:ManagedPrefixList", { addressFamily: "IPv4", maxEntries: 2, entries: [{ cidr: "10.0.0.1/32" }, { cidr: "10.0.0.1/32" }] }, "entries[1].cidr"],
  ["a group whose name starts with sg-", "aws:ec2/securityGroup:SecurityGroup", { name: "sg-mine" }, "name"],
  ["a description in another script", "aws:ec2/securityGroup:SecurityGroup", { description: "Tür" }, "description"],
  ["six groups on an interface", "aws:ec2/networkInterface:NetworkInterface", { subnetId: "subnet-1", securityGroups: ["1", "2", "3", "4", "5", "6"] }, "securityGroups"],
  ["an ordered and an unordered list of addresses", "aws:ec2/networkInterface:NetworkInterface", { subnetId: "subnet-1", privateIpLists: ["10.0.0.5"], privateIps: ["10.0.0.5"] }, "privateIps"],
  ["what is no AMI", "aws:ec2/instance:Instance", { ami: "windows", instanceType: "m5.large" }, "ami"],
  ["an instance without type", "aws:ec2/instance:Instance", { ami: AMI }, "instanceType"],
  ["user data above 16 KB", "aws:ec2/instance:Instance", instance({ userData: "x".repeat(16 * 1024 + 1) }), "userData"],
  ["an interface and a subnet", "aws:ec2/instance:Instance", instance({ subnetId: "subnet-1", primaryNetworkInterface: { networkInterfaceId: "eni-1" } }), "subnetId"],
  ["IMDS tokens that do not exist", "aws:ec2/instance:Instance", instance({ metadataOptions: { httpTokens: "mandatory" } }), "metadataOptions.httpTokens"],
  ["an IMDS hop limit of 0", "aws:ec2/instance:Instance", instance({ metadataOptions: { httpPutResponseHopLimit: 0 } }), "metadataOptions.httpPutResponseHopLimit"],
  ["an identity policy with a principal", "aws:iam/rolePolicy:RolePolicy", { role: "r", policy: JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*", Principal: "*" }] }) }, "policy"],
  ["a policy that is no JSON", "aws:iam/rolePolicy:RolePolicy", { role: "r", policy: "{" }, "policy"],
  ["a role name above 64", "aws:iam/role:Role", { name: "r".repeat(65), assumeRolePolicy: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: "*", Action: "sts:AssumeRole" }] } }, "name"],
  ["a document above 64 KB", "aws:ssm/document:Document", document(JSON.stringify({ schemaVersion: "2.2", description: "x".repeat(65_536), mainSteps: [step] })), "content"],
  ["a document of no schema", "aws:ssm/document:Document", document(JSON.stringify({ schemaVersion: "3.0", mainSteps: [step] })), "content"],
  ["a document that uses an undeclared parameter", "aws:ssm/document:Document", document(JSON.stringify({ schemaVersion: "2.2", mainSteps: [{ ...step, inputs: { runCommand: ["{{ Mode }}"] } }] })), "content"],
  ["a document named as AWS' own", "aws:ssm/document:Document", { ...document(JSON.stringify({ schemaVersion: "2.2", mainSteps: [step] })), name: "AWS-Mine" }, "name"],
  ["a rate below 30 minutes", "aws:ssm/association:Association", { name: "secure-winrm", scheduleExpression: "rate(15 minutes)" }, "scheduleExpression"],
  ["six targets", "aws:ssm/association:Association", { name: "secure-winrm", targets: Array.from({ length: 6 }, () => ({ key: "tag:a", values: ["b"] })) }, "targets"],
  ["a target by a key that does not exist", "aws:ssm/association:Association", { name: "secure-winrm", targets: [{ key: "Name", values: ["b"] }] }, "targets[0].key"],
  ["a bucket name in capitals", "aws:s3/bucket:Bucket", { bucket: "Nodes" }, "bucket"],
  ["content and a file", "aws:s3/bucketObjectv2:BucketObjectv2", { bucket: "b", content: "a", contentBase64: "YQ==" }, "contentBase64"],
  ["a retention that CloudWatch does not have", "aws:cloudwatch/logGroup:LogGroup", { retentionInDays: 42 }, "retentionInDays"],
  ["an A record that is no address", "aws:route53/record:Record", { zoneId: "Z123", name: "a.example", type: "A", ttl: 60, records: ["b.example"] }, "records"],
  ["51 tags", "aws:ec2/vpc:Vpc", { cidrBlock: "10.0.0.0/16", tags: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, "v"])) }, "tags"],
  ["a tag of AWS' own", "aws:ec2/vpc:Vpc", { cidrBlock: "10.0.0.0/16", tags: { "aws:mine": "v" } }, "tags.aws:mine"],
];

describe("sandbox: check", () => {
  const lab = new Lab();
  after(() => lab.close());

  for (const { token, inputs } of rows) {
    it(`refuses an unknown property of ${token}`, () => {
      expect(lab.problems(token, { surprise: 1 }).join("\n")).to.match(/^surprise: unknown property/m);
    });

    const required = Object.keys(inputs).filter((key) => !key.endsWith("?"));
    for (const key of required) {
      it(`refuses ${token} without ${key}`, () => {
        expect(lab.problems(token, {})).to.include(`${key}: missing required property`);
      });
    }
  }

  for (const [what, token, inputs, property] of refused) {
    it(`refuses ${what}`, () => {
      const found = lab.check(token, inputs).problems.map((problem) => problem.property);
      expect(found, JSON.stringify(lab.problems(token, inputs))).to.include(property);
    });
  }

  it("refuses a value of the wrong type, wherever it lies", () => {
    expect(lab.problems("aws:ec2/instance:Instance", instance({ rootBlockDevice: { encrypted: "yes" } }))).to.deep.equal([
      "rootBlockDevice.encrypted: expected a boolean, got a string",
    ]);
    expect(lab.problems("aws:ec2/managedPrefixList:ManagedPrefixList", { addressFamily: "IPv4", maxEntries: "5", entries: [{ cidr: 1 }] })).to.have.members([
      "maxEntries: expected a number, got a string",
      "entries[0].cidr: expected a string, got a number",
    ]);
  });

  it("lets values through that a preview does not know yet", () => {
    expect(lab.problems("aws:ec2/instance:Instance", { ami: UNKNOWN, instanceType: UNKNOWN, primaryNetworkInterface: UNKNOWN, userData: UNKNOWN, tags: { a: UNKNOWN } })).to.deep.equal([]);
    expect(lab.problems("aws:ssm/document:Document", { documentType: "Command", content: UNKNOWN })).to.deep.equal([]);
  });

  it("invents names from the logical name, keeps them, and makes new ones for replacements", () => {
    const { inputs } = lab.check("aws:ec2/securityGroup:SecurityGroup", {}, {}, "door");
    expect(inputs["name"]).to.match(/^door-[0-9a-f]{7}$/);
    expect(texts(inputs["__defaults"])).to.include("name");
    const kept = lab.check("aws:ec2/securityGroup:SecurityGroup", {}, { name: "door-1234567", __defaults: ["name"] }, "door");
    expect(kept.inputs["name"]).to.equal("door-1234567");
    const fromUser = lab.check("aws:ec2/securityGroup:SecurityGroup", {}, { name: "mine", __defaults: [] }, "door");
    expect(fromUser.inputs["name"]).to.match(/^door-[0-9a-f]{7}$/);
    expect(lab.check("aws:s3/bucket:Bucket", {}, {}, "Nodes").inputs["bucket"]).to.match(/^nodes-[0-9a-f]{7}$/);
    expect(lab.check("aws:ec2/securityGroup:SecurityGroup", { namePrefix: "x" }).inputs["name"]).to.equal(undefined);
  });

  it("adds the provider's default tags, the resource's own winning", () => {
    lab.config = { region: "eu-central-1", defaultTags: { team: "a", stage: "dev" } };
    expect(lab.check("aws:ec2/vpc:Vpc", { cidrBlock: "10.0.0.0/16", tags: { stage: "prod" } }).inputs["tagsAll"]).to.deep.equal({ team: "a", stage: "prod" });
    lab.config = { region: "eu-central-1", defaultTags: {} };
  });
});
