import type { Settings } from "../../settings/settings";
import { isLocal } from "../remoting-user-only";
import { RELAX_LENGTH } from "../tables/passwords";
import { atLeast, cis, disa, eq, from, type Demand, type Harm, type Item } from "./item";

/** Passwords and lockout, and the service that changes a local administrator's password by itself. */

const key = (name: string): string => `accountPolicy ${name}`;

/** A setting of `passwords` by which this project's value meets the GPO's. */
const loosen = (setting: string) => (): string => `take \`passwords.${setting}\` down to the benchmark's value, or give the GPO yours`;

/** A domain's own accounts follow its own policy; what is set on a host is for the host's accounts. */
const LOCAL_ONLY = "It is for accounts of the host itself: a domain's accounts follow the policy at the domain's head";

/** DISA's longest. */
const STIG_DAYS = 60;

const localAccounts = ({ account }: Settings): boolean => isLocal(account.name) || (account.becomeUser !== undefined && isLocal(account.becomeUser));

function endsEarlier(settings: Settings, { benchmark }: Demand): Harm | undefined {
  if (benchmark !== "STIG" || !localAccounts(settings) || settings.passwords.maximumAgeDays <= STIG_DAYS) return undefined;
  return {
    happens: `passwords of Ansible's local accounts end after ${STIG_DAYS} days and not after the ${settings.passwords.maximumAgeDays} of passwords.maximumAgeDays, and every task then fails to log on`,
    mend: `write passwords.maximumAgeDays: ${STIG_DAYS}, and change the passwords before`,
  };
}

function changedByLaps(settings: Settings): Harm | undefined {
  if (!localAccounts(settings)) return undefined;
  return {
    happens: "where LAPS manages one of Ansible's local accounts, it changes the password some hours after Ansible has logged on with it, and ends its sessions",
    mend: "let LAPS manage another account (AdministratorAccountName), or let the automation platform read the password from it before each run",
  };
}

const LAPS = "policy SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\LAPS";
const NEEDS_DOMAIN = "LAPS needs a domain or Entra ID";

export const PASSWORD_ITEMS: readonly Item[] = [
  { key: key("PasswordHistorySize"), demands: [cis("1.1.1", atLeast(24)), disa("AC-000040", atLeast(24))] },
  { key: key("MaximumPasswordAge"), demands: [cis("1.1.2", from(1, 365)), disa("AC-000050", from(1, STIG_DAYS))], note: LOCAL_ONLY, harm: endsEarlier, mend: () => "give the GPO the days of `passwords.maximumAgeDays`, or write the GPO's there" },
  { key: key("MinimumPasswordAge"), demands: [cis("1.1.3", atLeast(1)), disa("AC-000060", atLeast(1))] },
  { key: key("MinimumPasswordLength"), demands: [cis("1.1.4", atLeast(14)), disa("AC-000070", atLeast(14))], note: "DISA's rule is not in the guide for Windows Server 2025", mend: loosen("minimumLength") },
  { key: key("PasswordComplexity"), demands: [cis("1.1.5", eq(1)), disa("AC-000080", eq(1))] },
  { key: `registry ${RELAX_LENGTH.path}\\${RELAX_LENGTH.name}`, demands: [cis("1.1.6", eq(1), "L1 MS")] },
  { key: key("ClearTextPassword"), demands: [cis("1.1.7", eq(0)), disa("AC-000090", eq(0))] },
  { key: key("LockoutDuration"), demands: [cis("1.2.1", atLeast(15)), disa("AC-000010", atLeast(15))], mend: loosen("lockoutMinutes") },
  { key: key("LockoutBadCount"), demands: [cis("1.2.2", from(1, 5)), disa("AC-000020", from(1, 3))], note: "Whoever reaches 5986 can lock Ansible's account: only a node can. With passwords.lockoutThreshold: 3 this project asks for what DISA asks", mend: () => "write the GPO's number as `passwords.lockoutThreshold`, or give the GPO yours" },
  { key: key("AllowAdministratorLockout"), demands: [cis("1.2.3", eq(1), "L1 MS")] },
  { key: key("ResetLockoutCount"), demands: [cis("1.2.4", atLeast(15)), disa("AC-000030", atLeast(15))], note: "It must not outlast the lock: all three are written in one template", mend: loosen("lockoutMinutes") },
  { key: `${LAPS}\\BackupDirectory`, demands: [cis("18.9.25.1", from(1, 2), "L1 MS")], note: NEEDS_DOMAIN },
  { key: `${LAPS}\\PwdExpirationProtectionEnabled`, demands: [cis("18.9.25.2", eq(1), "L1 MS")], note: NEEDS_DOMAIN },
  { key: `${LAPS}\\ADPasswordEncryptionEnabled`, demands: [cis("18.9.25.3", eq(1), "L1 MS")], note: NEEDS_DOMAIN },
  { key: `${LAPS}\\PasswordComplexity`, demands: [cis("18.9.25.4", eq(4), "L1 MS")], note: NEEDS_DOMAIN },
  { key: `${LAPS}\\PasswordLength`, demands: [cis("18.9.25.5", atLeast(15), "L1 MS")], note: NEEDS_DOMAIN },
  { key: `${LAPS}\\PasswordAgeDays`, demands: [cis("18.9.25.6", from(1, 30), "L1 MS")], note: NEEDS_DOMAIN },
  { key: `${LAPS}\\PostAuthenticationResetDelay`, demands: [cis("18.9.25.7", from(1, 8), "L1 MS")], note: NEEDS_DOMAIN },
  { key: `${LAPS}\\PostAuthenticationActions`, demands: [cis("18.9.25.8", atLeast(3), "L1 MS")], note: `${NEEDS_DOMAIN}. 3: a new password, and the account's sessions end`, harm: changedByLaps },
];
