import { from, type Fact } from "./facts";
import type { SessionConfiguration } from "./state";

/** PowerShell/PowerShell `CustomShellCommands.cs`: what a session configuration has until somebody gives it another descriptor. */
const REMOTE_SDDL = "O:NSG:BAD:P(A;;GA;;;BA)(A;;GA;;;RM)(A;;GA;;;IU)S:P(AU;FA;GA;;;WD)(AU;SA;GXGW;;;WD)";

export const configuration = (name: string): SessionConfiguration => ({ name, enabled: true, sddl: REMOTE_SDDL, role: "" });

const SOURCE = "MicrosoftDocs/PowerShell-Docs, about_Session_Configurations; PowerShell/PowerShell CustomShellCommands.cs";
const configurations = (...names: readonly string[]): Record<string, SessionConfiguration> => Object.fromEntries(names.map((name) => [name, configuration(name)]));

export const SESSION_CONFIGURATIONS: readonly Fact<SessionConfiguration>[] = from(
  SOURCE,
  configurations("microsoft.powershell", "microsoft.powershell32", "microsoft.powershell.workflow", "microsoft.windows.servermanagerworkflows"),
);

/** What pwsh's own Enable-PSRemoting adds: one for the release and one for the exact version. */
export const PWSH_CONFIGURATIONS: readonly SessionConfiguration[] = ["PowerShell.7", "PowerShell.7.4.6"].map(configuration);
