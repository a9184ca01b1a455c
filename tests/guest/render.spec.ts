import { expect } from "chai";
import fc from "fast-check";
import { planAws } from "../../components/aws/plan";
import { renderScript, RUN_COMMAND_PREFIX, RUN_PARAMETERS, type Delivery } from "../../components/guest/render";
import { guestScript } from "../../components/guest/script";
import { example, exampleWithHosts, settingsOf } from "../support/example";
import { documentOf } from "./documents";
import { brokenParts, ofType, parse, table } from "./powershell-syntax";

const SUBSTITUTED: Delivery = {
  kind: "substituted",
  parameters: { Mode: "{{ Mode }}", Run: "{{ Run }}", Nonce: "{{ Nonce }}", Gate: "{{ Gate }}", Host: "{{ Host }}", NodesHash: "{{ NodesHash }}" },
};
const PARAM: Delivery = { kind: "param" };
const AZURE = { Cloud: "azure", NodesUrl: "https://example.blob.core.windows.net/nodes/nodes.json", Identity: "3f2504e0-4f89-11d3-9a0c-0305e82c3301" };
const names = Object.keys(RUN_PARAMETERS) as (keyof typeof RUN_PARAMETERS)[];

for (const [way, delivery] of [["substituted", SUBSTITUTED], ["param", PARAM]] as const) {
  describe(`rendered script, ${way}`, () => {
    it("carries the document as data, untouched, in a here-string that nothing in it can end", () => {
      const { text } = documentOf(example());
      const all = renderScript(documentOf(example()), guestScript(), { Cloud: "aws" }, delivery);
      const at = all.indexOf("$SecureWinrmDocument = @'");
      expect(all.slice(at, at + 3)).to.deep.equal(["$SecureWinrmDocument = @'", text, "'@"]);
      expect(() => renderScript({ text: "a\n'@", generation: "", gate: "" }, "", {}, delivery)).to.throw("not one line");
    });

    it("refuses a value that could leave its quotes", () => {
      for (const value of ["a'b", "$(x)", "`n", "a\nb", "\u2019"]) {
        expect(() => renderScript(documentOf(example()), "", { Cloud: value }, delivery)).to.throw("cannot be written into the guest script");
      }
    });

    it("holds every value as one literal or refuses it, whatever it is", async () => {
      await fc.assert(
        fc.asyncProperty(fc.oneof(fc.string({ unit: "binary" }), fc.string()), async (value) => {
          let lines: string[];
          try {
            lines = renderScript({ text: "{}", generation: "", gate: "" }, "", { Cloud: value }, delivery);
          } catch {
            return;
          }
          const syntax = await parse(`${lines.join("\n")}\n`);
          expect(brokenParts(syntax)).to.deep.equal([]);
          expect(table(syntax, "$SecureWinrm").get("Cloud")?.text).to.equal(`'${value}'`);
        }),
      );
    });

    it("gives the script every run parameter and every constant, and nothing else", async () => {
      const syntax = await parse(`${renderScript(documentOf(example()), guestScript(), AZURE, delivery).join("\n")}\n`);
      expect(brokenParts(syntax)).to.deep.equal([]);
      const given = table(syntax, "$SecureWinrm");
      expect([...given.keys()]).to.have.members([...Object.keys(AZURE), ...names]);
      for (const name of names) expect(given.get(name)?.text).to.equal(delivery.kind === "param" ? `$Winrm${name}` : `'{{ ${name} }}'`);
    });
  });
}

describe("rendered script, substituted", () => {
  it("refuses a document that Systems Manager would read as a parameter", () => {
    const document = { text: '{"a":"{{ Mode }}"}', generation: "", gate: "" };
    expect(() => renderScript(document, "", {}, SUBSTITUTED)).to.throw("{{");
    expect(renderScript(document, "", {}, PARAM)).to.include(document.text);
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

describe("rendered script, param", () => {
  const lines = (): string[] => renderScript(documentOf(example()), guestScript(), AZURE, PARAM);

  it("begins with its parameters: each text, checked by PowerShell, with the default of a run that changes nothing", async () => {
    const { root } = await parse(`${lines().join("\n")}\n`);
    const block = ofType(root, "param_block")[0];
    expect(block?.startIndex).to.equal(0);
    const declared = block ? ofType(block, "script_parameter").map(({ text }) => text) : [];
    expect(declared).to.deep.equal([
      "[ValidateSet('Apply', 'Audit')] [string] $WinrmMode = 'Audit'",
      "[ValidateSet('Gate', 'Maintenance', 'Prepare')] [string] $WinrmRun = 'Maintenance'",
      "[ValidatePattern('^[0-9a-f]{0,64}$')] [string] $WinrmNonce = ''",
      "[ValidatePattern('^[0-9a-f]{0,64}$')] [string] $WinrmGate = ''",
      "[ValidatePattern('^[A-Za-z0-9+/=]{0,4096}$')] [string] $WinrmHost = ''",
      "[ValidatePattern('^[0-9a-f]{0,64}$')] [string] $WinrmNodesHash = ''",
    ]);
    expect(declared).to.have.length(names.length);
  });

  it("names no parameter as a variable that PowerShell keeps for itself", () => {
    // about_Automatic_Variables of 5.1, those that a name of ours could ever meet; compared without case.
    const kept = ["host", "args", "error", "event", "home", "input", "matches", "pid", "profile", "pwd", "sender", "this", "true", "false", "null"];
    for (const name of names) expect(kept).to.not.include(`${RUN_COMMAND_PREFIX}${name}`.toLowerCase());
    expect(kept, "without the prefix one of them would be").to.include.members(names.map((name) => name.toLowerCase()).filter((name) => name === "host"));
  });

  it("stays under 60 KB, ASCII only", () => {
    const text = lines().join("\n");
    expect(Buffer.byteLength(text)).to.be.lessThan(60_000);
    expect(text).to.match(/^[\n\x20-\x7e]+$/);
  });
});
