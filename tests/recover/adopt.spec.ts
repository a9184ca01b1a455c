import { expect } from "chai";
import { settled, withCandidates } from "../../cli/recover/adopt";
import type { Candidate } from "../../cli/recover/find";
import type { Wanted } from "../../cli/recover/wanted";
import { BUCKET, checkpoint, FLEET, NIC, PROVIDER, urn, wanted } from "./checkpoints";

const SECRET = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:abc" };

const candidate = (one: Wanted, id = "eni-1", more: Partial<Candidate> = {}): Candidate => ({ urn: one.urn, type: one.type, id, provider: PROVIDER, dependencies: one.dependencies, wanted: one, ...more });
const tags = { "secure-winrm-fleet": FLEET };

/** What the refresh has left of a candidate. */
const told = (one: Wanted, outputs: Record<string, unknown>) => ({ urn: one.urn, type: one.type, id: "eni-1", inputs: { read: true }, outputs: { tags, ...outputs } });

describe("a state that takes in what was lost", () => {
  it("gets it bare, below what it knows, instead of its deleted forerunner, and is without pending operations", () => {
    const nic = wanted(NIC, "web-1-nic", {}, { dependencies: [urn(BUCKET, "known"), urn(BUCKET, "unknown")], parent: "urn:nobody", protect: true });
    const known = { urn: urn(BUCKET, "known"), type: BUCKET, id: "known" };
    const before = checkpoint([known, { urn: nic.urn, type: NIC, id: "eni-0", pendingReplacement: true }], [{ type: "creating", resource: { urn: nic.urn, type: NIC } }]);
    const after = withCandidates(before, [candidate(nic, "eni-1", { parent: "urn:nobody" })]);
    expect(after.pending).to.deep.equal([]);
    expect(after.resources.slice(1)).to.deep.equal([known, { urn: nic.urn, custom: true, id: "eni-1", type: NIC, provider: PROVIDER, protect: true, dependencies: [known.urn] }]);
    expect(JSON.parse(after.text())).to.deep.include({ version: 3 }).and.nested.include({ "deployment.manifest.kept": true });
  });

  it("puts it where its forerunner stood: others depend on it, and it depends on nothing that comes later", () => {
    const later = { urn: urn(BUCKET, "later"), type: BUCKET, id: "later", dependencies: [urn(NIC, "web-1-nic")] };
    const nic = wanted(NIC, "web-1-nic", {}, { dependencies: [later.urn] });
    const old = { urn: nic.urn, type: NIC, id: "eni-0", pendingReplacement: true };
    const { resources } = withCandidates(checkpoint([old, later]), [candidate(nic)]);
    expect(resources.slice(1).map(({ id, dependencies }) => [id, dependencies])).to.deep.equal([["eni-1", []], ["later", [nic.urn]]]);
  });

  it("keeps the inputs that it was made with, where the cloud does not contradict them", () => {
    const nic = wanted(NIC, "web-1-nic", { tags, addresses: ["10.0.0.1", "10.0.0.2"], subnet: "/Subscriptions/S", policy: '{"a": 1}', writeOnly: "x" });
    const { checkpoint: after, taken } = settled(checkpoint([told(nic, { addresses: ["10.0.0.2", "10.0.0.1"], subnet: "/subscriptions/s", policy: '{"a":1}', arn: "more" })]), [candidate(nic)]);
    expect(after.resources.at(-1)?.inputs).to.deep.equal(nic.inputs);
    expect(taken.map(({ id }) => id)).to.deep.equal(["eni-1"]);
  });

  it("keeps what was read where something else is asked for by now", () => {
    const nic = wanted(NIC, "web-1-nic", { tags, addresses: ["10.0.0.9"] });
    const { checkpoint: after } = settled(checkpoint([told(nic, { addresses: ["10.0.0.1"] })]), [candidate(nic)]);
    expect(after.resources.at(-1)?.inputs).to.deep.equal({ read: true });
  });

  it("puts the generated password, encrypted as it stands there, where a preview hides it; never the word that hides it", () => {
    const password = { urn: urn("random:index/randomPassword:RandomPassword", "p"), type: "random:index/randomPassword:RandomPassword", id: "none", outputs: { result: SECRET } };
    const vm = (from: readonly string[]) => wanted(NIC, "vm", { tags, osProfile: { adminPassword: "[secret]" } }, { propertyDependencies: { osProfile: from } });
    const inputs = (from: readonly string[]) => settled(checkpoint([password, told(vm(from), { osProfile: { computerName: "x" } })]), [candidate(vm(from))]).checkpoint.resources.at(-1)?.inputs;
    expect(inputs([password.urn])).to.deep.equal({ tags, osProfile: { adminPassword: SECRET } });
    expect(inputs([])).to.deep.equal({ read: true });
  });

  it("does not take in what bears the same name and not this fleet's tag", () => {
    const bucket = wanted(BUCKET, "nodes", { bucket: "nodes" });
    for (const other of [{ "secure-winrm-fleet": "another" }, {}, undefined]) {
      const { checkpoint: after, taken, foreign } = settled(checkpoint([{ ...told(bucket, {}), outputs: { tags: other } }]), [candidate(bucket)]);
      expect([after.resources.length, taken.length, foreign.length], JSON.stringify(other)).to.deep.equal([1, 0, 1]);
    }
  });

  it("takes in what nobody asks for any more only if it really bears the tag that it was found by", () => {
    const orphan: Candidate = { urn: urn(NIC, "recovered-eni-1"), type: NIC, id: "eni-1", provider: PROVIDER, dependencies: [], fleet: FLEET };
    const taken = (fleet: string) => settled(checkpoint([{ urn: orphan.urn, type: NIC, id: "eni-1", outputs: { tags: { "secure-winrm-fleet": fleet } } }]), [orphan]).taken.length;
    expect([taken(FLEET), taken(FLEET.toUpperCase())]).to.deep.equal([1, 0]);
  });

  it("does not take in a name in DNS that points elsewhere", () => {
    const record = { ...wanted("aws:route53/record:Record", "web-1-dns"), inputs: { name: "web-1", records: ["10.0.0.1"] } };
    const taken = (records: string[]) => settled(checkpoint([{ ...told(record, {}), outputs: { records } }]), [candidate(record)]).taken.length;
    expect([taken(["10.0.0.1"]), taken(["10.9.9.9"])]).to.deep.equal([1, 0]);
  });

  it("takes nothing that lies in somebody else's: a filter of the same name in his log group", () => {
    const [group, filter] = [wanted(BUCKET, "group"), { ...wanted(BUCKET, "filter"), inputs: { name: "filter" } }];
    const state = checkpoint([{ ...told(group, {}), outputs: { tags: {} } }, { ...told(filter, {}), id: "filter", dependencies: [group.urn] }]);
    const { taken, foreign, checkpoint: after } = settled(state, [candidate(group), candidate(filter, "filter")]);
    expect([taken, foreign.map(({ id }) => id), after.resources.length]).to.deep.equal([[], ["eni-1", "filter"], 1]);
  });

  it("keeps the names in Azure's paths, which no reading tells, and nothing secret or unknown", () => {
    const vm = wanted("azure-native:compute:VirtualMachine", "app-1-vm", { tags, resourceGroupName: "fleet", vmName: "fleet-app-1", licenseType: "04da6b54-80e4-46f7-96ec-b56ff0331ba9", userData: "[secret]", osProfile: { adminPassword: "[secret]" } });
    expect(withCandidates(checkpoint(), [candidate(vm)]).resources.at(-1)?.inputs).to.deep.equal({ resourceGroupName: "fleet", vmName: "fleet-app-1" });
    expect(withCandidates(checkpoint(), [candidate(wanted(NIC, "web-1-nic", { subnetId: "subnet-1" }))]).resources.at(-1)).to.not.have.property("inputs");
  });

  it("knows what Azure tells in other words than it was asked: identities as a map, an address as a prefix, a kind in small letters", () => {
    const asked = { tags, identity: { userAssignedIdentities: ["/subscriptions/S/identity"] }, ipRules: [{ value: "203.0.113.7" }], sku: { name: "PerGB2018" }, type: "KeyVaultForWindows" };
    const said = { identity: { userAssignedIdentities: { "/Subscriptions/s/identity": { clientId: "c" } } }, ipRules: [{ value: "203.0.113.7/32" }], sku: { name: "pergb2018" }, type: "Microsoft.Compute/virtualMachines/extensions" };
    const one = wanted(NIC, "vm", asked);
    const inputs = (outputs: Record<string, unknown>) => settled(checkpoint([told(one, outputs)]), [candidate(one)]).checkpoint.resources.at(-1)?.inputs;
    expect(inputs(said)).to.deep.equal(one.inputs);
    expect(inputs({ ...said, identity: { userAssignedIdentities: { "/subscriptions/s/other": {} } } })).to.deep.equal({ read: true });
    expect(inputs({ ...said, ipRules: [{ value: "203.0.113.8/32" }] })).to.deep.equal({ read: true });
  });

  it("forgets what its provider did not find", () => {
    const bucket = wanted(BUCKET, "nodes", { bucket: "nodes" });
    const { taken, foreign, checkpoint: after } = settled(checkpoint(), [candidate(bucket)]);
    expect([taken, foreign, after.resources.length]).to.deep.equal([[], [], 1]);
  });
});

