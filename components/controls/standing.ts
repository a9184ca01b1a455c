import type { Settings } from "../settings/settings";
import type { ControlId } from "./ids";
import { runsAsVirtualAccount } from "./unused-endpoints";

/** An exception that nobody approves: nobody can do without it, or the stack's own settings make it. It never ends, and its control never counts as a pass. */
export interface StandingException {
  readonly control: ControlId;
  readonly what: string;
  readonly reason: string;
}

const ALWAYS: readonly StandingException[] = [
  {
    control: "policy-managed",
    what: "AllowAutoConfig is not set to 0 (CIS 18.10.89.2.2, level 2)",
    reason: "by its text the service then answers no remote request, and what it does to a listener made by hand has not been measured",
  },
  {
    control: "policy-managed",
    what: "AllowRemoteShellAccess stays 1 (CIS 18.10.90.1, level 2)",
    reason: "0 shuts out both of Ansible's plugins: psrp's endpoint is a shell too",
  },
  {
    control: "remoting-user-only",
    what: "BUILTIN\\Administrators stay in WinRM's root descriptor",
    reason: "what else WinRM refuses without them has not been measured; an administrator could put himself back anyway",
  },
];

const ADMINISTRATOR: StandingException = {
  control: "runas-escalation",
  what: "the connecting account is an administrator",
  reason: "Ansible cannot elevate an unprivileged connection with become; the regular account of the guideline would administer nothing",
};

const MEMBERSHIP: StandingException = {
  control: "runas-escalation",
  what: "that the connecting account is no administrator is not looked at",
  reason: "a host makes the account a member of what it needs and takes it out of nothing; look at its groups, a domain's too",
};

const NO_EVENTS: readonly StandingException[] = (["event-logging", "regular-audit"] as const).map((control) => ({
  control,
  what: "logging.events is off, so that no event leaves the hosts",
  reason: "the stack says so; whoever clears a host's own logs then clears the only copy, and no alert is made of them",
}));

const NO_FLOWS: StandingException = {
  control: "traffic-monitoring",
  what: "logging.flowLogs is off, so that only the hosts themselves see connections",
  reason: "the stack says so; what a security group refuses is then written down nowhere",
};

const VIRTUAL_ACCOUNTS: StandingException = {
  control: "unused-endpoints",
  what: "DisableRunAs is not set (CIS 18.10.89.2.4)",
  reason: "an endpoint runs as a virtual account, and whether WinRM lets it with that policy has not been measured",
};

/** What every report says of a stack, whatever its exceptions are. */
export function standingExceptions(settings: Settings): readonly StandingException[] {
  return [
    ...ALWAYS,
    settings.account.escalation === "admin" ? ADMINISTRATOR : MEMBERSHIP,
    ...(settings.logging.events ? [] : NO_EVENTS),
    ...(settings.logging.flowLogs ? [] : [NO_FLOWS]),
    ...(runsAsVirtualAccount(settings) ? [VIRTUAL_ACCOUNTS] : []),
  ];
}
