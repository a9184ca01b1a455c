import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { expect } from "chai";
import * as fc from "fast-check";
import { planAws } from "../../components/aws/plan";
import { planAzure } from "../../components/azure/plan";
import { fetchScript } from "../../components/guest/script";
import { SignedFiles } from "../../components/fleet/signed-files";
import { signatureProblem, signedName } from "../../components/guest/signing";
import { isSignedBy } from "../../sandbox/guest/authenticode";
import { azureSettingsOf } from "../support/azure";
import { example, exampleAzure, settingsOf } from "../support/example";
import { Publisher } from "../support/signer";
import { brokenParts, parse } from "./powershell-syntax";

const fixture = (name: string): string => readFileSync(join(__dirname, "signed", name), "utf8");

describe("a signed script", () => {
  const publisher = new Publisher();
  const stranger = new Publisher();
  const scripts = fc.string({ minLength: 1, maxLength: 200 }).map((text) => `Write-Output 'x'\r\n# ${text.replace(/[\r\n]/g, " ")}\n`);

  it("is taken as osslsigncode signs it, by the plan and by the model of Windows", () => {
    expect(signatureProblem(fixture("plain.ps1"), fixture("signed.ps1"), fixture("publisher.pem"))).to.equal(undefined);
    expect(isSignedBy([fixture("publisher.pem")], fixture("signed.ps1"))).to.equal(true);
  });

  it("is taken whatever the script is", () => {
    fc.assert(fc.property(scripts, (script) => signatureProblem(script, publisher.sign(script), publisher.certificate) === undefined && isSignedBy([stranger.certificate, publisher.certificate], publisher.sign(script))), { numRuns: 30 });
  });

  it("is refused for a changed script, by the plan and by the model", () => {
    fc.assert(fc.property(scripts, scripts, (script, other) => {
      fc.pre(script !== other);
      const moved = other + publisher.sign(script).slice(script.length);
      return signatureProblem(other, moved, publisher.certificate)?.includes("not over this script") === true && !isSignedBy([publisher.certificate], moved);
    }), { numRuns: 30 });
  });

  const script = "Write-Output 'x'\n";
  const cases: Readonly<Record<string, [string, RegExp]>> = {
    "no signature": [script, /^is not signed yet$/],
    "another script": [publisher.sign("Write-Output 'y'\n"), /is not the script that it is named for/],
    "another certificate": [stranger.sign(script), /another certificate/],
    "SHA-1": [publisher.sign(script, "sha1"), /SHA-1/],
    "something behind it": [`${publisher.sign(script)}Write-Output 'z'\n`, /does not end with a signature/],
    "something before it": [publisher.sign(script).replace("\r\n# SIG", "\r\nWrite-Output 'z'\r\n# SIG"), /does not end with a signature/],
  };
  for (const [what, [signed, says]] of Object.entries(cases)) {
    it(`is refused for ${what}`, () => {
      expect(signatureProblem(script, signed, publisher.certificate)).to.match(says);
      // Which script it should be is nothing that Windows knows.
      expect(isSignedBy([publisher.certificate], signed)).to.equal(what === "another script");
    });
  }

  it("is refused by the model when a bit of the signature itself is another", () => {
    const signed = publisher.sign(script);
    const last = signed.lastIndexOf("\r\n# SIG # End") - 6;
    const spoilt = `${signed.slice(0, last)}${signed[last] === "A" ? "B" : "A"}${signed.slice(last + 1)}`;
    expect(isSignedBy([publisher.certificate], spoilt)).to.equal(false);
  });
});

const textsIn = (value: unknown): string[] => (typeof value === "string" ? [value] : typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : []);

describe("scripts to be signed", () => {
  const publisher = new Publisher();
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "secure-winrm-signed-"))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const signing = () => ({ folder: relative(process.cwd(), folder), certificate: publisher.certificate });
  const inputs = { script: "exit 0\n", fetch: fetchScript(), reader: "node reader" };
  const plans = {
    aws: (sign?: (text: string) => string) => planAws(settingsOf({ ...example(), guest: { signing: { ...signing(), folder: "signed" } } }), { ...inputs, sign }),
    azure: (sign?: (text: string) => string) => planAzure(azureSettingsOf({ ...exampleAzure(), guest: { signing: { ...signing(), folder: "signed" } } }), { ...inputs, sign }),
  };

  for (const cloud of ["aws", "azure"] as const) {
    it(`are put into the folder and asked for, all of them at once, and used when they are signed (${cloud})`, () => {
      const first = new SignedFiles(signing());
      plans[cloud](first.sign);
      const files = readdirSync(folder);
      expect(first.problems.map(({ key, what }) => [key, files.some((file) => what.includes(file))])).to.deep.equal(files.map(() => ["guest.signing.folder", true]));
      expect(files).to.have.length(cloud === "aws" ? 2 : 1);

      const again = new SignedFiles(signing());
      plans[cloud](again.sign);
      // AWS's second script names the first one's hash in its parameters only, so it is the same file still.
      expect([again.problems.length, readdirSync(folder)]).to.deep.equal([files.length, files]);

      for (const file of files) writeFileSync(join(folder, file), publisher.sign(readFileSync(join(folder, file), "utf8")));
      const last = new SignedFiles(signing());
      const used = textsIn(plans[cloud](last.sign));
      expect(last.problems).to.deep.equal([]);
      expect(readdirSync(folder)).to.deep.equal(files);
      for (const file of files) expect(used, file).to.include(readFileSync(join(folder, file), "utf8"));
    });
  }

  it("are not looked at where nothing is to be signed", () => {
    const files = new SignedFiles(undefined);
    expect([files.sign("x"), files.problems, existsSync(join(folder, signedName("x")))]).to.deep.equal(["x", [], false]);
  });

  it("keep what is wrong, and say what", () => {
    const files = new SignedFiles(signing());
    writeFileSync(join(folder, signedName("x")), "y");
    files.sign("x");
    expect(files.problems[0]?.what).to.match(/is not the script that it is named for/);
    expect(readFileSync(join(folder, signedName("x")), "utf8")).to.equal("y");
  });

  it("have a text in Systems Manager that no run and no deployment changes, with one value for what it fetches", async () => {
    const document = plans.aws((text) => text).find(({ type, name }) => type === "aws:ssm/document:Document" && name.startsWith("aws-document"));
    const content = (Reflect.get(document?.inputs ?? {}, "content") as { $json: { parameters: Record<string, Record<string, unknown>>; mainSteps: { inputs: { runCommand: string[] } }[] } }).$json;
    const [text = ""] = content.mainSteps[0]?.inputs.runCommand ?? [];
    expect(text).to.be.a("string").and.not.include("{{");
    const declared = Object.entries(content.parameters);
    expect(declared.filter(([, { interpolationType }]) => interpolationType !== "ENV_VAR")).to.deep.equal([]);
    const taken = [...text.matchAll(/\$env:SSM_(\w+)/g)].map(([, name]) => name);
    expect([...new Set(taken)].sort()).to.deep.equal(declared.map(([name]) => name).sort());
    expect(declared.filter(([name]) => name.startsWith("Script")).map(([, { allowedValues }]) => (allowedValues as unknown[]).length)).to.deep.equal([1, 1, 1]);
    expect(brokenParts(await parse(text))).to.deep.equal([]);
  });
});
