import { expect } from "chai";
import { allWanted, troubleOf, wantedOf } from "../../cli/recover/wanted";
import { checkpoint, NIC, urn } from "./checkpoints";

const step = (op: string, name: string, inputs: object = {}) => ({ op, urn: urn(NIC, name), newState: { type: NIC, custom: true, inputs } });
const preview = (...steps: object[]): string => `warning: a line before\n${JSON.stringify({ steps })}`;

describe("what a preview would make", () => {
  it("is what it creates or replaces, and nothing that it keeps, changes or deletes", () => {
    const steps = ["create", "create-replacement", "replace", "same", "update", "delete", "delete-replaced", "read"].map((op) => step(op, op));
    expect(wantedOf(preview(...steps)).map((one) => one.urn)).to.deep.equal(["create", "create-replacement", "replace"].map((name) => urn(NIC, name)));
  });

  it("says what it failed for", () => {
    const failed = (diagnostics?: object[]): string => troubleOf(JSON.stringify({ steps: [], diagnostics }));
    expect(failed([{ message: "a note\n", severity: "info" }, { message: "no such key\n", severity: "error" }])).to.equal("no such key");
    expect(failed()).to.equal("the preview has failed");
  });

  it("has the inputs of the run that was cut off, where there are any", () => {
    const cut = checkpoint([], [{ type: "creating", resource: { urn: urn(NIC, "web-1-nic"), type: NIC, inputs: { run: "cut off" } } }]);
    const [one] = allWanted(wantedOf(preview(step("create", "web-1-nic", { run: "previewed" }))), cut);
    expect(one?.inputs).to.deep.equal({ run: "cut off" });
  });
});
