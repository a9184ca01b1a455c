import { CONTROL_IDS } from "../../components/controls/ids";
import type { FleetState } from "../../components/evidence/state";

/** `pulumi stack export` in small, as the engine writes it: what a host has, and what may be wrong with it. */
export interface HostFixture {
  readonly name: string;
  readonly address?: string;
  readonly dnsName?: string;
  readonly ring?: number;
  readonly door?: ResourceFixture | "none";
  readonly gate?: (ResourceFixture & { readonly stdout?: unknown }) | "none";
  readonly audit?: (ResourceFixture & { readonly stdout?: unknown }) | "none";
  readonly outputs?: "none";
}

interface ResourceFixture {
  readonly delete?: boolean;
  readonly pendingReplacement?: boolean;
}

export const ANSIBLE: FleetState["ansible"] = { connection: "psrp", transport: "kerberos", user: "svc-ansible@CORP.EXAMPLE", becomeUser: "svc-become", caPath: "/etc/pki/ca.pem" };
export const ENFORCED = ["https-listener", "no-http-listener", "secrets-kept"];
export const CATALOGUE = CONTROL_IDS.map((id) => ({ id, title: id, enforced: ENFORCED.includes(id) }));

const FLEET_URN = "urn:pulumi:sandbox::secure-winrm::secure-winrm:aws:Fleet::aws";
const HOST_TYPES = "secure-winrm:aws:Fleet$secure-winrm:aws:Host";
export const DOOR_TYPE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
export const childUrn = (type: string, name: string): string => `urn:pulumi:sandbox::secure-winrm::${HOST_TYPES}$${type}::${name}`;

export function resultOf(host: string, more: object = {}): string {
  const controls = Object.fromEntries(ENFORCED.map((id) => [id, "pass"]));
  return JSON.stringify({ host, instance: `i-${host}`, gate: "a".repeat(64), generation: "b".repeat(64), nodes: "c".repeat(64), verdict: "pass", controls, ...more });
}

function hostResources({ name, door = {}, gate = {}, audit = {}, outputs, ...rest }: HostFixture): object[] {
  const parent = `urn:pulumi:sandbox::secure-winrm::${HOST_TYPES}::${name}`;
  const child = (type: string, role: string, more: object) => ({ urn: childUrn(type, `${name}-${role}`), custom: true, id: `${role}-id`, type, parent, ...more });
  const command = (role: string, { stdout = resultOf(name), ...more }: { readonly stdout?: unknown }) =>
    child("command:local:Command", role, {
      inputs: { environment: { SECURE_WINRM_REQUEST: "{}", SECURE_WINRM_INSTANCE: `i-${name}` } },
      outputs: { stdout },
      ...more,
    });
  return [
    {
      urn: parent,
      custom: false,
      type: "secure-winrm:aws:Host",
      parent: FLEET_URN,
      ...(outputs !== "none" && { outputs: { host: { name, address: "10.0.1.10", dnsName: `${name}.corp.example`, ring: 1, cloud: "aws", ...rest } } }),
    },
    child("aws:ec2/instance:Instance", "instance", {}),
    ...(gate === "none" ? [] : [command("gate", gate)]),
    ...(door === "none" ? [] : [child(DOOR_TYPE, "door", door)]),
    ...(audit === "none" ? [] : [command("audit", audit)]),
  ];
}

export interface StackFixture {
  readonly ansible?: FleetState["ansible"];
  readonly exceptions?: FleetState["exceptions"];
  readonly standing?: FleetState["standing"];
  /** URNs of resources that an interrupted run was at work on. */
  readonly interrupted?: readonly string[];
  /** What it was doing to them. */
  readonly operation?: "creating" | "updating" | "deleting";
}

export function exported(hosts: readonly HostFixture[], { ansible = ANSIBLE, exceptions = [], standing = [], interrupted, operation = "creating" }: StackFixture = {}): string {
  const fleet = { cloud: "aws", name: "secure-winrm-sandbox", region: "eu-central-1", ansible, exceptions, standing };
  const resources = [
    { urn: "urn:pulumi:sandbox::secure-winrm::pulumi:pulumi:Stack::secure-winrm-sandbox", custom: false, type: "pulumi:pulumi:Stack" },
    { urn: FLEET_URN, custom: false, type: "secure-winrm:aws:Fleet", outputs: { fleet } },
    ...hosts.flatMap(hostResources),
  ];
  const operations = interrupted?.map((urn) => ({ resource: { urn, custom: true, type: "any" }, type: operation }));
  return JSON.stringify({ version: 3, deployment: { manifest: {}, resources, ...(operations && { pending_operations: operations }), metadata: {} } });
}
