import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect } from "chai";
import { Cloud } from "../../sandbox/cloud";
import { EngineStack } from "../support/engine";
import { both } from "../support/example";
import { Publisher } from "../support/signer";

const ROOT = join(__dirname, "..", "..");

describe("hosts that run signed scripts only (engine, simulated)", () => {
  const publisher = new Publisher();
  let stack: EngineStack;
  after(() => stack.remove());
  const open = (host: string): boolean => new Cloud(stack.cloud).sources(host, 5986).length > 0;
  const doors = (): boolean[] => ["web-1", "app-1"].map(open);
  const signed = (): object => ({ ...both(), guest: { signing: { folder: relative(ROOT, join(stack.folder, "signed")), certificate: publisher.certificate } } });

  it("stay shut for a script without a signature, and the error names the setting", async () => {
    stack = await new EngineStack(both(), { trustedPublishers: [publisher.certificate] }).init();
    const up = await stack.up();
    expect(up.code).to.not.equal(0);
    expect(up.output).to.match(/is not digitally signed.*guest\.signing/s);
    expect(doors()).to.deep.equal([false, false]);
  });

  it("get nothing while the files are not signed, which are all named", async () => {
    stack.configure(signed());
    const up = await stack.up();
    expect(up.code).to.not.equal(0);
    expect(up.output).to.match(/3 problems in the stack's settings.*guest\.signing\.folder: \S+winrm-[0-9a-f]{32}\.ps1 is not signed yet.*sign the file/s);
    expect(doors()).to.deep.equal([false, false]);
  });

  it("open when they are, in both clouds", async () => {
    const folder = join(stack.folder, "signed");
    for (const file of readdirSync(folder)) writeFileSync(join(folder, file), publisher.sign(readFileSync(join(folder, file), "utf8")));
    const up = await stack.up();
    expect(up.code, up.output).to.equal(0);
    expect(doors()).to.deep.equal([true, true]);
  });
});
