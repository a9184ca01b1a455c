import { TOKEN_FILTER } from "../remoting-user-only";
import { runsAsVirtualAccount } from "../unused-endpoints";
import { SYSTEM_POLICIES, WINRM } from "../tables/winrm-policies";
import { approvedUntil, cis, disa, eq, from, words, type Item } from "./item";

/** WinRM, PowerShell and UAC. Values: CIS Windows Server 2022 v4.0.0 and DISA's guides; see docs/coexistence.md. */

const policyKey = (path: string, name: string): string => `policy ${path}\\${name}`;
const client = (name: string): string => policyKey(`${WINRM}\\Client`, name);
const service = (name: string): string => policyKey(`${WINRM}\\Service`, name);
const system = (name: string): string => policyKey(SYSTEM_POLICIES, name);
const powershell = (path: string): string => `policy SOFTWARE\\Policies\\Microsoft\\Windows\\PowerShell\\${path}`;

export const WINRM_ITEMS: readonly Item[] = [
  { key: client("AllowBasic"), demands: [cis("18.10.89.1.1", eq(0)), disa("CC-000470", eq(0))] },
  { key: client("AllowUnencryptedTraffic"), demands: [cis("18.10.89.1.2", eq(0)), disa("CC-000480", eq(0))] },
  { key: client("AllowDigest"), demands: [cis("18.10.89.1.3", eq(0)), disa("CC-000490", eq(0))], note: "The policy is phrased as its opposite (\"Disallow\"): what counts is the value" },
  { key: service("AllowBasic"), demands: [cis("18.10.89.2.1", eq(0)), disa("CC-000500", eq(0))], note: "Clients that use Basic stop working; Ansible's here do not use it" },
  {
    key: service("AllowAutoConfig"),
    demands: [cis("18.10.89.2.2", eq(0), "L2")],
    note: "By its text the service then answers no remote request. What it does to a listener made by hand is unverified",
    // What nobody answers, nobody can be shown: the model of Windows takes the text at its word.
    also: ["https-listener"],
    mend: () => "leave the item out for these hosts: every report names it as a standing exception",
  },
  { key: service("AllowUnencryptedTraffic"), demands: [cis("18.10.89.2.3", eq(0)), disa("CC-000510", eq(0))] },
  {
    key: service("DisableRunAs"),
    demands: [cis("18.10.89.2.4", eq(1)), disa("CC-000520", eq(1))],
    note: "With JEA or `escalation: endpoint` this project leaves it as it is found",
    harm: (settings) =>
      runsAsVirtualAccount(settings)
        ? {
            conflict: true,
            happens: "the endpoints of `jea` and of escalation endpoint run as a virtual account, and whether WinRM lets them with that policy is unverified: if not, their sessions end with event 90 of WinRM, and remoting-user-only fails and keeps the door shut when it refuses to register them",
            mend: "leave the item out for these hosts until it has been tried on one",
          }
        : undefined,
  },
  {
    key: service("WinRS\\AllowRemoteShellAccess"),
    demands: [cis("18.10.90.1", eq(0), "L2")],
    note: "0 shuts out both of Ansible's plugins: psrp's endpoint is a shell too. Another plugin does not help",
    mend: () => "leave the item out for these hosts: every report names it as a standing exception",
  },
  { key: powershell("ScriptBlockLogging\\EnableScriptBlockLogging"), demands: [cis("18.10.87.1", eq(1), "L2"), disa("CC-000460", eq(1))], note: "What tasks hand to PowerShell may be in script block logs, module logs and transcripts, and Ansible's no_log changes none of that: logging.powershell.modules takes the second out, logging.powershell.protectedEventLoggingCertificate encrypts the logged events; transcripts stay plain, for administrators only" },
  { key: powershell("Transcription\\EnableTranscripting"), demands: [cis("18.10.87.2", eq(1), "L2"), disa("CC-000530", eq(1))], note: "A domain's GPO that names another folder wins, and script-block-logging fails: write that folder as logging.powershell.transcripts" },
  { key: "feature PowerShell-V2", demands: [disa("00-000410", words("not installed"))], note: "Nothing here runs on PowerShell 2.0; its engine writes none of the logs" },
  {
    key: system("LocalAccountTokenFilterPolicy"),
    demands: [cis("18.4.1", eq(0), "L1 MS"), disa("MS-000020", eq(0))],
    note: "1 only for a local administrator as account.name, which takes an exception; enabling PowerShell remoting from a local account also sets it",
    mend: (settings, { benchmark }) => `leave the item out for these hosts${approvedUntil(settings, "remoting-user-only", TOKEN_FILTER)}${benchmark === "STIG" ? "; it does not apply outside of a domain" : ""}`,
  },
  { key: system("FilterAdministratorToken"), demands: [cis("2.3.17.1", eq(1)), disa("SO-000380", eq(1))], note: "Ansible's accounts are never the built-in Administrator, who alone is concerned" },
  { key: system("EnableUIADesktopToggle"), demands: [disa("SO-000390", eq(0))] },
  { key: system("ConsentPromptBehaviorAdmin"), demands: [cis("2.3.17.2", from(1, 2)), disa("SO-000400", from(1, 2))], note: "Prompts are of the desktop: a session over the network has none" },
  { key: system("ConsentPromptBehaviorUser"), demands: [cis("2.3.17.3", eq(0)), disa("SO-000410", eq(0))] },
  { key: system("EnableInstallerDetection"), demands: [cis("2.3.17.4", eq(1)), disa("SO-000420", eq(1))] },
  { key: system("EnableSecureUIAPaths"), demands: [cis("2.3.17.5", eq(1)), disa("SO-000430", eq(1))] },
  { key: system("EnableLUA"), demands: [cis("2.3.17.6", eq(1)), disa("SO-000440", eq(1))], note: "With UAC on, tokens of local administrators are filtered over the network unless LocalAccountTokenFilterPolicy is 1" },
  { key: system("PromptOnSecureDesktop"), demands: [cis("2.3.17.7", eq(1))] },
  { key: system("EnableVirtualization"), demands: [cis("2.3.17.8", eq(1)), disa("SO-000450", eq(1))] },
];
