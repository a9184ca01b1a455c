import { z } from "zod";
import { ExportError, logicalName, parseExport, typeOf, type Deployment, type Resource } from "./export";
import { parseResult, type Result } from "./result";

/**
 * What a stack's state says about its hosts. Read from the state and not from stack outputs, because those are empty
 * after a failed run, and a failed run is when people look.
 */
const line = z.string().regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u);

/** What goes into the inventory: Ansible would run `{{ }}` in it as a template. */
const plain = line.refine((text) => !/\{[{%#]/.test(text), "holds a template");

const fleetSchema = z.object({
  cloud: z.string().regex(/^[a-z][a-z0-9]*$/),
  name: line,
  region: line.optional(),
  ansible: z.object({
    connection: z.enum(["psrp", "winrm"]),
    transport: z.enum(["kerberos", "ntlm"]),
    user: plain,
    becomeUser: plain.optional(),
    /** Session configuration that psrp works in; its own default where there is none. */
    configuration: plain.optional(),
    caPath: plain.optional(),
  }),
  exceptions: z.array(
    z.object({ control: line, what: line, reason: line, approvedBy: line, expires: line, hosts: z.array(line).optional() }),
  ),
  /** Exceptions that nobody asks for, because nobody can do without: they never end, and never count as a pass. */
  standing: z.array(z.object({ control: line, what: line, reason: line })).default([]),
});

const hostSchema = z.object({ name: plain, address: plain.optional(), dnsName: plain.optional(), ring: z.number().int().optional(), cloud: z.string() });

/**
 * open: the gate's proof stands, and so does the door.
 * shut: there is no door.
 * uncertain: there may be a door, but no proof vouches for it: an interrupted run, a state that somebody has edited.
 */
export type Door = "open" | "shut" | "uncertain";

export interface HostState extends z.infer<typeof hostSchema> {
  readonly door: Door;
  /** The gate's proof, as long as it stands. */
  readonly proof?: Result;
  /** The last audit's, newer than the gate's. `lost`: it was to be made anew, and has not passed. */
  readonly audit?: Result | "lost";
  /** What the gate was asked with: the environment of its command. Also there when its proof no longer stands. */
  readonly asked?: Readonly<Record<string, string>>;
}

export interface FleetState extends z.infer<typeof fleetSchema> {
  readonly hosts: readonly HostState[];
}

export interface StackState {
  readonly fleets: readonly FleetState[];
  /** Logical names of resources that an interrupted run was at work on. */
  readonly interrupted: readonly string[];
}

const COMMAND = "command:local:Command";
const DOORS: ReadonlySet<string> = new Set(["aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "azure-native:network:SecurityRule"]);
const COMPONENT = /^secure-winrm:([a-z0-9]+):(Fleet|Host)$/;

export function readState(text: string): StackState {
  const deployment = parseExport(text);
  const components = deployment.resources.flatMap((resource) => {
    const [, cloud, kind] = COMPONENT.exec(resource.type) ?? [];
    return kind === undefined || resource.delete === true ? [] : [{ resource, cloud, kind }];
  });
  const fleets = components
    .filter(({ kind }) => kind === "Fleet")
    .map(({ resource, cloud }): FleetState => {
      const fleet = output(fleetSchema, resource, "fleet");
      const hosts = components.filter((other) => other.kind === "Host" && other.cloud === cloud && belongs(other.resource, resource));
      return { ...fleet, hosts: hosts.map((host) => hostState(deployment, host.resource, fleet.cloud)).sort((a, b) => (a.name < b.name ? -1 : 1)) };
    });
  return { fleets, interrupted: [...deployment.interrupted].map(logicalName).sort() };
}

/** Hosts hang below their fleet. */
const belongs = (host: Resource, fleet: Resource): boolean => host.parent === fleet.urn;

function output<T>(schema: z.ZodType<T>, resource: Resource, key: string): T {
  const parsed = schema.safeParse(resource.outputs?.[key]);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = [key, ...(issue?.path ?? [])].map(String).join(".");
  throw new ExportError(`${resource.type} ${logicalName(resource.urn)} in the state: ${path}: ${issue?.message ?? "not as expected"}; run up once more`);
}

function hostState(deployment: Deployment, component: Resource, cloud: string): HostState {
  const name = logicalName(component.urn);
  // An interrupted run may have left the component without outputs: its host is there all the same.
  const host = component.outputs?.["host"] === undefined ? { name, cloud } : output(hostSchema, component, "host");
  const children = deployment.resources.filter((resource) => resource.parent === component.urn);
  const named = (role: string, isType: (type: string) => boolean) => children.filter((child) => logicalName(child.urn) === `${name}-${role}` && isType(child.type));
  const commands = (role: string) => named(role, (type) => type === COMMAND);

  const gate = commands("gate").find(isCurrent);
  const proof = gate && resultOf(gate, name);
  const audit = commands("audit").find((command) => command.delete !== true);
  return {
    ...host,
    door: doorOf(deployment.interrupted, name, named("door", (type) => DOORS.has(type)), proof !== undefined && !deployment.interrupted.has(gate?.urn ?? "")),
    proof,
    audit: audit && (isCurrent(audit) ? (resultOf(audit, name) ?? "lost") : "lost"),
    asked: environmentOf(gate ?? commands("gate")[0]),
  };
}

const isCurrent = (resource: Resource): boolean => resource.delete !== true && resource.pendingReplacement !== true;

function doorOf(interrupted: ReadonlySet<string>, name: string, doors: readonly Resource[], proven: boolean): Door {
  // A door that was being made or taken away when the run was cut off; one being made is not among the resources yet.
  if ([...interrupted].some((urn) => logicalName(urn) === `${name}-door` && DOORS.has(typeOf(urn)))) return "uncertain";
  // What is pending replacement is gone from the cloud: its successor waits for a gate.
  const [door, ...others] = doors.filter(({ pendingReplacement }) => pendingReplacement !== true);
  if (door === undefined) return "shut";
  return proven && others.length === 0 && door.delete !== true ? "open" : "uncertain";
}

function resultOf(command: Resource, host: string): Result | undefined {
  const stdout = command.outputs?.["stdout"];
  const result = typeof stdout === "string" ? parseResult(stdout) : undefined;
  return result?.host === host ? result : undefined;
}

function environmentOf(command: Resource | undefined): Readonly<Record<string, string>> | undefined {
  const environment = command?.inputs?.["environment"];
  if (typeof environment !== "object" || environment === null) return undefined;
  return Object.fromEntries(Object.entries(environment).filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}
