import { expect } from "chai";
import type { Place } from "../../cli/recover/clouds";
import { unknownDoors } from "../../cli/recover/doors";
import { NoGroupError, type DoorRule } from "../../cli/reader/doors";
import { checkpoint, FLEET, PROVIDER, urn } from "./checkpoints";

const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const group = (id: string) => ({ urn: urn(GROUP, id), type: GROUP, id, provider: PROVIDER, inputs: { tags: { "secure-winrm-fleet": FLEET } } });

/** A cloud that has some groups, each with the rules that let somebody in. */
function place(there: Readonly<Record<string, readonly DoorRule[]>>): Place {
  const open = (id: string): Promise<readonly DoorRule[]> => (there[id] === undefined ? Promise.reject(new NoGroupError(`no ${id}`)) : Promise.resolve(there[id]));
  return { provider: PROVIDER, groups: GROUP, doors: { open, shut: () => Promise.resolve() }, view: () => Promise.reject(new Error("nobody looks")) };
}

const asked = async (there: Readonly<Record<string, readonly DoorRule[]>>, mayBeGone = false, groups = ["sg-1", "sg-2"]): Promise<unknown> => {
  try {
    return (await unknownDoors(checkpoint(groups.map(group)), [place(there)], mayBeGone)).map(({ group: { id }, rules }) => [id, rules.length]);
  } catch (error) {
    return error instanceof Error ? error.message : error;
  }
};

describe("doors that the state does not know", () => {
  const rule = { id: "sgr-1", text: "5986 from 10.0.0.9/32" };

  it("are looked for in every group that is there", async () => {
    expect(await asked({ "sg-1": [], "sg-2": [rule] })).to.deep.equal([["sg-2", 1]]);
    expect(await asked({ "sg-2": [] })).to.deep.equal([]);
  });

  it("are not said to be none by a cloud that has none of the groups, but for whoever says that all of it is gone", async () => {
    expect(await asked({})).to.match(/^none of the 2 groups .*the credentials lead to another account.*--gone$/);
    expect(await asked({}, true)).to.deep.equal([]);
    expect(await asked({}, false, ["sg-1"]), "the last one, which a destroy has deleted").to.deep.equal([]);
  });
});
