import type { WsmanResource } from "../guest/kinds";
import { control, type GuestProfile } from "./control";
import { ENDPOINT, POWERSHELL_ENDPOINT } from "./remoting-user-only";
import { cis, microsoft, stig } from "./tables/references";
import { NO_RUN_AS } from "./tables/winrm-policies";

/** The documented limits of WinRS. Ansible has a handful of shells on one host, however many forks it runs. */
const LIMITS = { MaxConcurrentUsers: 10, MaxShellsPerUser: 30, IdleTimeout: 7_200_000 } as const;

const limit = ([name, value]: readonly [string, number]): WsmanResource => ({ kind: "wsman", path: `Shell/${name}`, op: "eq", value: String(value) });

export const unusedEndpoints = control({
  id: "unused-endpoints",
  title: "Session configurations that nobody needs are off",
  guideline: "Every other session configuration is disabled, nobody may use WMI over WinRM, and shells are limited.",
  references: [...cis("18.10.89.2.4"), ...stig("CC-000520"), microsoft("PowerShell 5.1", "about_Session_Configurations")],
  layers: ["guest"],
  guest: (profile) => [
    { kind: "otherSessionConfigurations", except: judgedByThemselves(profile) },
    { kind: "group", group: "WinRMRemoteWMIUsers__", members: [] },
    ...Object.entries(LIMITS).map(limit),
    ...(runsAsVirtualAccount(profile) ? [] : [NO_RUN_AS]),
  ],
});

/** Others declare what these must be, be it that they are off. */
const judgedByThemselves = ({ account, jea }: GuestProfile): string[] => [POWERSHELL_ENDPOINT, ...(account.escalation === "endpoint" ? [ENDPOINT] : []), ...jea.map(({ name }) => name)];

/** What the policy against stored RunAs credentials does to virtual accounts is unverified, so it stays off where there are some. */
export const runsAsVirtualAccount = ({ account, jea }: Pick<GuestProfile, "account" | "jea">): boolean => account.escalation === "endpoint" || jea.length > 0;
