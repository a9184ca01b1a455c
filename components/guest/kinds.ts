/**
 * What the guest document is made of: a few kinds of resource, each with the state that Windows must be in.
 * The script (`secure-winrm.ps1`) has one handler per kind: get, test, set, get again. Nothing here is PowerShell.
 */

/** A value that is looked up on the host: from its own parameters, from the node list, or from the certificate in use. */
export type RefName =
  | "host.name"
  | "host.listen"
  | "host.secret"
  | "host.otherAddresses"
  | "nodes.allow"
  | "nodes.others"
  | "nodes.hash"
  | "host.interface";

export interface Ref {
  readonly ref: RefName;
}

export const ref = (name: RefName): Ref => ({ ref: name });

/** How a found value is judged against the declared one. `between`: both ends count. `absent`: the value must not exist. */
export type Operator = "eq" | "ge" | "le" | "between" | "oneOf" | "absent";

/** What must start before a written value acts: nothing, the WinRM service, or the machine. Until then it is unknown. */
export type ActsAfter = "service" | "boot";

/**
 * Whom a right or an access entry is for: a SID as it is, or one of the two accounts, whose SID the host looks up by
 * its name (`account.connection` is whom Ansible connects as, `account.become` whom tasks become).
 */
export type Trustee = `S-1-${string}` | "account.connection" | "account.become";

/**
 * How the listener's certificate comes to the host. `secret`: the run fetches a PFX from the cloud's secret store.
 * `store`: somebody else, such as the cloud's agent, keeps LocalMachine\My supplied, and the run takes what fits.
 */
export type CertificateFrom = "secret" | "store";

/** A directory with exactly this security descriptor, inheritance cut. */
export interface FolderResource {
  readonly kind: "folder";
  readonly path: string;
  readonly sddl: string;
}

/** A setting of the WSMan configuration, `Service/Auth/Basic` for `WSMan:\localhost\Service\Auth\Basic`. */
export interface WsmanResource {
  readonly kind: "wsman";
  readonly path: string;
  readonly op: "eq";
  /** As the provider prints it; compared without case. */
  readonly value: string;
}

export interface RegistryResource {
  readonly kind: "registry";
  /** Below HKEY_LOCAL_MACHINE, without the hive. */
  readonly path: string;
  readonly name: string;
  readonly type: "DWord" | "String";
  readonly op: Operator;
  /** For `oneOf` a list, the first of which is written; for `between` the two ends. Left out for `absent`. */
  readonly value?: number | string | readonly number[];
  /** Left out: acts at once. */
  readonly after?: ActsAfter;
}

/**
 * A value held by policy: the local one, or a domain's where a domain has set it. In the registry below one of the two
 * policy trees, and in the policy that puts it there; a bare registry value fails, because nothing brings it back.
 * The local policy is merged into, never replaced. Values of WinRM act when its service starts.
 */
export interface PolicyResource {
  readonly kind: "policy";
  /** Below HKEY_LOCAL_MACHINE: `SOFTWARE\Policies\...` or `SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\...`. */
  readonly path: string;
  readonly name: string;
  readonly type: "DWord" | "String";
  readonly op: Operator;
  readonly value?: number | string | readonly number[];
}

/** One value of the machine's account policy, by its name in a security template's `[System Access]`. */
export interface AccountPolicyResource {
  readonly kind: "accountPolicy";
  readonly name: string;
  readonly op: "eq" | "ge" | "between";
  /** For `between` the two ends. What is written where it does not comply is `write`. */
  readonly value: number | readonly [number, number];
  readonly write: number;
}

/** Who has a user right, merged into what is there. */
export interface UserRightResource {
  readonly kind: "userRight";
  /** `SeNetworkLogonRight`. */
  readonly right: string;
  /** Each must have it, directly or by a group that the machine knows it to be in; added by itself where it has not. */
  readonly holds: readonly Trustee[];
  /** None of these may stand in the list by itself; nor may a local group that one of them is in, which is a failure that nobody mends. */
  readonly lacks: readonly Trustee[];
}

/** A subcategory of the audit policy, by GUID: success and failure are audited at least where they are true. */
export interface AuditPolicyResource {
  readonly kind: "auditPolicy";
  /** `{0CCE9215-69AE-11D9-BED3-505054503030}`. */
  readonly subcategory: string;
  readonly success: boolean;
  readonly failure: boolean;
}

/** An event channel: on, and at least so large. */
export interface EventLogResource {
  readonly kind: "eventLog";
  readonly channel: string;
  readonly minimumBytes: number;
}

