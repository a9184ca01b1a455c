import { expect } from "chai";
import { CLOUDS, Doors, failing, faultsOf, HOSTS, inOrder, NODE, OTHERS } from "../support/doors";
import { both } from "../support/example";

/** Real engine, emulated clouds, model of Windows: what opens, what stays shut, and why. One stack, hosts in both clouds. */
describe("door (engine, simulated)", () => {
  let doors: Doors;
  afterEach(() => doors.stack.remove());

  it("opens after the proof, from the nodes only; again is unchanged; refresh finds nothing; destroy leaves nothing, and up builds again", async () => {
    doors = await Doors.built();
    await doors.succeeds();
    for (const host of HOSTS) {
      expect(doors.cloud.reaches(host, 5986, NODE), host).to.equal(true);
      expect(doors.cloud.reaches(host, 5986, "10.20.9.6/32"), host).to.equal(false);
      expect(doors.cloud.sources(host, 5985), host).to.deep.equal([]);
    }
    for (const { cloud: place, spoilt, other, machine } of CLOUDS) {
      for (const host of [spoilt, other]) inOrder(doors.doneSince(0), `create ${host}-${machine}`, `create ${host}-gate`, `create ${host}-door`, `create ${host}-audit`);
      if (place === "azure") inOrder(doors.doneSince(0), `create ${spoilt}-deny`, `create ${spoilt}-nic`, `create ${spoilt}-vm`, `create ${spoilt}-prepare`, `create ${spoilt}-certificate`, `create ${spoilt}-gate`);
    }
    const again = doors.now;
    expect((await doors.stack.up()).output).to.match(/\d+ unchanged/).and.not.match(/created|updated|replaced/);
    expect((await doors.stack.refresh()).output).to.match(/\d+ unchanged/).and.not.match(/\d+ updated|\d+ deleted/);
    await doors.succeeds();
    expect(doors.doneSince(again)).to.deep.equal([]);

    // Deleted vaults keep their names: the next ones must have OTHERS.
    for (const round of [1, 2]) {
      const destroyed = await doors.stack.destroy();
      expect(destroyed.code, destroyed.output).to.equal(0);
      expect(await doors.inState()).to.deep.equal([]);
      expect(doors.cloud.made().map(({ name }) => name)).to.deep.equal([]);
      if (round === 2) return;
      await doors.succeeds();
      expect(doors.opened()).to.deep.equal(HOSTS);
    }
  });

  it("stays shut when the audit fails, says why once, lets the other hosts go on, and opens when mended without touching them", async () => {
    doors = await Doors.built(both(), failing("kerberos-or-ntlm"));
    const failed = await doors.fails();
    for (const { spoilt, id } of CLOUDS) {
      expect(failed.match(new RegExp(`${spoilt} \\(${id.source}\\): the audit failed, the door stays shut`, "g")), failed).to.have.length(1);
    }
    expect(failed.match(/kerberos-or-ntlm +policy \S+\\Service\\AllowBasic: expected 0, held by policy, found absent, held by no policy \(simulated\)/g), failed).to.have.length(2);
    expect(failed).to.not.match(/^\s+at .*\.(ts|js|mjs):\d+/m);
    expect(doors.opened()).to.deep.equal(OTHERS);
    expect(await doors.inState()).to.include.members(OTHERS.map((host) => `${host}-door`)).and.not.include.members(["web-1-door"]).and.not.include.members(["app-1-door"]);

    for (const step of [() => doors.stack.up(), async () => (await doors.stack.refresh(), doors.stack.up())]) {
      expect((await step()).code).to.not.equal(0);
      expect(doors.opened()).to.deep.equal(OTHERS);
    }

    doors.stack.faults([]);
    const before = doors.now;
    await doors.succeeds();
    expect(doors.opened()).to.deep.equal(HOSTS);
    expect(doors.doneSince(before).filter((op) => OTHERS.some((host) => op.includes(host)))).to.deep.equal([]);
    expect(doors.doneSince(before)).to.include.members(CLOUDS.flatMap(({ spoilt: host }) => [`create ${host}-gate`, `create ${host}-door`]));
  });

  it("stays shut when the host cannot be prepared: WinRM over HTTP that does not go away", async () => {
    doors = await Doors.built(both(), failing("no-http-listener"));
    const failed = await doors.fails();
    expect(failed).to.match(/web-1 \(.*\): the audit failed, the door stays shut/).and.match(/app-1 \(.*\): the preparation failed, the door stays shut/);
    expect(failed.match(/no-http-listener +listener HTTP: expected absent, found HTTP on \*:5985 \(simulated\)/g)).to.have.length(2);
    expect(doors.opened()).to.deep.equal(OTHERS);
    expect(await doors.inState()).to.not.include.members(["app-1-certificate"]);
  });

  it("never opens for an answer that is not this host's to this question", async () => {
    const answers = { "web-1": "wrong-host", "web-2": "old-nonce", "app-1": "old-nonce", "app-2": "wrong-host" };
    doors = await Doors.built(both(), Object.entries(answers).map(([audit, answer]) => ({ audit, answer })));
    const failed = await doors.fails();
    for (const { id } of CLOUDS) expect(failed).to.match(new RegExp(`instance: expected ${id.source}, found `));
    for (const host of ["web-2", "app-1"]) expect(failed).to.match(new RegExp(`${host} \\(.*\\): its answer does not count, the door stays shut\\n +nonce: expected`));
    expect(doors.opened()).to.deep.equal([]);
  });

  it("stays shut for a host that never answers", async () => {
    doors = await Doors.built(both(), faultsOf((audit) => ({ audit, answer: "never" })));
    expect((await doors.fails()).match(/no verdict/g)).to.have.length(CLOUDS.length);
    expect(doors.opened()).to.deep.equal(OTHERS);
  });

  it("goes on with the other hosts when one host's own resources fail, and converges when mended", async () => {
    doors = await Doors.built(both(), faultsOf((host) => ({ resource: `${host}-nic`, operation: "create", when: "before" })));
    await doors.fails();
    expect(doors.opened()).to.deep.equal(OTHERS);
    doors.stack.faults([]);
    await doors.succeeds();
    expect(doors.opened()).to.deep.equal(HOSTS);
  });
});
