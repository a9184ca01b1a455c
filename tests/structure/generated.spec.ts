import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020";
import { expect } from "chai";
import { parse } from "yaml";
import { generated } from "../../cli/generate";
import { stackFileSchema } from "../../components/settings/json-schema";
import { badAzureStacks } from "../settings/bad-azure-stacks";
import { badStacks } from "../settings/bad-stacks";
import { stackArgs } from "../../components/stack";
import { configure } from "../support/config";
import { both, example, exampleAzure } from "../support/example";

const ROOT = join(__dirname, "..", "..");
const validate = new Ajv2020({ strict: false }).compile(stackFileSchema("secure-winrm"));
const asFile = (stack: object): object => ({ config: Object.fromEntries(Object.entries(stack).map(([key, value]) => [`secure-winrm:${key}`, value as unknown])) });

describe("generated files", () => {
  for (const { path, text } of generated) {
    it(`${path} is what its source says (run: npx tsx cli/generate.ts)`, () => {
      expect(readFileSync(join(ROOT, path), "utf8")).to.equal(text());
    });
  }
});

describe("schema of stack files", () => {
  it("takes the examples", () => {
    for (const stack of [example(), exampleAzure(), both()]) expect(validate(asFile(stack)), JSON.stringify(validate.errors)).to.equal(true);
  });

  it("refuses bad files of Azure by their shape", () => {
    const refused = badAzureStacks.filter(({ spoil, from }) => {
      const stack = (from ?? exampleAzure)();
      spoil(stack);
      return !validate(asFile(JSON.parse(JSON.stringify(stack)) as object));
    });
    expect(refused.length).to.be.greaterThan(30);
    expect(refused.map(({ name }) => name)).to.include.members(["a subscription by name", "the latest image", "Azure's own listener", "a zone as a number", "a network by name"]);
  });

  it("refuses bad files by their shape", () => {
    const refused = badStacks.filter(({ spoil }) => {
      const stack = example();
      spoil(stack);
      return !validate(asFile(JSON.parse(JSON.stringify(stack)) as object));
    });
    // What needs two values to be seen together, or a name's meaning, is left to the program.
    expect(refused.length).to.be.greaterThan(30);
    expect(refused.map(({ name }) => name)).to.include.members(["basic authentication", "a password", "a VPC id with a typo", "an unknown section"]);
  });
});

describe("stack files", () => {
  for (const file of readdirSync(join(ROOT, "stacks")).filter((name) => name.endsWith(".yaml"))) {
    describe(file, () => {
      const text = readFileSync(join(ROOT, "stacks", file), "utf8");
      const content = parse(text) as { config: Record<string, unknown> };

      it("names its schema for editors, and meets it", () => {
        expect(text.split("\n")[0]).to.equal("# yaml-language-server: $schema=./schema.json");
        expect(validate(content), JSON.stringify(validate.errors)).to.equal(true);
      });

      it("has settings without a problem", () => {
        configure(content.config);
        expect(() => stackArgs("2026-06-01")).to.not.throw();
      });
    });
  }
});
