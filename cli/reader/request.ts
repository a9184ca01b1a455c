import { z } from "zod";

/** What the program asks of the reader, by its environment: foreign data until parsed here. */
const hash = z.string().regex(/^[0-9a-f]{64}$/, "is not a SHA-256 in hex");

const common = {
  cloud: z.literal("aws"),
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d+$/, "is not a region"),
  document: z.string().min(1),
  logGroup: z.string().min(1).optional(),
  timeoutMinutes: z.number().positive().max(24 * 60),
};

export const hostRequestSchema = z.object({
  ...common,
  host: z.string().min(1),
  /** Handed to the guest as it is: the guest checks it. */
  parameters: z.record(z.string(), z.unknown()),
  gate: hash,
  exceptions: z.array(z.object({ control: z.string(), expires: z.iso.date() })),
  controls: z.array(z.string().min(1)).min(1),
});
export type HostRequest = z.infer<typeof hostRequestSchema>;

export const auditRequestSchema = hostRequestSchema.extend({ generation: hash });
export type AuditRequest = z.infer<typeof auditRequestSchema>;

export const uptakeRequestSchema = z.object({
  ...common,
  fleet: z.string().min(1),
  /** Hosts of one profile share a document. @default - all of the fleet's hosts */
  profile: z.string().min(1).optional(),
  nodesHash: hash,
});
export type UptakeRequest = z.infer<typeof uptakeRequestSchema>;

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

export function parseInstance(text: string | undefined): string {
  if (text !== undefined && /^m?i-[0-9a-f]+$/.test(text)) return text;
  throw new RequestError(`${INSTANCE} is ${text === undefined || text === "" ? "not set" : "not the id of an instance"}; expected one such as i-0123456789abcdef0`);
}
