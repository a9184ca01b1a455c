import { control } from "./control";
import { stigFirewall } from "./tables/references";
import { PROFILES } from "./windows-firewall";

/** CIS 9.1 to 9.3, and the firewall's STIG. */
const KILOBYTES = 16_384;

export const trafficMonitoring = control({
  id: "traffic-monitoring",
  title: "Connections to the listener are watched",
  guideline: "Windows firewall writes down what it refuses and what it lets in, and keeps enough of it.",
  references: stigFirewall("WNFWA-000001 to WNFWA-000029: log size, dropped packets, successful connections"),
  layers: ["guest"],
  gate: false,
  guest: () => PROFILES.map((profile) => ({ kind: "firewallLog", profile, minimumKilobytes: KILOBYTES, blocked: true, allowed: true })),
});
