import type * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { AwsFleet } from "../../components/aws/fleet";
import { planAws } from "../../components/aws/plan";
import { AzureFleet } from "../../components/azure/fleet";
import { outputsIn, type Planned } from "../../components/graph/planned";
import { planOf } from "../support/azure";
import { CONTEXT, example, exampleAzure, settingsOf } from "../support/example";
import { recorder, settled } from "../support/mocks";

const clouds: Record<string, { readonly plan: () => readonly Planned[]; readonly build: (opts: pulumi.ComponentResourceOptions) => unknown }> = {
  AWS: { plan: () => planAws(settingsOf(example()), { script: "", fetch: "# fetch", reader: "" }), build: (opts) => new AwsFleet("aws", { ...example(), ...CONTEXT }, opts) },
  Azure: { plan: () => planOf(exampleAzure()), build: (opts) => new AzureFleet("azure", { ...exampleAzure(), ...CONTEXT }, opts) },
};

for (const [cloud, { plan, build }] of Object.entries(clouds)) {
  describe(`outputs of a fleet's resources in ${cloud}`, () => {
    it("are only those that others are made of, and no input is lost", async () => {
      const recorded = await recorder(false);
      const seen = new Map<string, Readonly<Record<string, unknown>>>();
      // What a user's transformation sees is what the SDK makes outputs of; without a value, it is an output alone.
      build({ transformations: [({ name, props }) => void seen.set(name, { ...props })] });
      await settled(recorded);
      const linked = plan().flatMap(({ inputs }) => outputsIn(inputs));
      for (const { name, inputs } of plan()) {
        const props = seen.get(name) ?? {};
        const given = Object.keys(inputs).filter((key) => Reflect.get(inputs, key) !== undefined);
        // Every resource has its id, without being told.
        const asked = linked.filter((link) => link.name === name && link.output !== "id").map(({ output }) => output);
        expect(Object.keys(props), name).to.include.members([...given, ...asked]);
        expect([...asked, "id"], name).to.include.members(Object.keys(props).filter((key) => props[key] === undefined));
      }
    });
  });
}
