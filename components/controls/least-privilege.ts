import type { JeaCommand } from "../guest/kinds";
import type { Settings } from "../settings/settings";
import { control } from "./control";
import { NOBODY_IN_REMOTE_MANAGEMENT } from "./remoting-user-only";
import { cis, microsoft, stig } from "./tables/references";
import { policy, SYSTEM_POLICIES } from "./tables/winrm-policies";

export const leastPrivilege = control({
  id: "least-privilege",
  title: "Nobody has standing rights over WinRM",
  guideline: "People have no rights over WinRM, the built-in Administrator's token is filtered, and further automation gets an endpoint with named commands.",
  references: [...cis("2.3.17.1"), ...stig("SO-000380"), microsoft("PowerShell", "Just Enough Administration")],
  layers: ["plan", "guest"],
  gate: false,
  guest: ({ jea, logging }) => [
    NOBODY_IN_REMOTE_MANAGEMENT,
    policy(SYSTEM_POLICIES, "FilterAdministratorToken", 1),
    ...jea.map(({ name, accounts, commands }) => ({ kind: "jeaEndpoint" as const, name, accounts, commands: commands.map(commandOf), transcripts: logging.powershell.transcripts })),
  ],
});

const commandOf = ({ name, parameters }: Settings["jea"][number]["commands"][number]): JeaCommand => ({ name, parameters });
