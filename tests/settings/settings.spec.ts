import { expect } from "chai";
import fc from "fast-check";
import { readSettings } from "../../components/controls/plan";
import { problemsText, shown } from "../../components/settings/problem";
import { CONTEXT, both, example, exampleAzure } from "../support/example";
import { badAzureStacks } from "./bad-azure-stacks";
import { badStacks } from "./bad-stacks";

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
    const paths = ["automation", "automation.nodes", "account", "aws", "aws.network", "aws.network.vpc", "aws.network.subnets", "aws.hosts", "aws.defaults", "aws.hosts.web-1", "exceptions", "certificate", "logging"];
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.anything(), (path, value) => {
        const stack = example();
        const parts = path.split(".");
        const last = parts.pop() ?? "";
        const target = parts.reduce<object>((at, part) => Reflect.get(at, part) as object, stack);
        Reflect.set(target, last, value);
        expect(() => readSettings(stack, CONTEXT)).to.not.throw();
      }),
      { numRuns: 300 },
    );
  });
});

function spoilt<Stack>(stack: Stack, spoil: (stack: Stack) => void): Stack {
  spoil(stack);
  return stack;
}
