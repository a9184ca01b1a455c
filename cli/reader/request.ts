import { z } from "zod";

/** What the program asks of the reader, by its environment: foreign data until parsed here. */
const hash = z.string().regex(/^[0-9a-f]{64}$/, "is not a SHA-256 in hex");
const https = z.url({ protocol: /^https$/, error: "is not an https address" });
const uuid = z.guid("is not a UUID");

const VM = /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/Microsoft\.Compute\/virtualMachines\/([^/]+)$/i;

const SECURITY_GROUP = /^\/subscriptions\/([^/]+)\/resourceGroups\/[^/]+\/providers\/Microsoft\.Network\/networkSecurityGroups\/[^/]+$/i;

export interface VmId {
  readonly subscription: string;
  readonly resourceGroup: string;
  readonly name: string;
}

/** An id that the schema has let through. */
export function vmOf(id: string): VmId {
  const [, subscription = "", resourceGroup = "", name = ""] = VM.exec(id) ?? [];
  return { subscription, resourceGroup, name };
}

const timeoutMinutes = z.number().positive().max(24 * 60);

/** How a cloud's machines are reached: its control channel is made from these. */
const awsPlace = z.object({
  cloud: z.literal("aws"),
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d+$/, "is not a region"),
  document: z.string().min(1),
  logGroup: z.string().min(1).optional(),
  timeoutMinutes,
});
const azurePlace = z.object({
  cloud: z.literal("azure"),
  environment: z.enum(["public", "usgovernment", "china"]),
  subscription: uuid,
  /** @default - the credential's own */
  tenant: uuid.optional(),
  location: z.string().min(1),
  /** The script that every run starts, as the machine downloads it. */
  script: https,
  /** The node list, as the machine downloads it. */
  nodes: https,
  /** Client id of the machines' identity that may download both. */
  identity: uuid,
  timeoutMinutes,
});
export type AwsPlace = z.infer<typeof awsPlace>;
export type AzurePlace = z.infer<typeof azurePlace>;

const about = {
  host: z.string().min(1),
  /** Handed to the guest as it is: the guest checks it. */
  parameters: z.record(z.string(), z.unknown()),
  gate: hash,
  exceptions: z.array(z.object({ control: z.string(), expires: z.iso.date() })),
  controls: z.array(z.string().min(1)).min(1),
  /** Controls that no door waits for. */
  reported: z.array(z.string().min(1)).default([]),
};
const awsHost = awsPlace.extend({
  ...about,
  /** The host's own group: while its gate is asked, nothing in there may let anybody in. */
  doorGroup: z.string().regex(/^sg-[0-9a-f]+$/, "is not the id of a security group"),
});
const azureHost = azurePlace.extend({
  ...about,
  /** The same by its ARM id. */
  doorGroup: z.string().regex(SECURITY_GROUP, "is not the id of a network security group"),
  /** ARM id of the machine. */
  vm: z.string().regex(VM, "is not the id of a virtual machine"),
  /** Container that whole outputs go to. @default - nowhere */
  output: https.optional(),
});

/** One client asks one subscription. */
function inOneSubscription({ subscription, vm, doorGroup }: { readonly subscription: string; readonly vm: string; readonly doorGroup: string }, context: z.RefinementCtx): void {
  const elsewhere = (found: string): boolean => found.toLowerCase() !== subscription.toLowerCase();
  const message = "is in another subscription than the request's";
  if (elsewhere(vmOf(vm).subscription)) context.addIssue({ code: "custom", path: ["vm"], message });
  if (elsewhere(SECURITY_GROUP.exec(doorGroup)?.[1] ?? "")) context.addIssue({ code: "custom", path: ["doorGroup"], message });
}

export const hostRequestSchema = z.discriminatedUnion("cloud", [awsHost, azureHost.superRefine(inOneSubscription)]);
export type HostRequest = z.infer<typeof hostRequestSchema>;

const asked = { generation: hash };
export const auditRequestSchema = z.discriminatedUnion("cloud", [awsHost.extend(asked), azureHost.extend(asked).superRefine(inOneSubscription)]);

const fleet = {
  fleet: z.string().min(1),
  /** Hosts of one profile share a document. @default - all of the fleet's hosts */
  profile: z.string().min(1).optional(),
  nodesHash: hash,
};
export const uptakeRequestSchema = z.discriminatedUnion("cloud", [awsPlace.extend(fleet), azurePlace.extend({ ...fleet, resourceGroup: z.string().min(1) })]);
export type UptakeRequest = z.infer<typeof uptakeRequestSchema>;

export type Request = HostRequest | UptakeRequest;

export const REQUEST = "SECURE_WINRM_REQUEST";
export const INSTANCE = "SECURE_WINRM_INSTANCE";

/** A failure of whoever called: shown as it is. */
export class RequestError extends Error {}

export function parseRequest<T>(schema: z.ZodType<T>, text: string | undefined): T {
  if (text === undefined || text === "") throw new RequestError(`${REQUEST} is not set: this command is started by the deployment, with its request in the environment`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new RequestError(`${REQUEST} is not JSON`);
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => `  ${issue.path.map(String).join(".") || "the whole"}: ${issue.message}`);
  throw new RequestError([`${REQUEST} is not a request:`, ...lines].join("\n"));
}

/** What a machine of the cloud calls itself. */
const IDS = {
  aws: { shape: /^m?i-[0-9a-f]+$/, example: "i-0123456789abcdef0", what: "an instance" },
  azure: { shape: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, example: "01234567-89ab-cdef-0123-456789abcdef", what: "a virtual machine (its vmId)" },
} as const;

export function parseInstance(text: string | undefined, cloud: Request["cloud"]): string {
  const { shape, example, what } = IDS[cloud];
  // Azure tells ids in whatever case it likes; the guest in lower case.
  const id = (cloud === "azure" ? text?.toLowerCase() : text) ?? "";
  if (shape.test(id)) return id;
  throw new RequestError(`${INSTANCE} is ${id === "" ? "not set" : `not the id of ${what}`}; expected one such as ${example}`);
}