/**
 * A session configuration of PowerShell, by name. `ensure: "access"`: enabled, reachable over the network, and with
 * exactly these trustees in its DACL, each with full access. `"off"`: absent, or disabled for everybody.
 */
export interface SessionConfigurationResource {
  readonly kind: "sessionConfiguration";
  readonly name: string;
  readonly ensure: "access" | "off";
  readonly allow?: readonly Trustee[];
  /** Made where it does not exist: full language, and it runs as a virtual account, which is an administrator for as long as the session. */
  readonly virtualAccount?: true;
}

/** Every session configuration that is not named here is off, whatever is installed. */
export interface OtherSessionConfigurationsResource {
  readonly kind: "otherSessionConfigurations";
  readonly except: readonly string[];
}

/** WinRM's root descriptor, which guards WinRS and whatever has none of its own: exactly these entries. */
export interface RootDescriptorResource {
  readonly kind: "rootDescriptor";
  /** `full`: generic all. `shell`: read and execute, what WinRS needs. */
  readonly allow: readonly { readonly trustee: Trustee; readonly access: "full" | "shell" }[];
}

/** One of the two accounts. A local one that does not exist is made, with the password that the named secret holds. */
export interface AccountResource {
  readonly kind: "account";
  readonly role: "connection" | "become";
  /** As the stack file has it: `svc-ansible` is local, `svc-ansible@CORP.EXAMPLE` of a domain and never made here. */
  readonly name: string;
  /** Local groups by SID that it is in; it is added where it is not. */
  readonly memberOf: readonly `S-1-${string}`[];
  /** Name of the secret with the password for an account that is made here; empty: it must exist. */
  readonly secret: string;
}

/** A local group, by SID or, where Windows gives it none that is known, by name: nobody but these is in it. A group that is not there is empty. */
export interface GroupResource {
  readonly kind: "group";
  readonly group: string;
  readonly members: readonly Trustee[];
}

/** An endpoint for further automation accounts: named commands, a virtual account, transcripts on. */
export interface JeaEndpointResource {
  readonly kind: "jeaEndpoint";
  readonly name: string;
  /** Accounts or groups as the stack file has them; each gets this one role. */
  readonly accounts: readonly string[];
  readonly commands: readonly JeaCommand[];
  readonly transcripts: string;
}

export interface JeaCommand {
  readonly name: string;
  /** Parameters that may be used; each with the values or the pattern that it may have. Left out: none but switches that are named. */
  readonly parameters: readonly { readonly name: string; readonly values?: readonly string[]; readonly pattern?: string }[];
}

/** A task of the Task Scheduler that runs as SYSTEM: starts this script from the disk. */
export interface ScheduledTaskResource {
  readonly kind: "scheduledTask";
  readonly name: string;
  readonly everyMinutes: number;
  readonly atStartup: boolean;
}

/** What Windows firewall writes down of a profile. */
export interface FirewallLogResource {
  readonly kind: "firewallLog";
  readonly profile: "Domain" | "Private" | "Public";
  readonly minimumKilobytes: number;
  readonly blocked: boolean;
  readonly allowed: boolean;
}

/** No inbound allow rule in force names one of these ports but the ones named here, whatever it is called and wherever it comes from. */
export interface ForeignRulesResource {
  readonly kind: "foreignRules";
  readonly ports: readonly number[];
  readonly except: readonly string[];
}

/** The machine has every address that it was given: the ones that no DHCP server hands out are entered in Windows. */
export interface AddressesResource {
  readonly kind: "addresses";
  readonly addresses: Ref;
}

/** How old the last cumulative update is (looked at only): at most so many days, or a build at least this one. */
export interface UpdatesResource {
  readonly kind: "updates";
  readonly maximumAgeDays: number;
  /** `20348.2700`; empty: the age decides. */
  readonly minimumBuild: string;
}

/** The listener's certificate in LocalMachine\My. */
export interface CertificateResource {
  readonly kind: "certificate";
  readonly from: CertificateFrom;
  readonly name: Ref;
  readonly secret: Ref;
  readonly eku: string;
  readonly minimumKeyBits: number;
  readonly minimumDaysLeft: number;
  /** Base64 of the DER of roots to be trusted by the machine; empty when the chain ends in a root that Windows ships. */
  readonly trustedRoots: readonly string[];
}

