import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "chai";

const FOLDER = join(__dirname, "..", "golden");

/** Compares with a checked-in file. `UPDATE_GOLDEN=1` writes it; its difference is then read in review. */
export function expectGolden(name: string, text: string): void {
  const file = join(FOLDER, name);
  if (process.env["UPDATE_GOLDEN"] === "1") {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return;
  }
  expect(existsSync(file), `${name} is missing: run with UPDATE_GOLDEN=1 and read the result`).to.equal(true);
  expect(text).to.equal(readFileSync(file, "utf8"));
}
