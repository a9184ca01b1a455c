import { expect } from "chai";
import { find } from "../../cli/recover/find";
import { BUCKET, checkpoint, FLEET, NIC, PROVIDER, urn, view, wanted } from "./checkpoints";

const NOTHING = new Set<string>();
const lostNic = { id: "eni-1", kind: "network-interface", fleet: FLEET, resource: "web-1-nic" };

describe("what a deployment has lost", () => {
  it("is found by its own tag where EC2 chose the id, by its name elsewhere, and an association by Systems Manager's", () => {
    const list = [wanted(NIC, "web-1-nic"), wanted(BUCKET, "nodes", { bucket: "fleet-nodes-0a1b" }), wanted("aws:ssm/association:Association", "keeper", { associationName: "fleet-winrm" })];
    const { candidates, later, strange } = find(list, checkpoint(), [view([lostNic])], NOTHING);
    expect(candidates.map(({ id }) => id)).to.deep.equal(["eni-1", "fleet-nodes-0a1b", "0f1e2d3c-0000-4000-8000-000000000001"]);
    expect([later, strange]).to.deep.equal([[], []]);
  });

  it("may be a window, or lie in one", () => {
    const [WINDOW, TASK] = ["aws:ssm/maintenanceWindow:MaintenanceWindow", "aws:ssm/maintenanceWindowTask:MaintenanceWindowTask"];
    const windows = new Map([["shop-patching", "mw-1"], ["mw-1/task/install", "mw-1/2"], ["mw-1/target/install", "mw-1/3"]]);
    const list = [wanted(WINDOW, "window", { name: "shop-patching" }), wanted(WINDOW, "other", { name: "shop" }), wanted(TASK, "task", { windowId: "mw-1", name: "install" })];
    expect(find(list, checkpoint(), [{ ...view(), windows }], NOTHING).candidates.map(({ id }) => id)).to.deep.equal(["mw-1", "mw-1/2"]);
    const unknown = wanted(TASK, "task", { windowId: "04da6b54-80e4-46f7-96ec-b56ff0331ba9", name: "install" });
    expect(find([unknown], checkpoint(), [{ ...view(), windows }], NOTHING).later).to.deep.equal([unknown.urn]);
  });

  it("is not what the state knows, nor what bears another resource's tag", () => {
    const known = { urn: urn(NIC, "web-2-nic"), type: NIC, id: "eni-2" };
    const { candidates } = find([wanted(NIC, "web-1-nic")], checkpoint([known]), [view([{ ...lostNic, id: "eni-2" }, { id: "eni-3", kind: "subnet", fleet: FLEET, resource: "web-1-nic" }])], NOTHING);
    expect(candidates.filter((candidate) => candidate.wanted !== undefined)).to.deep.equal([]);
  });

  it("may bear the id of what it belongs to: a bucket's policy", () => {
    const POLICY = "aws:s3/bucketPolicy:BucketPolicy";
    const bucket = { urn: urn(BUCKET, "nodes"), type: BUCKET, id: "nodes-0a1b" };
    const { candidates } = find([wanted(POLICY, "tls", { bucket: "nodes-0a1b" })], checkpoint([bucket]), [view()], NOTHING);
    expect(candidates.map(({ id, type }) => [type, id])).to.deep.equal([[POLICY, "nodes-0a1b"]]);
  });

  it("is never a door, which is shut instead; but a subnet that is called so", () => {
    const RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
    const rule = { id: "sgr-1", kind: "security-group-rule", fleet: FLEET, resource: "web-1-door" };
    const looked = (closed: ReadonlySet<string>) => find([wanted(RULE, "web-1-door")], checkpoint(), [view([rule])], closed).candidates.map(({ id }) => id);
    expect(looked(new Set(["sgr-1"]))).to.deep.equal([]);
    expect(looked(NOTHING)).to.deep.equal([]);
    const SUBNET = "aws:ec2/subnet:Subnet";
    const subnet = { id: "subnet-1", kind: "subnet", fleet: FLEET, resource: "aws-subnet-front-door" };
    expect(find([wanted(SUBNET, "aws-subnet-front-door")], checkpoint(), [view([subnet])], NOTHING).candidates.map(({ id }) => id)).to.deep.equal(["subnet-1"]);
  });

  it("is nothing that half a preview does not ask for: that may be what the other half would", () => {
    const orphan = { id: "eni-9", kind: "network-interface", fleet: FLEET, resource: "web-9-nic" };
    const looked = (isWhole: boolean) => find([], checkpoint(), [view([orphan])], NOTHING, isWhole);
    expect(looked(true).candidates.map(({ id }) => id)).to.deep.equal(["eni-9"]);
    expect(looked(false)).to.deep.equal({ candidates: [], later: [], strange: ["eni-9"] });
  });

  it("is looked for by the state's provider where the program's is a newer one, and taken in with the state's", () => {
    const tagged = { id: "eni-1", kind: "network-interface", fleet: FLEET, resource: "web-1-nic" };
    const newer = wanted(NIC, "web-1-nic", {}, { provider: "urn:pulumi:test::secure-winrm::pulumi:providers:aws::default_7_49_0::04da6b54-80e4-46f7-96ec-b56ff0331ba9" });
    expect(find([newer], checkpoint(), [view([tagged])], NOTHING).candidates.map(({ id, provider, wanted: asked }) => [id, provider, asked?.urn])).to.deep.equal([["eni-1", PROVIDER, newer.urn]]);
    const other = { ...view([tagged]), provider: `${PROVIDER}-2` };
    expect(find([newer], checkpoint(), [view(), other], NOTHING).candidates.filter(({ wanted: asked }) => asked !== undefined)).to.deep.equal([]);
  });

  it("comes later when what its name is made of is not known yet", () => {
    const unknown = wanted(BUCKET, "nodes", { bucket: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" });
    expect(find([unknown], checkpoint(), [view()], NOTHING)).to.deep.equal({ candidates: [], later: [unknown.urn], strange: [] });
  });

  it("takes the place of one that was deleted for it, and not of one that still stands", () => {
    const old = { urn: urn(NIC, "web-1-nic"), type: NIC, id: "eni-0" };
    const looked = (resource: typeof old) => find([wanted(NIC, "web-1-nic")], checkpoint([resource]), [view([lostNic])], NOTHING).candidates.map((candidate) => [candidate.urn, candidate.wanted !== undefined]);
    expect(looked({ ...old, ...{ pendingReplacement: true } })).to.deep.equal([[old.urn, true]]);
    expect(looked(old)).to.deep.equal([[urn(NIC, "recovered-eni-1"), false]]);
  });

  it("is not known by a forerunner of the same id that was deleted for it", () => {
    const old = { urn: urn(BUCKET, "nodes"), type: BUCKET, id: "nodes-0a1b", pendingReplacement: true };
    expect(find([wanted(BUCKET, "nodes", { bucket: old.id })], checkpoint([old]), [view()], NOTHING).candidates.map(({ id }) => id)).to.deep.equal([old.id]);
    expect([...checkpoint([old]).ids()]).to.not.include(old.id);
  });

  it("is taken in too when nobody asks for it any more, and goes in an order that EC2 accepts", () => {
    const tagged = [
      { id: "vpc-1", kind: "vpc", fleet: FLEET },
      { id: "sg-1", kind: "security-group", fleet: FLEET, resource: "old-door-group" },
      { id: "i-1", kind: "instance", fleet: FLEET, resource: "old-instance" },
      { id: "eni-1", kind: "network-interface", fleet: FLEET, resource: "old-nic" },
    ];
    const { candidates } = find([], checkpoint(), [view(tagged)], NOTHING);
    const place = new Map(candidates.map((candidate, i) => [candidate.urn, i]));
    expect(candidates.map(({ id }) => id)).to.deep.equal(["vpc-1", "sg-1", "eni-1", "i-1"]);
    for (const { urn: own, dependencies } of candidates) for (const other of dependencies) expect(place.get(other)).to.be.lessThan(place.get(own) ?? 0);
    expect(candidates.at(-1)?.dependencies).to.have.length(3);
  });

  it("is named and left alone when its type does not say what it is; a machine's disk is no matter", () => {
    const { candidates, strange } = find([], checkpoint(), [view([{ id: "sgr-9", kind: "security-group-rule", fleet: FLEET, resource: "x" }, { id: "vol-1", kind: "volume", fleet: FLEET }])], NOTHING);
    expect([candidates, strange]).to.deep.equal([[], ["sgr-9"]]);
  });
});
