import { expect } from "chai";
import { freshHost, UNVERIFIED, VENDOR } from "../../../sandbox/windows";

describe("model of Windows, what the vendor delivers", () => {
  const rows = Object.entries(VENDOR).flatMap(([part, facts]) => facts.map((fact) => ({ part, ...fact })));

  it("names a source for each row, or says that there is none", () => {
    for (const { part, about, source } of rows) expect(source, `${part} ${about}`).to.match(/^unverified$|\b(MicrosoftDocs|PowerShell|Microsoft|ansible|dumps|output|security option)\b/);
  });

  it("says of each thing one thing", () => {
    const names = rows.map(({ part, about }) => `${part} ${about}`.toLowerCase());
    expect(new Set(names).size).to.equal(names.length);
  });

  it("rests on nothing in these parts, which nobody may claim", () => {
    const parts = Object.entries(VENDOR).map(([part, facts]) => `${part} ${facts.filter(({ source }) => source === UNVERIFIED).length}/${facts.length}`);
    expect(parts).to.deep.equal([
      "wsman 4/31", "registry 0/2", "services 1/3", "listeners 0/1", "updates 1/1", "accounts 0/4", "groups 4/6", "rights 6/6", "accountPolicy 8/8",
      "auditPolicy 29/29", "channels 7/7", "sessionConfigurations 0/4", "rules 0/3", "profiles 0/3", "firewallLogs 0/3",
    ]);
  });

  it("is what a new machine has, which shares nothing with the next", () => {
    const [one, other] = [freshHost(), freshHost()];
    expect(one).to.deep.equal(other);
    one.groups[0]?.members.push("S-1-1-0");
    one.profiles.Public.enabled = false;
    one.rights["SeDebugPrivilege"]?.push("S-1-1-0");
    expect(freshHost()).to.deep.equal(other);
    expect(one.profiles.Domain.enabled).to.equal(true);
    for (const { about } of VENDOR["wsman"] ?? []) expect(Object.keys(other.wsman)).to.include(about.toLowerCase());
  });
});
