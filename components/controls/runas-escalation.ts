import type { AccountResource, GuestResource } from "../guest/kinds";
import type { Problem } from "../settings/problem";
import type { Settings } from "../settings/settings";
import { control, type GuestProfile } from "./control";
import { forEveryHost } from "./exceptions";
import { ADMINISTRATORS, isLocal, networkDenied } from "./remoting-user-only";

/** Nobody has recorded so far that Ansible works through such an endpoint on a real host. */
export const ENDPOINT_RECORDED = "endpoint-recorded";

export const runasEscalation = control({
  id: "runas-escalation",
  title: "Ansible's account escalates by runas",
  guideline: "The account is not the built-in Administrator, and becomes an account that cannot log on over the network.",
  references: [{ benchmark: "Ansible", version: "documentation", id: "become on Windows: runas" }],
  layers: ["plan", "guest", "inventory"],
  exceptions: [ENDPOINT_RECORDED],
  plan: (settings) => [...becomeProblems(settings), ...secretProblems(settings), ...endpointProblems(settings)],
  guest: (profile) => [
    // Become logs on a second time, which is this service's work.
    { kind: "service", name: "seclogon", startup: "Manual", state: "Any" },
    accountOf(profile, "connection", profile.account.name, profile.account.secret, profile.account.escalation === "admin"),
    networkDenied(profile.account),
    ...become(profile),
  ],
});

function become(profile: GuestProfile): GuestResource[] {
  const { becomeUser, becomeSecret } = profile.account;
  if (becomeUser === undefined) return [];
  return [
    accountOf(profile, "become", becomeUser, becomeSecret, true),
    { kind: "userRight", right: "SeInteractiveLogonRight", holds: ["account.become"], lacks: [] },
  ];
}

/** Where the cloud's agent brings the certificate, the host reads no secrets at all: then the account must exist. */
function accountOf({ certificateFrom }: GuestProfile, role: AccountResource["role"], name: string, secret: string | undefined, administrator: boolean): AccountResource {
  return { kind: "account", role, name, memberOf: administrator ? [ADMINISTRATORS] : [], secret: certificateFrom === "secret" ? (secret ?? "") : "" };
}

function becomeProblems({ account }: Settings): Problem[] {
  if (account.escalation === "endpoint" || account.becomeUser !== undefined) return [];
  return [{ key: "account.becomeUser", what: "is missing, so tasks would do everything as the account that anybody on the network may try", mend: "name a second administrator account, which then cannot log on over the network" }];
}

/** Hosts in Azure read certificates through the vault's agent, and no other secret. */
function secretProblems({ account, aws }: Settings): Problem[] {
  if (aws !== undefined) return [];
  return (["secret", "becomeSecret"] as const).flatMap((key): Problem[] => {
    const secret = account[key];
    return secret === undefined ? [] : [{ key: `account.${key}`, what: "is read by hosts in AWS only, and this stack has none", found: `"${secret}"`, mend: "take it out, and let the account be one of the domain or in the image" }];
  });
}

function endpointProblems(settings: Settings): Problem[] {
  const { escalation, name } = settings.account;
  if (escalation !== "endpoint") return [];
  return forEveryHost(settings, "runas-escalation", ENDPOINT_RECORDED, {
    key: "account.escalation",
    what: "has not been recorded on a real host so far",
    found: `"endpoint", for the ${isLocal(name) ? "local account" : "account"} ${name}`,
    mend: "write admin",
  });
}
