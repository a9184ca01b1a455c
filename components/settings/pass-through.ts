import { z } from "zod";
import { says, wholeNumber, yesNo } from "./schema";

/**
 * Further properties of an EC2 instance, handed on as they are. What a control decides is refused by name,
 * so that nobody loosens a host by the side door.
 */
const DECIDED: Record<string, string> = {
  ami: "write it as the host's `image`",
  instanceType: "write it as the host's `instanceType`",
  subnetId: "write the host's `subnet`",
  privateIp: "write the host's `addresses`",
  secondaryPrivateIps: "write the host's `addresses`",
  ipv6Addresses: "write the host's `addresses`",
  ipv6AddressCount: "addresses are named, not counted",
  networkInterfaces: "the interface is made here, with its door group",
  primaryNetworkInterface: "the interface is made here, with its door group",
  securityGroups: "groups would open the host beside its door (chosen-addresses, automation-nodes-only)",
  vpcSecurityGroupIds: "groups would open the host beside its door (chosen-addresses, automation-nodes-only)",
  associatePublicIpAddress: "a managed host has no public address (automation-nodes-only)",
  sourceDestCheck: "it stays on (automation-nodes-only)",
  metadataOptions: "IMDSv2 is required and cannot be loosened (secrets-kept)",
  iamInstanceProfile: "the role is made here (secrets-kept)",
  userData: "the first-boot script only closes the host; put software into the image or a playbook (secrets-kept)",
  userDataBase64: "the first-boot script only closes the host; put software into the image or a playbook (secrets-kept)",
  userDataReplaceOnChange: "the first-boot script is fixed (secrets-kept)",
  getPasswordData: "the administrator's password would land in the state (secrets-kept)",
  launchTemplate: "a template could carry groups, user data or metadata options (secrets-kept)",
  tags: "write them as the host's `tags`",
  volumeTags: "write them as the host's `tags`",
};

const encrypted = z.literal(true, { error: says("would leave a disk unencrypted", "leave the key out: every disk is encrypted") }).optional();
const volume = {
  volumeSize: wholeNumber(1, 65536, "GiB").optional(),
  volumeType: z.enum(["gp3", "gp2", "io1", "io2", "st1", "sc1"]).optional(),
  iops: wholeNumber(100, 256000, "operations per second").optional(),
  throughput: wholeNumber(125, 2000, "MiB per second").optional(),
  kmsKeyId: z.string().min(1).optional(),
  deleteOnTermination: yesNo.optional(),
  encrypted,
};

const shape = {
  rootBlockDevice: z.strictObject(volume).optional(),
  ebsBlockDevices: z.array(z.strictObject({ ...volume, deviceName: z.string().min(1), snapshotId: z.string().optional() })).optional(),
  availabilityZone: z.string().optional(),
  capacityReservationSpecification: z.record(z.string(), z.unknown()).optional(),
  cpuOptions: z.record(z.string(), z.unknown()).optional(),
  creditSpecification: z.record(z.string(), z.unknown()).optional(),
  disableApiStop: yesNo.optional(),
  disableApiTermination: yesNo.optional(),
  ebsOptimized: yesNo.optional(),
  hibernation: yesNo.optional(),
  hostId: z.string().optional(),
  hostResourceGroupArn: z.string().optional(),
  instanceInitiatedShutdownBehavior: z.enum(["stop", "terminate"]).optional(),
  keyName: z.string().optional(),
  maintenanceOptions: z.record(z.string(), z.unknown()).optional(),
  monitoring: yesNo.optional(),
  placementGroup: z.string().optional(),
  placementPartitionNumber: z.number().int().optional(),
  tenancy: z.enum(["default", "dedicated", "host"]).optional(),
};

/** Keys that are refused, each with the reason. */
export const decidedKeys = (reasons: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(reasons).map(([key, reason]) => [key, z.never({ error: says("cannot be handed on: a control decides it", reason) }).optional()]));

export const instanceSchema = z
  .strictObject({ ...decidedKeys(DECIDED), ...shape })
  .describe("Further properties of the EC2 instance (disks, tenancy, protection), handed on as they are; what a control decides is refused.");

export type InstancePassThrough = z.infer<typeof instanceSchema>;
