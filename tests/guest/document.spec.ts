import { expect } from "chai";
import fc from "fast-check";
import { planAws, profileOf } from "../../components/aws/plan";
import { hostParameters } from "../../components/aws/host";
import { enforced } from "../../components/controls/catalogue";
import type { Control } from "../../components/controls/control";
import { canonicalJson } from "../../components/guest/canonical";
import { gateHash, guestDocument } from "../../components/guest/document";
import type { GuestResource } from "../../components/guest/kinds";
import { renderScript } from "../../components/guest/render";
import { guestScript } from "../../components/guest/script";
import { example, exampleWithHosts, settingsOf } from "../support/example";
import { expectGolden } from "../support/golden";
import { stacks } from "../support/stacks";

const documentOf = (stack: object, wildcard = false) => {
  const { certificate, account } = settingsOf(stack);
  return guestDocument({ certificate, account, wildcard }, enforced);
};
const resourcesOf = (text: string): GuestResource[] => (JSON.parse(text) as { resources: { resource: GuestResource }[] }).resources.map(({ resource }) => resource);
const SUBSTITUTES = { Mode: "{{ Mode }}", Run: "{{ Run }}", Nonce: "{{ Nonce }}", Gate: "{{ Gate }}", Host: "{{ Host }}", NodesHash: "{{ NodesHash }}" };

describe("guest document", () => {
  it("opens 5986 to nobody but the nodes and leaves no HTTP, whatever the settings", () => {
    fc.assert(
      fc.property(stacks, (stack) => {
        const settings = settingsOf(stack);
        for (const host of Object.keys(settings.aws.hosts)) {
          const resources = resourcesOf(documentOf(stack, profileOf(settings, host) === "wildcard").text);
          const allows = resources.filter((resource) => resource.kind === "firewallRule" && resource.action === "Allow");
          expect(allows).to.have.length(1);
          expect(allows[0]).to.deep.include({ ports: [5986], local: { ref: "host.listen" }, remote: { ref: "nodes.allow" } });
          expect(resources.filter((resource) => resource.kind === "listener" && resource.transport === "HTTP")).to.deep.equal([{ ensure: "absent", kind: "listener", transport: "HTTP" }]);
        }
      }),
    );
  });

  it("is one line of ASCII and the same bytes for the same settings", () => {
    fc.assert(
      fc.property(stacks, (stack) => {
        const { text, generation } = documentOf(stack);
        expect(text).to.match(/^[\x20-\x7e]+$/);
        expect(documentOf(structuredClone(stack))).to.include({ text, generation });
      }),
    );
  });

  it("tells a host's own values to nobody else: hosts of a profile share the document", () => {
    expect(documentOf(exampleWithHosts(3)).text).to.equal(documentOf(example()).text);
  });

  it("gives each host its own gate hash, which follows address, name and secret", () => {
    fc.assert(
      fc.property(stacks, (stack) => {
        const settings = settingsOf(stack);
        const hashes = Object.entries(settings.aws.hosts).map(([name, host]) => gateHash(documentOf(stack), hostParameters(settings, name, host, false), host.addresses));
        expect(new Set(hashes).size).to.equal(hashes.length);
      }),
    );
  });

  it("claims no silence on loopback for a wildcard listener: that is what the exception says", () => {
    const answers = (wildcard: boolean) => resourcesOf(documentOf(example(), wildcard).text).filter((resource) => resource.kind === "answer" && resource.scheme === "https" && resource.expect === "none");
    expect(answers(false)).to.have.length(1);
    expect(answers(true)).to.have.length(0);
  });

  it("fails when two controls declare one resource differently", () => {
    const [first] = enforced;
    const twisted = (value: string): Control => ({ ...(first as Control), guest: () => [{ kind: "wsman", path: "Service/X", op: "eq", value }] });
    const { certificate, account } = settingsOf(example());
    expect(() => guestDocument({ certificate, account, wildcard: false }, [twisted("true"), twisted("false")])).to.throw("wsman Service/X is declared differently");
  });

  it("is what it was (golden)", () => {
    expectGolden("guest-document.json", `${JSON.stringify(JSON.parse(documentOf(example()).text), null, 2)}\n`);
  });
});

describe("rendered script", () => {
  const lines = () => renderScript(documentOf(example()), guestScript(), { Cloud: "aws" }, SUBSTITUTES);

  it("carries the document as data, untouched, in a here-string that nothing in it can end", () => {
    const { text } = documentOf(example());
    const all = lines();
    const at = all.indexOf("$SecureWinrmDocument = @'");
    expect(all.slice(at, at + 3)).to.deep.equal(["$SecureWinrmDocument = @'", text, "'@"]);
  });

  it("refuses a value that could leave its quotes", () => {
    for (const value of ["a'b", "$(x)", "`n", "a\nb", "\u2019"]) {
      expect(() => renderScript(documentOf(example()), "", { Cloud: value }, SUBSTITUTES)).to.throw("cannot be written into the guest script");
    }
  });

  it("refuses a document that Systems Manager would read as a parameter", () => {
    const document = { text: '{"a":"{{ Mode }}"}', generation: "", gate: "" };
    expect(() => renderScript(document, "", {}, SUBSTITUTES)).to.throw("{{");
  });

  it("stays under Systems Manager's 64 KB with the largest set of roots, and under 60 KB without", () => {
    const bytes = (stack: object): number => {
      const plan = planAws(settingsOf(stack), { script: guestScript(), reader: "node cli/reader.mjs" });
      const document = plan.find(({ name }) => name === "aws-document");
      const content = Reflect.get(document?.inputs ?? {}, "content") as { $json: unknown };
      return Buffer.byteLength(JSON.stringify(content.$json));
    };
    expect(bytes(exampleWithHosts(200))).to.be.lessThan(60_000);
  });
});

describe("canonical JSON", () => {
  it("is the same whatever the order of keys, and reads back as it was", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true }), (value) => {
        const turned = Object.fromEntries(Object.entries(value).reverse());
        expect(canonicalJson(turned)).to.equal(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).to.deep.equal(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
