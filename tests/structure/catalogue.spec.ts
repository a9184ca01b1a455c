import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { expect } from "chai";
import { catalogue } from "../../components/controls/catalogue";
import { CONTROL_IDS } from "../../components/controls/ids";

const ROOT = join(__dirname, "..", "..");
const load = createRequire(__filename);
const NOT_CONTROLS = ["catalogue", "coexistence", "control", "exceptions", "ids", "places", "places-aws", "places-azure", "places-azure-watch", "plan", "standing", "tables"];

describe("catalogue of controls", () => {
  it("holds exactly the twenty ids, in their order", () => {
    expect(catalogue.map((control) => control.id)).to.deep.equal([...CONTROL_IDS]);
    expect(CONTROL_IDS).to.have.length(20);
  });

  it("has one file per control, named as its id, exporting its id in camel case", () => {
    const files = readdirSync(join(ROOT, "components/controls")).map((file) => file.replace(/\.ts$/, ""));
    expect(files.filter((file) => !NOT_CONTROLS.includes(file))).to.have.members([...CONTROL_IDS]);
    for (const id of CONTROL_IDS) {
      const exported = load(join(ROOT, "components/controls", id)) as Record<string, unknown>;
      const name = id.replace(/-([a-z])/g, (_all, letter: string) => letter.toUpperCase());
      expect(Reflect.get(exported[name] as object, "id"), id).to.equal(id);
    }
  });
});

describe("files", () => {
  const walk = (folder: string): string[] =>
    readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      return entry.isDirectory() ? walk(path) : [path];
    });
  const sources = ["components", "cli", "sandbox", "tests"].flatMap(walk).filter((path) => /\.(ts|mjs)$/.test(path));

  it("stay small enough to hold in mind", () => {
    const long = sources.filter((path) => readFileSync(join(ROOT, path), "utf8").split("\n").length > 260);
    expect(long).to.deep.equal([]);
  });

  it("have no room for leftovers", () => {
    expect(sources.filter((path) => /(^|\/)(utils?|helpers?|misc|common)\.(ts|mjs)$/.test(path))).to.deep.equal([]);
  });
});
