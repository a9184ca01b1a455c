import { from, UNVERIFIED, type Fact } from "./facts";
import type { Channel } from "./state";

/** What Windows writes down before anybody touched it. That the channels are on is wevtutil's documentation; their sizes are not in it. */
export const CHANNELS: readonly Fact<Channel>[] = from(UNVERIFIED, {
  "Microsoft-Windows-WinRM/Operational": { enabled: true, bytes: 1_052_672 },
  "Microsoft-Windows-PowerShell/Operational": { enabled: true, bytes: 15_728_640 },
  "Windows PowerShell": { enabled: true, bytes: 15_728_640 },
  Application: { enabled: true, bytes: 20_971_520 },
  Security: { enabled: true, bytes: 20_971_520 },
  System: { enabled: true, bytes: 20_971_520 },
  Setup: { enabled: true, bytes: 1_052_672 },
});

/** dsccommunity/AuditPolicyDsc: what stands for xx in {0CCE92xx-69AE-11D9-BED3-505054503030}. */
const SUBCATEGORIES = "10 11 12 13 14 15 16 17 1B 1C 24 26 27 28 2B 2F 30 31 32 33 34 35 37 39 3F 44 45 48 49".split(" ");

const subcategory = (xx: string): string => `{0CCE92${xx}-69AE-11D9-BED3-505054503030}`;

/** That nothing is audited is wrong for some of them on a real server, and the strictest start for a test. */
export const AUDIT_POLICY: readonly Fact<number>[] = from(UNVERIFIED, Object.fromEntries(SUBCATEGORIES.map((xx) => [subcategory(xx), 0])));
