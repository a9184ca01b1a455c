import { found, type HostState } from "../../../../sandbox/windows";
import { wsmanKey } from "../../../../sandbox/windows/state";
import { ACCOUNTS, known, type Starts } from "./start";

/** Who may do what. */

const ADMINISTRATORS = "S-1-5-32-544";
const STRANGER = "S-1-5-21-1-2-3-1104";
const EMPLOYEE = { name: "svc-ansible", sid: "S-1-5-21-1004336348-1177238915-682003330-1044", enabled: true };

const sidOf = ({ accounts }: HostState, name: string): string => accounts.find((one) => one.name === name)?.sid ?? "";
const members = ({ groups }: HostState, sid: string): readonly string[] => groups.find((one) => one.sid === sid)?.members ?? [];
const inGroup = (host: HostState, sid: string, member: string): void => void host.groups.find((one) => one.sid === sid)?.members.push(member);

const connection = known("account", "connection");
export const account: Starts<"account"> = [
  { found: "as the vendor delivers it", resource: connection, before: "fail", after: "pass", makes: (host) => members(host, ADMINISTRATORS).includes(sidOf(host, "svc-ansible")), made: true },
  { found: "there, disabled, in other letters and in no group", resource: connection, start: (host) => { host.accounts.push({ ...EMPLOYEE, name: "SVC-Ansible", enabled: false }); }, before: "fail", after: "pass", makes: (host) => host.accounts.at(-1), made: { ...EMPLOYEE, name: "SVC-Ansible" } },
  { found: "the built-in Administrator under another name", resource: connection, start: (host) => { for (const one of host.accounts) if (one.sid.endsWith("-500")) one.name = "svc-ansible"; }, before: "fail", after: "fail", says: /built-in Administrator/, keeps: ({ accounts }) => accounts },
  { found: "not there, with no secret to make it with", resource: { ...connection, secret: "" }, before: "fail", after: "fail", says: /nobody knows svc-ansible/, keeps: ({ accounts, groups }) => [accounts, groups] },
  { found: "not there, with a secret that cannot be read", resource: connection, asked: { secret: () => undefined }, before: "fail", after: "fail", says: /nobody knows/ },
  { found: "of a domain that does not know it", resource: { ...connection, name: "svc@corp.example" }, start: (host) => { host.unresolvable.push("svc@corp.example"); }, before: "fail", after: "fail", says: /nobody knows svc@corp\.example/ },
  { found: "of a domain, in no group of this machine", resource: { ...connection, name: "svc@corp.example" }, before: "fail", after: "pass", keeps: ({ accounts }) => accounts },
  { found: "on a Japanese Windows", resource: connection, start: found.japanese, before: "fail", after: "pass" },
];

const remoteUsers = known("group", "S-1-5-32-580");
export const group: Starts<"group"> = [
  { found: "as the vendor delivers it", resource: remoteUsers, before: "pass", after: "pass", keeps: ({ groups }) => groups },
  { found: "with Administrators and a stranger in it", resource: remoteUsers, start: (host) => { inGroup(host, remoteUsers.group, ADMINISTRATORS); inGroup(host, remoteUsers.group, STRANGER); }, before: "fail", after: "pass", keeps: (host) => members(host, ADMINISTRATORS) },
  { found: "with somebody in it on a Japanese Windows", resource: remoteUsers, start: (host) => found.remoteManagementUser(found.japanese(host)), before: "fail", after: "pass" },
  { found: "not there", resource: known("group", "WinRMRemoteWMIUsers__"), start: (host) => { host.groups = host.groups.filter(({ name }) => name !== "WinRMRemoteWMIUsers__"); }, before: "pass", after: "pass", keeps: ({ groups }) => groups },
];

const network = known("userRight", "SeNetworkLogonRight");
const denied = known("userRight", "SeDenyNetworkLogonRight");
export const userRight: Starts<"userRight"> = [
  { found: "as the vendor delivers it", resource: denied, beside: ACCOUNTS, before: "unknown", after: "pass", makes: (host) => host.rights[denied.right]?.length, made: 2 },
  { found: "as CIS has it: Administrators hold it, and the account is one", resource: network, beside: ACCOUNTS, start: found.benchmarked, before: "unknown", after: "pass", keeps: (host) => host.rights[network.right] },
  { found: "given to others only", resource: network, beside: ACCOUNTS, start: (host) => found.right(host, network.right, [STRANGER]), before: "unknown", after: "pass", makes: (host) => host.rights[network.right], made: [STRANGER, "S-1-5-21-1004336348-1177238915-682003330-1001"] },
  { found: "given to nobody", resource: network, beside: ACCOUNTS, start: (host) => found.right(host, network.right, []), before: "unknown", after: "pass" },
  { found: "denied by name", resource: { ...denied, holds: [] }, beside: ACCOUNTS, start: (host) => { host.accounts.push(EMPLOYEE); host.rights[denied.right] = [EMPLOYEE.sid, STRANGER]; }, before: "fail", after: "pass", makes: (host) => host.rights[denied.right], made: [STRANGER] },
  { found: "denied, as CIS has it, to every local account that is an administrator", resource: denied, beside: ACCOUNTS, start: found.benchmarked, before: "unknown", after: "fail", says: /has it by S-1-5-114/ },
];

