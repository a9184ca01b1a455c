import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { Journal, type Sample } from "../../bench/journal";
import { batchesOf, isLeft, isWhole, runsOf, secondsLeft, type Run } from "../../bench/schedule";

const SCRATCH = join(__dirname, "..", "..", ".sandbox", "tests");
const OCCASION = { date: "2026-01-02", machine: "2 cores", versions: "Node 20", command: "npm run bench", source: "abc" };
const done = (run: Run, seconds = 1, finished = true): Sample => ({ ...OCCASION, ...run, seconds, finished });
const all = runsOf({ clouds: ["aws", "azure"], hosts: [1, 10, 1000], rounds: undefined });

describe("schedule of the bench", () => {
  it("has every program in each round, and another one first each time", () => {
    const first = all.filter(({ cloud, hosts }) => cloud === "aws" && hosts === 10);
    expect(first.map(({ round, subject }) => `${round} ${subject}`)).to.deep.equal(["0 ours", "0 bare", "0 flat", "1 bare", "1 flat", "1 ours", "2 flat", "2 ours", "2 bare"]);
  });

  it("measures what is the same for any number of hosts with one host only", () => {
    expect(all.filter(({ subject }) => subject === "empty").map(({ cloud, hosts }) => `${cloud} ${hosts}`)).to.deep.equal([...Array<string>(5).fill("aws 1"), ...Array<string>(5).fill("azure 1")]);
  });

  it("goes size by size", () => {
    expect(batchesOf(all).map(({ cloud, hosts }) => `${cloud} ${hosts}`)).to.deep.equal(["aws 1", "aws 10", "aws 1000", "azure 1", "azure 10", "azure 1000"]);
    expect(batchesOf(all).flatMap(({ runs }) => runs)).to.deep.equal(all);
  });

  it("leaves out what was measured, and what has run out of memory once", () => {
    const run: Run = { cloud: "aws", hosts: 10, round: 0, subject: "flat" };
    expect(isLeft(run, [])).to.equal(true);
    expect(isLeft(run, [done(run)])).to.equal(false);
    expect(isLeft({ ...run, round: 1 }, [done(run)])).to.equal(true);
    expect(isLeft({ ...run, round: 1 }, [done(run, 1, false)])).to.equal(false);
    expect(isLeft({ ...run, subject: "ours" }, [done(run, 1, false)])).to.equal(true);
  });

  it("is whole when each program was measured at each size in each cloud", () => {
    const whole = runsOf({ clouds: ["aws", "azure"], hosts: [1, 10, 100, 300, 1000], rounds: 1 }).map((run) => done(run));
    expect([isWhole(whole), isWhole(whole.slice(1)), isWhole(whole.slice(0, -1))]).to.deep.equal([true, false, false]);
  });

  it("estimates what is left by the pace so far", () => {
    const [first, ...left] = all;
    if (first === undefined) throw new Error("nothing to do");
    const guess = secondsLeft(left, []);
    const once = secondsLeft([first], []);
    expect(secondsLeft(left, [done(first, 3 * once)])).to.be.closeTo(3 * guess, 1e-6);
    expect(secondsLeft([], [done(first)])).to.equal(0);
  });
});

describe("journal of the bench", () => {
  let folder: string;
  before(() => {
    mkdirSync(SCRATCH, { recursive: true });
    folder = mkdtempSync(join(SCRATCH, "journal-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("gives back what was measured of the same code, machine and versions, and nothing that a kill has cut", () => {
    const file = join(folder, "samples.jsonl");
    const journal = new Journal(file);
    expect(journal.read(OCCASION)).to.deep.equal([]);
    const parts = { program: 1, engine: 2, tree: 3 };
    const samples = all.slice(0, 3).map((run) => ({ ...done(run), resources: 7, usage: { memory: parts, cpu: parts } }));
    samples.forEach((sample) => journal.add(sample));
    for (const other of [{ source: "other" }, { machine: "64 cores" }, { versions: "Node 26" }]) journal.add({ ...done(all[0] ?? expect.fail()), ...other });
    appendFileSync(file, '{"cloud":"aws","hos');
    expect(journal.read({ ...OCCASION, date: "2026-01-09", command: "another" })).to.deep.equal(samples);
    journal.forget();
    expect(journal.read(OCCASION)).to.deep.equal([]);
  });
});
