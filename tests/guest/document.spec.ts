import { expect } from "chai";
import fc from "fast-check";
import { enforced } from "../../components/controls/catalogue";
import type { Control } from "../../components/controls/control";
import { canonicalJson } from "../../components/guest/canonical";
import { hostParameters, profileOf } from "../../components/fleet/profiles";
import { guestDocument, hostText } from "../../components/guest/document";
import type { GuestResource } from "../../components/guest/kinds";
import { example, exampleWithHosts, settingsOf } from "../support/example";
import { expectGolden } from "../support/golden";
import { approved, jeaOf, stacks } from "../support/stacks";
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
          // Nor the other ways to it: compatibility listeners, somebody's own rule, a listener that a policy makes.
          const policies = resources.flatMap((resource) => (resource.kind === "policy" ? [[resource.name, resource.op, resource.value]] : []));
          expect(policies).to.deep.include.members([["HttpCompatibilityListener", "eq", 0], ["HttpsCompatibilityListener", "eq", 0], ["AllowAutoConfig", "absent", undefined]]);
          expect(resources.filter(({ kind }) => kind === "foreignRules")).to.deep.equal([{ kind: "foreignRules", ports: [5985, 5986, 47001], except: ["secure-winrm-allow-https"] }]);
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

  it("has the door wait for what a gate control declares, and for nothing else", () => {
    const gates = new Set<string>(enforced.filter(({ gate }) => gate).map(({ id }) => id));
    fc.assert(
      fc.property(stacks, (stack) => {
        const { resources } = JSON.parse(documentOf(stack).text) as { resources: { controls: string[]; gate: boolean }[] };
        for (const { controls, gate } of resources) expect(gate, controls.join()).to.equal(controls.some((id) => gates.has(id)));
        expect(resources.filter(({ gate }) => !gate)).to.not.deep.equal([]);
      }),
    );
  });

  it("is of a size that both clouds carry, at its largest: endpoints with 50 commands, a root and a certificate for logging", function () {
    const pem = `-----BEGIN CERTIFICATE-----\n${"TUlJ".repeat(500)}\n-----END CERTIFICATE-----\n`;
    const largest = { ...example(), certificate: { trustedRoots: [pem] }, logging: { powershell: { protectedEventLoggingCertificate: pem } }, jea: [jeaOf(50)], exceptions: [approved("remoting-user-only", "jea-endpoint")] };
    const bytes = documentOf(largest).text.length;
    console.log(`      largest document: ${bytes} bytes; example: ${documentOf(example()).text.length}`);
    // Script and document are an object that hosts fetch: no channel's limit is near. What runs must still be read and parsed.
    expect(bytes).to.be.below(60_000);
    // A host's own addresses are parameters, and 20 of them fit; nodes are an object of their own.
    const host = { addresses: Array.from({ length: 20 }, (_, i) => `10.200.100.${100 + i}`), listen: ["10.200.100.100"], dnsName: `${"a".repeat(60)}.corp.example` };
    expect(Buffer.from(hostText(hostParameters("a-long-hostname", host, "default", "winrm/a-long-hostname"))).toString("base64").length).to.be.below(4096);
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
