/**
 * What the deployment's gate commands start: `node cli/reader.mjs prepare|prepared|gate|recheck|audit|uptake`.
 * Plain JavaScript, so that it needs no build and no loader on the command line; the rest is TypeScript.
 */
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

try {
  require("tsx/cjs");
  const { main } = require("./reader/main.ts");
  process.exitCode = await main(process.argv[2], process.env);
} catch (error) {
  // First line only: a module that is missing brings the list of all that wanted it.
  const [text] = (error instanceof Error ? error.message : String(error)).split("\n");
  process.stderr.write(`the gate reader could not run: ${text}\n`);
  process.exitCode = 1;
}
