import { expect } from "chai";
import { SIZES, wantedOf } from "../../bench/arguments";
import type { Sample } from "../../bench/journal";
import { barsOf, figuresOf, growth, median, ratio } from "../../bench/page/figures";
import { plot } from "../../bench/page/plot";
import { page, table } from "../../bench/page/report";
import { ranOutOfMemory, resourcesOf } from "../../bench/preview";
import { descendants, parseStat } from "../../bench/processes";
import { HEAP_MIB, SUBJECTS, type Subject } from "../../bench/subjects";

const MB = 1e6;
const OCCASION = { date: "2026-01-02", machine: "2 cores", versions: "Node 20", command: "npm run bench", source: "abc" };

const sample = (hosts: number, subject: Subject, seconds: number, program: number, finished = true): Sample => ({
  ...OCCASION,
  cloud: "aws",
  round: 0,
  hosts,
  subject,
  seconds,
  finished,
  ...(finished ? { resources: hosts * 8 } : {}),
  usage: { memory: { program: program * MB, engine: 100 * MB, tree: (program + 300) * MB }, cpu: { program: seconds, engine: 1, tree: seconds + 2 } },
});

/** Made-up numbers: ours grows in proportion, the flat program runs out of memory with 1000 hosts. */
const samples: readonly Sample[] = [
  sample(1, "one-each", 4, 180),
  ...[1, 2, 9].map((seconds) => sample(100, "ours", seconds, 300)),
  ...[4, 5, 6].map((seconds) => sample(100, "flat", seconds, 900)),
  sample(1000, "ours", 20, 2900),
  sample(1000, "flat", 100, 9900, false),
];

describe("figures", () => {
  const figures = figuresOf(samples, "aws");

  it("are the middle of several rounds", () => {
    expect([median([]), median([3]), median([9, 1, 2]), median([4, 1, 2, 3])]).to.deep.equal([undefined, 3, 2, 2.5]);
    expect(figures.find(({ hosts, subject }) => hosts === 100 && subject === "ours")?.seconds).to.equal(2);
  });

  it("give ratios of time, and of memory of program and engine", () => {
    expect(ratio(figures, 100, "flat", "time")).to.deep.equal({ value: 2 / 5, below: false });
    expect(ratio(figures, 100, "flat", "memory")).to.deep.equal({ value: 400 / 1000, below: false });
    expect(ratio(figures, 100, "bare", "time")).to.equal(undefined);
  });

  it("are those of one host where a program is the same for any number", () => {
    expect(ratio(figures, 1000, "one-each", "time")).to.deep.equal({ value: 5, below: false });
  });

  it("are a cloud's own", () => {
    expect(figuresOf(samples, "azure")).to.deep.equal([]);
  });

  it("say that a ratio is smaller in truth when the other ran out of memory", () => {
    expect(ratio(figures, 1000, "flat", "time")).to.deep.equal({ value: 0.2, below: true });
  });

  it("give the exponent of growth, for what ended at both sizes", () => {
    expect(growth(figures, "ours", "time")).to.equal(1);
    expect(growth(figures, "flat", "time")).to.equal(undefined);
  });

  it("are held against what is asked for, also where nothing was measured", () => {
    expect(barsOf("aws", figures).map(({ text, most, found }) => [text, most, found?.value])).to.deep.equal([
      ["1 host, time: part of one-each", 1.5, undefined],
      ["300 hosts, time: part of flat", 0.45, undefined],
      ["300 hosts, memory: part of flat", 0.75, undefined],
      ["1000 hosts, time: part of flat", 0.4, 0.2],
      ["1000 hosts, memory: part of flat", 0.7, 0.3],
      ["growth of time from 100 to 1000 hosts: exponent", 1.1, 1],
    ]);
  });

  it("stand on a page that says when, on what and how, and names no machine", () => {
    const text = page([...samples, { ...sample(1, "ours", 5, 200), date: "2026-01-03", command: "npm run bench -- --hosts 1" }]);
    expect(text).to.include("Measured 2026-01-02 to 2026-01-03 by `npm run bench`, `npm run bench -- --hosts 1` on 2 cores; Node 20.");
    expect(text).to.include("| 100 | ours | 800 | 3 | 2.0 | 4.0 | 300 | 100 | 400 | 600 |");
    expect(text).to.include("| 1000 | flat | - | 1 | > 100.0 | > 102.0 | > 9900 | > 100 | > 10000 | > 10200 |");
    expect(text).to.include("| 1 host, time: part of one-each | 1.5 | 1.25 | met |");
    expect(text).to.include("| 300 hosts, time: part of flat | 0.45 | - | not measured |");
    expect(text).to.include("| 1000 hosts, time: part of flat | 0.4 | < 0.20 | met |");
    expect(page([sample(1, "one-each", 1, 1), sample(1, "ours", 2, 1)])).to.include("| 1.5 | 2.00 | **missed** |");
    expect(text).to.not.include(process.cwd());
  });

  it("are drawn: a line for each program, an open dot where one ran out of memory", () => {
    const svg = plot(samples);
    expect(svg.match(/<polyline/g)).to.have.length(2 * SUBJECTS.length);
    expect(svg.match(/<circle[^>]*fill="#ffffff"/g)).to.have.length(2);
    expect(svg).to.not.match(/NaN|undefined|Infinity/);
  });

  it("are drawn as a level where a program is the same for any number of hosts", () => {
    expect(plot(samples).match(/stroke-dasharray/g)).to.have.length(2);
  });

  it("are drawn where only time could be measured", () => {
    const svg = plot(samples.map((one) => ({ ...one, usage: undefined })));
    expect(svg).to.include("aws: memory of program and engine, MB: not measured here").and.not.match(/NaN|undefined|Infinity/);
  });
});

