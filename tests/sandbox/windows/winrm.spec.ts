import { expect } from "chai";
import type { HostState } from "../../../sandbox/windows";
import { answerOn, createListener, listeningOn, removeListener } from "../../../sandbox/windows/winrm";
import { proven } from "./lab";

const FOREIGN = "{00000000-0000-0000-0000-000000000000}";

/** A proven host without its listener, and the listener that it had. */
function bare(): { host: HostState; listener: HostState["listeners"][number] } {
  const host = proven();
  const listener = host.listeners[0];
  if (!listener) throw new Error("no listener");
  removeListener(host, listener);
  return { host, listener };
}

describe("model of Windows, WinRM and http.sys", () => {
  it("makes the http.sys binding with the listener, and takes it away with it", () => {
    const { host, listener } = bare();
    expect(host.bindings).to.deep.equal([]);
    createListener(host, listener);
    expect(host.bindings).to.deep.equal([{ address: "10.0.1.10", port: 5986, thumbprint: listener.thumbprint, appId: "{afebb9ad-9b97-4a91-9ab5-daf4d59122f6}" }]);
  });

  const refused: readonly (readonly [string, string, (host: HostState) => Partial<HostState["listeners"][number]>])[] = [
    ["a listener that is there", "0x803380ED", (host) => (createListener(host, bare().listener), {})],
    ["a certificate that is not there", "0x80338115", () => ({ thumbprint: "0".repeat(40) })],
    ["a certificate without its key", "0x80338115", (host) => (host.certificates.my.forEach((known) => (known.hasKey = false)), {})],
    ["a host name that is not the certificate's", "0x803380E9", () => ({ hostname: "web-2.corp.example" })],
    ["a binding of another program", "0x803380E8", (host) => (host.bindings.push({ address: "10.0.1.10", port: 5986, thumbprint: "0".repeat(40), appId: FOREIGN }), {})],
    ["a binding left over", "0x803380E6", (host) => (host.bindings.push({ address: "10.0.1.10", port: 5986, thumbprint: "0".repeat(40), appId: "{afebb9ad-9b97-4a91-9ab5-daf4d59122f6}" }), {})],
  ];
  for (const [what, code, change] of refused) {
    it(`refuses ${what} with ${code}`, () => {
      const { host, listener } = bare();
      const asked = { ...listener, ...change(host) };
      expect(() => createListener(host, asked)).to.throw(code);
    });
  }

  it("does nothing without the service", () => {
    const { host, listener } = bare();
    host.services["winrm"] = { startup: "Automatic", state: "Stopped" };
    expect(() => createListener(host, listener)).to.throw("does not answer");
  });

  it("answers on the listener's address only", () => {
    const host = proven();
    expect(answerOn(host, "https", 5986, "10.0.1.10").speaks).to.equal("wsman");
    for (const address of ["127.0.0.1", "::1"]) expect(answerOn(host, "https", 5986, address).speaks).to.equal("nothing");
  });

  it("speaks TLS on every address when a binding of the wildcard is left over", () => {
    const host = proven();
    host.bindings.push({ address: "0.0.0.0", port: 5986, thumbprint: host.listeners[0]?.thumbprint ?? "", appId: FOREIGN });
    expect(answerOn(host, "https", 5986, "127.0.0.1").speaks).to.equal("tls");
  });

  it("listens where its filter lets it, nowhere with an empty one", () => {
    const host = proven();
    const anywhere = { address: "*", transport: "HTTP", port: 5985, hostname: "", thumbprint: "", source: "" } as const;
    expect(listeningOn(host, anywhere)).to.deep.equal(["10.0.1.10", "127.0.0.1", "::1"]);
    host.wsman["service/ipv4filter"] = "";
    expect(listeningOn(host, anywhere)).to.deep.equal(["::1"]);
    host.wsman["service/ipv4filter"] = "10.0.1.0-10.0.1.255";
    expect(listeningOn(host, anywhere)).to.deep.equal(["10.0.1.10", "::1"]);
  });

  it("is silent for everybody when a policy says that the service answers nobody", () => {
    const host = proven();
    host.policyInForce["software\\policies\\microsoft\\windows\\winrm\\service\\allowautoconfig"] = { type: "DWord", value: 0 };
    expect(answerOn(host, "https", 5986, "10.0.1.10").speaks).to.equal("nothing");
  });
});
