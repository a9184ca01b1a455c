import type { GroupResource, PolicyResource, RootDescriptorResource, SessionConfigurationResource, UserRightResource } from "../guest/kinds";
import type { Problem } from "../settings/problem";
import type { Settings } from "../settings/settings";
import { control, type GuestProfile } from "./control";
import { forEveryHost } from "./exceptions";
import { cis, microsoft, stig } from "./tables/references";
import { policy, SYSTEM_POLICIES } from "./tables/winrm-policies";

/** What Ansible's psrp uses when nobody names another. */
export const POWERSHELL_ENDPOINT = "microsoft.powershell";

/** Of a standard user who works as a virtual account. */
export const ENDPOINT = "secure-winrm";

export const ADMINISTRATORS = "S-1-5-32-544";

/** Remote Management Users, whom every session configuration lets in as Windows delivers it. */
export const NOBODY_IN_REMOTE_MANAGEMENT: GroupResource = { kind: "group", group: "S-1-5-32-580", members: [] };

/** A local administrator gets a full token over the network, and so does everybody who has the hash of one. */
export const TOKEN_FILTER = "local-account-token-filter";
/** A further account reaches an endpoint of its own. */
export const JEA_ENDPOINT = "jea-endpoint";

type Account = Settings["account"];
export const isLocal = (name: string): boolean => !name.includes("@");
const needsFullToken = ({ name, escalation }: Account): boolean => escalation === "admin" && isLocal(name);

export const remotingUserOnly = control({
  id: "remoting-user-only",
  title: "Only Ansible's account may use remoting",
  guideline: "Session configurations, the WinRS shell, groups and logon rights admit one account.",
  references: [...cis("18.4.1"), ...stig("MS-000020"), microsoft("Windows Remote Management", "authentication for remote connections")],
  layers: ["plan", "guest"],
  exceptions: [TOKEN_FILTER, JEA_ENDPOINT],
  plan: (settings) => [...tokenProblems(settings), ...jeaProblems(settings)],
  guest: ({ account }) => [
    ...endpoints(account),
    root(account),
    NOBODY_IN_REMOTE_MANAGEMENT,
    { kind: "userRight", right: "SeNetworkLogonRight", holds: ["account.connection"], lacks: [] },
    networkDenied(account),
    tokenFilter(account),
  ],
});

function endpoints({ plugin, escalation }: Account): SessionConfigurationResource[] {
  const open = (name: string): SessionConfigurationResource => ({ kind: "sessionConfiguration", name, ensure: "access", allow: ["account.connection"] });
  if (plugin === "psrp" && escalation === "admin") return [open(POWERSHELL_ENDPOINT)];
  return [{ kind: "sessionConfiguration", name: POWERSHELL_ENDPOINT, ensure: "off" }, ...(escalation === "endpoint" ? [{ ...open(ENDPOINT), virtualAccount: true as const }] : [])];
}

/** Administrators stay until it has been measured what else WinRM refuses without them. */
const root = ({ plugin }: Account): RootDescriptorResource => ({
  kind: "rootDescriptor",
  allow: [{ trustee: ADMINISTRATORS, access: "full" }, ...(plugin === "winrm" ? [{ trustee: "account.connection", access: "shell" } as const] : [])],
});

/** Whom Ansible becomes never comes over the network itself. */
export const networkDenied = ({ becomeUser }: GuestProfile["account"]): UserRightResource => ({
  kind: "userRight",
  right: "SeDenyNetworkLogonRight",
  holds: becomeUser === undefined ? [] : ["account.become"],
  lacks: ["account.connection"],
});

const tokenFilter = (account: Account): PolicyResource => policy(SYSTEM_POLICIES, "LocalAccountTokenFilterPolicy", needsFullToken(account) ? 1 : 0);

function tokenProblems(settings: Settings): Problem[] {
  const { account } = settings;
  if (!needsFullToken(account)) return [];
  return forEveryHost(settings, "remoting-user-only", TOKEN_FILTER, {
    key: "account.name",
    what: "is a local administrator, who has no rights over the network unless every local administrator has them (LocalAccountTokenFilterPolicy)",
    found: `"${account.name}"`,
    mend: "name an account of a domain",
  });
}

function jeaProblems(settings: Settings): Problem[] {
  if (settings.jea.length === 0) return [];
  const own = [settings.account.name, settings.account.becomeUser].flatMap((name) => (name === undefined ? [] : [name.toLowerCase()]));
  const taken = settings.jea.flatMap(({ accounts }, i) =>
    accounts.flatMap((name, j): Problem[] =>
      own.includes(name.toLowerCase()) ? [{ key: `jea[${i}].accounts[${j}]`, what: "is an account of Ansible's, which cannot work with named commands", found: `"${name}"`, mend: "name the accounts of the other automation" }] : [],
    ),
  );
  const problems = forEveryHost(settings, "remoting-user-only", JEA_ENDPOINT, {
    key: "jea",
    what: "lets others than Ansible's account use remoting",
    found: settings.jea.map(({ name }) => name).join(", "),
    mend: "take it out",
  });
  return [...taken, ...problems];
}
