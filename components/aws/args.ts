import type { CommonArgs, EgressArgs } from "../fleet/args";

/** What only AWS is told, as plain interfaces; what all clouds are told stands in `fleet/args.ts`. */

/** An existing VPC by `id`, or the range of one to be made. */
export interface VpcArgs {
  /** Existing VPC. */
  id?: string;
  /** Range of a VPC to be made. */
  cidr?: string;
}

/** An existing subnet by `id`, or the range of one to be made. */
export interface AwsSubnetArgs {
  /** Existing subnet. */
  id?: string;
  /** Range; of an existing subnet it lets addresses be checked beforehand. */
  cidr?: string;
  /** Availability zone of a subnet to be made. @default - AWS chooses */
  zone?: string;
}

/** Where the hosts live. */
export interface AwsNetworkArgs {
  /** Existing VPC, or one to be made. */
  vpc: VpcArgs;
  /** Subnets by a name of your own. */
  subnets: { [name: string]: AwsSubnetArgs };
  /** Route tables of existing subnets, for the S3 endpoint. */
  routeTables?: string[];
  /** Make VPC endpoints for the control channel. @default false */
  endpoints?: boolean;
  /** Ranges that reach these endpoints too, in an existing VPC: its other machines no longer find the services by any other way. */
  endpointClients?: string[];
  /** What hosts may reach. */
  egress?: EgressArgs[];
}

/** Where the script on the hosts finds AWS' services. */
export interface AwsEndpointsArgs {
  /** Endpoint of S3, https:// and its name. @default - the region's own */
  s3?: string;
  /** Endpoint of Secrets Manager, https:// and its name. @default - the region's own */
  secretsManager?: string;
}

/** Where the hosts' names are made. */
export interface AwsDnsArgs {
  /** Route 53 hosted zone. */
  zoneId: string;
  /** Unit: seconds. @default 300 */
  ttl?: number;
}

/** What hosts have in common. */
export interface AwsHostDefaultsArgs {
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
export interface AwsHostArgs extends AwsHostDefaultsArgs {
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

/** Who is told when something is wrong. */
export interface AwsAlertsArgs {
  /** SNS topic that CloudWatch and EventBridge may publish to. */
  topicArn: string;
}

/** Hosts in AWS. */
export interface AwsArgs {
  /** AWS region. */
  region?: string;
  /** Profile with which the gate reads verdicts. @default - the SDK's own search */
  profile?: string;
  /** Where the hosts live. */
  network: AwsNetworkArgs;
  /** Endpoints without private DNS. @default - the region's own names */
  endpoints?: AwsEndpointsArgs;
  /** Where names are made. @default - elsewhere */
  dns?: AwsDnsArgs;
  /** Who is told when something is wrong. @default - nobody */
  alerts?: AwsAlertsArgs;
  /** What hosts have in common. */
  defaults?: AwsHostDefaultsArgs;
  /** Hosts by name, at most 15 characters. */
  hosts: { [name: string]: AwsHostArgs };
  /** Tags of what is made in AWS. */
  tags?: { [key: string]: string };
}

/** A fleet of Windows hosts in AWS that stay closed until they have proven themselves. */
export interface AwsFleetArgs extends CommonArgs {
  /** The hosts and where they live. */
  aws: AwsArgs;
}
