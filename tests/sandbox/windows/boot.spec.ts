import { expect } from "chai";
import { bootHost, freshHost, windowsAdmits } from "../../../sandbox/windows";
import { canonical, subtracted, rangesOf } from "../../../sandbox/windows/address";

const USER_DATA = [
  "<powershell>",
  "New-NetFirewallRule -Name 'secure-winrm-block-http' -Direction Inbound -Action Block -Protocol TCP -LocalPort '5985','47001'",
  "foreach ($name in 'WINRM-HTTP-In-TCP','WINRM-HTTP-In-TCP-PUBLIC') { Get-NetFirewallRule -Name $name | Disable-NetFirewallRule }",
  "</powershell>",
].join("\n");

describe("model of Windows, first boot", () => {
  it("answers on 5985 from its subnet while nothing closes it: what the vendor ships", () => {
    const host = bootHost(freshHost(), "", ["10.0.1.10"]);
    expect(windowsAdmits(host, 5985, "10.0.1.77")).to.equal(true);
    expect(windowsAdmits(host, 5985, "10.0.9.5")).to.equal(false);
    expect(windowsAdmits(host, 5986, "10.0.1.77")).to.equal(false);
  });

  it("is closed by the user data", () => {
    const host = bootHost(freshHost(), USER_DATA, ["10.0.1.10"]);
    expect(windowsAdmits(host, 5985, "10.0.1.77")).to.equal(false);
    expect(host.rules.filter(({ enabled }) => enabled).map(({ name }) => name)).to.deep.equal(["secure-winrm-block-http"]);
    expect(host.listeners, "the listener itself is left to the gate run").to.have.length(1);
  });

  it("takes a pattern for the rules, too", () => {
    const host = bootHost(freshHost(), "<powershell>Disable-NetFirewallRule -Name 'WINRM-HTTP-In-TCP*'</powershell>", ["10.0.1.10"]);
    expect(host.rules.filter(({ enabled }) => enabled)).to.deep.equal([]);
    expect(windowsAdmits(host, 5985, "10.0.1.77")).to.equal(false);
  });

  it("does nothing with text outside of the tags", () => {
    const host = bootHost(freshHost(), USER_DATA.replace("<powershell>", ""), ["10.0.1.10"]);
    expect(windowsAdmits(host, 5985, "10.0.1.77")).to.equal(true);
  });

  it("lets anybody in where the firewall is off, and nobody where nothing listens", () => {
    const host = bootHost(freshHost(), USER_DATA, ["10.0.1.10"]);
    host.profiles.Public.enabled = false;
    expect(windowsAdmits(host, 5985, "192.0.2.7")).to.equal(true);
    host.services["winrm"] = { startup: "Automatic", state: "Stopped" };
    expect(windowsAdmits(host, 5985, "192.0.2.7")).to.equal(false);
  });

  it("compares addresses as sets", () => {
    expect(canonical(["10.0.0.0/255.255.255.0", "10.0.1.0-10.0.1.255"])).to.equal(canonical(["10.0.0.0/23"]));
    expect(canonical(["::1"])).to.equal(canonical(["0:0:0:0:0:0:0:1/128"]));
    expect(subtracted(rangesOf("Any"), rangesOf(["0.0.0.0-255.255.255.255", "::/0"]))).to.deep.equal([]);
    expect(() => canonical(["nobody"])).to.throw();
  });
});
