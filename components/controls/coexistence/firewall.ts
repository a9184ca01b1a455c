import { PROFILES } from "../windows-firewall";
import type { StigRule } from "../tables/stig-rules";
import { cis, disa, eq, type Item, type Wants } from "./item";

/** Windows firewall: CIS section 9, and the guide that DISA has for it. */

type Profile = (typeof PROFILES)[number];

const POLICY = "SOFTWARE\\Policies\\Microsoft\\WindowsFirewall";
const policyKey = (profile: Profile, name: string): string => `policy ${POLICY}\\${profile}Profile\\${name}`;
const property = (name: "enabled" | "inbound" | "blocked" | "allowed", value: boolean | "Block"): Wants => ({ of: "property", name, value });
const LOG_SIZE: Wants = { of: "size", kilobytes: 16_384 };

/** CIS numbers the same settings per profile; the Public one has two more in between, so that its log begins at 6. */
interface Numbers {
  readonly cis: string;
  readonly log: number;
  /** On, inbound, outbound, log size, dropped, let in. */
  readonly disa: readonly [StigRule, StigRule, StigRule, StigRule, StigRule, StigRule];
}

const NUMBERS: Readonly<Record<Profile, Numbers>> = {
  Domain: { cis: "9.1", log: 4, disa: ["WNFWA-000001", "WNFWA-000004", "WNFWA-000005", "WNFWA-000009", "WNFWA-000010", "WNFWA-000011"] },
  Private: { cis: "9.2", log: 4, disa: ["WNFWA-000002", "WNFWA-000012", "WNFWA-000013", "WNFWA-000017", "WNFWA-000018", "WNFWA-000019"] },
  Public: { cis: "9.3", log: 6, disa: ["WNFWA-000003", "WNFWA-000020", "WNFWA-000021", "WNFWA-000027", "WNFWA-000028", "WNFWA-000029"] },
};

function ofProfile(profile: Profile): Item[] {
  const { cis: section, log, disa: [on, inbound, outbound, size, dropped, letIn] } = NUMBERS[profile];
  return [
    { key: `firewallProfile ${profile}`, demands: [cis(`${section}.1`, property("enabled", true)), disa(on, property("enabled", true)), cis(`${section}.2`, property("inbound", "Block")), disa(inbound, property("inbound", "Block"))], note: "At the gate the allow rule comes after the block; a baseline that blocks first on a host without our rule shuts out whoever is connected" },
    { key: policyKey(profile, "DefaultOutboundAction"), demands: [disa(outbound, eq(0))], note: "A host that blocks what goes out must let 443 to its control channel through" },
    { key: policyKey(profile, "DisableNotifications"), demands: [cis(`${section}.3`, eq(1))] },
    { key: policyKey(profile, "Logging\\LogFilePath"), demands: [cis(`${section}.${log}`, eq(`%SystemRoot%\\System32\\logfiles\\firewall\\${profile.toLowerCase()}fw.log`))], note: "The log's size and what is in it are declared here, its place is not" },
    {
      key: `firewallLog ${profile}`,
      demands: [
        ...[cis(`${section}.${log + 1}`, LOG_SIZE), disa(size, LOG_SIZE)],
        ...[cis(`${section}.${log + 2}`, property("blocked", true)), disa(dropped, property("blocked", true))],
        ...[cis(`${section}.${log + 3}`, property("allowed", true)), disa(letIn, property("allowed", true))],
      ],
    },
  ];
}

export const FIREWALL_ITEMS: readonly Item[] = [
  ...PROFILES.flatMap(ofProfile),
  {
    key: policyKey("Public", "AllowLocalPolicyMerge"),
    demands: [cis("9.3.4", eq(0)), disa("WNFWA-000024", eq(0))],
    note: "A host outside of a domain is on the Public profile. Rules of the machine's own store are dead then; this project's lie in the local policy's store too, which is merged (unverified under a domain's GPO). Until the gate has run, the block rules of first boot are dead as well, behind a door that the cloud has not opened yet",
  },
  { key: policyKey("Public", "AllowLocalIPsecPolicyMerge"), demands: [cis("9.3.5", eq(0)), disa("WNFWA-000025", eq(0))], note: "This project makes no connection security rules" },
];
