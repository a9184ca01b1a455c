/**
 * The fleet's arguments as plain interfaces, so that programs in every Pulumi language can use the component.
 * All are plain values, because they decide the shape of the graph. The schemas in `settings/` check them and say
 * what each means in full; a test holds the two together.
 */

/** An execution or hybrid node of the automation platform. */
export interface AutomationNodeArgs {
  /** Name of the node, for descriptions and reports. */
  name: string;
  /** Addresses that the node connects from: what the host sees, after NAT. */
  addresses: string[];
}

/** Who may reach port 5986. Enforces automation-nodes-only. */
export interface AutomationArgs {
  /** Execution and hybrid nodes; never control or hop nodes. */
  nodes: AutomationNodeArgs[];
  /** Shortest IPv4 prefix length of a node's address. Unit: bits. @default 32 */
  widestIpv4?: number;
  /** Room in the shared list. Unit: entries. @default 20 */
  capacity?: number;
}

/** The account that Ansible uses. Holds no password. Enforces kerberos-or-ntlm. */
export interface AccountArgs {
  /** Dedicated account: `svc-ansible`, or `svc-ansible@CORP.EXAMPLE` of a domain. */
  name: string;
  /** Account that tasks become by runas. Needed with escalation `admin`. @default - no become */
  becomeUser?: string;
  /** AWS: secret with the password of the connecting account, which the host then makes; `{host}` is the host's name. @default - it exists */
  secret?: string;
  /** AWS: the same of `becomeUser`. @default - it exists */
  becomeSecret?: string;
  /** `admin` or `endpoint`. @default admin */
  escalation?: string;
  /** `kerberos` or `ntlm`. */
  transport: string;
  /** `psrp` or `winrm`. @default psrp */
  plugin?: string;
}

/** The listener's certificate. Enforces trusted-certificate. */
export interface CertificateArgs {
  /** `secret-store`: Secrets Manager in AWS, Key Vault in Azure. @default secret-store */
  source?: string;
  /** AWS: secret with a host's PFX; `{host}` is the host's name. @default winrm/{host} */
  secret?: string;
  /** AWS: KMS key of the secrets. @default - the service's own key */
  kmsKeyArn?: string;
  /** PEM of root certificates that hosts shall trust. @default - only what Windows trusts */
  trustedRoots?: string[];
  /** CA bundle for the inventory, as a path inside the execution environment. @default - the environment's bundle */
  caPath?: string;
  /** Unit: bits. @default 2048 */
  minimumKeyBits?: number;
  /** Unit: days. @default 14 */
  minimumDaysLeft?: number;
}

/** Where audit output goes. */
export interface LoggingArgs {
  /** Unit: days. @default 365 */
  retentionDays?: number;
  /** KMS key of the log groups. @default - the service's own encryption */
  kmsKeyArn?: string;
  /** Send event channels off the host. @default true */
  events?: boolean;
  /** Write down who reaches the hosts' subnets, and who is refused. @default true */
  flowLogs?: boolean;
  /** What PowerShell writes down, and where. */
  powershell?: PowershellArgs;
}

/** What PowerShell writes down. Enforces script-block-logging. */
export interface PowershellArgs {
  /** Folder of the transcripts. @default C:\ProgramData\secure-winrm\transcripts */
  transcripts?: string;
  /** Log what the commands of modules are called with, secrets among them (event 4103). @default true */
  modules?: boolean;
  /** PEM of the certificate that logged scripts are encrypted with. @default - not encrypted */
  protectedEventLoggingCertificate?: string;
}

/** Passwords of accounts on the host itself; only stricter than the guidance. Enforces strong-passwords. */
export interface PasswordsArgs {
  /** Unit: characters. @default 14 */
  minimumLength?: number;
  /** Unit: days. @default 365 */
  maximumAgeDays?: number;
  /** Wrong passwords until an account is locked. Unit: attempts. @default 5 */
  lockoutThreshold?: number;
  /** Unit: minutes. @default 15 */
  lockoutMinutes?: number;
}

/** When updates are installed. */
export interface PatchWindowArgs {
  /** `daily`, or `Mon` to `Sun`. @default Sun */
  day?: string;
  /** Begin, HH:MM. Unit: UTC. @default 03:00 */
  start?: string;
  /** Length. Unit: hours. @default 4 */
  hours?: number;
}

