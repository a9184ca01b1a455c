import { enforced } from "../../../components/controls/catalogue";
import { guestDocument } from "../../../components/guest/document";
import type { GuestResource } from "../../../components/guest/kinds";
import type { HostState } from "../../../sandbox/windows";
import { profileOf } from "../../guest/documents";
import { example, settingsOf } from "../../support/example";
import { approved, jeaOf } from "../../support/stacks";
import { SECOND, TWO_ADDRESSES } from "./kinds-lab";
import { HOST, supplied, type Asked } from "./lab";
import { ROOT_DER, SECRETS } from "./pki";

export interface Declared {
  readonly controls: readonly string[];
  readonly gate: boolean;
  readonly resource: GuestResource;
}

export interface Case {
  readonly name: string;
  readonly text: string;
  readonly start?: (state: HostState) => HostState;
}

const trustedRoots = [`-----BEGIN CERTIFICATE-----\n${ROOT_DER}\n-----END CERTIFICATE-----`];
const ofStack = (change: object, more: Partial<Parameters<typeof profileOf>[1]> = {}): string =>
  guestDocument(profileOf(settingsOf({ ...example(), certificate: { trustedRoots }, ...change }), more), enforced).text;

const LOCAL = { name: "svc-ansible", becomeUser: "svc-become", transport: "ntlm", secret: "accounts/ansible", becomeSecret: "accounts/become" };

/** Whatever the catalogue makes of stacks that differ in what they ask of Windows: a new control is in here when it is in the catalogue. */
export const CASES: readonly Case[] = [
  { name: "the example", text: ofStack({}) },
  { name: "local accounts", text: ofStack({ account: LOCAL, exceptions: [approved("remoting-user-only", "local-account-token-filter")] }) },
  { name: "the plugin winrm", text: ofStack({ account: { ...example().account, plugin: "winrm" } }) },
  { name: "an endpoint with named commands", text: ofStack({ jea: [jeaOf(3)], exceptions: [approved("remoting-user-only", "jea-endpoint")] }) },
  { name: "a certificate from the store", text: ofStack({}, { certificateFrom: "store" }), start: (state) => supplied(state, SECRETS.good) },
];

export const entriesOf = (text: string): readonly Declared[] => (JSON.parse(text) as { resources: Declared[] }).resources;

/** What an earlier document has, declared by the same controls, is not asked again. */
export function newcomers(): (entry: Declared) => boolean {
  const seen = new Set<string>();
  return (entry) => !seen.has(JSON.stringify(entry)) && seen.add(JSON.stringify(entry)) !== undefined;
}

export const askedOf = (text: string): Asked => ({ document: text, host: TWO_ADDRESSES, cloud: { addresses: [...HOST.addresses, SECOND] } });
