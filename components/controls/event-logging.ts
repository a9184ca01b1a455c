import { control } from "./control";
import { LSA } from "./kerberos-or-ntlm";
import { AUDIT_CIS, AUDIT_POLICIES } from "./tables/audit-subcategories";
import { CHANNELS, LOG_CIS, LOG_POLICIES } from "./tables/event-logs";
import { cis, stig } from "./tables/references";
import { policy, SYSTEM_POLICIES } from "./tables/winrm-policies";

export const eventLogging = control({
  id: "event-logging",
  title: "Remoting leaves a trace",
  guideline: "The WinRM, PowerShell and Security channels are on and large enough, and what matters is audited.",
  // CC-000280 wants a week's events of Security, on 2019 and 2022: no size says that of every host.
  references: [...cis("2.3.2.1", "18.9.3.1", ...LOG_CIS, ...AUDIT_CIS), ...stig("SO-000050", "CC-000090", "CC-000270", "CC-000290")],
  layers: ["guest", "cloud"],
  guest: () => [
    { kind: "registry", path: LSA, name: "SCENoApplyLegacyAuditPolicy", type: "DWord", op: "eq", value: 1 },
    policy(`${SYSTEM_POLICIES}\\Audit`, "ProcessCreationIncludeCmdLine_Enabled", 1),
    ...AUDIT_POLICIES,
    ...LOG_POLICIES,
    ...CHANNELS,
  ],
});
