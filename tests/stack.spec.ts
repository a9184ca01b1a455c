import { RunError } from "@pulumi/pulumi";
import { expect } from "chai";
import { stackArgs } from "../components/stack";
import { configure } from "./support/config";
import { both, example, exampleAzure } from "./support/example";

const DAY = "2026-06-01";
const written = (stack: object, further: Readonly<Record<string, unknown>> = {}): void =>
  configure({ ...Object.fromEntries(Object.entries(stack).map(([key, value]) => [`secure-winrm:${key}`, value as unknown])), ...further });
const exception = (hosts?: string[]) => ({ control: "up-to-date", what: "frozen image", reason: "until the vendor supports it", approvedBy: "J. Doe", expires: "2026-12-31", ...(hosts === undefined ? {} : { hosts }) });

describe("a stack file's settings", () => {
  it("give each fleet what is common and its own section", () => {
    written(both());
    const { aws, azure } = stackArgs(DAY);
    expect(aws).to.deep.include({ fleet: "secure-winrm-test", today: DAY, account: both().account, aws: both().aws }).and.not.have.property("azure");
    expect(azure).to.deep.include({ fleet: "secure-winrm-test", today: DAY, account: both().account, azure: both().azure }).and.not.have.property("aws");
  });

  for (const [section, stack, other] of [["aws", example(), "azure"], ["azure", exampleAzure(), "aws"]] as const) {
    it(`work with hosts in one cloud alone: ${section}`, () => {
      written(stack);
      expect(stackArgs(DAY)).to.have.property(section).and.not.equal(undefined);
      expect(stackArgs(DAY)).to.not.have.property(other);
    });
  }

  it("give each fleet the exceptions that hold for its hosts, and no other's", () => {
    written({ ...both(), exceptions: [exception(["web-1", "app-2"]), { ...exception(), control: "regular-audit" }, { ...exception(["app-1"]), control: "modern-tls" }] });
    const { aws, azure } = stackArgs(DAY);
    expect(aws?.exceptions?.map(({ control, hosts }) => [control, hosts])).to.deep.equal([["up-to-date", ["web-1"]], ["regular-audit", undefined]]);
    expect(azure?.exceptions?.map(({ control, hosts }) => [control, hosts])).to.deep.equal([["up-to-date", ["app-2"]], ["regular-audit", undefined], ["modern-tls", ["app-1"]]]);
  });

  it("take from the providers' own keys what is not written twice", () => {
    const { azure, ...common } = exampleAzure();
    const { location, subscription, tenant, ...rest } = azure;
    written({ ...common, azure: rest }, { "azure-native:location": location, "azure-native:subscriptionId": subscription, "azure-native:tenantId": tenant, "azure-native:environment": "usgovernment" });
    expect(stackArgs(DAY).azure?.azure).to.include({ location, subscription, tenant, environment: "usgovernment" });
  });

  for (const [key, name, other] of [["location", "azure-native:location", "northeurope"], ["subscription", "azure-native:subscriptionId", "22222222-2222-3333-4444-555555555555"]] as const) {
    it(`refuse a ${key} that is not the provider's`, () => {
      written(exampleAzure(), { [name]: other });
      expect(() => stackArgs(DAY)).to.throw(RunError, new RegExp(`azure\\.${key}: is not the stack's ${name}, ${other}.*keep one of the two`, "s"));
    });
  }

  it("say at every run where a baseline collides, and how an exception ends", () => {
    const said: string[] = [];
    const { warn } = console;
    console.warn = (text: string) => void said.push(text);
    try {
      written({ ...both(), hardening: "cis-l2", exceptions: [{ ...exception(), expires: "2026-06-05" }] });
      stackArgs(DAY);
      written(both());
      stackArgs(DAY);
    } finally {
      console.warn = warn;
    }
    expect(said).to.have.length(4);
    expect(said[0]).to.match(/exceptions\[0\] .*ends in 4 days/);
    for (const [i, id] of ["18.10.89.2.2", "18.10.90.1", "2.2.22"].entries()) expect(said[i + 1]).to.include(`hardening: cis-l2 wants`).and.include(`CIS ${id},`);
  });

  it("refuse a key whose name JavaScript keeps, instead of taking it for their own", () => {
    written(example(), { "secure-winrm:__proto__": { azure: exampleAzure().azure } });
    expect(() => stackArgs(DAY)).to.throw(RunError, /1 problem[\s\S]*__proto__: is a name that JavaScript keeps/);
  });

  it("refuse what nobody knows, and an encrypted value, with everything else that is wrong", () => {
    process.env["PULUMI_CONFIG_SECRET_KEYS"] = JSON.stringify(["secure-winrm:account"]);
    try {
      written({ ...both(), azur: {} });
      expect(() => stackArgs(DAY)).to.throw(RunError, /account: is encrypted[\s\S]*azur: is not a known key/);
    } finally {
      delete process.env["PULUMI_CONFIG_SECRET_KEYS"];
    }
  });
});
