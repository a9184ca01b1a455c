/** One simulated Windows machine as plain JSON: what the guest script can see and change, and what happened to it. */
export interface HostState {
  readonly image: string;
  /** Addresses of its network interfaces, loopback not included. */
  addresses: string[];
  /** Those that no DHCP server gives, so that somebody entered them by hand. */
  entered: string[];
  /** Which firewall profile its network has: a machine outside a domain is on Public. */
  network: ProfileName;
  /** Ansible sessions that are open over the HTTPS listener. */
  sessions: number;
  /** Local values of the WSMan configuration, by path in lower case; a policy in force overrides them. */
  wsman: Record<string, string>;
  /** WinRM policy values as they were when the service started: only these act. */
  policyInForce: Record<string, RegistryValue>;
  /** By `path\name` in lower case, below HKEY_LOCAL_MACHINE. */
  registry: Record<string, RegistryValue>;
  /** What Registry.pol of the local policy says, by the same keys. */
  localPolicy: Record<string, RegistryValue>;
  /** The number in gpt.ini. */
  localPolicyVersion: number;
  /** What domain policies say; the later one wins, and all of them beat the local policy. */
  gpos: Gpo[];
  /** Which start of the machine, and which start of the WinRM service, this is. */
  boots: number;
  starts: number;
  /** What the script remembers: in which start it wrote a value that acts after the next one. */
  written: Record<string, { boot: number; start: number }>;
  accounts: Account[];
  groups: Group[];
  /** Names of domain accounts that nobody finds, in lower case; every other name with an @ is found. */
  unresolvable: string[];
  /** SIDs by user right. */
  rights: Record<string, string[]>;
  accountPolicy: Record<string, number>;
  /** By GUID in capitals: 1 success, 2 failure, 3 both. */
  auditPolicy: Record<string, number>;
  /** Event channels by name in lower case. */
  channels: Record<string, Channel>;
  sessionConfigurations: SessionConfiguration[];
  /** By name in lower case. */
  tasks: Record<string, Task>;
  updates: { build: string; installed: string };
  listeners: Listener[];
  bindings: Binding[];
  /** http.sys' machine-wide list of addresses to listen on; empty means all. */
  ipListen: string[];
  /** Port proxies (`netsh interface portproxy`): they make WinRM answer where it does not listen itself. */
  relays: Relay[];
  rules: FirewallRule[];
  profiles: Record<ProfileName, FirewallProfile>;
  firewallLogs: Record<ProfileName, FirewallLog>;
  services: Record<string, Service>;
  /** Certificates as base64 of their DER; private keys are never kept in the model. */
  certificates: { my: StoredCertificate[]; intermediate: string[]; root: string[] };
  /** Security descriptors of directories, by path in lower case. */
  folders: Record<string, string>;
  files: Record<string, string>;
  /** What its task starts: the document stands for script and document, which are one file. The hash is the one that the control channel brought; what was given with it stands in the task. */
  kept: { text: string; hash: string; given: Record<string, string> };
  /** What secure-winrm has written into the event log, the newest last; a log has no room for ever. */
  events: LoggedEvent[];
  runs: number;
  /** How many entries its history has ever had. */
  happened: number;
  history: HistoryEntry[];
}

export interface LoggedEvent {
  id: number;
  level: "Information" | "Warning" | "Error";
  message: string;
  /** ISO time. */
  at: string;
}

export type ProfileName = "Domain" | "Private" | "Public";

export interface Account {
  name: string;
  sid: string;
  enabled: boolean;
}

export interface Group {
  name: string;
  sid: string;
  /** SIDs. */
  members: string[];
}

export interface RegistryValue {
  type: "DWord" | "String";
  value: number | string;
}

export interface Gpo {
  id: string;
  values: Record<string, RegistryValue>;
}

export interface Channel {
  enabled: boolean;
  bytes: number;
}

export interface SessionConfiguration {
  name: string;
  enabled: boolean;
  sddl: string;
  /** What the role of a JEA endpoint allows, as one text; empty for an ordinary configuration. */
  role: string;
}

