import { expect } from "chai";
import { Cloud } from "../../sandbox/cloud";
import { EngineStack, resourcesOf } from "../support/engine";
import { example } from "../support/example";

const FAULT = [{ audit: "web-1", control: "no-http-listener" }];
const NODE = "10.20.9.5/32";

/** Real engine, emulated cloud, model of Windows: what opens, what stays shut, and in which order. */
describe("door (engine, simulated)", () => {
  let stack: EngineStack;
  let cloud: Cloud;
  const open = (host: string): boolean => cloud.sources(host, 5986).length > 0;
  const opsSince = (start: number): string[] => stack.events().slice(start).map(({ op, name, id }) => `${op} ${name ?? id}`);
  const lastDeployment = async (): Promise<string[]> => (await resourcesOf(stack)).map(({ urn }) => urn.split("::").at(-1) ?? "");

  async function built(settings: object = example(), faults: readonly Readonly<Record<string, string>>[] = []): Promise<void> {
    stack = await new EngineStack(settings, { faults }).init();
    cloud = new Cloud(stack.cloud);
  }
  afterEach(() => stack.remove());

  it("opens after the proof, from the nodes only; again is unchanged; refresh finds nothing; destroy leaves nothing", async () => {
    await built();
    const up = await stack.up();
    expect(up.code, up.output).to.equal(0);
    expect(cloud.sources("web-1", 5986)).to.deep.equal([NODE]);
    expect(cloud.sources("web-2", 5986)).to.deep.equal([NODE]);
    expect(cloud.sources("web-1", 5985)).to.deep.equal([]);
    const order = opsSince(0);
    for (const host of ["web-1", "web-2"]) {
      expect(order.indexOf(`create ${host}-instance`)).to.be.lessThan(order.indexOf(`create ${host}-gate`));
      expect(order.indexOf(`send ${host}`)).to.be.lessThan(order.indexOf(`create ${host}-door`));
    }
    const again = stack.events().length;
    expect((await stack.up()).output).to.match(/\d+ unchanged/).and.not.match(/created|updated|replaced/);
    expect((await stack.refresh()).output).to.match(/\d+ unchanged/).and.not.match(/\d+ updated|\d+ deleted/);
    expect((await stack.up()).code).to.equal(0);
    expect(opsSince(again).filter((op) => !op.startsWith("send"))).to.deep.equal([]);
    expect((await stack.destroy()).code).to.equal(0);
    expect(await lastDeployment()).to.deep.equal([]);
    expect(cloud.made().map(({ name }) => name)).to.deep.equal([]);
  });

  it("stays shut when the audit fails, says why once, lets the other host go on, and opens when mended without touching it", async () => {
    await built(example(), FAULT);
    const failed = await stack.up();
    expect(failed.code).to.not.equal(0);
    expect(failed.output.match(/web-1 \(i-[0-9a-f]+\): the audit failed, the door stays shut/g)).to.have.length(1);
    expect(failed.output.match(/no-http-listener +listener HTTP: expected absent, found HTTP on \*:5985 \(simulated\)/g)).to.have.length(1);
    expect(failed.output).to.not.match(/^\s+at .*\.(ts|js|mjs):\d+/m);
    expect([open("web-1"), open("web-2")]).to.deep.equal([false, true]);
    expect(await lastDeployment()).to.include("web-2-door").and.not.include("web-1-door");

    for (const step of [() => stack.up(), async () => (await stack.refresh(), stack.up())]) {
      expect((await step()).code).to.not.equal(0);
      expect([open("web-1"), open("web-2")]).to.deep.equal([false, true]);
    }

    stack.faults([]);
    const before = stack.events().length;
    expect((await stack.up()).code).to.equal(0);
    expect([open("web-1"), open("web-2")]).to.deep.equal([true, true]);
    const done = opsSince(before).filter((op) => !op.startsWith("send"));
    expect(done.filter((op) => op.includes("web-2"))).to.deep.equal([]);
    expect(done).to.include.members(["create web-1-gate", "create web-1-door"]);
  });

  it("is gone before interface, document or guest change, and stays gone when the new proof fails", async () => {
    await built();
    await stack.up();
    const changed = example();
    changed.account.name = "svc-other";
    changed.aws.hosts["web-1"] = { addresses: ["10.20.1.10", "10.20.1.50"], dnsName: "web-1.corp.example" };
    stack.configure(changed);
    stack.faults([{ audit: "web-1", control: "kerberos-or-ntlm" }]);
    const before = stack.events().length;
    expect((await stack.up()).code).to.not.equal(0);
    const ops = opsSince(before);
    const gone = ops.indexOf("delete web-1-door");
    expect(gone).to.be.greaterThan(-1);
    for (const later of ["update web-1-nic", "update aws-document", "send web-1"]) expect(ops.indexOf(later), later).to.be.greaterThan(gone);
    expect([open("web-1"), open("web-2")]).to.deep.equal([false, true]);
    expect(ops.filter((op) => op.includes("-instance") || /(delete|create) web-\d-nic/.test(op))).to.deep.equal([]);

    expect((await stack.up()).code).to.not.equal(0);
    expect(open("web-1")).to.equal(false);
    stack.faults([]);
    expect((await stack.up()).code).to.equal(0);
    expect(open("web-1")).to.equal(true);
  });

  it("stays open and untouched for a change that it does not vouch for, whose failing audit fails the deployment", async () => {
    await built();
    await stack.up();
    const changed = { ...example(), certificate: { minimumDaysLeft: 20 } };
    stack.configure(changed);
    stack.faults(FAULT);
    const before = stack.events().length;
    const failed = await stack.up();
    expect(failed.code).to.not.equal(0);
    expect(failed.output).to.match(/web-1 \(i-[0-9a-f]+\): the audit failed, the door was not touched/);
    expect(opsSince(before).filter((op) => op.endsWith("-door") || op.endsWith("-gate"))).to.deep.equal([]);
    stack.faults([]);
    expect((await stack.up()).code).to.equal(0);
  });

  it("goes before the instance when the image changes, and comes back after the new machine's own proof", async () => {
    await built();
    await stack.up();
    const changed = example();
    changed.aws.hosts["web-1"] = { addresses: ["10.20.1.10"], dnsName: "web-1.corp.example", image: "ami-0fedcba9876543210" };
    stack.configure(changed);
    const before = stack.events().length;
    const up = await stack.up();
    expect(up.code, up.output).to.equal(0);
    const ops = opsSince(before);
    const order = ["delete web-1-door", "delete web-1-instance", "create web-1-instance", "create web-1-gate", "create web-1-door"].map((op) => ops.indexOf(op));
    expect(order).to.deep.equal([...order].sort((a, b) => a - b));
    expect(order[0]).to.be.greaterThan(-1);
    expect(ops.filter((op) => op.includes("web-2") && !op.startsWith("send"))).to.deep.equal([]);
    expect(ops.filter((op) => /(delete|create) web-1-nic/.test(op))).to.deep.equal([]);
  });

  for (const [answer, why] of [["wrong-host", /instance: expected i-[0-9a-f]+, found i-/], ["old-nonce", /nonce: expected/], ["never", /no verdict/]] as const) {
    it(`never opens for an answer that is not this host's to this question: ${answer}`, async () => {
      await built(example(), [{ audit: "web-1", answer }]);
      const failed = await stack.up();
      expect(failed.code).to.not.equal(0);
      expect(failed.output).to.match(why);
      expect([open("web-1"), open("web-2")]).to.deep.equal([false, true]);
    });
  }

  it("of ring 2 closes only after ring 1 is open again, and not at all when ring 1 fails", async () => {
    const rings = example();
    Object.assign(rings.aws.hosts["web-2"] ?? {}, { ring: 2 });
    await built(rings);
    expect((await stack.up()).code).to.equal(0);
    rings.account.name = "svc-other";
    stack.configure(rings);
    const before = stack.events().length;
    expect((await stack.up()).code).to.equal(0);
    const ops = opsSince(before);
    expect(ops.indexOf("delete web-2-door")).to.be.greaterThan(ops.indexOf("create web-1-door"));

    rings.account.name = "svc-third";
    stack.configure(rings);
    stack.faults(FAULT);
    expect((await stack.up()).code).to.not.equal(0);
    expect([open("web-1"), open("web-2")]).to.deep.equal([false, true]);
  });

  it("leaves rules, groups and interfaces alone when a tag changes, and adds a node by at most 3 cloud resources", async () => {
    await built();
    await stack.up();
    const tagged = { ...example(), tags: { owner: "ops" } };
    stack.configure(tagged);
    const before = stack.events().length;
    expect((await stack.up()).code).to.equal(0);
    const ops = stack.events().slice(before).filter(({ op }) => op !== "send" && op !== "associate");
    expect(ops.length).to.be.greaterThan(0);
    expect(ops.filter(({ type, op }) => op !== "update" || /Rule|SecurityGroup|NetworkInterface|Command/.test(type))).to.deep.equal([]);

    tagged.automation = { nodes: [...tagged.automation.nodes, { name: "exec-2", addresses: ["10.20.9.6"] }] };
    stack.configure(tagged);
    const start = stack.events().length;
    const up = await stack.up();
    expect(up.code, up.output).to.equal(0);
    const changed = stack.events().slice(start).filter(({ op, type }) => type.startsWith("aws:") && ["create", "update", "delete"].includes(op));
    expect(changed.length).to.be.within(1, 3);
    expect(cloud.sources("web-1", 5986)).to.deep.equal([NODE, "10.20.9.6/32"]);
  });

  it("goes on with the other hosts when one host's own resources fail, and converges when mended", async () => {
    await built(example(), [{ resource: "web-1-nic", operation: "create", when: "before" }]);
    expect((await stack.up()).code).to.not.equal(0);
    expect([open("web-1"), open("web-2")]).to.deep.equal([false, true]);
    stack.faults([]);
    const up = await stack.up();
    expect(up.code, up.output).to.equal(0);
    expect(open("web-1")).to.equal(true);
  });
});
