import { createHash } from "node:crypto";
import { z } from "zod";
import type { GuestResource } from "../../components/guest/kinds";

/** What comes to the machine from outside, parsed by the model's own schemas: it takes nobody's word for the shape. */

export const sha256 = (text: string): string => createHash("sha256").update(text, "utf8").digest("hex");

const ref = z.strictObject({
  ref: z.enum(["host.name", "host.listen", "host.secret", "host.otherAddresses", "nodes.allow", "nodes.others", "nodes.hash"]),
});
const refOrAny = z.union([ref, z.literal("Any")]);
const op = z.enum(["eq", "ge", "le", "oneOf", "absent"]);
const port = z.int().min(1).max(65535);

const resource: z.ZodType<GuestResource> = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("folder"), path: z.string(), sddl: z.string() }),
  z.strictObject({ kind: z.literal("wsman"), path: z.string(), op: z.literal("eq"), value: z.string() }),
  z.strictObject({
    kind: z.literal("registry"),
    path: z.string(),
    name: z.string(),
    type: z.enum(["DWord", "String"]),
    op,
    value: z.union([z.number(), z.string(), z.array(z.number())]).optional(),
  }),
  z.strictObject({
    kind: z.literal("certificate"),
    // What a host was proven with before documents said it came from a secret.
    from: z.enum(["secret", "store"]).default("secret"),
    name: ref,
    secret: ref,
    eku: z.string(),
    minimumKeyBits: z.int(),
    minimumDaysLeft: z.int(),
    trustedRoots: z.array(z.base64()),
  }),
  z.strictObject({
    kind: z.literal("listener"),
    transport: z.enum(["HTTP", "HTTPS"]),
    ensure: z.enum(["present", "absent"]),
    port: port.optional(),
    addresses: ref.optional(),
    hostname: ref.optional(),
  }),
  z.strictObject({ kind: z.literal("sslBinding"), port, addresses: ref }),
  z.strictObject({
    kind: z.literal("firewallRule"),
    name: z.string(),
    action: z.enum(["Allow", "Block"]),
    ports: z.array(port).min(1),
    local: refOrAny,
    remote: refOrAny,
  }),
  z.strictObject({ kind: z.literal("builtinRule"), name: z.string() }),
  z.strictObject({ kind: z.literal("firewallProfile"), profile: z.enum(["Domain", "Private", "Public"]), enabled: z.boolean(), inbound: z.literal("Block") }),
  z.strictObject({ kind: z.literal("service"), name: z.string(), startup: z.literal("Automatic"), state: z.literal("Running") }),
  z.strictObject({ kind: z.literal("nodeList"), hash: ref }),
  z.strictObject({
    kind: z.literal("answer"),
    scheme: z.enum(["http", "https"]),
    port,
    addresses: z.union([ref, z.array(z.string())]),
    expect: z.enum(["wsman", "none"]),
  }),
]);

const documentSchema = z.strictObject({
  schema: z.literal(1),
  gate: z.string(),
  resources: z.array(z.strictObject({ controls: z.array(z.string()).min(1), resource })),
});
export type Document = z.infer<typeof documentSchema>;

/** The control channel fills these in for each run. */
export interface GuestParameters {
  readonly Mode: string;
  readonly Run: string;
  readonly Nonce: string;
  readonly Gate: string;
  /** Base64 of the host parameters' JSON, of just the bytes that the gate hash is made of; or empty. */
  readonly Host: string;
  readonly NodesHash: string;
}

const hostSchema = z.object({
  host: z.string(),
  name: z.string(),
  addresses: z.array(z.string()),
  listen: z.array(z.string()).min(1),
  secret: z.string(),
});
export type HostParameters = z.infer<typeof hostSchema>;

/** An empty list is none at all: it must never become a rule without addresses, which Windows reads as Any. */
const nodesSchema = z.object({ schema: z.literal(1), nodes: z.array(z.string()).min(1), others: z.array(z.string()).min(1) });

export interface NodeList extends z.infer<typeof nodesSchema> {
  readonly text: string;
  readonly hash: string;
}

const secretSchema = z.object({ pfx: z.string(), password: z.string() });
const provenSchema = z.object({ gate: z.string(), documentGate: z.string(), document: z.string() });
export type Proven = z.infer<typeof provenSchema>;

function parsed<T>(schema: z.ZodType<T>, text: string | undefined): T | undefined {
  if (text === undefined) return undefined;
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** What the parameter `Host` carries. */
export const hostText = (base64: string): string => Buffer.from(base64, "base64").toString("utf8");

export const parseDocument = (text: string): Document | undefined => parsed(documentSchema, text);
export const parseHost = (text: string | undefined): HostParameters | undefined => parsed(hostSchema, text);
export const parseSecret = (text: string | undefined): { pfx: string; password: string } | undefined => parsed(secretSchema, text);
export const parseProven = (text: string | undefined): Proven | undefined => parsed(provenSchema, text);

export function parseNodes(text: string | undefined): NodeList | undefined {
  const list = parsed(nodesSchema, text);
  return list && text !== undefined ? { ...list, text, hash: sha256(text) } : undefined;
}

/** What is kept on the machine's disk, in the folder that only SYSTEM and Administrators reach. */
const FOLDER = "C:\\ProgramData\\secure-winrm";
export const FILES = {
  host: `${FOLDER}\\host.json`,
  proven: `${FOLDER}\\proven.json`,
  document: `${FOLDER}\\document.json`,
  nodes: `${FOLDER}\\nodes.json`,
  report: `${FOLDER}\\report.json`,
  administrator: `${FOLDER}\\administrator.txt`,
} as const;
