import { readAccount } from "../store/account";
import type { CloudStore } from "../store/store";
import { isSignedBy } from "./authenticode";

/** What PowerShell says instead of running a file, where the account's machines have the script policy AllSigned. */
export function refusedScript(store: CloudStore, file: string, script: string): string | undefined {
  const { trustedPublishers } = readAccount(store.root);
  if (trustedPublishers === undefined || isSignedBy(trustedPublishers, script)) return undefined;
  const reason = script.includes("# SIG # Begin signature block") ? "The contents of file might have been changed by an unauthorized user or process, or its publisher is not trusted" : `The file ${file} is not digitally signed`;
  return `File ${file} cannot be loaded. ${reason}. You cannot run this script on the current system. For more information about running scripts and setting execution policy, see about_Execution_Policies at https:/go.microsoft.com/fwlink/?LinkID=135170.\n    + CategoryInfo          : SecurityError: (:) [], ParentContainsErrorRecordException\n    + FullyQualifiedErrorId : UnauthorizedAccess\n`;
}
