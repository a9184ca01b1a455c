import { expect } from "chai";
import fc from "fast-check";
import { planAzure } from "../../components/azure/plan";
import { readSettings } from "../../components/controls/plan";
import { problemsText, shown } from "../../components/settings/problem";
import { azureSettingsOf } from "../support/azure";
import { CONTEXT, both, example, exampleAzure } from "../support/example";
import { badAzureStacks } from "./bad-azure-stacks";
import { badStacks } from "./bad-stacks";

const HOME = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/corp";

describe("settings", () => {
  for (const [name, stack] of Object.entries({ AWS: example(), Azure: exampleAzure(), "both clouds": both() })) {
    it(`takes the example of ${name} as it is`, () => {
      expect(readSettings(stack, CONTEXT).problems).to.deep.equal([]);
    });
  }

  it("has at least 60 bad stack files of each cloud to refuse, each of its own name", () => {
    for (const stacks of [badStacks, badAzureStacks]) {
      expect(stacks.length).to.be.at.least(60);
      expect(new Set(stacks.map((stack) => stack.name)).size).to.equal(stacks.length);
    }
  });

  const spoiltAws = badStacks.map((one) => ({ ...one, cloud: "AWS", stack: () => spoilt(example(), one.spoil) }));
  const spoiltAzure = badAzureStacks.map((one) => ({ ...one, cloud: "Azure", stack: () => spoilt((one.from ?? exampleAzure)(), one.spoil) }));
  for (const { cloud, name, stack: made, key, what, found, mend } of [...spoiltAws, ...spoiltAzure]) {
    it(`refuses in ${cloud}: ${name}`, () => {
      const stack = made();
      const { problems } = readSettings(JSON.parse(JSON.stringify(stack)), CONTEXT);
      const problem = problems.find((one) => one.key === key);
      expect(problem, problemsText(problems)).to.not.equal(undefined);
      expect(problem?.what).to.match(what);
      expect(problem?.mend).to.match(mend);
      if (found) expect(problem?.found).to.match(found);
      expect(problems, problemsText(problems)).to.have.length(1);
    });
  }

  it("tells every problem of a stack at once, across sections and controls", () => {
    const stack = example();
    Reflect.set(stack.account, "transport", "basic");
    Reflect.set(stack, "logging", { retentionDays: 2 });
    Reflect.set(stack.automation.nodes[0] ?? {}, "addresses", ["0.0.0.0/0", 5]);
    Reflect.set(stack.aws.hosts["web-1"] ?? {}, "image", "windows");
    Reflect.set(stack.aws.hosts["web-2"] ?? {}, "addresses", ["10.99.0.1"]);
    Reflect.set(stack, "exceptions", [{ control: "no-http-listener", what: "all", reason: "because we want it", approvedBy: "J. Doe", expires: "2027-01-01" }]);
    expect(readSettings(stack, CONTEXT).problems.map((problem) => problem.key)).to.have.members([
      "account.transport",
      "automation.nodes[0].addresses[0]",
      "automation.nodes[0].addresses[1]",
      "aws.hosts.web-1.image",
      "aws.hosts.web-2.addresses[0]",
      "exceptions[0].control",
      "logging.retentionDays",
    ]);
  });

  it("goes on to what the controls say of hosts when the network, a list or an unknown key is wrong", () => {
    const stack = example();
    Reflect.set(stack, "certificat", {});
    Reflect.set(stack.aws.network, "egress", [{ cidr: "10.0.0.0/8", port: 0, purpose: "x" }]);
    Reflect.set(stack.aws, "dns", { zoneId: "corp.example" });
    Reflect.set(stack.aws.hosts["web-1"] ?? {}, "subnet", "dta");
    Reflect.set(stack.aws.hosts["web-2"] ?? {}, "addresses", ["10.20.1.10"]);
    const keys = readSettings(stack, CONTEXT).problems.map((problem) => problem.key);
    expect(keys).to.include.members(["certificat", "aws.network.egress[0].port", "aws.dns.zoneId", "aws.hosts.web-1.subnet", "aws.hosts.web-2.addresses[0]"]);
  });

  it("goes on the same way in Azure: what is broken in one part, or one host, hides nothing of the others", () => {
    const stack = both();
    Reflect.set(stack.azure.network, "allow", ["10.0.0.5"]);
    Reflect.set(stack.azure.hosts["app-1"] ?? {}, "size", "m7i.large");
    Reflect.set(stack.azure.hosts["app-2"] ?? {}, "adminUsername", "svc-ansible");
    Reflect.set(stack.aws.hosts["web-1"] ?? {}, "subnet", "dta");
    Reflect.set(stack, "tags", { "a/b": "x" });
    expect(readSettings(stack, CONTEXT).problems.map((problem) => problem.key)).to.have.members(["azure.network.allow[0]", "azure.hosts.app-1.size", "azure.hosts.app-2.adminUsername", "aws.hosts.web-1.subnet", "tags.a/b"]);
  });

  it("keeps a host and a tag apart from what JavaScript calls so", () => {
    const stack = both();
    stack.azure.hosts["constructor"] = { addresses: ["10.30.1.12"], dnsName: "constructor.corp.example" };
    expect(readSettings(stack, CONTEXT).settings?.azure?.hosts).to.have.property("constructor").that.has.property("dnsName", "constructor.corp.example");
    const before = Object.getOwnPropertyNames(Object.prototype);
    Reflect.set(stack, "tags", { "__proto__.isPrototypeOf": 5 });
    Reflect.set(stack, "valueOf", {});
    Reflect.set(stack.azure.hosts["app-1"] ?? {}, "subnet", "dmz");
    expect(readSettings(stack, CONTEXT).problems.map((problem) => problem.key)).to.have.members(["tags.__proto__.isPrototypeOf", "valueOf", "azure.hosts.app-1.subnet"]);
    expect(Object.getOwnPropertyNames(Object.prototype)).to.deep.equal(before);
  });

  describe("takes the names that are made of the stack's", () => {
    const LONG = "secure-winrm-".padEnd(62, "x");
    const named = (stack: object, fleet: string) => readSettings(stack, { ...CONTEXT, fleet }).problems;
    const oneHost = (name: string, found = false) => {
      const stack = exampleAzure();
      if (found) stack.azure.network = { vnet: { id: HOME }, subnets: { app: { id: `${HOME}/subnets/app`, cidr: "10.30.1.0/24" } } };
      stack.azure.hosts = { [name]: { addresses: ["10.30.1.10"], dnsName: "a.corp.example" } };
      return stack;
    };
    const wayOut = () => {
      const stack = exampleAzure();
      stack.azure.network.egress = [{ cidr: "10.40.100.128/28", port: 49152, toPort: 65535, purpose: "RPC" }];
      return stack;
    };

    it("as long as a cloud takes them", () => {
      expect(named(oneHost("a", true), LONG)).to.deep.equal([]);
      expect(named(oneHost("a"), LONG.slice(0, 59))).to.deep.equal([]);
      expect(named(wayOut(), LONG.slice(0, 40))).to.deep.equal([]);
      expect(named(exampleAzure(), "Secure-winrm_prod")).to.deep.equal([]);
      expect(named(example(), LONG)).to.deep.equal([]);
    });

    it("as the plan makes them: the limits are those of its own names", () => {
      const longest = (stack: object, fleet: string, name: string): number => {
        const settings = { ...azureSettingsOf(stack), fleet };
        return Math.max(...planAzure(settings, { script: "", reader: "" }).map(({ inputs }) => String(Reflect.get(inputs, name) ?? "").length));
      };
      expect(longest(oneHost("a"), LONG.slice(0, 59), "securityRuleName")).to.equal(80);
      expect(longest(wayOut(), LONG.slice(0, 40), "securityRuleName")).to.equal(80);
      expect(longest(oneHost("a", true), LONG, "vmName")).to.equal(64);
    });

    for (const [what, stack, fleet, key, text] of [
      ["a bucket cannot have", example(), "Secure-winrm_prod", "the stack's name", /no bucket can have/],
      ["begin like a document of AWS' own", example(), "aws-winrm-prod", "the stack's name", /no document of Systems Manager/],
      ["are too long for a document", example(), "secure-winrm-".padEnd(101, "x"), "the stack's name", /no document of Systems Manager/],
      ["have a dot in Azure, where identities have none", exampleAzure(), "winrm.prod", "the stack's name", /Azure does not take/],
      ["begin with a hyphen in Azure", exampleAzure(), "-winrm-prod", "the stack's name", /Azure does not take/],
      ["end with a dot in Azure", exampleAzure(), "winrm-prod.", "the stack's name", /Azure does not take/],
      ["are too long for a machine", oneHost("ab", true), LONG, "azure.hosts.ab", /too long for a machine/],
      ["are too long for a rule", oneHost("a"), LONG.slice(0, 60), "the stack's name", /names of rules with 81 characters/],
      ["are too long for a rule of the user's", wayOut(), LONG.slice(0, 41), "the stack's name", /names of rules with 81 characters/],
    ] as const) {
      it(`but not if they ${what}`, () => {
        const problems = named(stack, fleet);
        expect(problems.map((problem) => problem.key)).to.deep.equal([key]);
        expect(problems[0]?.what).to.match(text);
      });
    }
  });

  it("blames no exception for what is only missing because another exception is wrong", () => {
    const stack = example();
    stack.aws.hosts["web-1"] = { addresses: ["10.20.1.10", "10.20.1.12"], listen: ["10.20.1.10", "10.20.1.12"], dnsName: "web-1.corp.example" };
    stack.exceptions = [{ control: "chosen-addresses", what: "wildcard-listener", reason: "needed", approvedBy: "J. Doe", expires: "2027-01-01" }];
    expect(readSettings(stack, CONTEXT).problems.map((problem) => problem.key)).to.deep.equal(["exceptions[0].reason"]);
  });

  it("shows no secret in a message", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 8 }), fc.constantFrom("password", "clientSecret", "token", "privateKey"), (value, key) => {
        expect(shown(value, `account.${key}`)).to.equal(`a text of ${value.length} characters`);
      }),
    );
  });

  it("never throws, and refuses whatever is not a stack", () => {
    fc.assert(
      fc.property(fc.anything(), (raw) => {
        expect(readSettings(raw, CONTEXT).problems.length).to.be.greaterThan(0);
      }),
    );
  });

  it("never throws on a stack with one value replaced by anything", () => {
    const paths = ["azure", "azure.network", "azure.network.vnet", "azure.network.subnets", "azure.network.allow", "azure.vault", "azure.hosts", "azure.defaults", "azure.hosts.app-1", "azure.tags", "automation", "automation.nodes", "account", "aws", "aws.network", "aws.network.vpc", "aws.network.subnets", "aws.hosts", "aws.defaults", "aws.hosts.web-1", "exceptions", "certificate", "logging"];
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.anything(), (path, value) => {
        const stack = both();
        const parts = path.split(".");
        const last = parts.pop() ?? "";
        const target = parts.reduce<object>((at, part) => Reflect.get(at, part) as object, stack);
        Reflect.set(target, last, value);
        expect(() => readSettings(stack, CONTEXT)).to.not.throw();
      }),
      { numRuns: 500 },
    );
  });
});

function spoilt<Stack>(stack: Stack, spoil: (stack: Stack) => void): Stack {
  spoil(stack);
  return stack;
}
