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
  | "nodes.hash";

export interface Ref {
  readonly ref: RefName;
}

export const ref = (name: RefName): Ref => ({ ref: name });

/** How a found value is judged against the declared one. `absent`: the value must not exist. */
export type Operator = "eq" | "ge" | "le" | "oneOf" | "absent";

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
  /** For `oneOf` a list, the first of which is written. Left out for `absent`. */
  readonly value?: number | string | readonly number[];
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
  readonly startup: "Automatic";
  readonly state: "Running";
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
  | AnswerResource;

export type GuestKind = GuestResource["kind"];

/** One line that names a resource in findings: unique within a document, the same on every host. */
export function resourceKey(resource: GuestResource): string {
  switch (resource.kind) {
    case "folder":
      return `folder ${resource.path}`;
    case "wsman":
      return `wsman ${resource.path}`;
    case "registry":
      return `registry ${resource.path}\\${resource.name}`;
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
      return `firewallProfile ${resource.profile}`;
    case "service":
      return `service ${resource.name}`;
    case "nodeList":
      return "nodeList";
    case "answer":
      return `answer ${resource.scheme}:${resource.port} ${Array.isArray(resource.addresses) ? "loopback" : (resource.addresses as Ref).ref}`;
    default: {
      const never: never = resource;
      return never;
    }
  }
}
