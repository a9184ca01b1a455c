import { z } from "zod";
import { instanceSchema } from "./pass-through";
import { secretNameSchema } from "./certificate";
import { cidrSchema, dnsNameSchema, hostNameSchema, ipv4Schema, lineSchema, nameSchema, says, tagsSchema, wholeNumber, yesNo } from "./schema";

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

const egress = z.strictObject({
  cidr: cidrSchema.describe("Destination."),
  protocol: z.enum(["tcp", "udp"], { error: says("is not a protocol", "write tcp or udp") }).default("tcp").describe("@default tcp"),
  port: wholeNumber(1, 65535, "port").describe("Destination port, or the first of a range."),
  toPort: wholeNumber(1, 65535, "port").optional().describe("Last port of a range. @default - `port`"),
  // AWS refuses other characters in a rule's description, and says so only when the rule is made.
  purpose: lineSchema(3, 120, "a purpose")
    .regex(/^[\w .:/()#,@[\]+=&;{}!$*-]*$/, says("has a character that AWS refuses in a rule's description", "use letters, digits, blanks and . _ - : / ( ) # , @ [ ] + = & ; { } ! $ *")).describe("What it is for; becomes the rule's description."),
}).refine((rule) => rule.toPort === undefined || rule.toPort >= rule.port, { path: ["toPort"], message: says("is below the first port", "write the last port of the range, or leave it out") });

const network = z
  .strictObject({
    vpc,
    subnets: z
      .record(nameSchema("a subnet"), subnet)
      .refine((subnets) => Object.keys(subnets).length > 0, says("names no subnet", "name at least one subnet for the hosts"))
      .describe("Subnets by a name of your own, which hosts refer to."),
    routeTables: z.array(z.string().regex(/^rtb-[0-9a-f]{8,17}$/, says("is not the id of a route table", "write rtb- and its digits"))).default([])
      .describe("Route tables of existing subnets, for the S3 endpoint. @default - those made here"),
    endpoints: yesNo.default(false).describe(
      "Make VPC endpoints for Systems Manager, Secrets Manager, logs and S3, so that hosts need no way to the internet. @default false",
    ),
    egress: z.array(egress).max(40, says("has too many rules", "write at most 40")).default([]).describe(
      "What hosts may reach. A closed host still needs 443 to its control channel: `endpoints` or a rule here must give it.",
    ),
  })
  .describe("Where the hosts live.");

const hostShape = {
  image: z.string().regex(/^ami-[0-9a-f]{8,17}$/, says("is not an AMI id", "pin the image as ami- and its digits: names that move would replace hosts"))
    .describe("AMI of the host, pinned. A change replaces the host, its door gone first."),
  instanceType: z.string().regex(/^[a-z0-9-]+\.[a-z0-9-]+$/, says("is not an instance type", "write one such as m7i.large")).describe("EC2 instance type."),
  subnet: nameSchema("a subnet").describe("One of `network.subnets`."),
  diskGiB: wholeNumber(30, 16384, "GiB").describe("Size of the encrypted system disk. Unit: GiB."),
  ring: wholeNumber(1, 9, "ring").describe("Rollout ring: doors of ring 2 close only after those of ring 1 are open again."),
  protect: yesNo.describe("Refuse to delete or replace the host."),
};

const defaults = z.strictObject(hostShape).partial().prefault({}).describe("What hosts have in common; a host's own value wins.");

const host = z
  .strictObject({
    ...z.strictObject(hostShape).partial().shape,
    addresses: z.array(ipv4Schema).min(1, says("is an empty list", "write at least one address"))
      .max(10, says("has too many addresses", "write at most 10"))
      .describe("Private addresses in order; the first is the primary one."),
    listen: z.array(ipv4Schema).min(1, says("is an empty list", "write one of the host's addresses"))
      .optional()
      .describe("Addresses that WinRM listens on. Enforces chosen-addresses. @default - the first of `addresses`"),
    dnsName: dnsNameSchema.describe("Name that Ansible dials; the certificate must carry it."),
    certificateSecret: secretNameSchema.optional().describe("Secret with this host's certificate. @default - certificate.secret"),
    tags: tagsSchema.optional().describe("Further tags of this host."),
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
    dns: z
      .strictObject({
        zoneId: z.string().regex(/^Z[A-Z0-9]{4,31}$/, says("is not the id of a hosted zone", "write Z and its characters, as Route 53 shows it")).describe("Route 53 zone in which the hosts' names are made."),
        ttl: wholeNumber(30, 86400, "seconds").default(300).describe("Unit: seconds. @default 300"),
      })
      .optional()
      .describe("Where the names that Ansible dials are made. @default - they are made elsewhere"),
    defaults,
    hosts: z.record(hostNameSchema, host)
      .refine((hosts) => Object.keys(hosts).length > 0, says("names no host", "name at least one host, or leave the section out")),
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
  if (region === undefined) {
    context.addIssue({ code: "custom", path: ["region"], input: undefined, message: says("is missing", "write aws:region in the stack file, such as eu-central-1") });
  }
  const hosts: Record<string, AwsHost> = {};
  for (const [name, own] of Object.entries(given)) {
    const need = <K extends "image" | "instanceType" | "subnet">(key: K): string => {
      const value = own[key] ?? common[key];
      if (value === undefined) {
        context.addIssue({
          code: "custom",
          path: ["hosts", name, key],
          input: undefined,
          message: says("is missing", `write it here, or for all hosts as aws.defaults.${key}`),
        });
      }
      return value ?? "";
    };
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
  return { ...rest, region: region ?? "", hosts };
});
