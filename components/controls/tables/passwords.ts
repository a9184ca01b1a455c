import type { AccountPolicyResource } from "../../guest/kinds";
import type { Settings } from "../../settings/settings";

interface Demand {
  readonly cis: string;
  /** What the benchmark takes: from, to. */
  readonly within: readonly [number, number];
  readonly resource: (wanted: Settings["passwords"]) => AccountPolicyResource;
}

const policy = (name: string, op: AccountPolicyResource["op"], value: AccountPolicyResource["value"], write: number): AccountPolicyResource => ({ kind: "accountPolicy", name, op, value, write });
const atLeast = (name: string, value: number): AccountPolicyResource => policy(name, "ge", value, value);
const upTo = (name: string, most: number): AccountPolicyResource => policy(name, "between", [1, most], most);

/**
 * Names as in a security template's [System Access]. Source: CIS Windows Server 2022 v4.0.0, section 1; the bounds are its own,
 * so that a test can hold what is declared against them.
 */
export const PASSWORD_DEMANDS: readonly Demand[] = [
  { cis: "1.1.1", within: [24, 24], resource: () => atLeast("PasswordHistorySize", 24) },
  { cis: "1.1.2", within: [1, 365], resource: ({ maximumAgeDays }) => upTo("MaximumPasswordAge", maximumAgeDays) },
  { cis: "1.1.3", within: [1, 998], resource: () => atLeast("MinimumPasswordAge", 1) },
  { cis: "1.1.4", within: [14, 128], resource: ({ minimumLength }) => atLeast("MinimumPasswordLength", minimumLength) },
  { cis: "1.1.5", within: [1, 1], resource: () => policy("PasswordComplexity", "eq", 1, 1) },
  { cis: "1.1.7", within: [0, 0], resource: () => policy("ClearTextPassword", "eq", 0, 0) },
  { cis: "1.2.1", within: [15, 99_999], resource: ({ lockoutMinutes }) => atLeast("LockoutDuration", lockoutMinutes) },
  { cis: "1.2.2", within: [1, 5], resource: ({ lockoutThreshold }) => upTo("LockoutBadCount", lockoutThreshold) },
  { cis: "1.2.3", within: [1, 1], resource: () => policy("AllowAdministratorLockout", "eq", 1, 1) },
  { cis: "1.2.4", within: [15, 99_999], resource: ({ lockoutMinutes }) => atLeast("ResetLockoutCount", lockoutMinutes) },
];

/** Without it Windows takes no minimum above 14. CIS 1.1.6. */
export const RELAX_LENGTH = { path: "SYSTEM\\CurrentControlSet\\Control\\SAM", name: "RelaxMinimumPasswordLengthLimits", cis: "1.1.6" } as const;
