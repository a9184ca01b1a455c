import { expect } from "chai";
import { ChannelError } from "../../cli/reader/channel";
import { OpenDoorError, shutUnknown, type DoorGroups, type DoorRule } from "../../cli/reader/doors";

const RULE: DoorRule = { id: "sgr-0a", text: "sgr-0a (tcp 5986)" };

/** A group that shows these rules, look after look, and the last for ever; an error is thrown. */
function groupOf(...looks: readonly (readonly DoorRule[] | Error)[]): DoorGroups & { readonly shutRules: DoorRule[] } {
  const [shutRules, left] = [[] as DoorRule[], [...looks]];
  return {
    shutRules,
    open: () => {
      const seen = (left.length > 1 ? left.shift() : left[0]) ?? [];
      return seen instanceof Error ? Promise.reject(seen) : Promise.resolve(seen);
    },
    shut: (_group, rules) => Promise.resolve(void shutRules.push(...rules)),
  };
}

const shut = (doors: DoorGroups, minutes = 0.5): Promise<unknown> => shutUnknown(doors, "sg-0a", "web-1", minutes).catch((error: unknown) => error);

describe("unknown doors, whichever cloud", () => {
  it("are removed once, and looked for until no look shows them", async () => {
    const doors = groupOf([RULE], [RULE], [RULE], []);
    expect(await shut(doors)).to.equal(undefined);
    expect(doors.shutRules).to.deep.equal([RULE]);
  });

  it("that are still shown when patience ends are open", async () => {
    const error = await shut(groupOf([RULE]), 0.01);
    expect(error).to.be.instanceOf(OpenDoorError).with.property("message").that.matches(/could not be removed: sgr-0a \(tcp 5986\) \(it still stands after 1 seconds\)/);
  });

  it("may be there where nobody can look, before and after something was removed", async () => {
    expect(await shut(groupOf(new ChannelError("no")))).to.be.instanceOf(OpenDoorError).with.property("message").that.includes("could not be found out: no");
    expect(await shut(groupOf([RULE], new ChannelError("no")))).to.be.instanceOf(OpenDoorError).with.property("message").that.includes("could not be removed: sgr-0a (tcp 5986) (no)");
    const broken = new TypeError("a fault of ours");
    expect(await shut(groupOf(broken))).to.equal(broken);
  });

  it("that are none cost one look", async () => {
    const doors = groupOf([], new ChannelError("not asked"));
    expect(await shut(doors)).to.equal(undefined);
    expect(doors.shutRules).to.deep.equal([]);
  });
});
