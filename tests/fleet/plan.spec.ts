import { expect } from "chai";
import fc from "fast-check";
import { planAws } from "../../components/aws/plan";
import { planAzure } from "../../components/azure/plan";
import type { CommonArgs } from "../../components/fleet/args";
import { documentsOf, hostParameters } from "../../components/fleet/profiles";
import { linksOf, type Planned } from "../../components/graph/planned";
import { azureSettingsOf, azureStacks } from "../support/azure";
import { both, example, exampleAzure, settingsOf } from "../support/example";
import { approved, jeaOf, stacks } from "../support/stacks";

interface HostArgs {
  addresses: string[];
  dnsName: string;
  ring?: number;
}
interface Section {
  hosts: { [name: string]: HostArgs };
  tags?: { [key: string]: string };
}

const inputs = { script: "# script", fetch: "# fetch", reader: "node cli/reader.mjs" };
/** What each cloud needs said of it, so that the same demands can be made of both. */
const CLOUDS = [
  {
    cloud: "aws",
    example,
    section: (stack: object): Section => Reflect.get(stack, "aws") as Section,
    planOf: (stack: object): readonly Planned[] => planAws(settingsOf(stack), inputs),
    stacks: stacks as fc.Arbitrary<CommonArgs>,
    hosts: ["web-1", "web-2"],
    addresses: ["10.20.1.10", "10.20.1.98", "10.20.1.99"],
    certificate: (stack: object) => Reflect.set(stack, "certificate", { secret: "other/{host}" }),
    machine: "instance",
  },
  {
    cloud: "azure",
    example: exampleAzure,
    section: (stack: object): Section => Reflect.get(stack, "azure") as Section,
    planOf: (stack: object): readonly Planned[] => planAzure(azureSettingsOf(stack), inputs),
    stacks: azureStacks as fc.Arbitrary<CommonArgs>,
    hosts: ["app-1", "app-2"],
    addresses: ["10.30.1.10", "10.30.1.98", "10.30.1.99"],
    certificate: (stack: object) => Reflect.set(Reflect.get(stack, "azure") as object, "vault", { certificate: "other-{host}" }),
    machine: "vm",
  },
] as const;

const find = (plan: readonly Planned[], name: string): Planned => {
  const found = plan.find((planned) => planned.name === name);
  if (!found) throw new Error(`no ${name} in the plan`);
  return found;
};

