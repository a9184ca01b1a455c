import { expect } from "chai";
import fc from "fast-check";
import { planAws } from "../../components/aws/plan";
import { planAzure } from "../../components/azure/plan";
import { sha256 } from "../../components/guest/canonical";
import { renderFetch, renderScript, RUN_COMMAND_PREFIX, RUN_PARAMETERS } from "../../components/guest/render";
import { fetchScript, guestScript } from "../../components/guest/script";
import { azureSettingsOf, exampleAzure } from "../support/azure";
import { example, exampleWithHosts, settingsOf } from "../support/example";
import { documentOf } from "./documents";
import type { Node } from "web-tree-sitter";
import { assigned, brokenParts, commands, entries, ofType, parse, type Syntax } from "./powershell-syntax";

const AZURE = { Cloud: "azure", NodesUrl: "https://example.blob.core.windows.net/nodes/nodes.json", Identity: "3f2504e0-4f89-11d3-9a0c-0305e82c3301" };
const names = Object.keys(RUN_PARAMETERS) as (keyof typeof RUN_PARAMETERS)[];
const EMPTY = { text: "{}", generation: "", gate: "" };

/** What the script gives a variable at its top, by key. */
const tableOf = (syntax: Syntax, variable: string): Map<string, Node> => {
  const hash = assigned(syntax, variable);
  return hash ? entries(hash) : new Map<string, Node>();
};

describe("rendered script", () => {
  const lines = (): string[] => renderScript(documentOf(example()), guestScript(), AZURE);

  it("carries the document as data, untouched, in a here-string that nothing in it can end", () => {
    const { text } = documentOf(example());
    const all = lines();
    const at = all.indexOf("$SecureWinrmDocument = @'");
    expect(all.slice(at, at + 3)).to.deep.equal(["$SecureWinrmDocument = @'", text, "'@"]);
    expect(() => renderScript({ ...EMPTY, text: "a\n'@" }, "", {})).to.throw("not one line");
  });

  it("refuses a value that could leave its quotes", () => {
    for (const value of ["a'b", "$(x)", "`n", "a\nb", "\u2019"]) {
      expect(() => renderScript(EMPTY, "", { Cloud: value })).to.throw("cannot be written into the guest script");
    }
  });

  it("holds every value as one literal or refuses it, whatever it is", async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string({ unit: "binary" }), fc.string()), async (value) => {
        let rendered: string[];
        try {
          rendered = renderScript(EMPTY, "", { Cloud: value });
        } catch {
          return;
        }
        const syntax = await parse(`${rendered.join("\n")}\n`);
        expect(brokenParts(syntax)).to.deep.equal([]);
        expect(tableOf(syntax, "$SecureWinrm").get("Cloud")?.text).to.equal(`'${value}'`);
      }),
    );
  });

  it("gives the script every run parameter and every constant, and nothing else", async () => {
    const syntax = await parse(`${lines().join("\n")}\n`);
    expect(brokenParts(syntax)).to.deep.equal([]);
    const given = tableOf(syntax, "$SecureWinrm");
    expect([...given.keys()]).to.have.members([...Object.keys(AZURE), "Given", ...names]);
    for (const name of names) expect(given.get(name)?.text).to.equal(`$Winrm${name}`);
  });

  it("begins with its parameters: each text, checked by PowerShell, with the default of a run that changes nothing", async () => {
    const { root } = await parse(`${renderScript(documentOf(example()), guestScript(), AZURE, { NodesBucket: "^[a-z]$" }).join("\n")}\n`);
    const block = ofType(root, "param_block")[0];
    expect(block?.startIndex).to.equal(0);
    const declared = block ? ofType(block, "script_parameter").map(({ text }) => text) : [];
    expect(declared).to.deep.equal([
      "[ValidatePattern('^[a-z]$')] [string] $WinrmNodesBucket = ''",
      "[ValidateSet('Apply', 'Audit')] [string] $WinrmMode = 'Audit'",
      "[ValidateSet('Gate', 'Maintenance', 'Prepare', 'Pause', 'Resume')] [string] $WinrmRun = 'Maintenance'",
      "[ValidatePattern('^[0-9a-f]{0,64}$')] [string] $WinrmNonce = ''",
      "[ValidatePattern('^[0-9a-f]{0,64}$')] [string] $WinrmGate = ''",
      "[ValidatePattern('^[A-Za-z0-9+/=]*$')] [ValidateLength(0, 4096)] [string] $WinrmHost = ''",
      "[ValidatePattern('^[0-9a-f]{0,64}$')] [string] $WinrmNodesHash = ''",
      "[ValidatePattern('^[A-Za-z0-9+/=]*$')] [ValidateLength(0, 2048)] [string] $WinrmPause = ''",
    ]);
  });

  it("names no parameter as a variable that PowerShell keeps for itself", () => {
    // about_Automatic_Variables of 5.1, those that a name of ours could ever meet; compared without case.
    const kept = ["host", "args", "error", "event", "home", "input", "matches", "pid", "profile", "pwd", "sender", "this", "true", "false", "null"];
    for (const name of names) expect(kept).to.not.include(`${RUN_COMMAND_PREFIX}${name}`.toLowerCase());
    expect(kept, "without the prefix one of them would be").to.include.members(names.map((name) => name.toLowerCase()).filter((name) => name === "host"));
  });

  it("is ASCII", () => expect(lines().join("\n")).to.match(/^[\n\x20-\x7e]+$/));
});

