import { from, UNVERIFIED, type Fact } from "./facts";
import { ADMINISTRATORS, AUTHENTICATED_USERS, BACKUP_OPERATORS, EVERYONE, GUESTS, INTERACTIVE, MACHINE_SID, REMOTE_MANAGEMENT_USERS, USERS } from "./sids";
import type { Account, Group } from "./state";

/** Who is on a machine, and what each may, before anybody touched it. */

const LOCAL_ACCOUNTS = "Microsoft, \"Local accounts\": numbers 500 to 504 are the same everywhere";
const ENABLE_REMOTING = "MicrosoftDocs/PowerShell-Docs, Enable-PSRemoting, and the default descriptor of session configurations";

const account = (name: string, rid: number, enabled: boolean): Record<string, Account> => ({ [name]: { name, sid: `${MACHINE_SID}-${rid}`, enabled } });
const group = (name: string, sid: string, ...members: string[]): Record<string, Group> => ({ [name]: { name, sid, members } });

export const ACCOUNTS: readonly Fact<Account>[] = from(LOCAL_ACCOUNTS, {
  ...account("Administrator", 500, true),
  ...account("Guest", 501, false),
  ...account("DefaultAccount", 503, false),
  ...account("WDAGUtilityAccount", 504, false),
});

export const GROUPS: readonly Fact<Group>[] = [
  ...from(LOCAL_ACCOUNTS, group("Administrators", ADMINISTRATORS, `${MACHINE_SID}-500`)),
  ...from(UNVERIFIED, {
    ...group("Users", USERS, AUTHENTICATED_USERS, INTERACTIVE),
    ...group("Guests", GUESTS, `${MACHINE_SID}-501`),
    ...group("Backup Operators", BACKUP_OPERATORS),
  }),
  ...from(ENABLE_REMOTING, group("Remote Management Users", REMOTE_MANAGEMENT_USERS)),
  // Made by WinRM on some builds (MicrosoftDocs/windowsserverdocs), so its number is of this machine; which one is not published.
  ...from(UNVERIFIED, group("WinRMRemoteWMIUsers__", `${MACHINE_SID}-1000`)),
];

/** Wider than what CIS 2.2 asks for. */
export const RIGHTS: readonly Fact<string[]>[] = from(UNVERIFIED, {
  SeNetworkLogonRight: [EVERYONE, ADMINISTRATORS, USERS, BACKUP_OPERATORS],
  SeInteractiveLogonRight: [ADMINISTRATORS, USERS, BACKUP_OPERATORS],
  SeDenyNetworkLogonRight: [`${MACHINE_SID}-501`],
  SeDenyInteractiveLogonRight: [`${MACHINE_SID}-501`],
  SeBatchLogonRight: [ADMINISTRATORS, BACKUP_OPERATORS],
  SeDebugPrivilege: [ADMINISTRATORS],
});

/** The names are those of dsccommunity/SecurityPolicyDsc, `AccountPolicyData.psd1`; what a server outside of a domain begins with is not in it. */
export const ACCOUNT_POLICY: readonly Fact<number>[] = from(UNVERIFIED, {
  PasswordHistorySize: 0,
  MaximumPasswordAge: 42,
  MinimumPasswordAge: 0,
  MinimumPasswordLength: 0,
  PasswordComplexity: 1,
  ClearTextPassword: 0,
  LockoutBadCount: 0,
  AllowAdministratorLockout: 0,
});
