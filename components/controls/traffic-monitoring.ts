import { control } from "./control";
import { stigFirewall } from "./tables/references";
import { PROFILES } from "./windows-firewall";

/** As both benchmarks want it. */
const KILOBYTES = 16_384;

export const trafficMonitoring = control({
  id: "traffic-monitoring",
  title: "Connections to the listener are watched",
  guideline: "Windows firewall writes down what it refuses and what it lets in, and keeps enough of it.",
  references: stigFirewall(...["09", "10", "11", "17", "18", "19", "27", "28", "29"].map((rule) => `WNFWA-0000${rule}`)),
  layers: ["guest", "cloud"],
  gate: false,
  guest: () => PROFILES.map((profile) => ({ kind: "firewallLog", profile, minimumKilobytes: KILOBYTES, blocked: true, allowed: true })),
});
