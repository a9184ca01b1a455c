import { expect } from "chai";
import { enforced } from "../../components/controls/catalogue";
import { guestDocument } from "../../components/guest/document";
import type { GuestResource } from "../../components/guest/kinds";
import { resourceKey } from "../../components/guest/resource-key";
import { found, sabotage, waysToSpoil, type HostState } from "../../sandbox/windows";
import { profileOf } from "../guest/documents";
import { booted, gate, look, maintain, NOW, supplied, type Asked } from "../sandbox/windows/lab";
import { SECOND, TWO_ADDRESSES } from "../sandbox/windows/kinds-lab";
import { ROOT_DER, SECRETS } from "../sandbox/windows/pki";
import { onlySeen, waitsForBoot } from "../sandbox/windows/ties";
import { example, settingsOf } from "../support/example";
import { approved, jeaOf } from "../support/stacks";

const LOCAL = { name: "svc-ansible", becomeUser: "svc-become", transport: "ntlm" };
const TOKEN = approved("remoting-user-only", "local-account-token-filter");

interface Case {
  readonly name: string;
  readonly change: object;
  readonly certificateFrom?: "secret" | "store";
  readonly start?: (state: HostState) => HostState;
  /** Not spoiled here: the machine knows an account of a domain only by its groups, and this one is in none. */
  readonly unknown?: readonly string[];
}

/** What a stack may ask for beside the example: each changes what some controls declare. */
const CASES: readonly Case[] = [
  { name: "local accounts that the host makes", change: { account: { ...LOCAL, secret: "accounts/ansible", becomeSecret: "accounts/become" }, exceptions: [TOKEN] } },
  { name: "the plugin winrm", change: { account: { ...example().account, plugin: "winrm" } } },
  { name: "a standard user who works in an endpoint of his own", change: { account: { name: "svc-ansible@CORP.EXAMPLE", transport: "kerberos", escalation: "endpoint" }, exceptions: [approved("runas-escalation", "endpoint-recorded")] }, unknown: ["account connection", "userRight SeDenyNetworkLogonRight"] },
  { name: "passwords that each host has a secret of its own for", change: { account: { ...LOCAL, secret: "accounts/{host}", becomeSecret: "accounts/become" }, exceptions: [TOKEN] } },
  { name: "an endpoint with named commands", change: { jea: [jeaOf(3)], exceptions: [approved("remoting-user-only", "jea-endpoint")] } },
  { name: "stricter passwords and encrypted logs", change: { passwords: { minimumLength: 20, maximumAgeDays: 60, lockoutThreshold: 3, lockoutMinutes: 30 }, logging: { powershell: { transcripts: "C:\\Transcripts", protectedEventLoggingCertificate: "-----BEGIN CERTIFICATE-----\nTUlJQg==\n-----END CERTIFICATE-----" } } } },
  { name: "a certificate that the cloud's agent brings", change: {}, certificateFrom: "store", start: (state) => supplied(state, SECRETS.good) },
];

const documents = (change: object, certificateFrom: Case["certificateFrom"]) => {
  const settings = settingsOf({ ...example(), certificate: { trustedRoots: [`-----BEGIN CERTIFICATE-----\n${ROOT_DER}\n-----END CERTIFICATE-----`] }, ...change });
  const profile = profileOf(settings, { certificateFrom });
  const resources = new Map<string, { resource: GuestResource; controls: string[] }>();
  for (const control of enforced) {
    for (const resource of control.guest(profile)) {
      const entry = resources.get(resourceKey(resource)) ?? { resource, controls: [] };
      entry.controls.push(control.id);
      resources.set(resourceKey(resource), entry);
    }
  }
  return { text: guestDocument(profile, enforced).text, resources };
};

const common = documents({}, "secret").resources;

for (const { name, change, certificateFrom = "secret", start = (state: HostState) => state, unknown = [] } of CASES) {
  describe(`a host with ${name}`, () => {
    const { text: document, resources } = documents(change, certificateFrom);
    const asked: Asked = { document, host: TWO_ADDRESSES, cloud: { addresses: [...TWO_ADDRESSES.addresses, SECOND] } };
    const fresh = () => start(found.patched(booted(), NOW));
    const first = gate(fresh(), asked);

    it("passes its gate, and a run with nothing to do changes nothing", () => {
      expect(first.verdict.findings).to.deep.equal([]);
      expect(first.verdict.verdict).to.equal("pass");
      const again = maintain(first.state, asked);
      expect(again.history.filter(({ what }) => what === "set" || what === "restart")).to.deep.equal([]);
    });

    // What the example declares too is spoiled in the contract of controls.
    const own = [...resources].filter(([key, { resource }]) => JSON.stringify(common.get(key)?.resource) !== JSON.stringify(resource) && !onlySeen(resource) && !waitsForBoot(resource) && !unknown.includes(key));
    for (const [key, { resource, controls }] of own) {
      for (const way of waysToSpoil(resource)) {
        it(`${key}, ${way}: fails ${controls.join(" and ")} and is repaired`, () => {
          const spoiled = sabotage(first.state, resource, NOW, way);
          const seen = look(spoiled, asked).verdict;
          for (const control of controls) expect(seen.controls[control], control).to.equal("fail");
          const mended = maintain(spoiled, asked).verdict;
          for (const control of controls) expect(mended.controls[control], control).to.equal("pass");
        });
      }
    }
  });
}
