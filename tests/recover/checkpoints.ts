import { Checkpoint, type Resource } from "../../cli/recover/checkpoint";
import type { View } from "../../cli/recover/find";
import type { Wanted } from "../../cli/recover/wanted";
import { AWS_IDENTITIES, AWS_KINDS } from "../../components/aws/identity";

export const FLEET = "fleet";
export const PROVIDER = "urn:pulumi:test::secure-winrm::pulumi:providers:aws::default::p";

const provider: Resource = { urn: "urn:pulumi:test::secure-winrm::pulumi:providers:aws::default", type: "pulumi:providers:aws", id: "p" };

/** A state that knows its provider and what is given. */
export const checkpoint = (resources: readonly Resource[] = [], pending: readonly { type: string; resource: Resource }[] = []): Checkpoint =>
  Checkpoint.read(JSON.stringify({ version: 3, deployment: { manifest: { kept: true }, resources: [provider, ...resources], pending_operations: pending } }));

export const urn = (type: string, name: string): string => `urn:pulumi:test::secure-winrm::${type}::${name}`;

export const NIC = "aws:ec2/networkInterface:NetworkInterface";
export const BUCKET = "aws:s3/bucket:Bucket";

export const wanted = (type: string, name: string, inputs: Record<string, unknown> = {}, more: Partial<Wanted> = {}): Wanted => ({
  urn: urn(type, name),
  type,
  inputs: { tags: { "secure-winrm-fleet": FLEET }, ...inputs },
  provider: PROVIDER,
  dependencies: [],
  propertyDependencies: {},
  ...more,
});

export const view = (tagged: View["tagged"] = []): View => ({
  provider: PROVIDER,
  identities: AWS_IDENTITIES,
  tagged,
  associations: new Map([["fleet-winrm", "0f1e2d3c-0000-4000-8000-000000000001"]]),
  typeOf: (kind) => AWS_KINDS.get(kind) ?? (kind === "volume" ? "part" : undefined),
});
