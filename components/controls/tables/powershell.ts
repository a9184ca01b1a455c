import type { PolicyResource } from "../../guest/kinds";
import { policy } from "./winrm-policies";

const WINDOWS = "SOFTWARE\\Policies\\Microsoft\\Windows";
const POWERSHELL = `${WINDOWS}\\PowerShell`;
const PROTECTED = `${WINDOWS}\\EventLog\\ProtectedEventLogging`;

/** Source: about_Logging_Windows and about_Group_Policy_Settings of PowerShell 5.1. */
export const powershellPolicies = (transcripts: string): readonly PolicyResource[] => [
  policy(`${POWERSHELL}\\ScriptBlockLogging`, "EnableScriptBlockLogging", 1),
  policy(`${POWERSHELL}\\Transcription`, "EnableTranscripting", 1),
  policy(`${POWERSHELL}\\Transcription`, "EnableInvocationHeader", 1),
  policy(`${POWERSHELL}\\Transcription`, "OutputDirectory", transcripts),
];

/** No benchmark asks for it. Source: as above. */
export const modulePolicies: readonly PolicyResource[] = [
  policy(`${POWERSHELL}\\ModuleLogging`, "EnableModuleLogging", 1),
  policy(`${POWERSHELL}\\ModuleLogging\\ModuleNames`, "*", "*"),
];

/** The certificate on one line: what reads it looks for the two marks and takes white space out. The value's type is unverified. */
export const protectedPolicies = (pem: string): readonly PolicyResource[] => [
  policy(PROTECTED, "EnableProtectedEventLogging", 1),
  policy(PROTECTED, "EncryptionCertificate", pem.replace(/\s*\n\s*/g, "").trim()),
];
