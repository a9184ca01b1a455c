import { createHash } from "node:crypto";
import { expect } from "chai";
import fc from "fast-check";
import { gateHash, hostText, type HostParameters } from "../../components/guest/document";
import { RUN_PARAMETERS } from "../../components/guest/render";

const text = fc.string({ unit: "binary" });
const parameters: fc.Arbitrary<HostParameters> = fc.record({
  host: text,
  name: text,
  addresses: fc.array(text),
  listen: fc.array(text),
  interface: fc.array(text),
  secret: text,
});
const gate = fc.stringMatching(/^[0-9a-f]{64}$/);
const hashOf = (document: string, host: HostParameters): string => gateHash({ gate: document }, host);

/** One change for each parameter. A new one breaks the compilation here. */
const CHANGES: { readonly [Name in keyof HostParameters]: (value: HostParameters[Name]) => HostParameters[Name] } = {
  host: (value) => `${value}a`,
  name: (value) => `${value}a`,
  addresses: (value) => [...value, "10.0.0.9"],
  listen: (value) => [...value, "10.0.0.9"],
  interface: (value) => [...value, "10.0.0.9"],
  secret: (value) => `${value}a`,
};

describe("gate hash", () => {
  for (const name of Object.keys(CHANGES) as (keyof HostParameters)[]) {
    it(`follows ${name}`, () => {
      fc.assert(
        fc.property(gate, parameters, (document, host) => {
          const change = CHANGES[name] as (value: unknown) => unknown;
          expect(hashOf(document, { ...host, [name]: change(host[name]) })).to.not.equal(hashOf(document, host));
        }),
      );
    });
  }

  it("follows the order of the machine's addresses, and the document", () => {
    fc.assert(
      fc.property(gate, gate, parameters, (document, other, host) => {
        expect(hashOf(document, { ...host, interface: ["10.0.0.4", "10.0.0.5"] })).to.not.equal(hashOf(document, { ...host, interface: ["10.0.0.5", "10.0.0.4"] }));
        expect(hashOf(document, host) === hashOf(other, host)).to.equal(document === other);
      }),
    );
  });

  it("is one for two hosts only when nothing differs", () => {
    fc.assert(
      fc.property(parameters, parameters, (one, other) => {
        expect(hashOf("a", one) === hashOf("a", other)).to.equal(JSON.stringify(one) === JSON.stringify(other));
      }),
    );
  });

  it("does not depend on the order in which parameters were written", () => {
    fc.assert(
      fc.property(parameters, (host) => {
        const turned = Object.fromEntries(Object.entries(host).reverse()) as unknown as HostParameters;
        expect(hashOf("a", turned)).to.equal(hashOf("a", host));
      }),
    );
  });

  it("is what the host computes: SHA-256 of the document's gate, a line end, and the bytes that it was given", () => {
    fc.assert(
      fc.property(gate, parameters, (document, host) => {
        const given = Buffer.from(hostText(host), "utf8").toString("base64");
        const taken = Buffer.from(given, "base64").toString("utf8");
        expect(createHash("sha256").update(`${document}\n${taken}`, "utf8").digest("hex")).to.equal(hashOf(document, host));
        // ASCII, so that no code page on the way changes a byte.
        expect(taken).to.match(/^[\x20-\x7e]*$/);
      }),
    );
  });

  it("belongs to parameters that fit into what a run takes: all the addresses that an interface can have", () => {
    const addresses = Array.from({ length: 50 }, (_, i) => `10.255.255.${100 + i}`);
    const largest = { host: "h".repeat(15), name: `${"n".repeat(60)}.${"n".repeat(60)}.example`, addresses, listen: addresses, interface: addresses, secret: "s".repeat(200) };
    expect(Buffer.from(hostText(largest)).toString("base64")).to.match(new RegExp(RUN_PARAMETERS.Host.pattern)).and.to.have.length.at.most(RUN_PARAMETERS.Host.most);
  });
});
