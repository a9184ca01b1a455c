/** Kinds of resource that say who may do what, and what is written down of it. */

/**
 * Whom a right or an access entry is for: a SID as it is, or one of the two accounts, whose SID the host looks up by
 * its name (`account.connection` is whom Ansible connects as, `account.become` whom tasks become).
 */
export type Trustee = `S-1-${string}` | "account.connection" | "account.become";

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
