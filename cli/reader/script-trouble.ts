import { printable } from "../../components/evidence/judge";

/** How PowerShell names the refusal of a script by a script policy, in every language; an address of its help stands beside it. */
const POLICY = /about_Execution_Policies|PSSecurityException|UnauthorizedAccess/;
/** And a language that the host allows no more than a part of. */
const LANGUAGE = /ConstrainedLanguage|MethodInvocationNotSupportedInConstrainedLanguage|CannotCreateTypeConstrainedLanguage/;

/** Why a script did not run, from what PowerShell wrote to standard error: one line, for people. Empty when it wrote nothing. */
export function scriptTrouble(error: string): string {
  const text = printable(error.trim());
  if (POLICY.test(error)) return `${text}. The host's script policy refuses the agent's script: no command line is stronger than a policy, so allow what the agent runs (RemoteSigned, or an exception for this host), or for AllSigned have the scripts signed (guest.signing) by a publisher that the host trusts`;
  if (LANGUAGE.test(error)) return `${text}. PowerShell runs in Constrained Language on this host, which cannot configure Windows: allow the script in App Control or AppLocker (it lies below Program Files)`;
  return text;
}