describe("table", () => {
  it("is Markdown, numbers to the right", () => {
    expect(table(["a", "b"], [["x", "1"]])).to.equal("| a | b |\n| --- | --: |\n| x | 1 |");
  });
});

describe("arguments of the bench", () => {
  it("are everything when none is given", () => {
    expect(wantedOf([])).to.deep.equal({ clouds: ["aws", "azure"], hosts: SIZES, rounds: undefined, anew: false });
  });

  it("choose clouds and sizes, each once and in order", () => {
    const wanted = wantedOf(["--clouds", "azure, aws", "--hosts", "10,1,10", "--rounds", "1", "--anew"]);
    expect(wanted).to.deep.equal({ clouds: ["aws", "azure"], hosts: [1, 10], rounds: 1, anew: true });
  });

  for (const [name, args, message] of [
    ["an unknown cloud", ["--clouds", "gcp"], "--clouds: gcp is no cloud; write aws or azure, or both with a comma between them"],
    ["no number of hosts", ["--hosts", "many"], "--hosts: many is no whole number from 1 to 2000; write one, such as 10"],
    ["no rounds", ["--rounds", "0"], "--rounds: 0 is no whole number from 1 to 100; write one, such as 10"],
  ] as const) {
    it(`refuses ${name}`, () => expect(() => wantedOf(args)).to.throw(message));
  }
});

describe("measuring", () => {
  it("reads a process whose name has brackets and spaces", () => {
    const rest = Array.from({ length: 40 }, (_, i) => String(i + 4));
    expect(parseStat(`42 (a) b (c) S 7 ${rest.join(" ")}`)).to.deep.equal({ pid: 42, parent: 7, bytes: 23 * 4096, seconds: 0.27 });
  });

  it("counts a process's children and their children, and nobody else", () => {
    const row = (pid: number, parent: number) => ({ pid, parent, bytes: 0, seconds: 0 });
    expect(descendants([row(4, 3), row(3, 2), row(2, 1), row(9, 1)], 2).map(({ pid }) => pid)).to.deep.equal([4, 3, 2]);
  });

  it("knows a program that ran out of memory from one that was ended", () => {
    const ended = "error: an unhandled error occurred: Program exited with non-zero exit code: -1";
    const [full, half] = [HEAP_MIB * 1024 * 1024, HEAP_MIB * 512 * 1024];
    expect([ranOutOfMemory("JavaScript heap out of memory"), ranOutOfMemory(ended, full), ranOutOfMemory(ended, half), ranOutOfMemory("", full)]).to.deep.equal([true, true, false, false]);
  });

  it("counts what a preview would make, the stack left out", () => {
    expect(resourcesOf("Resources:\n    + 42 to create\n")).to.equal(41);
    expect(() => resourcesOf("Resources:\n    1 unchanged\n")).to.throw("the preview does not say what it would make");
  });
});
