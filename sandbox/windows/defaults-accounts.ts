import { ADMINISTRATORS, BACKUP_OPERATORS, EVERYONE, GUESTS, INTERACTIVE, AUTHENTICATED_USERS, MACHINE_SID, REMOTE_MANAGEMENT_USERS, USERS } from "./sids";
import type { Account, Group } from "./state";

/** Who is on a machine, and what each may, before anybody touched it. */

/** Microsoft, "Local accounts": the numbers 500 to 504 are the same everywhere, and all but the Administrator are disabled. */
export const ACCOUNTS: readonly Account[] = [
  { name: "Administrator", sid: `${MACHINE_SID}-500`, enabled: true },
  { name: "Guest", sid: `${MACHINE_SID}-501`, enabled: false },
  { name: "DefaultAccount", sid: `${MACHINE_SID}-503`, enabled: false },
  { name: "WDAGUtilityAccount", sid: `${MACHINE_SID}-504`, enabled: false },
];

export const GROUPS: readonly Group[] = [
  { name: "Administrators", sid: ADMINISTRATORS, members: [`${MACHINE_SID}-500`] },
  { name: "Users", sid: USERS, members: [AUTHENTICATED_USERS, INTERACTIVE] }, // members: unverified
  { name: "Guests", sid: GUESTS, members: [`${MACHINE_SID}-501`] }, // members: unverified
  { name: "Backup Operators", sid: BACKUP_OPERATORS, members: [] },
  // MicrosoftDocs/PowerShell-Docs, Enable-PSRemoting, and the default descriptor of session configurations.
  { name: "Remote Management Users", sid: REMOTE_MANAGEMENT_USERS, members: [] },
  // MicrosoftDocs/windowsserverdocs: there on some builds, made by WinRM, so it has a number of this machine. The number: unverified.
  { name: "WinRMRemoteWMIUsers__", sid: `${MACHINE_SID}-1000`, members: [] },
];

/** The vendor's own lists are not in what we have read: all unverified, and wider than what CIS 2.2 asks for. */
export const RIGHTS: Readonly<Record<string, readonly string[]>> = {
  SeNetworkLogonRight: [EVERYONE, ADMINISTRATORS, USERS, BACKUP_OPERATORS],
  SeInteractiveLogonRight: [ADMINISTRATORS, USERS, BACKUP_OPERATORS],
  SeDenyNetworkLogonRight: [`${MACHINE_SID}-501`],
  SeDenyInteractiveLogonRight: [`${MACHINE_SID}-501`],
  SeBatchLogonRight: [ADMINISTRATORS, BACKUP_OPERATORS],
  SeDebugPrivilege: [ADMINISTRATORS],
};

/** Names: dsccommunity/SecurityPolicyDsc `AccountPolicyData.psd1`. Values of an untouched server outside of a domain: unverified. */
export const ACCOUNT_POLICY: Readonly<Record<string, number>> = {
  PasswordHistorySize: 0,
  MaximumPasswordAge: 42,
  MinimumPasswordAge: 0,
  MinimumPasswordLength: 0,
  PasswordComplexity: 1,
  ClearTextPassword: 0,
  LockoutBadCount: 0,
  AllowAdministratorLockout: 0,
};
