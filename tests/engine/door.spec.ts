import { expect } from "chai";
import { Cloud } from "../../sandbox/cloud";
import { EngineStack, resourcesOf } from "../support/engine";
import { both } from "../support/example";

const NODE = "10.20.9.5/32";
/** In each cloud a host that is spoilt, one that is left alone, and what a machine is called there. */
const CLOUDS = [
  { cloud: "aws", spoilt: "web-1", other: "web-2", machine: "instance", id: /i-[0-9a-f]+/ },
  { cloud: "azure", spoilt: "app-1", other: "app-2", machine: "vm", id: /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/ },
] as const;
const SPOILT = CLOUDS.map(({ spoilt }) => spoilt);
const HOSTS = CLOUDS.flatMap(({ spoilt, other }) => [spoilt, other]);
const faultOf = (control: string) => SPOILT.map((audit) => ({ audit, control }));
const FAULT = faultOf("kerberos-or-ntlm");

/** Real engine, emulated clouds, model of Windows: what opens, what stays shut, and in which order. One stack, hosts in both clouds. */
describe("door (engine, simulated)", () => {
  let stack: EngineStack;
  let cloud: Cloud;
  const open = (host: string): boolean => cloud.sources(host, 5986).length > 0;
  const opened = (): string[] => HOSTS.filter(open);
  const others = CLOUDS.map(({ other }) => other);
  const opsSince = (start: number): string[] => stack.events().slice(start).map(({ op, name, id }) => `${op} ${name ?? id}`);
  /** What was done in the clouds and to commands; not the runs on hosts. */
  const doneSince = (start: number): string[] => opsSince(start).filter((op) => /^(create|update|delete) /.test(op));
  const lastDeployment = async (): Promise<string[]> => (await resourcesOf(stack)).map(({ urn }) => urn.split("::").at(-1) ?? "");
  const inOrder = (ops: readonly string[], ...wanted: readonly string[]): void => {
    const places = wanted.map((op) => ops.indexOf(op));
    expect(places, `${wanted.join(", ")} in ${ops.join(", ")}`).to.not.include(-1);
    expect(places).to.deep.equal([...places].sort((a, b) => a - b));
  };

  async function built(settings: object = both(), faults: readonly Readonly<Record<string, string>>[] = []): Promise<void> {
    stack = await new EngineStack(settings, { faults }).init();
    cloud = new Cloud(stack.cloud);
  }
  async function succeeds(): Promise<void> {
    const up = await stack.up();
    expect(up.code, up.output).to.equal(0);
  }
  afterEach(() => stack.remove());

  it("opens after the proof, from the nodes only; again is unchanged; refresh finds nothing; destroy leaves nothing, and up builds again", async () => {
    await built();
    await succeeds();
    for (const host of HOSTS) {
      expect(cloud.reaches(host, 5986, NODE), host).to.equal(true);
      expect(cloud.reaches(host, 5986, "10.20.9.6/32"), host).to.equal(false);
      expect(cloud.sources(host, 5985), host).to.deep.equal([]);
    }
    for (const { cloud: place, spoilt, other, machine } of CLOUDS) {
      for (const host of [spoilt, other]) inOrder(doneSince(0), `create ${host}-${machine}`, `create ${host}-gate`, `create ${host}-door`, `create ${host}-audit`);
      if (place === "azure") inOrder(doneSince(0), `create ${spoilt}-deny`, `create ${spoilt}-nic`, `create ${spoilt}-vm`, `create ${spoilt}-prepare`, `create ${spoilt}-certificate`, `create ${spoilt}-gate`);
    }
    const again = stack.events().length;
    expect((await stack.up()).output).to.match(/\d+ unchanged/).and.not.match(/created|updated|replaced/);
    expect((await stack.refresh()).output).to.match(/\d+ unchanged/).and.not.match(/\d+ updated|\d+ deleted/);
    await succeeds();
    expect(doneSince(again)).to.deep.equal([]);

    // Deleted vaults keep their names: the next ones must have others.
    for (const round of [1, 2]) {
      const destroyed = await stack.destroy();
      expect(destroyed.code, destroyed.output).to.equal(0);
      expect(await lastDeployment()).to.deep.equal([]);
      expect(cloud.made().map(({ name }) => name)).to.deep.equal([]);
      if (round === 2) return;
      await succeeds();
      expect(opened()).to.deep.equal(HOSTS);
    }
  });

  it("stays shut when the audit fails, says why once, lets the other hosts go on, and opens when mended without touching them", async () => {
    await built(both(), FAULT);
    const failed = await stack.up();
    expect(failed.code).to.not.equal(0);
    for (const { spoilt, id } of CLOUDS) {
      expect(failed.output.match(new RegExp(`${spoilt} \\(${id.source}\\): the audit failed, the door stays shut`, "g")), failed.output).to.have.length(1);
    }
    expect(failed.output.match(/kerberos-or-ntlm +wsman Service\/Auth\/Basic: expected false, found true \(simulated\)/g), failed.output).to.have.length(2);
    expect(failed.output).to.not.match(/^\s+at .*\.(ts|js|mjs):\d+/m);
    expect(opened()).to.deep.equal(others);
    expect(await lastDeployment()).to.include.members(others.map((host) => `${host}-door`)).and.not.include.members(["web-1-door"]).and.not.include.members(["app-1-door"]);

    for (const step of [() => stack.up(), async () => (await stack.refresh(), stack.up())]) {
      expect((await step()).code).to.not.equal(0);
      expect(opened()).to.deep.equal(others);
    }

    stack.faults([]);
    const before = stack.events().length;
    await succeeds();
    expect(opened()).to.deep.equal(HOSTS);
    expect(doneSince(before).filter((op) => others.some((host) => op.includes(host)))).to.deep.equal([]);
    expect(doneSince(before)).to.include.members(SPOILT.flatMap((host) => [`create ${host}-gate`, `create ${host}-door`]));
  });

  it("stays shut when the host cannot be prepared: WinRM over HTTP that does not go away", async () => {
    await built(both(), faultOf("no-http-listener"));
    const failed = await stack.up();
    expect(failed.code).to.not.equal(0);
    expect(failed.output).to.match(/web-1 \(.*\): the audit failed, the door stays shut/).and.match(/app-1 \(.*\): the preparation failed, the door stays shut/);
    expect(failed.output.match(/no-http-listener +listener HTTP: expected absent, found HTTP on \*:5985 \(simulated\)/g)).to.have.length(2);
    expect(opened()).to.deep.equal(others);
    expect(await lastDeployment()).to.not.include.members(["app-1-certificate"]);
  });

  it("is gone before interface, document or guest change, and stays gone when the new proof fails", async () => {
    await built();
    await succeeds();
    const changed = both();
    changed.account.name = "svc-other";
    changed.aws.hosts["web-1"] = { addresses: ["10.20.1.10", "10.20.1.50"], dnsName: "web-1.corp.example" };
    changed.azure.hosts["app-1"] = { addresses: ["10.30.1.10", "10.30.1.50"], dnsName: "app-1.corp.example" };
    stack.configure(changed);
    stack.faults(FAULT);
    const before = stack.events().length;
    expect((await stack.up()).code).to.not.equal(0);
    const ops = opsSince(before);
    for (const [host, document] of [["web-1", "update aws-document"], ["app-1", "create azure-script"]] as const) {
      inOrder(ops, `delete ${host}-door`, `update ${host}-nic`);
      inOrder(ops, `delete ${host}-door`, document);
      const run = ops.findIndex((op) => /^(send|run) /.test(op) && op.includes(host));
      expect(run, host).to.be.greaterThan(ops.indexOf(`delete ${host}-door`));
    }
    expect(opened()).to.deep.equal(others);
    expect(ops.filter((op) => /-(instance|vm)$/.test(op) || /(delete|create) \w+-\d-nic/.test(op))).to.deep.equal([]);

    expect((await stack.up()).code).to.not.equal(0);
    expect(opened()).to.deep.equal(others);
    stack.faults([]);
    await succeeds();
    expect(opened()).to.deep.equal(HOSTS);
  });

  it("stays open and untouched for a change that it does not vouch for, whose failing audit fails the deployment", async () => {
    await built();
    await succeeds();
    stack.configure({ ...both(), certificate: { minimumDaysLeft: 20 } });
    stack.faults(FAULT);
    const before = stack.events().length;
    const failed = await stack.up();
    expect(failed.code).to.not.equal(0);
    for (const { spoilt, id } of CLOUDS) expect(failed.output).to.match(new RegExp(`${spoilt} \\(${id.source}\\): the audit failed, the door was not touched`));
    expect(opsSince(before).filter((op) => op.endsWith("-door") || op.endsWith("-gate"))).to.deep.equal([]);
    stack.faults([]);
    await succeeds();
  });

  it("goes before the machine when the image changes, and comes back after the new machine's own proof", async () => {
    await built();
    await succeeds();
    const changed = both();
    changed.aws.hosts["web-1"] = { addresses: ["10.20.1.10"], dnsName: "web-1.corp.example", image: "ami-0fedcba9876543210" };
    changed.azure.hosts["app-1"] = { addresses: ["10.30.1.10"], dnsName: "app-1.corp.example", image: "MicrosoftWindowsServer:WindowsServer:2022-datacenter-azure-edition:20348.9999.991231" };
    stack.configure(changed);
    const before = stack.events().length;
    await succeeds();
    const done = doneSince(before);
    for (const { spoilt, machine } of CLOUDS) inOrder(done, `delete ${spoilt}-door`, `delete ${spoilt}-${machine}`, `create ${spoilt}-${machine}`, `create ${spoilt}-gate`, `create ${spoilt}-door`);
    expect(done.filter((op) => others.some((host) => op.includes(host)))).to.deep.equal([]);
    expect(done.filter((op) => /(delete|create) \w+-1-nic/.test(op))).to.deep.equal([]);
    expect(opened()).to.deep.equal(HOSTS);
  });

  for (const [answer, why] of [["wrong-host", /instance: expected ID, found /], ["old-nonce", /nonce: expected/], ["never", /no verdict/]] as const) {
    it(`never opens for an answer that is not this host's to this question: ${answer}`, async () => {
      await built(both(), SPOILT.map((audit) => ({ audit, answer })));
      const failed = await stack.up();
      expect(failed.code).to.not.equal(0);
      for (const { id } of CLOUDS) expect(failed.output).to.match(new RegExp(why.source.replace("ID", id.source)));
      expect(opened()).to.deep.equal(others);
    });
  }

  it("of ring 2 closes only after ring 1 is open again, and not at all when ring 1 fails", async () => {
    const rings = both();
    Object.assign(rings.aws.hosts["web-2"] ?? {}, { ring: 2 });
    Object.assign(rings.azure.hosts["app-2"] ?? {}, { ring: 2 });
    await built(rings);
    await succeeds();
    rings.account.name = "svc-other";
    stack.configure(rings);
    const before = stack.events().length;
    await succeeds();
    for (const { spoilt, other } of CLOUDS) inOrder(opsSince(before), `create ${spoilt}-door`, `delete ${other}-door`);

    rings.account.name = "svc-third";
    stack.configure(rings);
    stack.faults(FAULT);
    expect((await stack.up()).code).to.not.equal(0);
    expect(opened()).to.deep.equal(others);
  });

  it("leaves rules, groups and interfaces alone when a tag changes, and adds a node by at most 3 resources of each cloud", async () => {
    await built();
    await succeeds();
    const tagged = { ...both(), tags: { owner: "ops" } };
    stack.configure(tagged);
    const before = stack.events().length;
    await succeeds();
    const ops = stack.events().slice(before).filter(({ op }) => ["create", "update", "delete"].includes(op));
    for (const { cloud: place } of CLOUDS) expect(ops.filter(({ type }) => type.startsWith(place)).length, place).to.be.greaterThan(0);
    expect(ops.filter(({ type, op }) => op !== "update" || /Rule|SecurityGroup|NetworkInterface|Command/.test(type))).to.deep.equal([]);

    tagged.automation = { nodes: [...tagged.automation.nodes, { name: "exec-2", addresses: ["10.20.9.6"] }] };
    stack.configure(tagged);
    const start = stack.events().length;
    await succeeds();
    const changed = stack.events().slice(start).filter(({ op }) => ["create", "update", "delete"].includes(op));
    for (const { cloud: place } of CLOUDS) {
      const names = new Set(changed.filter(({ type }) => type.startsWith(place)).map(({ name, id }) => name ?? id));
      expect(names.size, [...names].join()).to.be.within(1, 3);
    }
    for (const host of HOSTS) expect(cloud.reaches(host, 5986, "10.20.9.6/32"), host).to.equal(true);
  });

  it("goes on with the other hosts when one host's own resources fail, and converges when mended", async () => {
    await built(both(), SPOILT.map((host) => ({ resource: `${host}-nic`, operation: "create", when: "before" })));
    expect((await stack.up()).code).to.not.equal(0);
    expect(opened()).to.deep.equal(others);
    stack.faults([]);
    await succeeds();
    expect(opened()).to.deep.equal(HOSTS);
  });
});
