import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { Cloud } from "../../sandbox/cloud";
import { snapshot } from "../kill/snapshot";
import { SmallDisk } from "../support/disk";
import { EngineStack } from "../support/engine";
import { both } from "../support/example";
import { endMarked, marked } from "../support/processes";
import { mend, open } from "../trouble/lost";

/** One host in each cloud. */
function small() {
  const stack = both();
  stack.aws.hosts = { "web-1": { addresses: ["10.20.1.10"], dnsName: "web-1.corp.example" } };
  stack.azure.hosts = { "app-1": { addresses: ["10.30.1.10"], dnsName: "app-1.corp.example" } };
  return stack;
}

/**
 * Real engine, emulated clouds, model of Windows: what goes wrong around a deployment. One small stack, one host in each cloud.
 * A lost answer of a door is in unknown-door.spec.ts, one of each type in `npm run test:deep -- --lost`.
 */
describe("trouble (engine, simulated)", () => {
  let stack: EngineStack;
  let disk: SmallDisk | string;
  let cloud: Cloud;
  let undisturbed: readonly string[];

  before(async () => {
    stack = new EngineStack(small());
    disk = SmallDisk.at(join(stack.folder, "state"));
    cloud = new Cloud(stack.cloud);
    await stack.init();
  });
  after(() => {
    if (disk instanceof SmallDisk) disk.unmount();
    stack.remove();
  });

  it("of two deployments at once refuses the second and names the lock; recover leaves the first alone", async () => {
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
    for (const host of ["web-1", "app-1"]) expect(cloud.sources(host, 5986), host).to.not.deep.equal([]);
    expect(open(cloud, "in the end")).to.deep.equal([]);
    undisturbed = snapshot(cloud);
  });

  it("whose disk for the state is full in the middle of a change recovers from the half state that the engine leaves", async function () {
    if (!(disk instanceof SmallDisk)) {
      // Out loud: a skipped test proves nothing.
      console.log(`      skipped, a full disk is not tested: no disk of its own can be had here (${disk})`);
      return this.skip();
    }
    stack.configure({ ...small(), account: { name: "svc-other@CORP.EXAMPLE", becomeUser: "svc-become@CORP.EXAMPLE", transport: "kerberos" } });
    const before = stack.events().length;
    const change = stack.up();
    const holder = await stack.lockedBy();
    await until(() => stack.events().slice(before).some(({ op, name }) => op === "delete" && name === "web-1-door"));
    // With no room at all the state of before stays; with a little, half of the new one takes its place.
    disk.fill(20_000);
    await until(() => !stack.isWhole());
    // The engine tries each state for half a minute, for each step: nobody waits so long.
    process.kill(holder, "SIGKILL");
    expect((await change).code).to.not.equal(0);
    // Plugins and readers end themselves soon after their engine.
    await until(() => marked(stack.folder).every((command) => command.includes("pulumi-language-nodejs")));
    endMarked(stack.folder);
    expect(open(cloud, "after the full disk")).to.deep.equal([]);
    expect(stack.isWhole()).to.equal(false);

    disk.empty();
    stack.configure(small());
    expect(await mend(stack, () => stack.up(), undisturbed)).to.deep.equal([]);
  });
});

async function until(seen: () => boolean): Promise<void> {
  for (let i = 0; i < 600; i++) {
    if (seen()) return;
    await sleep(50);
  }
  throw new Error("it has not come to that within a minute");
}
