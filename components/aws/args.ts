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
  /** Shortest IPv6 prefix length of a node's address. Unit: bits. @default 128 */
  widestIpv6?: number;
  /** Room in the shared list. Unit: entries. @default 20 */
  capacity?: number;
}

/** The account that Ansible uses. Holds no password. Enforces kerberos-or-ntlm. */
export interface AccountArgs {
  /** Dedicated account: `svc-ansible`, or `svc-ansible@CORP.EXAMPLE` of a domain. */
  name: string;
  /** Account that tasks become by runas. @default - no become */
  becomeUser?: string;
  /** `kerberos` or `ntlm`. */
  transport: string;
  /** `psrp` or `winrm`. @default psrp */
  plugin?: string;
}

/** The listener's certificate. Enforces trusted-certificate. */
export interface CertificateArgs {
  /** `secrets-manager`: a PFX in AWS Secrets Manager. @default secrets-manager */
  source?: string;
  /** Secret with a host's PFX; `{host}` is the host's name. @default winrm/{host} */
  secret?: string;
  /** KMS key of the secrets. @default - the service's own key */
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
  /** KMS key of the log group. @default - the service's own encryption */
  kmsKeyArn?: string;
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

/** An existing VPC by `id`, or the range of one to be made. */
export interface VpcArgs {
  /** Existing VPC. */
  id?: string;
  /** Range of a VPC to be made. */
  cidr?: string;
}

/** An existing subnet by `id`, or the range of one to be made. */
export interface SubnetArgs {
  /** Existing subnet. */
  id?: string;
  /** Range; of an existing subnet it lets addresses be checked beforehand. */
  cidr?: string;
  /** Availability zone of a subnet to be made. @default - AWS chooses */
  zone?: string;
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

/** Where the hosts live. */
export interface NetworkArgs {
  /** Existing VPC, or one to be made. */
  vpc: VpcArgs;
  /** Subnets by a name of your own. */
  subnets: { [name: string]: SubnetArgs };
  /** Route tables of existing subnets, for the S3 endpoint. */
  routeTables?: string[];
  /** Make VPC endpoints for the control channel. @default false */
  endpoints?: boolean;
  /** What hosts may reach. */
  egress?: EgressArgs[];
}

/** Where the hosts' names are made. */
export interface DnsArgs {
  /** Route 53 hosted zone. */
  zoneId: string;
  /** Unit: seconds. @default 300 */
  ttl?: number;
}

/** What hosts have in common. */
export interface HostDefaultsArgs {
  /** AMI, pinned. */
  image?: string;
  /** EC2 instance type. */
  instanceType?: string;
  /** One of the network's subnets. */
  subnet?: string;
  /** Encrypted system disk. Unit: GiB. @default 60 */
  diskGiB?: number;
  /** Rollout ring, 1 to 9. @default 1 */
  ring?: number;
  /** Refuse to delete or replace the host. @default false */
  protect?: boolean;
}

/** A Windows host. */
export interface HostArgs extends HostDefaultsArgs {
  /** Private IPv4 addresses in order; the first is the primary one. */
  addresses: string[];
  /** Addresses that WinRM listens on. @default - the first of `addresses` */
  listen?: string[];
  /** Name that Ansible dials; the certificate carries it. */
  dnsName: string;
  /** Secret with this host's certificate. @default - certificate.secret */
  certificateSecret?: string;
  /** Tags of this host. */
  tags?: { [key: string]: string };
  /** Further properties of the instance; what a control decides is refused. */
  instance?: { [property: string]: any }; // eslint-disable-line @typescript-eslint/no-explicit-any -- the analyzer of packaged components knows no unknown
}

/** Hosts in AWS. */
export interface AwsArgs {
  /** AWS region. */
  region?: string;
  /** Profile with which the gate reads verdicts. @default - the SDK's own search */
  profile?: string;
  /** Where the hosts live. */
  network: NetworkArgs;
  /** Where names are made. @default - elsewhere */
  dns?: DnsArgs;
  /** What hosts have in common. */
  defaults?: HostDefaultsArgs;
  /** Hosts by name, at most 15 characters. */
  hosts: { [name: string]: HostArgs };
  /** Tags of what is made in AWS. */
  tags?: { [key: string]: string };
}

/** A fleet of Windows hosts in AWS that stay closed until they have proven themselves. */
export interface FleetArgs {
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
  /** Where audit output goes. */
  logging?: LoggingArgs;
  /** Approved deviations. */
  exceptions?: ExceptionArgs[];
  /** Tags of everything that takes them, interfaces, groups and rules excepted. */
  tags?: { [key: string]: string };
  /** The hosts and where they live. */
  aws: AwsArgs;
}
