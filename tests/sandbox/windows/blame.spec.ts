import { expect } from "chai";
import { enforced } from "../../../components/controls/catalogue";
import { guestDocument } from "../../../components/guest/document";
import type { GuestResource } from "../../../components/guest/kinds";
import { resourceKey } from "../../../components/guest/resource-key";
import { found, sabotage, waysToSpoil, type HostState } from "../../../sandbox/windows";
import { profileOf } from "../../guest/documents";
import { example, settingsOf } from "../../support/example";
import { approved, jeaOf } from "../../support/stacks";
import { documentFrom, SECOND, TWO_ADDRESSES, written } from "./kinds-lab";
import { booted, gate, HOST, look, NOW, supplied, type Asked } from "./lab";
import { ROOT_DER, SECRETS } from "./pki";
import { cannotFallAlone, fallsWith } from "./ties";

interface Entry {
  readonly controls: readonly string[];
  readonly resource: GuestResource;
}

interface Case {
  readonly name: string;
  readonly text: string;
  readonly start?: (state: HostState) => HostState;
}

const trustedRoots = [`-----BEGIN CERTIFICATE-----\n${ROOT_DER}\n-----END CERTIFICATE-----`];
const ofStack = (change: object, more: Partial<Parameters<typeof profileOf>[1]> = {}): string =>
  guestDocument(profileOf(settingsOf({ ...example(), certificate: { trustedRoots }, ...change }), more), enforced).text;

const LOCAL = { name: "svc-ansible", becomeUser: "svc-become", transport: "ntlm", secret: "accounts/ansible", becomeSecret: "accounts/become" };

/** Whatever the catalogue makes of stacks that differ in what they ask of Windows: a new control is in here when it is in the catalogue. */
const CASES: readonly Case[] = [
  { name: "the example", text: ofStack({}) },
  { name: "local accounts", text: ofStack({ account: LOCAL, exceptions: [approved("remoting-user-only", "local-account-token-filter")] }) },
  { name: "the plugin winrm", text: ofStack({ account: { ...example().account, plugin: "winrm" } }) },
  { name: "an endpoint with named commands", text: ofStack({ jea: [jeaOf(3)], exceptions: [approved("remoting-user-only", "jea-endpoint")] }) },
  { name: "a certificate from the store", text: ofStack({}, { certificateFrom: "store" }), start: (state) => supplied(state, SECRETS.good) },
  { name: "every kind, by hand", text: documentFrom(written()) },
];

const entriesOf = (text: string): readonly Entry[] => (JSON.parse(text) as { resources: Entry[] }).resources;

const seen = new Set<string>();
/** What an earlier document has, declared by the same controls, is not asked again. */
const isNew = (entry: Entry): boolean => !seen.has(JSON.stringify(entry)) && seen.add(JSON.stringify(entry)) !== undefined;

for (const { name, text, start = (state: HostState) => state } of CASES) {
  describe(`sabotage of each entry of a document: ${name}`, () => {
    const entries = entriesOf(text);
    const asked: Asked = { document: text, host: TWO_ADDRESSES, cloud: { addresses: [...HOST.addresses, SECOND] } };
    let ready: HostState;

    before(() => {
      const run = gate(start(found.patched(booted(), NOW)), asked);
      expect(run.verdict.findings).to.deep.equal([]);
      ready = run.state;
    });

    for (const { resource, controls } of entries.filter(isNew)) {
      const fallen = (way?: string): string[] => {
        const verdicts = Object.entries(look(sabotage(ready, resource, NOW, way), asked).verdict.controls);
        for (const control of controls) expect(Object.fromEntries(verdicts)[control], `${way ?? "the first way"}, ${control}`).to.equal("fail");
        return verdicts.flatMap(([control, verdict]) => (verdict === "pass" ? [] : [control]));
      };
      const besides = (tied: typeof fallsWith): string[] => entries.filter((other) => tied(resource, other.resource)).flatMap((other) => [...other.controls]);

      it(`${resourceKey(resource)}: its first way fails ${controls.join(" and ")}, and no other`, () => {
        const tied = besides(cannotFallAlone);
        if (tied.length === 0) expect(fallen()).to.have.members([...controls]);
        else expect([...controls, ...tied]).to.include.members(fallen());
        for (const way of waysToSpoil(resource).slice(1)) expect([...controls, ...besides(fallsWith)], way).to.include.members(fallen(way));
      });
    }
  });
}
