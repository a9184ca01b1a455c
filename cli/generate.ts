import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stackFileSchema } from "../components/settings/json-schema";

/** Generated files that are checked in; a test fails when one is stale. */
export const generated: readonly { readonly path: string; readonly text: () => string }[] = [
  { path: "stacks/schema.json", text: () => `${JSON.stringify(stackFileSchema("secure-winrm"), null, 2)}\n` },
];

if (require.main === module) {
  for (const { path, text } of generated) {
    writeFileSync(join(__dirname, "..", path), text());
    console.log(`wrote ${path}`);
  }
}
