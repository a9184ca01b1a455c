import { z } from "zod";
import { awsAlertsSchema } from "./alerts";
import { instanceSchema } from "./pass-through";
import { secretNameSchema } from "./certificate";
import { commonShape, egressListSchema, needed, ownShape, someHosts, subnetsSchema, ttlSchema } from "./host";
import { cidrSchema, hostNameSchema, says, tagsSchema, wholeNumber, yesNo } from "./schema";

const vpc = z
  .strictObject({
    id: z.string().regex(/^vpc-[0-9a-f]{8,17}$/, says("is not the id of a VPC", "write vpc- and its digits, or `cidr` to have one made")).optional()
      .describe("An existing VPC. Either this or `cidr`."),
    cidr: cidrSchema.optional().describe("Address range of a VPC to be made. Either this or `id`."),
  })
  .refine((value) => (value.id === undefined) !== (value.cidr === undefined), says("needs either `id` or `cidr`", "write the id of an existing VPC, or the range of one to be made"));

const subnet = z
  .strictObject({
    id: z.string().regex(/^subnet-[0-9a-f]{8,17}$/, says("is not the id of a subnet", "write subnet- and its digits")).optional().describe("An existing subnet."),
    cidr: cidrSchema.optional().describe("Range of the subnet: needed to make one; of an existing one it lets addresses be checked before anything is made."),
    zone: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d[a-z]$/, says("is not an availability zone", "write one such as eu-central-1a")).optional()
      .describe("Availability zone of a subnet to be made. @default - AWS chooses"),
  })
  .refine((value) => value.id !== undefined || value.cidr !== undefined, says("needs `id` or `cidr`", "write the id of an existing subnet, or the range of one to be made"));

const network = z
  .strictObject({
    vpc,
    subnets: subnetsSchema(subnet),
    routeTables: z.array(z.string().regex(/^rtb-[0-9a-f]{8,17}$/, says("is not the id of a route table", "write rtb- and its digits"))).default([])
      .describe("Route tables of existing subnets, for the S3 endpoint. @default - those made here"),
    endpoints: yesNo.default(false).describe(
      "Make VPC endpoints for Systems Manager, Secrets Manager, logs and S3, so that hosts need no way to the internet. @default false",
    ),
    endpointClients: z.array(cidrSchema).max(20, says("has too many ranges", "write at most 20")).optional()
      .describe("Who else reaches the endpoints on 443, in an existing VPC: with them its other machines no longer find Systems Manager, Secrets Manager and logs by any other way. Usually the VPC's ranges. @default - nobody, in a VPC made here"),
    egress: egressListSchema.describe(
      "What hosts may reach. A closed host still needs 443 to its control channel: `endpoints` or a rule here must give it.",
    ),
  })
  .describe("Where the hosts live.");

const endpoint = (what: string, example: string) =>
  z
    .string()
    .regex(/^https:\/\/[a-z0-9-]+(\.[a-z0-9-]+)+$/, says(`is not the address of an endpoint for ${what}`, `write https:// and its name, such as https://${example}`))
    .optional()
    .describe(`Endpoint of ${what}. @default - the region's own name`);

/** Private names of endpoints, where the common ones do not lead to them. */
const endpoints = z
  .strictObject({
    s3: endpoint("S3", "bucket.vpce-0123456789abcdef0-abcdefgh.s3.eu-central-1.vpce.amazonaws.com"),
    secretsManager: endpoint("Secrets Manager", "vpce-0123456789abcdef0-abcdefgh.secretsmanager.eu-central-1.vpce.amazonaws.com"),
  })
  .prefault({})
  .describe("Where the script on the hosts finds AWS' services, for endpoints without private DNS.");

const hostShape = {
  image: z.string().regex(/^ami-[0-9a-f]{8,17}$/, says("is not an AMI id", "pin the image as ami- and its digits: names that move would replace hosts"))
    .describe("AMI of the host, pinned. A change replaces the host, its door gone first."),
  instanceType: z.string().regex(/^[a-z0-9-]+\.[a-z0-9-]+$/, says("is not an instance type", "write one such as m7i.large")).describe("EC2 instance type."),
  diskGiB: wholeNumber(30, 16384, "GiB").describe("Size of the encrypted system disk. Unit: GiB."),
  ...commonShape,
};

const defaults = z.strictObject(hostShape).partial().prefault({}).describe("What hosts have in common; a host's own value wins.");

const host = z
  .strictObject({
    ...z.strictObject(hostShape).partial().shape,
    ...ownShape,
    certificateSecret: secretNameSchema.optional().describe("Secret with this host's certificate. @default - certificate.secret"),
    instance: instanceSchema.optional(),
  })
  .describe("A Windows host.");

export const awsSchema = z
  .strictObject({
    region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, says("is not an AWS region", "write one such as eu-central-1")).optional()
      .describe("AWS region. @default - the stack's aws:region"),
    profile: z.string().regex(/^[\w.@-]{1,64}$/, says("is not a profile's name", "write a name from your AWS configuration")).optional()
      .describe("Profile with which the gate reads the hosts' verdicts. @default - the stack's aws:profile, else the SDK's own search"),
    network,
    endpoints,
    dns: z
      .strictObject({
        zoneId: z.string().regex(/^Z[A-Z0-9]{4,31}$/, says("is not the id of a hosted zone", "write Z and its characters, as Route 53 shows it")).describe("Route 53 zone in which the hosts' names are made."),
        ttl: ttlSchema,
      })
      .optional()
      .describe("Where the names that Ansible dials are made. @default - they are made elsewhere"),
    alerts: awsAlertsSchema,
    defaults,
    hosts: someHosts(z.record(hostNameSchema, host)),
    tags: tagsSchema.default({}),
  })
  .describe("Hosts in AWS.");

type Parsed = z.infer<typeof awsSchema>;

/** A host with its defaults filled in. */
export type AwsHost = Readonly<Omit<Parsed["hosts"][string], "listen" | "tags" | keyof typeof hostShape>> & {
  readonly image: string;
  readonly instanceType: string;
  readonly subnet: string;
  readonly diskGiB: number;
  readonly ring: number;
  readonly protect: boolean;
  readonly listen: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
};

export type AwsSettings = Omit<Parsed, "hosts" | "defaults" | "region"> & { readonly region: string; readonly hosts: Readonly<Record<string, AwsHost>> };

const FALLBACK = { diskGiB: 60, ring: 1, protect: false } as const;

/** Second step of parsing: defaults into hosts, and what only shows when sections are seen together. */
export const completeAwsSchema = awsSchema.transform((aws, context): AwsSettings => {
  const { defaults: common, hosts: given, region, ...rest } = aws;
  const hosts: Record<string, AwsHost> = {};
  for (const [name, own] of Object.entries(given)) {
    const need = (key: "image" | "instanceType" | "subnet"): string => needed(context, ["hosts", name, key], own[key] ?? common[key], `write it here, or for all hosts as aws.defaults.${key}`);
    hosts[name] = {
      ...own,
      image: need("image"),
      instanceType: need("instanceType"),
      subnet: need("subnet"),
      diskGiB: own.diskGiB ?? common.diskGiB ?? FALLBACK.diskGiB,
      ring: own.ring ?? common.ring ?? FALLBACK.ring,
      protect: own.protect ?? common.protect ?? FALLBACK.protect,
      listen: own.listen ?? own.addresses.slice(0, 1),
      tags: own.tags ?? {},
    };
  }
  return { ...rest, region: needed(context, ["region"], region, "write aws:region in the stack file, such as eu-central-1"), hosts };
});
