import { expect } from "chai";
import fc from "fast-check";
import { enforced } from "../../components/controls/catalogue";
import type { Control } from "../../components/controls/control";
import { canonicalJson } from "../../components/guest/canonical";
import { hostParameters, profileOf } from "../../components/fleet/profiles";
import { guestDocument } from "../../components/guest/document";
import type { GuestResource } from "../../components/guest/kinds";
import { example, exampleWithHosts, settingsOf } from "../support/example";
import { expectGolden } from "../support/golden";
import { stacks } from "../support/stacks";
import { documentOf, profileOf as profileIn } from "./documents";

const resourcesOf = (text: string): GuestResource[] => (JSON.parse(text) as { resources: { resource: GuestResource }[] }).resources.map(({ resource }) => resource);

describe("guest document", () => {
  it("opens 5986 to nobody but the nodes and leaves no HTTP, whatever the settings", () => {
    fc.assert(
      fc.property(stacks, (stack) => {
        const settings = settingsOf(stack);
        for (const [name, host] of Object.entries(settings.aws.hosts)) {
          const resources = resourcesOf(documentOf(stack, { wildcard: profileOf(settings, name, host) === "wildcard" }).text);
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

  it("names in the parameters what to open, what to listen on, and all that the machine has", () => {
    const host = { addresses: ["10.0.0.4", "10.0.0.5"], listen: ["10.0.0.5"], dnsName: "a.example" };
    const common = { host: "a", name: "a.example", interface: host.addresses, secret: "s" };
    expect(hostParameters("a", host, "default", "s")).to.deep.equal({ ...common, addresses: host.addresses, listen: ["10.0.0.5"] });
    expect(hostParameters("a", host, "wildcard", "s")).to.deep.equal({ ...common, addresses: ["10.0.0.5"], listen: ["*"] });
  });

  it("says where the certificate comes from, and vouches for it", () => {
    const [secret, store] = [documentOf(example()), documentOf(example(), { certificateFrom: "store" })];
    const from = ({ text }: { text: string }) => resourcesOf(text).flatMap((resource) => (resource.kind === "certificate" ? [resource.from] : []));
    expect([from(secret), from(store)]).to.deep.equal([["secret"], ["store"]]);
    expect(secret.gate).to.not.equal(store.gate);
  });

  it("claims no silence on loopback for a wildcard listener: that is what the exception says", () => {
    const answers = (wildcard: boolean) => resourcesOf(documentOf(example(), { wildcard }).text).filter((resource) => resource.kind === "answer" && resource.scheme === "https" && resource.expect === "none");
    expect(answers(false)).to.have.length(1);
    expect(answers(true)).to.have.length(0);
  });

  it("fails when two controls declare one resource differently", () => {
    const [first] = enforced;
    const twisted = (value: string): Control => ({ ...(first as Control), guest: () => [{ kind: "wsman", path: "Service/X", op: "eq", value }] });
    expect(() => guestDocument(profileIn(settingsOf(example())), [twisted("true"), twisted("false")])).to.throw("wsman Service/X is declared differently");
  });

  it("is what it was (golden)", () => {
    expectGolden("guest-document.json", `${JSON.stringify(JSON.parse(documentOf(example()).text), null, 2)}\n`);
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