export interface Task {
  everyMinutes: number;
  atStartup: boolean;
  onRenewal: boolean;
  enabled: boolean;
  /** SID of whom it runs as. */
  user: string;
}

export interface FirewallLog {
  blocked: boolean;
  allowed: boolean;
  kilobytes: number;
}

export interface Listener {
  /** `*` or `IP:<address>`. */
  address: string;
  transport: "HTTP" | "HTTPS";
  port: number;
  hostname: string;
  thumbprint: string;
  /** Who made it: somebody here, a policy, or a compatibility switch. The latter two cannot be removed as objects. */
  source: "" | "GPO" | "Compatibility";
  /** It stays in the configuration, with its binding, and listens nowhere. */
  disabled?: true;
}

export interface Binding {
  /** `10.0.1.10` or `0.0.0.0`. */
  address: string;
  port: number;
  thumbprint: string;
  appId: string;
}

export interface Relay {
  address: string;
  port: number;
}

export interface FirewallRule {
  name: string;
  enabled: boolean;
  action: "Allow" | "Block";
  ports: number[] | "Any";
  /** Addresses, prefixes, masks, ranges, or a keyword. */
  local: string[] | "Any";
  remote: string[] | "Any" | "LocalSubnet";
  profiles: ProfileName[] | "Any";
  store: "PersistentStore" | "LocalPolicy" | "GPO";
  /** Which GPO, for a rule of that store. */
  gpo?: string;
  /** Left out: of every program, or of System, which WinRM's port belongs to. */
  program?: string;
}

export interface FirewallProfile {
  enabled: boolean;
  /** NotConfigured acts as Block. */
  inbound: "Block" | "Allow" | "NotConfigured";
}

export interface Service {
  startup: "Automatic" | "Manual" | "Disabled";
  state: "Running" | "Stopped";
}

export interface StoredCertificate {
  thumbprint: string;
  der: string;
  hasKey: boolean;
}

/** What can happen to a host. `error`: Windows refused. `cut`: sessions ended. `deferred`: left for later because of sessions. */
export type Happening =
  | "boot"
  | "run"
  | "set"
  | "error"
  | "restart"
  | "reboot"
  | "cut"
  | "deferred"
  | "audit"
  | "allow-on"
  | "allow-off"
  | "block-on"
  | "block-off"
  | "remember"
  | "verdict";

export interface HistoryEntry {
  readonly seq: number;
  readonly run: number;
  readonly what: Happening;
  /** The resource, as `resourceKey` names it, or what else was touched. */
  readonly key: string;
  readonly from: string;
  readonly to: string;
  /** Right after this: does Windows firewall let anybody at all in on 5986? */
  readonly open: boolean;
}

/** What the run gets from the cloud around the machine. */
export interface GuestCloud {
  /** As the cloud's metadata service tells it to the machine. */
  readonly instanceId: string;
  readonly addresses: readonly string[];
  /** The object with the source list, or undefined when it cannot be read. */
  nodeList(): { readonly text: string } | undefined;
  /** A secret's text, or undefined when it cannot be read. Left out where the cloud itself brings the certificate. */
  secret?(name: string): string | undefined;
  /** ISO time; the model has no clock of its own. */
  readonly now: string;
  /** What the script was given that is the same in every run. Left out: nothing. */
  readonly given?: Readonly<Record<string, string>>;
  /** A fault: one resource of this control, or the resource of this key, cannot be brought to its declared state. */
  readonly stuck?: string;
  /** Does the metadata service still answer once the machine has these addresses? Left out: it does. */
  readonly reachable?: (addresses: readonly string[]) => boolean;
}

export const LOOPBACK = ["127.0.0.1", "::1"] as const;

/** WinRM's registered port for HTTPS, the one that the history watches. */
export const HTTPS_PORT = 5986;

/** Everywhere that WinRM may be met. */
export const WINRM_PORTS = [HTTPS_PORT, 5985, 47001] as const;

/** Keys of maps are compared as Windows does it. */
export const folded = (text: string): string => text.toLowerCase();

export const wsmanKey = (path: string): string => folded(path).replaceAll("\\", "/");
export const registryKey = (path: string, name: string): string => folded(`${path}\\${name}`);
