import { expect } from "chai";
import { resourceKey } from "../../../components/guest/resource-key";
import { found, sabotage, waysToSpoil, windowsAdmits, type HostState } from "../../../sandbox/windows";
import { CASES, entriesOf, newcomers, type Case, type Declared } from "./cases";
import { isQuarantined, kept, turn } from "./keeper-lab";
import { NODE, NOW, type Asked } from "./lab";
import { onlySeen, waitsForBoot } from "./ties";

interface World {
  readonly name: string;
  readonly cases: readonly Case[];
  readonly cloud?: Asked["cloud"];
  readonly around?: (host: HostState) => HostState;
}

/** The organisation's own copy of the allow rule, which nobody can switch off on the host. */
function inGpo(host: HostState): HostState {
  const own = host.rules.filter(({ name, store }) => name === "secure-winrm-allow-https" && store === "LocalPolicy");
  return { ...host, rules: [...host.rules, ...own.map((rule) => ({ ...structuredClone(rule), store: "GPO" as const, gpo: "Remoting" }))] };
}

const EXAMPLE = CASES.slice(0, 1);
const WORLDS: readonly World[] = [
  { name: "by itself", cases: CASES },
  { name: "with the rule in a GPO", cases: EXAMPLE, around: inGpo },
  { name: "with local merge off", cases: EXAMPLE, around: (host) => found.noLocalRules(host, "Public", "Baseline") },
  { name: "with the control channel down", cases: EXAMPLE, cloud: { nodeList: () => undefined, secret: () => undefined } },
];

/** What a turn of the task cannot mend: the task itself, when it is gone or would start something else. */
const endsTask = ({ resource }: Declared, way: string): boolean => resource.kind === "scheduledTask" && ["gone", "disabled", "with another script", "seldom, as somebody else"].includes(way);
/** A GPO's own copy was spoiled, too. */
const isGpos = ({ resource }: Declared, way: string, world: World): boolean => world.around === inGpo && resource.kind === "firewallRule" && resource.action === "Allow" && way === "wide, or off";

for (const world of WORLDS) {
  const isDown = world.cloud !== undefined;
  const isNew = newcomers();
  for (const one of world.cases) {
    describe(`keeper ${world.name}: ${one.name}`, () => {
      const start = (): HostState => (world.around ?? ((host) => host))(kept(one));
      const run = (host: HostState, stuck?: string) => turn(host, { ...world.cloud, ...(stuck !== undefined && { stuck }) });

      it("is content with it", () => {
        const { verdict } = run(start());
        expect(verdict.findings.map(({ key, verdict: seen }) => `${key} ${seen}`)).to.deep.equal(isDown ? ["nodeList unknown"] : []);
      });

      for (const entry of entriesOf(one.text).filter(isNew)) {
        const key = resourceKey(entry.resource);
        const isMendable = (way: string): boolean => !onlySeen(entry.resource) && !isGpos(entry, way, world);
        const isUnknowable = waitsForBoot(entry.resource) || (isDown && entry.resource.kind === "nodeList");

        // Every way where nothing is special, and elsewhere each setting in one.
        const ways = waysToSpoil(entry.resource).filter((way) => !endsTask(entry, way));
        for (const way of world.around === undefined && !isDown ? ways : ways.slice(0, 1)) {
          it(`${key}, ${way}: mended by the next run, or else shut by the second where the door waits for it`, () => {
            const first = run(sabotage(start(), entry.resource, NOW, way));
            const wanted = isUnknowable ? "unknown" : isMendable(way) ? "pass" : "fail";
            const seen = (): string => first.verdict.findings.find((finding) => finding.key === key)?.verdict ?? "pass";
            expect(seen()).to.equal(wanted);
            expect(isQuarantined(first), "by the first run").to.equal(false);
            const second = run(first.state);
            expect(isQuarantined(second)).to.equal(wanted === "fail" && entry.gate);
            expect(windowsAdmits(second.state, 5986, NODE) || !isMendable(way)).to.equal(true);
          });
        }

        // A task that is stuck gone starts nothing, and a GPO's copy stays as the fault has left it.
        if (endsTask(entry, "gone") || isGpos(entry, "wide, or off", world)) continue;
        it(`${key} that cannot be mended: ${entry.gate ? "shut by the second run, and open again once it is mended" : "never shut"}`, () => {
          const once = run(start(), key);
          const isUnknown = isDown && entry.resource.kind === "nodeList";
          expect(once.verdict.findings.find((finding) => finding.key === key)?.verdict).to.equal(isUnknown ? "unknown" : "fail");
          expect(isQuarantined(once), "by the first run").to.equal(false);
          const twice = run(once.state, key);
          const isShut = entry.gate && !isUnknown;
          expect(isQuarantined(twice)).to.equal(isShut);
          if (isShut) expect(windowsAdmits(twice.state, 5986, NODE)).to.equal(false);
          const ended = run(twice.state);
          // Nothing but a pass opens: what a run cannot read, or what waits for a start of the machine, is none.
          expect(isQuarantined(ended)).to.equal(isShut && (isDown || waitsForBoot(entry.resource)));
          if (isShut && isDown && !waitsForBoot(entry.resource)) expect(isQuarantined(turn(ended.state)), "with the channel up again").to.equal(false);
        });
      }
    });
  }
}

/** It is there as long as WinRM does not start again, so it is not only unknown. */
const listensElsewhere = (key: string, way: string): boolean => key.includes("EnableCompatibilityHttp") && way.startsWith("one by which it listens elsewhere");

describe("keeper, people at work", () => {
  for (const entry of entriesOf(EXAMPLE[0]?.text ?? "")) {
    const key = resourceKey(entry.resource);
    for (const way of waysToSpoil(entry.resource).filter((one) => !endsTask(entry, one))) {
      it(`${key}, ${way}: nobody is cut off, and nobody is shut out for what waits for them to go`, () => {
        const spoiled = found.sessions(sabotage(kept(), entry.resource, NOW, way), 2);
        const once = turn(spoiled);
        expect(once.history.filter(({ what }) => ["cut", "restart", "reboot"].includes(what))).to.deep.equal([]);
        expect(once.state.sessions).to.equal(2);
        const fails = once.verdict.verdict === "fail";
        expect(fails).to.equal((onlySeen(entry.resource) && entry.gate) || listensElsewhere(key, way));
        const second = turn(once.state);
        expect(isQuarantined(second)).to.equal(fails);
        expect(second.state.sessions, "quarantine ends sessions, and nothing else does").to.equal(fails ? 0 : 2);
      });
    }
  }
});
