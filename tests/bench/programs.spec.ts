import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { expect } from "chai";
import { benchFleet, CLOUDS, PROJECT, STACK } from "../../bench/fleet";
import { programOf, type Style } from "../../bench/program";
import { bare, classOf, usual } from "../../bench/styles";
import { templateOf } from "../../bench/template";
import { AwsFleet } from "../../components/aws/fleet";
import { AzureFleet } from "../../components/azure/fleet";
import { stackArgs } from "../../components/stack";
import { configure } from "../support/config";
import { recorder, settled, type Recorded } from "../support/mocks";

const SCRATCH = join(__dirname, "..", "..", ".sandbox", "tests");
const load = createRequire(__filename);
const HOSTS = 3;

/** Resources by name, components left out: the generated programs have none. */
const byName = (recorded: readonly Recorded[]): Map<string, Recorded> => new Map(recorded.filter(({ type }) => !type.startsWith("secure-winrm:")).map((one) => [one.name, one]));

/** With the promises that texts of assets are. */
async function plain(value: unknown): Promise<unknown> {
  const item = await value;
  if (typeof item !== "object" || item === null) return item;
  return Object.fromEntries(await Promise.all(Object.entries(item).map(async ([key, inner]) => [key, await plain(inner)] as const)));
}

describe("generated programs", () => {
  let folder: string;
  before(() => {
    mkdirSync(SCRATCH, { recursive: true });
    folder = mkdtempSync(join(SCRATCH, "bench-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function run(cloud: (typeof CLOUDS)[number], name: string, style: Style): Promise<Map<string, Recorded>> {
    const file = join(folder, `${name}-${cloud}.ts`);
    writeFileSync(file, programOf(templateOf(benchFleet(cloud, HOSTS)), style));
    const recorded = await recorder(false);
    load(file);
    await settled(recorded);
    return byName(recorded);
  }

  async function ours(cloud: (typeof CLOUDS)[number]): Promise<Map<string, Recorded>> {
    configure(benchFleet(cloud, HOSTS).config);
    const { aws, azure } = stackArgs();
    const recorded = await recorder(false);
    const fleet = `${PROJECT}-${STACK}`;
    if (aws) new AwsFleet("aws", { ...aws, fleet });
    if (azure) new AzureFleet("azure", { ...azure, fleet });
    await settled(recorded);
    return byName(recorded);
  }

  for (const cloud of CLOUDS) {
    it(`flat, ${cloud}: registers exactly what our program does, with the same inputs`, async () => {
      const [flat, expected] = [await run(cloud, "flat", usual), await ours(cloud)];
      expect([...flat.keys()]).to.have.members([...expected.keys()]);
      for (const [name, resource] of expected) expect(await plain(flat.get(name)), name).to.deep.equal(await plain(resource));
    });

    it(`bare, ${cloud}: registers as many of the same types and names`, async () => {
      const made = await run(cloud, "bare", bare);
      expect([...made.values()].map(({ type, name }) => `${type} ${name}`)).to.have.members(benchFleet(cloud, HOSTS).plan.map(({ type, name }) => `${type} ${name}`));
    });

    it(`flat, ${cloud}: is as long for many hosts as for few, but for its list`, () => {
      const lines = (count: number): number => programOf(templateOf(benchFleet(cloud, count)), usual).split("\n").length - count;
      expect(lines(40)).to.equal(lines(2));
    });
  }

  it("import by service", () => {
    expect(classOf("aws:ec2/securityGroup:SecurityGroup")).to.deep.equal({ module: "@pulumi/aws/ec2", alias: "ec2", name: "SecurityGroup" });
    expect(classOf("azure-native:network:NetworkInterface")).to.deep.equal({ module: "@pulumi/azure-native/network", alias: "network", name: "NetworkInterface" });
    expect(classOf("random:index/randomId:RandomId")).to.deep.equal({ module: "@pulumi/random", alias: "random", name: "RandomId" });
  });

  it("refuse hosts that a loop could not make", () => {
    const fleet = benchFleet("aws", 2);
    const plan = fleet.plan.map((planned) => (planned.name === "host-0002-nic" ? { ...planned, inputs: { ...planned.inputs, sourceDestCheck: false } } : planned));
    expect(() => templateOf({ ...fleet, plan })).to.throw("host-0002 differs from host-0001 in more than dnsName, name, address, gate");
  });
});
