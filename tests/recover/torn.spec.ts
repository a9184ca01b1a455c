import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { mendTorn } from "../../cli/recover/torn";

const HALF = '{"version":3,"checkpoint":{"sta';
const whole = (serial: number): string => JSON.stringify({ version: 3, serial });

describe("a state that was written by half", () => {
  let root: string;
  let file: string;
  const mended = (): string | undefined => mendTorn(`file://${root}`, "project", "test", join(root, "kept"));
  const history = (time: number, text: string): void => writeFileSync(join(root, ".pulumi", "history", "project", "test", `test-${time}.checkpoint.json`), text);

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "torn-"));
    file = join(root, ".pulumi", "stacks", "project", "test.json");
    for (const folder of ["stacks/project", "history/project/test", "locks/organization/project/test"]) mkdirSync(join(root, ".pulumi", folder), { recursive: true });
    mkdirSync(join(root, "kept"));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it("gives way to the engine's own copy, and is kept", () => {
    writeFileSync(file, HALF);
    writeFileSync(`${file}.bak`, whole(2));
    history(1, whole(1));
    expect(mended()).to.include(`${file}.bak`);
    expect(readFileSync(file, "utf8")).to.equal(whole(2));
    const halves = readdirSync(join(root, "kept")).filter((name) => name.endsWith(".json"));
    expect(halves.map((name) => readFileSync(join(root, "kept", name), "utf8"))).to.deep.equal([HALF]);
  });

  it("gives way to the newest whole one of the history when the copy is torn too", () => {
    for (const torn of [file, `${file}.bak`]) writeFileSync(torn, HALF);
    for (const time of [1, 2]) history(time, whole(time));
    history(3, HALF);
    mended();
    expect(readFileSync(file, "utf8")).to.equal(whole(2));
  });

  it("stays as it is when only what is written beside it is torn, and that is removed", () => {
    writeFileSync(file, whole(1));
    writeFileSync(`${file}.attrs`, "");
    expect(mended()).to.include("is whole");
    expect([readFileSync(file, "utf8"), existsSync(`${file}.attrs`)]).to.deep.equal([whole(1), false]);
  });

  it("refuses when no whole one is left, and says what to do", () => {
    writeFileSync(file, HALF);
    expect(mended).to.throw(/neither is a copy of it: put one of your own in its place/);
    expect(readFileSync(file, "utf8")).to.equal(HALF);
  });

  it("is not touched while whole, while somebody alive holds the stack, or in another kind of backend", () => {
    writeFileSync(file, whole(1));
    writeFileSync(`${file}.bak`, whole(0));
    expect(mended()).to.equal(undefined);
    writeFileSync(file, HALF);
    writeFileSync(join(root, ".pulumi", "locks", "organization", "project", "test", "x.json"), JSON.stringify({ pid: process.pid, hostname: hostname() }));
    expect(mended()).to.equal(undefined);
    expect(readFileSync(file, "utf8")).to.equal(HALF);
    expect(mendTorn("s3://bucket", "project", "test", join(root, "kept"))).to.equal(undefined);
  });
});