for (const { cloud, example: exampleOf, section, planOf, stacks: stacksOf, hosts: [first, second], addresses: [own, further, other], certificate, machine } of CLOUDS) {
  const gateOf = (plan: readonly Planned[]): unknown => Reflect.get(find(plan, `${first}-gate`).inputs, "triggers");
  const host = (stack: object, change: object): void => void Object.assign(section(stack).hosts[first] ?? {}, change);

  describe(`plan of a fleet, wherever it lives: ${cloud}`, () => {
    it("names each resource once, and only refers to what came before", () => {
      fc.assert(
        fc.property(stacksOf, (stack) => {
          const seen = new Set<string>();
          for (const planned of planOf(stack)) {
            for (const name of [...planned.needs, ...linksOf(planned.inputs)]) expect(seen, `${planned.name} refers to ${name}`).to.include(name);
            expect(seen).to.not.include(planned.name);
            seen.add(planned.name);
          }
        }),
      );
    });

    it("has the door and the machine gone before they are made anew, and the door before all", () => {
      const plan = planOf(exampleOf());
      for (const role of ["seal", "gate", "door", machine]) expect(find(plan, `${first}-${role}`).deleteBeforeReplace, role).to.equal(true);
      expect(find(plan, `${first}-nic`).needs).to.include(`${first}-seal`);
      expect(gateOf(plan)).to.deep.include({ $link: { name: `${first}-seal`, output: "hex" } });
    });

    it("takes an audit away before it is asked anew: for each new door, and for whatever is asked otherwise", () => {
      const triggersOf = (stack: object, role: string): unknown => Reflect.get(find(planOf(stack), `${first}-${role}`).inputs, "triggers");
      const until = (expires: string) => ({ ...exampleOf(), exceptions: [{ ...approved("windows-firewall", "vendor rules"), expires }] });
      expect(find(planOf(exampleOf()), `${first}-audit`).deleteBeforeReplace).to.equal(true);
      expect(triggersOf(exampleOf(), "audit")).to.deep.include({ $link: { name: `${first}-door`, output: "id" } });
      expect(triggersOf(until("2026-12-01"), "audit")).to.not.deep.equal(triggersOf(until("2026-12-02"), "audit"));
      expect(triggersOf(until("2026-12-01"), "gate")).to.deep.equal(triggersOf(until("2026-12-02"), "gate"));
      expect(triggersOf(exampleOf(), "audit")).to.deep.equal(triggersOf(exampleOf(), "audit"));
    });

    it("closes a door for an address, name, certificate, account or transport, and for nothing else", () => {
      const base = planOf(exampleOf());
      const vouched: readonly [string, (stack: CommonArgs) => void][] = [
        ["address", (s) => host(s, { addresses: [other] })],
        ["name", (s) => host(s, { dnsName: "www.corp.example" })],
        ["further address", (s) => host(s, { addresses: [own, further] })],
        ["account", (s) => void (s.account.name = "svc-other@CORP.EXAMPLE")],
        ["plugin", (s) => void (s.account.plugin = "winrm")],
        ["whom tasks become", (s) => void (s.account.becomeUser = "svc-more@CORP.EXAMPLE")],
        ["who else may use remoting", (s) => { s.jea = [jeaOf(1)]; s.exceptions = [approved("remoting-user-only", "jea-endpoint")]; }],
        ["another root", (s) => void (s.certificate = { trustedRoots: ["-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"] })],
        ["certificate", certificate],
      ];
      for (const [what, change] of vouched) {
        const stack = exampleOf();
        change(stack);
        expect(gateOf(planOf(stack)), what).to.not.deep.equal(gateOf(base));
      }
      const others: typeof vouched = [
        ["retention", (s) => void (s.logging = { retentionDays: 30 })],
        ["days left", (s) => void (s.certificate = { minimumDaysLeft: 30 })],
        ["passwords", (s) => void (s.passwords = { minimumLength: 20 })],
        ["transcripts", (s) => void (s.logging = { powershell: { transcripts: "C:\\Transcripts" } })],
        ["updates", (s) => void (s.updates = { maximumAgeDays: 20 })],
        ["window", (s) => void (s.updates = { window: { day: "Mon", start: "01:00" } })],
        ["who patches", (s) => void (s.updates = { patching: "elsewhere" })],
        ["events", (s) => void (s.logging = { events: false })],
        ["flow logs", (s) => void (s.logging = { flowLogs: false })],
        ["tags", (s) => void (s.tags = { owner: "ops" })],
        ["another host", (s) => void (section(s).hosts["more-1"] = { addresses: [further], dnsName: "more-1.corp.example" })],
      ];
      for (const [what, change] of others) {
        const stack = exampleOf();
        change(stack);
        expect(gateOf(planOf(stack)), what).to.deep.equal(gateOf(base));
        expect(find(planOf(stack), `${first}-door`), what).to.deep.equal(find(base, `${first}-door`));
      }
    });

    it("keeps a gate as it is when a node is added", () => {
      const stack = exampleOf();
      stack.automation.nodes.push({ name: "exec-2", addresses: ["10.99.0.6"] });
      expect(find(planOf(stack), `${first}-gate`)).to.deep.equal(find(planOf(exampleOf()), `${first}-gate`));
    });

    it("leaves rules, groups, interfaces and commands alone when a tag changes", () => {
      const stack = exampleOf();
      stack.tags = { owner: "ops" };
      section(stack).tags = { cost: "42" };
      const after = new Map(planOf(stack).map((planned) => [planned.name, planned]));
      const fixed = planOf(exampleOf()).filter(({ type }) => /Rule$|SecurityGroup$|NetworkInterface$|Command$|RandomId$/.test(type));
      expect(fixed.length).to.be.greaterThan(8);
      for (const planned of fixed) expect(after.get(planned.name)).to.deep.equal(planned);
    });

    it("closes ring 2 only after the doors of ring 1, whatever numbers are left out", () => {
      const stack = exampleOf();
      Object.assign(section(stack).hosts[second] ?? {}, { ring: 5 });
      const plan = planOf(stack);
      expect(find(plan, `${first}-seal`).needs).to.deep.equal([]);
      expect(find(plan, `${cloud}-ring-1-open`).needs).to.deep.equal([`${first}-door`]);
      for (const role of ["seal", "gate", "door"]) expect(find(plan, `${second}-${role}`).needs).to.include(`${cloud}-ring-1-open`);
    });

    it("is the same for the same settings, whatever the order of hosts and nodes", () => {
      fc.assert(
        fc.property(stacksOf, (stack) => {
          const turned = structuredClone(stack);
          section(turned).hosts = Object.fromEntries(Object.entries(section(turned).hosts).reverse());
          turned.automation.nodes.reverse();
          const byName = (plan: readonly Planned[]): string[] => plan.map((planned) => JSON.stringify(planned)).sort();
          expect(byName(planOf(turned))).to.deep.equal(byName(planOf(stack)));
        }),
        { numRuns: 50 },
      );
    });

    it("has no host's own values in what hosts share", () => {
      const shared = planOf(exampleOf()).filter((planned) => planned.host === undefined);
      expect(JSON.stringify(shared)).to.not.include(`"${first}`).and.not.include(own);
    });
  });
}

describe("a host that moves from one cloud to the other", () => {
  const settings = { ...settingsOf(both()), ...azureSettingsOf(both()) };
  const host = { addresses: ["10.0.0.10"], listen: ["10.0.0.10"], dnsName: "web-1.corp.example" };

  it("has the same guest document but for where its certificate comes from", () => {
    const [there, here] = (["secret", "store"] as const).map((from) => JSON.parse(documentsOf(settings, { "web-1": host }, from).of("default").text) as { gate: string; resources: { resource: { kind: string } }[] });
    const different = (there?.resources ?? []).filter((resource, i) => JSON.stringify(resource) !== JSON.stringify(here?.resources[i]));
    expect(different.map(({ resource }) => resource.kind)).to.deep.equal(["certificate"]);
    const certificate = (document: typeof there): object => ({ ...document?.resources.find(({ resource }) => resource.kind === "certificate")?.resource });
    expect({ ...certificate(there), from: "store" }).to.deep.equal(certificate(here));
    expect(there?.resources).to.have.length(here?.resources.length ?? -1);
    // Another source of the certificate is proven anew.
    expect(there?.gate).to.not.equal(here?.gate);
  });

  it("has the same parameters but for the secret's name", () => {
    const there = hostParameters("web-1", host, "default", "winrm/web-1");
    expect({ ...there, secret: "" }).to.deep.equal(hostParameters("web-1", host, "default", ""));
  });
});
