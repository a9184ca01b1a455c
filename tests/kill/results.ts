import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

export interface Result {
  readonly point: string;
  readonly wrong: readonly string[];
}

/** What has been killed before, as long as nothing has changed that it could come out of otherwise: a line for each point. */
export class Results {
  readonly file: string;

  constructor(folder: string, root: string) {
    this.file = join(folder, `${digest(root)}.jsonl`);
    mkdirSync(dirname(this.file), { recursive: true });
  }

  /** The newest of each point. */
  read(): ReadonlyMap<string, Result> {
    if (!existsSync(this.file)) return new Map();
    // The last line of a run that was cut off may be half a line.
    return new Map(readFileSync(this.file, "utf8").split("\n").flatMap((line) => parsed(line)).map((result) => [result.point, result]));
  }

  add(result: Result): void {
    appendFileSync(this.file, `${JSON.stringify(result)}\n`);
  }
}

function parsed(line: string): Result[] {
  try {
    return line === "" ? [] : [JSON.parse(line) as Result];
  } catch {
    return [];
  }
}

const ROOMS = ["index.ts", "package-lock.json", "components", "cli/reader", "cli/recover", "sandbox", "tests/kill"];

/** Of everything that a kill goes through. */
function digest(root: string): string {
  const hash = createHash("sha256");
  const add = (path: string): void => {
    const whole = join(root, path);
    if (!statSync(whole).isDirectory()) hash.update(`${path}\n`).update(readFileSync(whole));
    else for (const name of readdirSync(whole).sort()) add(`${path}/${name}`);
  };
  for (const room of ROOMS) add(room);
  return hash.digest("hex").slice(0, 16);
}
