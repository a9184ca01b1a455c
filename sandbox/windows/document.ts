import { createHash } from "node:crypto";
import { z } from "zod";
import { resource } from "./resource-schema";

/** What comes to the machine from outside, parsed by the model's own schemas: it takes nobody's word for the shape. */

export const sha256 = (text: string): string => createHash("sha256").update(text, "utf8").digest("hex");

const truth = z.boolean().optional();
const rowSchema = z.strictObject({
  verdict: z.enum(["pass", "fail", "unknown"]).optional(),
  held: truth,
  quarantined: truth,
  paused: truth,
  failedBefore: z.int().optional(),
  door: z.enum(["keep", "quarantine", "release"]),
  failed: z.enum(["reset", "keep", "count"]),
});

const documentSchema = z.strictObject({
  schema: z.literal(1),
  gate: z.string(),
  // Documents that were proven before had no keeper: such a host shuts and opens nothing by itself.
  keeper: z.strictObject({ rows: z.array(rowSchema), pauseHours: z.number(), certificateDays: z.number() }).default({ rows: [], pauseHours: 0, certificateDays: 0 }),
  // Documents that were proven before had no entry that the door does not wait for.
  resources: z.array(z.strictObject({ controls: z.array(z.string()).min(1), gate: z.boolean().default(true), resource })),
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
  /** Base64 of who asks for a pause, why, and for how long; or empty. */
  readonly Pause: string;
}

const hostSchema = z.object({
  host: z.string(),
  name: z.string(),
  addresses: z.array(z.string()),
  listen: z.array(z.string()).min(1),
  // Not there on hosts that were proven before it was a parameter.
  interface: z.array(z.string()).default([]),
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

export function parsed<T>(schema: z.ZodType<T>, text: string | undefined): T | undefined {
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
  audit: `${FOLDER}\\audit.json`,
  keeper: `${FOLDER}\\keeper.json`,
  administrator: `${FOLDER}\\administrator.txt`,
  restarted: `${FOLDER}\\restarted.txt`,
} as const;
