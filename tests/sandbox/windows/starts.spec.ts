import { expect } from "chai";
import type { GuestKind } from "../../../components/guest/kinds";
import { resourceKey } from "../../../components/guest/resource-key";
import { windowsAdmits, type HostState } from "../../../sandbox/windows";
import { documentFrom, fresh, SECOND, TWO_ADDRESSES } from "./kinds-lab";
import { ADDRESS, gate, gateAudit, NODE, settings, type Asked, type Outcome } from "./lab";
import * as access from "./starts/access";
import * as network from "./starts/network";
import type { Start, Starts } from "./starts/start";
import * as values from "./starts/values";

/** A kind without its starts does not compile. */
const STARTS: { readonly [Kind in GuestKind]: Starts<Kind> } = { ...values, ...access, ...network };

/** What a run does to the door itself is no change of the machine. */
const DOOR = ["run", "audit", "verdict", "block-on", "block-off", "allow-on", "allow-off"];

function prepared({ resource, beside = [], start, asked }: Start<GuestKind>): { state: HostState; asked: Asked } {
  const state = fresh();
  // A resource of the same key stands once, as the documents have it.
  const list = [resource, ...beside.filter((one) => resourceKey(one) !== resourceKey(resource))];
  const document = documentFrom(list.map((one) => ({ controls: [resourceKey(one)], resource: one })));
  return { state: start?.(state) ?? state, asked: { document, host: TWO_ADDRESSES, cloud: { addresses: [ADDRESS, SECOND], ...asked } } };
}

describe("model of Windows, machines as they are found", () => {
  for (const [kind, starts] of Object.entries(STARTS) as [GuestKind, readonly Start<GuestKind>[]][]) {
    for (const one of starts) it(`${kind} ${one.found}: ${one.before}, then ${one.after}`, () => follows(one));
  }
});

function follows(one: Start<GuestKind>): void {
  const key = resourceKey(one.resource);
  const { state, asked } = prepared(one);
  const verdict = ({ verdict: { controls } }: Outcome): string | undefined => controls[key];
  const seen = gateAudit(state, asked);
  expect(verdict(seen), "before").to.equal(one.before);
  expect(settings(seen.state), "who looks changes nothing").to.deep.equal(settings(state));
  const run = gate(state, asked);
  expect(verdict(run), "after").to.equal(one.after);
  if (one.says) expect(run.verdict.findings.find((finding) => finding.key === key)?.found).to.match(one.says);
  if (one.keeps) expect(one.keeps(run.state), "kept").to.deep.equal(one.keeps(state));
  if (one.makes) expect(one.makes(run.state), "made").to.deep.equal(one.made);
  if (one.after !== "pass") expect(windowsAdmits(run.state, 5986, NODE)).to.equal(false);
  const again = gate(run.state, asked);
  expect(verdict(again), "the second time").to.equal(one.after);
  expect(settings(again.state), "the second time").to.deep.equal(settings(run.state));
  const did = again.history.filter(({ what }) => !DOOR.includes(what));
  // What cannot be mended is tried again; nothing is written or restarted for it.
  if (one.after === "pass") expect(did, "the second time").to.deep.equal([]);
  else expect(did.filter(({ what }) => ["restart", "reboot", "cut"].includes(what))).to.deep.equal([]);
}
