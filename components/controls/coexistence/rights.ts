import type { Settings } from "../../settings/settings";
import { LSA } from "../kerberos-or-ntlm";
import { ADMINISTRATORS, isLocal, TOKEN_FILTER } from "../remoting-user-only";
import { approvedUntil, atLeast, cis, disa, eq, words, type Demand, type Item, type Wants } from "./item";

/** Logon rights, and how NTLM and Kerberos behave. */

const GUESTS = "S-1-5-32-546";
const AUTHENTICATED_USERS = "S-1-5-11";
const LOCAL_ACCOUNT = "S-1-5-113";
/** Local account and member of Administrators. */
const LOCAL_ADMINISTRATOR = "S-1-5-114";

type Sid = `S-1-${string}`;
const exactly = (...sids: readonly Sid[]): Wants => ({ of: "right", op: "exactly", sids });
const includes = (...sids: readonly Sid[]): Wants => ({ of: "right", op: "includes", sids });

const right = (name: string): string => `userRight ${name}`;
const lsa = (name: string): string => `registry ${LSA}\\${name}`;

const DOMAIN_ADMINS = "In a domain DISA's lists name Domain Admins and Enterprise Admins too: Ansible's accounts must be in neither";

const deniedMend = (settings: Settings, { benchmark }: Demand): string =>
  settings.account.escalation === "admin" && isLocal(settings.account.name)
    ? `leave Local account and member of Administrators (S-1-5-114) out of the list for these hosts${approvedUntil(settings, "remoting-user-only", TOKEN_FILTER)}${benchmark === "STIG" ? "; DISA asks for it in a domain only" : ""}`
    : "name account.becomeUser in the list of the GPO too, because a GPO replaces the whole list";

/** 2147483640: AES 128, AES 256 and encryption types to come. */
const AES_ONLY = 2_147_483_640;

export const RIGHT_ITEMS: readonly Item[] = [
  { key: right("SeNetworkLogonRight"), demands: [cis("2.2.3", exactly(ADMINISTRATORS, AUTHENTICATED_USERS), "L1 MS"), disa("MS-000070", exactly(ADMINISTRATORS, AUTHENTICATED_USERS))], note: "Ansible's account is an authenticated user, so nothing is added to the list. A list of nobody locks everybody out" },
  { key: right("SeInteractiveLogonRight"), demands: [cis("2.2.8", exactly(ADMINISTRATORS), "L1 MS"), disa("UR-000030", exactly(ADMINISTRATORS))], note: "Become logs on interactively, and account.becomeUser is an administrator" },
  { key: right("SeDebugPrivilege"), demands: [cis("2.2.20", exactly(ADMINISTRATORS)), disa("UR-000100", exactly(ADMINISTRATORS))], note: "Become without a password needs it of the connecting account, which has it as an administrator" },
  { key: right("SeDenyNetworkLogonRight"), demands: [cis("2.2.22", includes(GUESTS, LOCAL_ADMINISTRATOR), "L1 MS"), disa("MS-000080", includes(GUESTS, LOCAL_ADMINISTRATOR))], note: `DISA takes Local account (S-1-5-113) instead, which shuts out every local account. ${DOMAIN_ADMINS}`, mend: deniedMend },
  { key: right("SeDenyBatchLogonRight"), demands: [cis("2.2.23", includes(GUESTS)), disa("MS-000090", includes(GUESTS))], note: DOMAIN_ADMINS },
  { key: right("SeDenyServiceLogonRight"), demands: [cis("2.2.24", includes(GUESTS)), disa("MS-000100", includes(GUESTS))], note: DOMAIN_ADMINS },
  { key: right("SeDenyInteractiveLogonRight"), demands: [cis("2.2.25", includes(GUESTS)), disa("MS-000110", includes(GUESTS))], note: `Become logs on interactively. ${DOMAIN_ADMINS}` },
  { key: right("SeDenyRemoteInteractiveLogonRight"), demands: [cis("2.2.26", includes(GUESTS)), cis("2.2.27", includes(GUESTS, LOCAL_ACCOUNT), "L1 MS"), disa("MS-000120", includes(GUESTS, LOCAL_ACCOUNT))], note: "Ansible uses no remote desktop. 2.2.26 is for domain controllers" },
  { key: "accountPolicy NewAdministratorName", demands: [cis("2.3.1.3", words("another name than Administrator"))], note: "Ansible's accounts are never the built-in administrator, which this project knows by its SID" },
  { key: lsa("UseMachineId"), demands: [cis("2.3.11.1", eq(1)), disa("SO-000260", eq(1))] },
  { key: lsa("MSV1_0\\AllowNullSessionFallback"), demands: [cis("2.3.11.2", eq(0)), disa("SO-000270", eq(0))] },
  {
    key: "registry SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System\\Kerberos\\Parameters\\SupportedEncryptionTypes",
    demands: [cis("2.3.11.4", eq(AES_ONLY)), disa("SO-000290", eq(AES_ONLY))],
    note: "With Kerberos the accounts need AES keys: an account whose password is older than the domain's AES has none until it is changed",
  },
  { key: lsa("NoLMHash"), demands: [cis("2.3.11.5", eq(1)), disa("SO-000300", eq(1))] },
  { key: lsa("LmCompatibilityLevel"), demands: [cis("2.3.11.7", eq(5)), disa("SO-000310", eq(5))], note: "NTLMv2 only. A controller without MD4 (FIPS mode, OpenSSL 3) cannot do NTLM at all: use Kerberos" },
  { key: lsa("MSV1_0\\NTLMMinClientSec"), demands: [cis("2.3.11.10", eq(537_395_200)), disa("SO-000330", eq(537_395_200))] },
  { key: lsa("MSV1_0\\NTLMMinServerSec"), demands: [cis("2.3.11.11", eq(537_395_200)), disa("SO-000340", eq(537_395_200))] },
  { key: lsa("MSV1_0\\AuditReceivingNTLMTraffic"), demands: [cis("2.3.11.12", eq(2))], note: "It audits. Its neighbour RestrictReceivingNTLMTraffic, which denies, would shut out `transport: ntlm`; no benchmark here asks for it" },
  { key: lsa("MSV1_0\\RestrictSendingNTLMTraffic"), demands: [cis("2.3.11.14", atLeast(1))], note: "It is about what the host sends: 2 denies it to tasks that go on from the host with NTLM" },
];
