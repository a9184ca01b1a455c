import { control } from "./control";
import { jeaEndpoints, NOBODY_IN_REMOTE_MANAGEMENT } from "./remoting-user-only";
import { cis, microsoft, stig } from "./tables/references";
import { policy, SYSTEM_POLICIES } from "./tables/winrm-policies";

export const leastPrivilege = control({
  id: "least-privilege",
  title: "Nobody but administrators has standing rights over WinRM",
  guideline: "People have no rights over WinRM, the built-in Administrator's token is filtered, and further automation gets an endpoint with named commands.",
  references: [...cis("2.3.17.1"), ...stig("SO-000380"), microsoft("PowerShell", "Just Enough Administration")],
  layers: ["plan", "guest"],
  gate: false,
  guest: (profile) => [
    NOBODY_IN_REMOTE_MANAGEMENT,
    policy(SYSTEM_POLICIES, "FilterAdministratorToken", 1),
    ...jeaEndpoints(profile),
  ],
});
