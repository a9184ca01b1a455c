import { join } from "node:path";
import { expect } from "chai";
import { rows } from "../../sandbox/aws/main";
import { providerInputs } from "../../sandbox/aws/inputs/provider";
import { commandInputs } from "../../sandbox/command/inputs";
import type { InputFields } from "../../sandbox/engine/shape";
import { randomIdInputs, randomPasswordInputs } from "../../sandbox/random/inputs";
import { readTypings, type TypingFields } from "./typings";

const PULUMI = join(__dirname, "..", "..", "node_modules", "@pulumi");

interface Table {
  readonly token: string;
  readonly inputs: InputFields;
  readonly file: string;
  readonly args: string;
}

/** `aws:ec2/vpc:Vpc` is typed in @pulumi/aws/ec2/vpc.d.ts. */
function table(token: string, inputs: InputFields): Table {
  const [name = "", module = "", type = ""] = token.split(":");
  const path = module.replace(/^index\//, "");
  return { token, inputs, file: join(PULUMI, name, `${path}.d.ts`), args: `${type}Args` };
}

const tables: readonly Table[] = [
  ...rows.map((row) => table(row.token, row.inputs)),
  table("aws:provider:Provider", providerInputs),
  table("command:local/command:Command", commandInputs),
  table("random:index/randomId:RandomId", randomIdInputs),
  table("random:index/randomPassword:RandomPassword", randomPasswordInputs),
];

describe("sandbox: the tables and the SDK's typings", () => {
  let typings: readonly TypingFields[] = [];

  before(() => {
    typings = readTypings(tables);
  });

  tables.forEach(({ token, inputs }, i) => {
    it(`${token} takes the inputs that its typings have`, () => {
      const typed = typings[i] ?? {};
      // The provider's endpoints by service are some four hundred names that nothing here uses.
      const wanted = token === "aws:provider:Provider" ? { ...typed, "endpoints?": "any[]" } : typed;
      expect(inputs).to.deep.equal(wanted);
    });
  });

  it("replaces on inputs that exist", () => {
    for (const row of rows) {
      for (const key of row.replaces) {
        const [name = ""] = key.split(".");
        expect([`${name}?`, name].some((one) => one in row.inputs), `${row.token} ${key}`).to.be.true;
      }
    }
  });
});
