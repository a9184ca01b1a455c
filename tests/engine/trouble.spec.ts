import { expect } from "chai";
import { Cloud } from "../../sandbox/cloud";
import { snapshot } from "../kill/snapshot";
import { EngineStack } from "../support/engine";
import { small } from "../trouble/lost";

/** Real engine, emulated clouds, model of Windows: what goes wrong around a deployment. */
describe("trouble (engine, simulated)", () => {
  let stack: EngineStack;
  let undisturbed: readonly string[];

  afterEach(() => stack.remove());

  it("of two deployments at once refuses the second and names the lock; recover leaves the first alone", async () => {
    stack = await new EngineStack(small()).init();
    const first = stack.up();
    const holder = await stack.lockedBy();
    const second = await stack.up();
    expect(second.code).to.not.equal(0);
    expect(second.output).to.match(new RegExp(`currently locked by[^]*pid ${holder}`));
    const recovered = await stack.recover();
    expect(recovered.code).to.not.equal(0);
    expect(recovered.output).to.match(new RegExp(`is being deployed at this moment by process ${holder} `));

    const ended = await first;
    expect(ended.code, ended.output).to.equal(0);
    const cloud = new Cloud(stack.cloud);
    for (const host of ["web-1", "app-1"]) expect(cloud.sources(host, 5986), host).to.not.deep.equal([]);
    undisturbed = snapshot(cloud);
    expect((await stack.recover()).output).to.match(/nothing is cut off, and nothing is unknown to the state/);
  });
});
