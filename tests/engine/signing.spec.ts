import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect } from "chai";
import { Cloud } from "../../sandbox/cloud";
import { EngineStack, PROGRAM } from "../support/engine";
import { both } from "../support/example";
import { Publisher } from "../support/signer";

describe("hosts that run signed scripts only (engine, simulated)", () => {
  const publisher = new Publisher();
  let stack: EngineStack;
  // Of the project, which is the compiled program here.
  const folder = (): string => `signed-${basename(stack.folder)}`;
  after(() => {
    rmSync(join(PROGRAM, folder()), { recursive: true, force: true });
    stack.remove();
  });
  const open = (host: string): boolean => new Cloud(stack.cloud).sources(host, 5986).length > 0;
  const doors = (): boolean[] => ["web-1", "app-1"].map(open);
  const signed = (): object => ({ ...both(), guest: { signing: { folder: folder(), certificate: publisher.certificate } } });

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
    const files = join(PROGRAM, folder());
    for (const file of readdirSync(files)) writeFileSync(join(files, file), publisher.sign(readFileSync(join(files, file), "utf8")));
    const up = await stack.up();
    expect(up.code, up.output).to.equal(0);
    expect(doors()).to.deep.equal([true, true]);
  });
});
