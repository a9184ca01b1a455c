import { expect } from "chai";
import { CLOUDS, Doors, failing, HOSTS, inOrder, OTHERS } from "../support/doors";
import { both } from "../support/example";

/** Real engine, emulated clouds, model of Windows: what a change does to a door that is open. One stack, hosts in both clouds. */
describe("open door (engine, simulated)", () => {
  let doors: Doors;
  afterEach(() => doors.stack.remove());

  it("is gone before interface, document or guest change, and stays gone when the new proof fails", async () => {
    doors = await Doors.built();
    await doors.succeeds();
    const changed = both();
    changed.account.name = "svc-other@CORP.EXAMPLE";
    changed.aws.hosts["web-1"] = { addresses: ["10.20.1.10", "10.20.1.50"], dnsName: "web-1.corp.example" };
    changed.azure.hosts["app-1"] = { addresses: ["10.30.1.10", "10.30.1.50"], dnsName: "app-1.corp.example" };
    doors.stack.configure(changed);
    doors.stack.faults(failing("kerberos-or-ntlm"));
    const before = doors.now;
    await doors.fails();
    const ops = doors.opsSince(before);
    inOrder(ops, "delete web-1-door", "update aws-document");
    for (const { spoilt: host } of CLOUDS) {
      inOrder(ops, `delete ${host}-door`, `update ${host}-nic`);
      const run = ops.findIndex((op) => /^(send|run) /.test(op) && op.includes(host));
      expect(run, host).to.be.greaterThan(ops.indexOf(`delete ${host}-door`));
    }
    expect(doors.opened()).to.deep.equal(OTHERS);
    expect(ops.filter((op) => /-(instance|vm)$/.test(op) || /(delete|create) \w+-\d-nic/.test(op))).to.deep.equal([]);

    await doors.fails();
    expect(doors.opened()).to.deep.equal(OTHERS);
    doors.stack.faults([]);
    await doors.succeeds();
    expect(doors.opened()).to.deep.equal(HOSTS);
  });

  it("stays open and untouched for a change that it does not vouch for, whose failing audit fails the deployment", async () => {
    doors = await Doors.built();
    await doors.succeeds();
    doors.stack.configure({ ...both(), certificate: { minimumDaysLeft: 20 } });
    doors.stack.faults(failing("kerberos-or-ntlm"));
    const before = doors.now;
    const failed = await doors.fails();
    for (const { spoilt, id } of CLOUDS) expect(failed).to.match(new RegExp(`${spoilt} \\(${id.source}\\): the audit failed, the door was not touched`));
    expect(doors.opsSince(before).filter((op) => op.endsWith("-door") || op.endsWith("-gate"))).to.deep.equal([]);
    doors.stack.faults([]);
    await doors.succeeds();
  });

  it("goes before the machine when the image changes, and comes back after the new machine's own proof", async () => {
    doors = await Doors.built();
    await doors.succeeds();
    const changed = both();
    changed.aws.hosts["web-1"] = { addresses: ["10.20.1.10"], dnsName: "web-1.corp.example", image: "ami-0fedcba9876543210" };
    changed.azure.hosts["app-1"] = { addresses: ["10.30.1.10"], dnsName: "app-1.corp.example", image: "MicrosoftWindowsServer:WindowsServer:2022-datacenter-azure-edition:20348.9999.991231" };
    doors.stack.configure(changed);
    const before = doors.now;
    await doors.succeeds();
    const done = doors.doneSince(before);
    for (const { spoilt, machine } of CLOUDS) inOrder(done, `delete ${spoilt}-door`, `delete ${spoilt}-${machine}`, `create ${spoilt}-${machine}`, `create ${spoilt}-gate`, `create ${spoilt}-door`);
    expect(done.filter((op) => OTHERS.some((host) => op.includes(host)))).to.deep.equal([]);
    expect(done.filter((op) => /(delete|create) \w+-1-nic/.test(op))).to.deep.equal([]);
    expect(doors.opened()).to.deep.equal(HOSTS);
  });

  it("of ring 2 closes only after ring 1 is open again, and not at all when ring 1 fails", async () => {
    const rings = both();
    Object.assign(rings.aws.hosts["web-2"] ?? {}, { ring: 2 });
    Object.assign(rings.azure.hosts["app-2"] ?? {}, { ring: 2 });
    doors = await Doors.built(rings);
    await doors.succeeds();
    rings.account.name = "svc-other@CORP.EXAMPLE";
    doors.stack.configure(rings);
    const before = doors.now;
    await doors.succeeds();
    for (const { spoilt, other } of CLOUDS) inOrder(doors.opsSince(before), `create ${spoilt}-door`, `delete ${other}-door`);

    rings.account.name = "svc-third@CORP.EXAMPLE";
    doors.stack.configure(rings);
    doors.stack.faults(failing("kerberos-or-ntlm"));
    await doors.fails();
    expect(doors.opened()).to.deep.equal(OTHERS);
  });

  it("leaves rules, groups and interfaces alone when a tag changes, and adds a node by at most 3 resources of each cloud", async () => {
    doors = await Doors.built();
    await doors.succeeds();
    const tagged = { ...both(), tags: { owner: "ops" } };
    doors.stack.configure(tagged);
    const before = doors.now;
    await doors.succeeds();
    const ops = doors.stack.events().slice(before).filter(({ op }) => ["create", "update", "delete"].includes(op));
    for (const { cloud: place } of CLOUDS) expect(ops.filter(({ type }) => type.startsWith(place)).length, place).to.be.greaterThan(0);
    expect(ops.filter(({ type, op }) => op !== "update" || /Rule|SecurityGroup|NetworkInterface|Command/.test(type))).to.deep.equal([]);

    tagged.automation = { nodes: [...tagged.automation.nodes, { name: "exec-2", addresses: ["10.20.9.6"] }] };
    doors.stack.configure(tagged);
    const start = doors.now;
    await doors.succeeds();
    const changed = doors.stack.events().slice(start).filter(({ op }) => ["create", "update", "delete"].includes(op));
    for (const { cloud: place } of CLOUDS) {
      const names = new Set(changed.filter(({ type }) => type.startsWith(place)).map(({ name, id }) => name ?? id));
      expect(names.size, [...names].join()).to.be.within(1, 3);
    }
    for (const host of HOSTS) expect(doors.cloud.reaches(host, 5986, "10.20.9.6/32"), host).to.equal(true);
  });
});
