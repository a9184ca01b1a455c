import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { catalogue } from "../components/controls/catalogue";
import { coexistencePage } from "./coexistence-page";
import { controlPages } from "./control-pages";
import { stackFileSchema } from "../components/settings/json-schema";

const ROOT = join(__dirname, "..");

/** Generated files that are checked in; a test fails when one is stale. */
export const generated: readonly { readonly path: string; readonly text: () => string }[] = [
  { path: "stacks/schema.json", text: () => `${JSON.stringify(stackFileSchema("secure-winrm"), null, 2)}\n` },
  { path: "README.md", text: readme },
  ...controlPages,
  coexistencePage,
];

const SECTION = /(<!-- controls:[^>]*-->\n)[\s\S]*?(<!-- \/controls -->)/;

/** The README with its table of controls made anew. */
function readme(): string {
  const rows = catalogue.map(({ id, title, layers, gate, enforced }) => `| [\`${id}\`](docs/controls/${id}.md) | ${title} | ${enforced ? enforcing(layers) : "not enforced yet"} | ${enforced && gate ? "yes" : ""} |`);
  const table = ["| control | demands | enforced by | the door waits |", "|---|---|---|---|", ...rows].join("\n");
  return readFileSync(join(ROOT, "README.md"), "utf8").replace(SECTION, `$1${table}\n$2`);
}

/** A probe is declared by the controls, and nothing runs it so far: it enforces nothing. */
const enforcing = (layers: readonly string[]): string => layers.filter((layer) => layer !== "probe").join(", ");

if (require.main === module) {
  for (const { path, text } of generated) {
    mkdirSync(dirname(join(ROOT, path)), { recursive: true });
    writeFileSync(join(ROOT, path), text());
    console.log(`wrote ${path}`);
  }
}
