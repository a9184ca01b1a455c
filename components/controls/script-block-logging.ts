import { control } from "./control";
import { transcriptsFolder } from "./secrets-kept";
import { modulePolicies, powershellPolicies, protectedPolicies } from "./tables/powershell";
import { cis, microsoft, stig } from "./tables/references";

export const scriptBlockLogging = control({
  id: "script-block-logging",
  title: "PowerShell logs what it runs",
  guideline: "Script blocks and modules are logged, transcripts are written where only administrators read them; logged scripts are encrypted when a certificate is given.",
  references: [...cis("18.10.87.1", "18.10.87.2"), ...stig("CC-000460", "CC-000530"), microsoft("PowerShell 5.1", "about_Logging_Windows")],
  layers: ["plan", "guest"],
  guest: ({ logging: { powershell: { transcripts, modules, protectedEventLoggingCertificate } } }) => [
    transcriptsFolder(transcripts),
    ...powershellPolicies(transcripts),
    ...(modules ? modulePolicies : []),
    ...(protectedEventLoggingCertificate === undefined ? [] : protectedPolicies(protectedEventLoggingCertificate)),
  ],
});
