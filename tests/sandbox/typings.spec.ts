import { join } from "node:path";
import { expect } from "chai";
import { rows } from "../../sandbox/aws/main";
import { providerInputs } from "../../sandbox/aws/inputs/provider";
import { providerInputs as azureProviderInputs } from "../../sandbox/azure/inputs/provider";
import { REFERENCE } from "../../sandbox/azure/inputs/reference";
import { rows as azureRows } from "../../sandbox/azure/main";
import { commandInputs } from "../../sandbox/command/inputs";
import type { InputFields } from "../../sandbox/engine/shape";
import { randomIdInputs, randomPasswordInputs, randomUuidInputs } from "../../sandbox/random/inputs";
import { readOutputs, readTypings, type TypingFields, type TypingShape } from "./typings";

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
  table("random:index/randomUuid:RandomUuid", randomUuidInputs),
];

/** `azure-native:network:Subnet` is typed in @pulumi/azure-native/network/subnet.d.ts. */
function azureTable(token: string, inputs: InputFields): Table {
  const [name = "", module = "", type = ""] = token.split(":");
  return { token, inputs, file: join(PULUMI, name, module, `${type[0]?.toLowerCase() ?? ""}${type.slice(1)}.d.ts`), args: `${type}Args` };
}

const azureTables: readonly Table[] = [
  ...azureRows.map((row) => azureTable(row.token, row.inputs)),
  { token: "azure-native provider", inputs: azureProviderInputs, file: join(PULUMI, "azure-native", "provider.d.ts"), args: "ProviderArgs" },
];

/** The typings, with whole objects cut down to their id wherever the sandbox takes the id alone. */
function asReferences(typed: TypingShape, own: unknown): TypingShape {
  if (typeof typed === "string") return typed;
  if (Array.isArray(typed)) return [asReferences(typed[0] as TypingFields, Array.isArray(own) ? own[0] : undefined)] as readonly [TypingFields];
  const fields = typed as TypingFields;
  if (own === REFERENCE && fields["id?"] === "string") return REFERENCE;
  return Object.fromEntries(Object.entries(fields).map(([key, shape]) => [key, asReferences(shape, typeof own === "object" && own !== null ? Reflect.get(own, key) : undefined)]));
}

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

  describe("azure-native", () => {
    let azure: readonly TypingFields[] = [];

    before(() => {
      azure = readTypings(azureTables);
    });

    azureTables.forEach(({ token, inputs }, i) => {
      it(`${token} takes the inputs that its typings have`, () => {
        expect(inputs).to.deep.equal(asReferences(azure[i] ?? {}, inputs));
      });
    });

    it("gives out what the SDK's classes give out", () => {
      const outputs = readOutputs(azureRows.map((row) => azureTable(row.token, row.inputs)));
      azureRows.forEach((row, i) => expect([...row.outputs, ...(row.apiVersion === "" ? [] : ["azureApiVersion"])].sort(), row.token).to.deep.equal(outputs[i]));
    });

    it("replaces on inputs that exist", () => {
      for (const row of azureRows) {
        for (const key of [...row.path, ...row.replaces]) expect([`${key}?`, key].some((one) => one in row.inputs), `${row.token} ${key}`).to.be.true;
      }
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
