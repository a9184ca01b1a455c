import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { watchStandstill } from "../../cli/engine/standstill.mjs";

const FAILURE = '{"type":"resOpFailedEvent"}\n';

describe("a run that stands still", () => {
  const folder = mkdtempSync(join(tmpdir(), "standstill-"));
  after(() => rmSync(folder, { recursive: true }));

  /** What is told in fifty looks at a log with this text, last written so many seconds ago. */
  async function told(text: string | undefined, age: number): Promise<string[]> {
    const log = join(folder, `${Math.random()}.json`);
    if (text !== undefined) {
      writeFileSync(log, text);
      const when = new Date(Date.now() - age * 1000);
      utimesSync(log, when, when);
    }
    const lines: string[] = [];
    const end = watchStandstill(log, { every: 2, patience: 60_000, tell: (line) => lines.push(line) });
    for (let i = 0; i < 50; i++) await sleep(2);
    end();
    return lines;
  }

  it("is told once, with what to do, where a step has failed and nothing has happened since", async () => {
    const lines = await told(FAILURE, 61);
    expect(lines).to.have.length(1);
    expect(lines[0]).to.contain("npm run recover");
  });

  it("is none while things happen, without a failure, and before there is a log", async () => {
    expect([await told(FAILURE, 10), await told('{"type":"resOutputsEvent"}\n', 3600), await told(undefined, 0)]).to.deep.equal([[], [], []]);
  });
});