const sessions = known("sessionConfiguration", "microsoft.powershell");
export const sessionConfiguration: Starts<"sessionConfiguration"> = [
  { found: "as the vendor delivers it", resource: sessions, beside: ACCOUNTS, before: "unknown", after: "pass" },
  { found: "in other letters, shut to the network, open to Administrators", resource: sessions, beside: ACCOUNTS, start: (host) => { for (const one of host.sessionConfigurations) if (one.name === sessions.name) Object.assign(one, { name: "Microsoft.PowerShell", sddl: "O:NSG:BAD:P(D;;GA;;;NU)(A;;GA;;;BA)" }); }, before: "unknown", after: "pass" },
  { found: "unregistered", resource: sessions, beside: ACCOUNTS, start: (host) => { host.sessionConfigurations = []; }, before: "unknown", after: "fail", says: /absent/ },
  { found: "unregistered, where it must be off", resource: { kind: "sessionConfiguration", name: sessions.name, ensure: "off" }, start: (host) => { host.sessionConfigurations = []; }, before: "pass", after: "pass" },
  { found: "open, where it must be off", resource: { kind: "sessionConfiguration", name: sessions.name, ensure: "off" }, before: "fail", after: "pass" },
];

const others = known("otherSessionConfigurations", "");
export const otherSessionConfigurations: Starts<"otherSessionConfigurations"> = [
  { found: "as the vendor delivers it", resource: others, before: "fail", after: "pass" },
  { found: "with those of pwsh", resource: others, start: found.pwsh, before: "fail", after: "pass", makes: (host) => host.sessionConfigurations.filter(({ enabled }) => enabled).map(({ name }) => name), made: ["microsoft.powershell"] },
];

const root = known("rootDescriptor", "");
const ROOT = wsmanKey("Service/RootSDDL");
export const rootDescriptor: Starts<"rootDescriptor"> = [
  { found: "as the vendor delivers it", resource: root, beside: ACCOUNTS, before: "unknown", after: "pass" },
  { found: "empty, which lets in whom the vendor lets in", resource: root, beside: ACCOUNTS, start: (host) => { host.wsman[ROOT] = ""; }, before: "unknown", after: "pass" },
  { found: "open to everybody", resource: { ...root, allow: [{ trustee: ADMINISTRATORS, access: "full" }] }, start: (host) => { host.wsman[ROOT] = "O:NSG:BAD:P(A;;GA;;;WD)(A;;GA;;;BA)"; }, before: "fail", after: "pass" },
  { found: "right, in another order and spelling", resource: { ...root, allow: [{ trustee: ADMINISTRATORS, access: "full" }, { trustee: "S-1-5-4", access: "shell" }] }, start: (host) => { host.wsman[ROOT] = "O:BAG:BAD:P(A;;GXGR;;;IU)(A;;GA;;;S-1-5-32-544)"; }, before: "pass", after: "pass", keeps: (host) => host.wsman[ROOT] },
];

const operators = known("jeaEndpoint", "jea.operators");
export const jeaEndpoint: Starts<"jeaEndpoint"> = [
  { found: "as the vendor delivers it", resource: operators, before: "fail", after: "pass" },
  { found: "an ordinary configuration of that name", resource: operators, start: (host) => { host.sessionConfigurations.push({ name: "JEA.Operators", enabled: true, sddl: "O:NSG:BAD:P(A;;GA;;;WD)", role: "" }); }, before: "fail", after: "pass", makes: (host) => host.sessionConfigurations.filter(({ name }) => name.toLowerCase() === operators.name).length, made: 1 },
  { found: "for a group that nobody knows", resource: { ...operators, accounts: ["nobody-here"] }, before: "unknown", after: "unknown", says: /nobody knows nobody-here/, keeps: (host) => host.sessionConfigurations },
];
