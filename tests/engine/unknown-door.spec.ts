import { expect } from "chai";
import { Scalar } from "yaml";
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
    const expires = Object.assign(new Scalar("2999-01-01"), { type: Scalar.QUOTE_DOUBLE });
    doors.stack.configure({ ...both(), exceptions: [{ control: "strong-passwords", what: "anything", reason: "nobody vouches for it", approvedBy: "somebody", expires }] });
    const before = doors.now;
    await doors.succeeds();
    const ops = doors.doneSince(before);
    inOrder(ops, "update app-1-prepare", "update app-1-gate");
    expect(ops.filter((op) => op.endsWith("-door"))).to.deep.equal([]);
    expect(doors.opened()).to.deep.equal(HOSTS);
    const asked = doors.stack.events().slice(before).filter(({ op, name }) => op === "send" && name === "app-1");
    expect(asked.length, "rechecked and audited").to.be.within(1, 2);
  });
});