/** How current a host must be, and who makes it so. Enforces up-to-date. */
export interface UpdatesArgs {
  /** Age of the last cumulative update. Unit: days. @default 35 */
  maximumAgeDays?: number;
  /** Oldest build that will do, `20348.2700`. @default - the age decides */
  minimumBuild?: string;
  /** `window`: the cloud's own service; `elsewhere`: somebody else. @default window */
  patching?: string;
  /** When updates are installed, and hosts start anew for them. */
  window?: PatchWindowArgs;
  /** Azure: updates without a restart, where the image can, at hours that Azure chooses. @default false */
  hotpatch?: boolean;
}

/** A parameter that may be used. */
export interface JeaParameterArgs {
  /** Its name, without the hyphen. */
  name: string;
  /** The only values that it may have. @default - any */
  values?: string[];
  /** Regular expression that its value must match, from ^ to $. @default - any */
  pattern?: string;
}

/** A command that may be run. */
export interface JeaCommandArgs {
  /** Cmdlet or function, Verb-Noun. */
  name: string;
  /** Parameters that may be used. @default - none */
  parameters?: JeaParameterArgs[];
}

/** An endpoint with named commands. Enforces least-privilege. */
export interface JeaEndpointArgs {
  /** Name of the session configuration. */
  name: string;
  /** Accounts or groups that may use it: name, name@REALM, or SID. */
  accounts: string[];
  /** What they may run. */
  commands: JeaCommandArgs[];
}

/** An approved deviation from the guidance, with an end. */
export interface ExceptionArgs {
  /** Id of the control. */
  control: string;
  /** What exactly is excepted. */
  what: string;
  /** Why. Shown in every report. */
  reason: string;
  /** Who approved it. */
  approvedBy: string;
  /** Last day, YYYY-MM-DD, UTC. */
  expires: string;
  /** Hosts that it holds for. @default - all */
  hosts?: string[];
}

/** Something that hosts may reach. */
export interface EgressArgs {
  /** Destination. */
  cidr: string;
  /** `tcp` or `udp`. @default tcp */
  protocol?: string;
  /** Destination port, or the first of a range. */
  port: number;
  /** Last port of a range. @default - `port` */
  toPort?: number;
  /** What it is for. */
  purpose: string;
}

/** What the script on the host must know of the way out. */
export interface GuestArgs {
  /** HTTP proxy to the cloud's stores, `http://proxy.corp.example:3128`. @default - none */
  proxy?: string;
  /** For hosts whose script policy is AllSigned: scripts are signed outside. @default - not signed */
  signing?: SigningArgs;
}

/** Who signs what hosts run. */
export interface SigningArgs {
  /** Folder of the project where scripts are put to be signed, and taken from when they are. */
  folder: string;
  /** PEM of the publisher's certificate, without its key. */
  certificate: string;
}

/** What a fleet is told wherever it lives. */
export interface CommonArgs {
  /** Name of the fleet, for what several stacks in one account must not share. @default - project and stack */
  fleet?: string;
  /** Today, YYYY-MM-DD, UTC: exceptions end by it. @default - the clock */
  today?: string;
  /** Who may connect. */
  automation: AutomationArgs;
  /** Whom Ansible connects as. */
  account: AccountArgs;
  /** The listener's certificate. */
  certificate?: CertificateArgs;
  /** Where audit output goes, and what PowerShell writes down. */
  logging?: LoggingArgs;
  /** Passwords of accounts on the host. */
  passwords?: PasswordsArgs;
  /** How current a host must be. */
  updates?: UpdatesArgs;
  /** Endpoints with named commands for further automation accounts. */
  jea?: JeaEndpointArgs[];
  /** What the script on the host must know of the way out. */
  guest?: GuestArgs;
  /** Baseline that the image or a policy applies: `none`, `cis-l1`, `cis-l2`, `stig`. Warns of what collides. @default none */
  hardening?: string;
  /** Approved deviations. */
  exceptions?: ExceptionArgs[];
  /** Tags of everything that takes them, interfaces, groups and rules excepted. */
  tags?: { [key: string]: string };
}
