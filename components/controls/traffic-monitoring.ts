import { control } from "./control";
import { stig } from "./tables/references";
import { PROFILES } from "./windows-firewall";

/** As both benchmarks want it. */
const KILOBYTES = 16_384;

export const trafficMonitoring = control({
  id: "traffic-monitoring",
  title: "Connections to the listener are watched",
  guideline: "Windows firewall writes down what it refuses and what it lets in, and keeps enough of it.",
  references: stig("WNFWA-000009", "WNFWA-000010", "WNFWA-000011", "WNFWA-000017", "WNFWA-000018", "WNFWA-000019", "WNFWA-000027", "WNFWA-000028", "WNFWA-000029"),
  layers: ["guest", "cloud"],
  gate: false,
  guest: () => PROFILES.map((profile) => ({ kind: "firewallLog", profile, minimumKilobytes: KILOBYTES, blocked: true, allowed: true })),
});