describe("a recovery that was itself cut off", () => {
  it("leaves entries that the next one asks about again", () => {
    const nic = wanted(NIC, "web-1-nic");
    const half = withCandidates(checkpoint([{ urn: urn(BUCKET, "known"), type: BUCKET, id: "known", outputs: { bucket: "known" } }]), [candidate(nic)]);
    expect(half.bare()).to.deep.equal([nic.urn]);
  });
});

describe("what a state knows and its cloud does not have", () => {
  const RULE = "azure-native:network:SecurityRule";
  const gate = (host: string) => ({ urn: urn("command:local:Command", `${host}-gate`), type: "command:local:Command", id: `gate-${host}`, inputs: { create: "run", triggers: ["proven"] }, outputs: { triggers: ["proven"] } });
  const door = (host: string) => ({ urn: urn(RULE, `${host}-door`), type: RULE, id: `/door-${host}` });
  const made = (op: string, { urn: one, type }: { urn: string; type: string }) => ({ ...wanted(type, ""), urn: one, made: op });

  it("is what the engine would create although it stands there", () => {
    const state = checkpoint([gate("app-1"), door("app-1"), { ...door("app-2"), pendingReplacement: true }, { ...door("app-3"), delete: true }]);
    const asked = [made("create", door("app-1")), made("create", door("app-2")), made("create", door("app-3")), made("create", door("app-4")), made("create", gate("app-1"))];
    expect(state.gone(asked)).to.deep.equal([door("app-1").urn]);
    expect(state.gone([made("replace", door("app-1"))])).to.deep.equal([]);
  });

  it("lets a host without a door prove itself anew, and no other", () => {
    const state = checkpoint([gate("app-1"), gate("app-2"), door("app-2"), gate("app-3"), { ...door("app-3"), delete: true }, { ...gate("app-4"), delete: true }]);
    expect(state.doorless()).to.deep.equal([gate("app-1").urn, gate("app-3").urn]);
    const after = state.provenAnew();
    expect(after.resources.map(({ inputs }) => inputs?.["triggers"])).to.deep.equal([undefined, [], ["proven"], undefined, [], undefined, ["proven"]]);
    expect(after.resources.map(({ outputs }) => outputs?.["triggers"])).to.deep.equal([undefined, [], ["proven"], undefined, [], undefined, ["proven"]]);
    expect(after.doorless()).to.deep.equal([]);
    expect(after.provenAnew()).to.equal(after);
  });

  it("takes nothing for a door that is only called so", () => {
    const subnet = { urn: urn("aws:ec2/subnet:Subnet", "app-1-door"), type: "aws:ec2/subnet:Subnet", id: "subnet-1" };
    expect(checkpoint([gate("app-1"), subnet]).doorless()).to.deep.equal([gate("app-1").urn]);
  });
});
