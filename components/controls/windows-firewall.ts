import { ref, type GuestResource } from "../guest/kinds";
import { control } from "./control";
import { HTTPS_PORT } from "./https-listener";
import { BLOCK_HTTP_RULE, HTTP_PORTS } from "./no-http-listener";
import { cis, stig } from "./tables/references";

export const ALLOW_HTTPS_RULE = "secure-winrm-allow-https";
export const BLOCK_HTTPS_RULE = "secure-winrm-block-https";

/** Allow on the chosen addresses from the nodes; block from everybody else, because block beats any other allow rule. */
export const SOURCE_RULES: readonly GuestResource[] = [
  { kind: "firewallRule", name: ALLOW_HTTPS_RULE, action: "Allow", ports: [HTTPS_PORT], local: ref("host.listen"), remote: ref("nodes.allow") },
  { kind: "firewallRule", name: BLOCK_HTTPS_RULE, action: "Block", ports: [HTTPS_PORT], local: "Any", remote: ref("nodes.others") },
];

export const PROFILES = ["Domain", "Private", "Public"] as const;

export const windowsFirewall = control({
  id: "windows-firewall",
  title: "Windows firewall opens 5986 only on those addresses and to those nodes",
  guideline: "One allow rule, a block rule for everybody else, all profiles on, inbound blocked by default.",
  references: [
    ...cis("9.1.1", "9.1.2", "9.2.1", "9.2.2", "9.3.1", "9.3.2"),
    ...stig("WNFWA-000001", "WNFWA-000002", "WNFWA-000003", "WNFWA-000004", "WNFWA-000012", "WNFWA-000020"),
  ],
  layers: ["guest"],
  guest: () => [
    ...PROFILES.map((profile) => ({ kind: "firewallProfile" as const, profile, enabled: true, inbound: "Block" as const })),
    { kind: "firewallRule", name: BLOCK_HTTP_RULE, action: "Block", ports: HTTP_PORTS, local: "Any", remote: "Any" },
    ...SOURCE_RULES,
    { kind: "foreignRules", ports: [...HTTP_PORTS, HTTPS_PORT].sort((a, b) => a - b), except: [ALLOW_HTTPS_RULE] },
  ],
  probe: () => [{ see: "closed", port: HTTPS_PORT, from: "elsewhere" }],
});