/** All listeners of one transport: exactly these addresses, or none. */
export interface ListenerResource {
  readonly kind: "listener";
  readonly transport: "HTTP" | "HTTPS";
  readonly ensure: "present" | "absent";
  readonly port?: number;
  readonly addresses?: Ref;
  readonly hostname?: Ref;
}

/** http.sys bindings of a port: on these addresses only, each with the listener's certificate. */
export interface SslBindingResource {
  readonly kind: "sslBinding";
  readonly port: number;
  readonly addresses: Ref;
}

export interface FirewallRuleResource {
  readonly kind: "firewallRule";
  /** The rule's Name, never its display name, which is translated. */
  readonly name: string;
  readonly action: "Allow" | "Block";
  readonly ports: readonly number[];
  readonly local: Ref | "Any";
  readonly remote: Ref | "Any";
}

/** A rule that Windows or the image brings, switched off where it exists. */
export interface BuiltinRuleResource {
  readonly kind: "builtinRule";
  readonly name: string;
}

export interface FirewallProfileResource {
  readonly kind: "firewallProfile";
  readonly profile: "Domain" | "Private" | "Public";
  readonly enabled: boolean;
  readonly inbound: "Block";
}

export interface ServiceResource {
  readonly kind: "service";
  readonly name: string;
  /** `Manual` is met by `Automatic` too: it may be started. */
  readonly startup: "Automatic" | "Manual";
  /** `Any`: only whether it may be started counts. */
  readonly state: "Running" | "Any";
}

/** The source list that the host has taken up, by the SHA-256 of its bytes. */
export interface NodeListResource {
  readonly kind: "nodeList";
  readonly hash: Ref;
}

/** What a client on the host itself sees (audit only): an answer where one is wanted, silence where none is. */
export interface AnswerResource {
  readonly kind: "answer";
  readonly scheme: "http" | "https";
  readonly port: number;
  readonly addresses: Ref | readonly string[];
  /** `wsman`: TLS with the listener's certificate and a WS-Man reply; `none`: neither TLS nor a WS-Man reply. */
  readonly expect: "wsman" | "none";
}

export type GuestResource =
  | FolderResource
  | WsmanResource
  | RegistryResource
  | CertificateResource
  | ListenerResource
  | SslBindingResource
  | FirewallRuleResource
  | BuiltinRuleResource
  | FirewallProfileResource
  | ServiceResource
  | NodeListResource
  | AnswerResource
  | PolicyResource
  | AccountPolicyResource
  | UserRightResource
  | AuditPolicyResource
  | EventLogResource
  | SessionConfigurationResource
  | OtherSessionConfigurationsResource
  | RootDescriptorResource
  | AccountResource
  | GroupResource
  | JeaEndpointResource
  | ScheduledTaskResource
  | FirewallLogResource
  | ForeignRulesResource
  | AddressesResource
  | UpdatesResource;

export type GuestKind = GuestResource["kind"];

/** One line that names a resource in findings: unique within a document, the same on every host. */
export function resourceKey(resource: GuestResource): string {
  switch (resource.kind) {
    case "folder":
      return `folder ${resource.path}`;
    case "wsman":
      return `wsman ${resource.path}`;
    case "registry":
    case "policy":
      return `${resource.kind} ${resource.path}\\${resource.name}`;
    case "certificate":
      return "certificate";
    case "listener":
      return `listener ${resource.transport}`;
    case "sslBinding":
      return `sslBinding ${resource.port}`;
    case "firewallRule":
    case "builtinRule":
      return `${resource.kind} ${resource.name}`;
    case "firewallProfile":
    case "firewallLog":
      return `${resource.kind} ${resource.profile}`;
    case "service":
    case "accountPolicy":
    case "sessionConfiguration":
    case "jeaEndpoint":
    case "scheduledTask":
      return `${resource.kind} ${resource.name}`;
    case "userRight":
      return `userRight ${resource.right}`;
    case "auditPolicy":
      return `auditPolicy ${resource.subcategory}`;
    case "eventLog":
      return `eventLog ${resource.channel}`;
    case "account":
      return `account ${resource.role}`;
    case "group":
      return `group ${resource.group}`;
    case "nodeList":
    case "otherSessionConfigurations":
    case "rootDescriptor":
    case "foreignRules":
    case "addresses":
    case "updates":
      return resource.kind;
    case "answer":
      return `answer ${resource.scheme}:${resource.port} ${Array.isArray(resource.addresses) ? "loopback" : (resource.addresses as Ref).ref}`;
    default: {
      const never: never = resource;
      return never;
    }
  }
}
