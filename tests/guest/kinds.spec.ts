import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { enforced } from "../../components/controls/catalogue";
import { guestScript } from "../../components/guest/script";
import { POLICY_OF } from "../../sandbox/windows/defaults-wsman";
import { wsmanKey } from "../../sandbox/windows/state";
import { approved, jeaOf } from "../support/stacks";
import { example, settingsOf } from "../support/example";
import { profileOf } from "./documents";
import { entries, parse, table } from "./powershell-syntax";

/** Stacks that between them ask for everything that a control can declare. */
const STACKS = [example(), { ...example(), jea: [jeaOf(1)], exceptions: [approved("remoting-user-only", "jea-endpoint")] }];

describe("kinds of resource", () => {
  let handlers: ReadonlyMap<string, ReadonlySet<string>>;
  before(async () => {
    handlers = new Map([...table(await parse(guestScript()), "$Handlers")].map(([kind, hash]) => [kind, new Set(entries(hash).keys())]));
  });

  it("each have a handler in the script, and each handler is used by a control", () => {
    const declared = new Set(STACKS.flatMap((stack) => enforced.flatMap((control) => control.guest(profileOf(settingsOf(stack)))).map(({ kind }) => kind as string)));
    expect([...handlers.keys()].sort()).to.deep.equal([...declared].sort());
  });

  it("can each be spoilt on a hosted runner, but for what is only looked at and what only a second address shows", () => {
    const text = readFileSync(join(__dirname, "live", "spoil.ps1"), "utf8");
    const spoilt = new Set([...text.matchAll(/^\$Spoil\.(\w+) = \{/gm)].flatMap(([, kind]) => kind ?? []));
    const left = [...handlers].flatMap(([kind, parts]) => (parts.has("Set") && !spoilt.has(kind) ? [kind] : []));
    expect(left).to.deep.equal(["addresses"]);
    expect([...spoilt].filter((kind) => !handlers.has(kind))).to.deep.equal([]);
  });

  it("are spoilt on a hosted runner by what Windows lets happen: a setting that no policy can hold", () => {
    const only = /\$r\.kind -eq 'wsman' -and \$r\.path -ne '([^']+)'/.exec(readFileSync(join(__dirname, "live", "check.ps1"), "utf8"))?.[1] ?? "";
    const paths = enforced.flatMap((control) => control.guest(profileOf(settingsOf(example())))).flatMap((resource) => (resource.kind === "wsman" ? [resource.path] : []));
    expect(paths).to.include(only);
    expect([...POLICY_OF.keys()]).to.not.include(wsmanKey(only));
  });
});
