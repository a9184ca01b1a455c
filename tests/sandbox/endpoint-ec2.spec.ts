import { DescribeInstancesCommand, DescribeSecurityGroupRulesCommand, DescribeSecurityGroupsCommand, DescribeTagsCommand, EC2Client, EC2ServiceException, RevokeSecurityGroupIngressCommand } from "@aws-sdk/client-ec2";
import { expect } from "chai";
import { Cloud } from "../../sandbox/cloud";
import { startEc2Endpoint } from "../../sandbox/ec2/http";
import type { Endpoint } from "../../sandbox/guest/loopback";
import { Lab, makeHost, type Host } from "./lab";

const RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";

describe("sandbox: the EC2 endpoint, with the real SDK", () => {
  let lab: Lab;
  let host: Host;
  let endpoint: Endpoint;
  let client: EC2Client;

  const clientOf = (region: string): EC2Client => new EC2Client({ region, endpoint: endpoint.url, credentials: { accessKeyId: "a", secretAccessKey: "b" }, maxAttempts: 1 });

  beforeEach(async () => {
    lab = new Lab();
    host = await makeHost(lab, { fleet: "shop", owner: "ops" });
    endpoint = await startEc2Endpoint(lab.store);
    client = clientOf("eu-central-1");
  });
  afterEach(() => {
    client.destroy();
    endpoint.close();
    lab.close();
  });

  const door = async (more: object = {}): Promise<string> =>
    (await lab.create(RULE, { securityGroupId: host.group, ipProtocol: "tcp", fromPort: 5986, toPort: 5986, cidrIpv4: "10.0.9.5/32", description: "nodes", ...more }, "web-1-door")).id;
  const rulesOf = async (group: string): Promise<(string | undefined)[]> =>
    ((await client.send(new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: "group-id", Values: [group] }] }))).SecurityGroupRules ?? []).map(({ SecurityGroupRuleId }) => SecurityGroupRuleId);
  const fails = async (work: Promise<unknown>): Promise<string> => {
    const error: unknown = await work.catch((caught: unknown) => caught);
    return error instanceof EC2ServiceException ? error.name : "no service exception";
  };

  it("shows a group's rules as EC2 does, and none of a group that is not there", async () => {
    const id = await door();
    const { SecurityGroupRules: [rule] = [] } = await client.send(new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: "group-id", Values: [host.group] }] }));
    expect(rule).to.deep.include({ SecurityGroupRuleId: id, GroupId: host.group, IsEgress: false, IpProtocol: "tcp", FromPort: 5986, ToPort: 5986, CidrIpv4: "10.0.9.5/32", Description: "nodes" });
    expect(await rulesOf("sg-0nowhere")).to.deep.equal([]);
    expect(await fails(client.send(new DescribeSecurityGroupsCommand({ GroupIds: ["sg-0nowhere"] })))).to.equal("InvalidGroup.NotFound");
    const all = await door({ ipProtocol: "-1", fromPort: undefined, toPort: undefined });
    const { SecurityGroupRules: rules = [] } = await client.send(new DescribeSecurityGroupRulesCommand({}));
    expect(rules.find(({ SecurityGroupRuleId }) => SecurityGroupRuleId === all)).to.include({ FromPort: -1, ToPort: -1 });
  });

  it("takes a rule away, all or none, and tells the cloud's events", async () => {
    const id = await door();
    const revoke = (...ids: string[]) => client.send(new RevokeSecurityGroupIngressCommand({ GroupId: host.group, SecurityGroupRuleIds: ids }));
    expect(await fails(revoke(id, "sgr-0nothing"))).to.equal("InvalidSecurityGroupRuleId.NotFound");
    expect(await rulesOf(host.group)).to.deep.equal([id]);
    lab.account({ faults: [{ resource: "web-1-door", operation: "delete", when: "before" }] });
    expect(await fails(revoke(id))).to.equal("InternalError");
    lab.account({});
    expect((await revoke(id)).Return).to.equal(true);
    expect(await rulesOf(host.group)).to.deep.equal([]);
    expect(new Cloud(lab.root).events().at(-1)).to.deep.equal({ op: "delete", type: RULE, id, name: "web-1-door" });
    expect(await fails(revoke(id))).to.equal("InvalidSecurityGroupRuleId.NotFound");
  });

  it("describes tags by key, value, resource and kind, page by page", async () => {
    const tags = async (Filters: { Name: string; Values: string[] }[]): Promise<string[]> =>
      ((await client.send(new DescribeTagsCommand({ Filters }))).Tags ?? []).map(({ ResourceType, Key, Value }) => `${ResourceType} ${Key}=${Value}`);
    expect(await tags([{ Name: "resource-id", Values: [host.instance] }])).to.deep.equal(["instance fleet=shop", "instance owner=ops"]);
    expect(await tags([{ Name: "key", Values: ["fleet"] }, { Name: "value", Values: ["shop"] }])).to.deep.equal(["instance fleet=shop"]);
    expect(await tags([{ Name: "tag:fleet", Values: ["s*"] }, { Name: "resource-type", Values: ["instance"] }])).to.deep.equal(["instance fleet=shop"]);
    expect(await tags([{ Name: "key", Values: ["fleet"] }, { Name: "value", Values: ["ops"] }]), "both of one tag").to.deep.equal([]);
    expect(await tags([{ Name: "value", Values: ["s\\*"] }])).to.deep.equal([]);
    for (let n = 0; n < 7; n += 1) lab.store.put({ type: "aws:ec2/vpc:Vpc", id: `vpc-0${n}`, name: "", properties: { tagsAll: { a: "b" } } });
    const first = await client.send(new DescribeTagsCommand({ Filters: [{ Name: "key", Values: ["a"] }], MaxResults: 5 }));
    const second = await client.send(new DescribeTagsCommand({ Filters: [{ Name: "key", Values: ["a"] }], MaxResults: 5, NextToken: first.NextToken }));
    expect([first, second].map(({ Tags, NextToken }) => [Tags?.length, NextToken === undefined])).to.deep.equal([[5, false], [2, true]]);
  });

  it("knows its region, and refuses what it does not know", async () => {
    const elsewhere = clientOf("eu-west-1");
    expect((await elsewhere.send(new DescribeSecurityGroupsCommand({}))).SecurityGroups).to.deep.equal([]);
    elsewhere.destroy();
    expect(await fails(client.send(new DescribeInstancesCommand({})))).to.equal("InvalidAction");
    expect(await fails(client.send(new DescribeSecurityGroupsCommand({ DryRun: true })))).to.equal("UnknownParameter");
    expect(await fails(client.send(new DescribeTagsCommand({ Filters: [{ Name: "colour", Values: ["red"] }] })))).to.equal("InvalidParameterValue");
    expect(await fails(client.send(new DescribeTagsCommand({ MaxResults: 4 })))).to.equal("InvalidParameterValue");
    const unsigned = await fetch(endpoint.url, { method: "POST", body: "Action=DescribeTags&Version=2016-11-15" });
    expect(unsigned.status).to.equal(401);
  });
});
