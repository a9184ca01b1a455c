import { expect } from "chai";
import { resourceKey } from "../../../components/guest/resource-key";
import { found, sabotage, waysToSpoil, type HostState } from "../../../sandbox/windows";
import { askedOf, CASES, entriesOf, newcomers } from "./cases";
import { documentFrom, written } from "./kinds-lab";
import { booted, gate, look, NOW } from "./lab";
import { cannotFallAlone, fallsWith } from "./ties";

const isNew = newcomers();

for (const { name, text, start = (state: HostState) => state } of [...CASES, { name: "every kind, by hand", text: documentFrom(written()) }]) {
  describe(`sabotage of each entry of a document: ${name}`, () => {
    const entries = entriesOf(text);
    const asked = askedOf(text);
    let ready: HostState;

    before(() => {
      const run = gate(start(found.patched(booted(), NOW)), asked);
      expect(run.verdict.findings).to.deep.equal([]);
      ready = run.state;
    });

    for (const { resource, controls } of entries.filter(isNew)) {
      const fallen = (way?: string): string[] => {
        const verdicts = Object.entries(look(sabotage(ready, resource, NOW, way), asked).verdict.controls);
        for (const control of controls) expect(Object.fromEntries(verdicts)[control], `${way ?? "the first way"}, ${control}`).to.equal("fail");
        return verdicts.flatMap(([control, verdict]) => (verdict === "pass" ? [] : [control]));
      };
      const besides = (tied: typeof fallsWith): string[] => entries.filter((other) => tied(resource, other.resource)).flatMap((other) => [...other.controls]);

      it(`${resourceKey(resource)}: its first way fails ${controls.join(" and ")}, and no other`, () => {
        const tied = besides(cannotFallAlone);
        if (tied.length === 0) expect(fallen()).to.have.members([...controls]);
        else expect([...controls, ...tied]).to.include.members(fallen());
        for (const way of waysToSpoil(resource).slice(1)) expect([...controls, ...besides(fallsWith)], way).to.include.members(fallen(way));
      });
    }
  });
}
