import { expect } from "chai";
import { Scalar } from "yaml";
import { CloudStore } from "../../sandbox/store/store";
import { CLOUDS, Doors, failing, faultsOf, HOSTS, inOrder, NODE, OTHERS } from "../support/doors";
import { both } from "../support/example";

/** Real engine, emulated clouds, model of Windows: a door that stands in the cloud and not in the state. One stack, hosts in both clouds. */
describe("unknown door (engine, simulated)", () => {
  let doors: Doors;
  afterEach(() => doors.stack.remove());

  it("whose create answer was lost is gone before the guest changes, and stays gone when the new proof fails", async () => {
    doors = await Doors.built(both(), faultsOf((host) => ({ resource: `${host}-door`, operation: "create", when: "lost" })));
    await doors.fails();
    expect(doors.opened()).to.deep.equal(HOSTS);
    expect(await doors.inState()).to.include.members(CLOUDS.map(({ spoilt }) => `${spoilt}-gate`)).and.not.include.members(["web-1-door"]).and.not.include.members(["app-1-door"]);

    const changed = both();
    changed.account.name = "svc-other@CORP.EXAMPLE";
    doors.stack.configure(changed);
    doors.stack.faults(failing("kerberos-or-ntlm"));
    const before = doors.now;
    const failed = await doors.fails();
    for (const { spoilt, id } of CLOUDS) expect(failed).to.match(new RegExp(`${spoilt} \\(${id.source}\\): the audit failed, the door stays shut`));
    const events = doors.stack.events().slice(before);
    for (const { cloud, spoilt } of CLOUDS) {
      const gone = events.findIndex(({ op, name }) => op === "delete" && name === `${spoilt}-door`);
      const sent = events.findIndex(({ op, type, name }) => ["send", "associate"].includes(op) && type.startsWith(cloud) && name === spoilt);
      expect(gone, spoilt).to.be.greaterThan(-1);
      expect(sent, spoilt).to.be.greaterThan(gone);
    }
    expect(doors.opened()).to.deep.equal(OTHERS);

    doors.stack.faults([]);
    await doors.succeeds();
    expect(doors.opened()).to.deep.equal(HOSTS);
    for (const host of HOSTS) expect(doors.cloud.reaches(host, 5986, NODE), host).to.equal(true);
  });

  it("that the state knows stays open and untouched when only what nobody vouches for changes", async () => {
    doors = await Doors.built();
    await doors.succeeds();
    // In quotes: the engine would take it for a date.
    const until = (date: string) => ({ ...both(), exceptions: [{ control: "strong-passwords", what: "anything", reason: "nobody vouches for it", approvedBy: "somebody", expires: Object.assign(new Scalar(date), { type: Scalar.QUOTE_DOUBLE }) }] });
    doors.stack.configure(until("2999-01-01"));
    const before = doors.now;
    await doors.succeeds();
    const ops = doors.doneSince(before);
    inOrder(ops, "update app-1-prepare", "update app-1-gate");
    expect(ops.filter((op) => op.endsWith("-door"))).to.deep.equal([]);
    expect(doors.opened()).to.deep.equal(HOSTS);
    const asked = doors.stack.events().slice(before).filter(({ op, name }) => op === "send" && name === "app-1");
    expect(asked, "audited").to.have.length(1);

    doors.stack.configure(until("2999-01-02"));
    doors.stack.faults(failing("kerberos-or-ntlm"));
    expect(await doors.fails()).to.match(/web-1 \(.*\): the audit failed, the door was not touched/);
    expect(doors.opened()).to.deep.equal(HOSTS);
    const audits = ((await doors.stack.state()).deployment.resources ?? []).filter(({ urn, pendingReplacement }) => urn.endsWith("-audit") && pendingReplacement !== true);
    expect(audits.map(({ urn }) => urn.split("::").at(-1)).sort(), "no pass of before stands beside the failure").to.deep.equal(OTHERS.map((host) => `${host}-audit`).sort());
  });

  it("that somebody has taken away by hand opens after a new proof, once recover has seen it", async () => {
    doors = await Doors.built();
    await doors.succeeds();
    const store = new CloudStore(doors.stack.cloud);
    const taken = CLOUDS.map(({ spoilt }) => doors.cloud.byName(`${spoilt}-door`)).filter((one) => one !== undefined);
    for (const { type, id } of taken) store.remove(type, id);
    expect(taken).to.have.length(CLOUDS.length);
    expect((await doors.stack.refresh()).code).to.equal(0);
    const recovered = await doors.stack.recover();
    expect(recovered.output).to.match(/proven without a door; to be proven anew before one opens:\s+(web|app)-1\s+(web|app)-1\s/);

    doors.stack.faults(failing("kerberos-or-ntlm"));
    await doors.fails();
    expect(doors.opened()).to.deep.equal(OTHERS);
    doors.stack.faults([]);
    const before = doors.now;
    await doors.succeeds();
    expect(doors.opened()).to.deep.equal(HOSTS);
    for (const { spoilt } of CLOUDS) inOrder(doors.doneSince(before), `create ${spoilt}-gate`, `create ${spoilt}-door`, `create ${spoilt}-audit`);
  });
});