describe("what a Systems Manager document holds", () => {
  const file = { bucket: "b", key: "winrm-0.ps1", hash: "0".repeat(64) };
  const lines = (): string[] => renderFetch(file, fetchScript(), { Cloud: "aws", Region: "eu-central-1" }, { NodesBucket: "b" });

  it("parses, and hands every run parameter to the file that it names", async () => {
    const syntax = await parse(`${lines().join("\n")}\n`);
    expect(brokenParts(syntax)).to.deep.equal([]);
    const given = tableOf(syntax, "$SecureWinrmArguments");
    expect([...given.keys()]).to.have.members(["WinrmNodesBucket", ...names.map((name) => `${RUN_COMMAND_PREFIX}${name}`)]);
    for (const name of names) expect(given.get(`${RUN_COMMAND_PREFIX}${name}`)?.text).to.equal(`'{{ ${name} }}'`);
  });

  it("runs nothing whose hash it has not compared", async () => {
    const { root } = await parse(`${lines().join("\n")}\n`);
    const checked = ofType(root, "if_statement").find(({ text }) => text.startsWith("if ($SecureWinrmHash -cne $SecureWinrmScript.Hash) { throw "));
    const run = commands(root).filter(({ operator }) => operator === "&");
    expect(run.map(({ node }) => node.text)).to.deep.equal(["& $SecureWinrmPath @SecureWinrmArguments"]);
    expect(checked?.endIndex).to.be.lessThan(run[0]?.node.startIndex ?? 0);
  });

  it("refuses what could leave its quotes", () => {
    expect(() => renderFetch({ ...file, key: "a'b" }, "", {}, {})).to.throw("Key cannot be written");
    expect(() => renderFetch(file, "", {}, { NodesBucket: "$(x)" })).to.throw("WinrmNodesBucket cannot be written");
  });

  /** Sizes of what AWS gets: the Systems Manager document, which ends at 64 KB, and the object, which does not. */
  function sizes(stack: object, script: string): { document: number; file: string; key: string } {
    const plan = planAws(settingsOf(stack), { script, fetch: fetchScript(), reader: "node cli/reader.mjs" });
    const inputs = (name: string): object => plan.find((one) => one.name === name)?.inputs ?? {};
    const content = Reflect.get(inputs("aws-document"), "content") as { $json: unknown };
    return { document: Buffer.byteLength(JSON.stringify(content.$json)), file: String(Reflect.get(inputs("aws-script"), "content")), key: String(Reflect.get(inputs("aws-script"), "key")) };
  }

  it("is as large as it is whatever script and settings are: neither is in it", () => {
    const small = sizes(example(), "# nothing");
    const large = sizes(exampleWithHosts(200), `${guestScript()}\n${"$x = 'a longer script'\n".repeat(20_000)}`);
    expect(large.file.length).to.be.greaterThan(400_000);
    expect(large.document).to.equal(small.document).and.be.lessThan(20_000);
  });

  it("names the file by the hash of its bytes", () => {
    const { file: text, key } = sizes(example(), guestScript());
    expect(key).to.equal(`winrm-${sha256(text).slice(0, 32)}.ps1`);
  });
});

describe("what a host in Azure gets", () => {
  it("holds script and document in an object, whatever their size: nothing else of the plan grows with them", () => {
    const planned = (script: string) => planAzure(azureSettingsOf(exampleAzure()), { script, reader: "node cli/reader.mjs" });
    const [small, large] = [planned("# nothing"), planned(`${guestScript()}\n${"$x = 'a longer script'\n".repeat(20_000)}`)];
    const grown = large.filter((one, i) => JSON.stringify(one) !== JSON.stringify(small[i]));
    expect(grown.map(({ type }) => type)).to.deep.equal(["azure-native:storage:Blob"]);
    expect(JSON.stringify(grown).length).to.be.greaterThan(400_000);
  });
});
