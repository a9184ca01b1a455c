/**
 * What the guest document is made of: a few kinds of resource, each with the state that Windows must be in.
 * The script (`script/`) has one handler per kind: get, test, set, get again. Nothing here is PowerShell.
 */

import type {
  AccountPolicyResource,
  AccountResource,
  AuditPolicyResource,
  EventLogResource,
  GroupResource,
  JeaEndpointResource,
  OtherSessionConfigurationsResource,
  RootDescriptorResource,
  SessionConfigurationResource,
  UserRightResource,
} from "./kinds-access";

export type * from "./kinds-access";

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

/** A task of the Task Scheduler that runs as SYSTEM: starts this script from the disk, with the mode Apply. */
export interface ScheduledTaskResource {
  readonly kind: "scheduledTask";
  readonly name: string;
  readonly everyMinutes: number;
  readonly atStartup: boolean;
  /**
   * When a certificate of the machine was replaced, too: event 1001 of Microsoft-Windows-CertificateServicesClient-Lifecycle-System/Operational.
   * A cloud's agent that puts a new PFX into the store may write none (unverified): then the next turn takes it up.
   */
  readonly onRenewal: boolean;
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
