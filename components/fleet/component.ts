import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { ENDPOINT } from "../controls/remoting-user-only";
import { readSettings } from "../controls/plan";
import { standingExceptions } from "../controls/standing";
import type { Planned } from "../graph/planned";
import { realise, type Make } from "../graph/realise";
import { problemsText, type Problem } from "../settings/problem";
import type { Settings } from "../settings/settings";
import type { CommonArgs } from "./args";
import type { Cloud } from "./naming";

/** What the state says of a host: inventory and summary read it there, also after a failed run. Plain values only. */
export interface HostSummary {
  readonly name: string;
  readonly address?: string;
  readonly dnsName?: string;
  readonly ring?: number;
  readonly cloud: Cloud;
}

/** One host: holds what belongs to it, so that the preview and the state show it together. */
class Host extends pulumi.ComponentResource {
  constructor(host: HostSummary, opts: pulumi.ComponentResourceOptions) {
    super(`secure-winrm:${host.cloud}:Host`, host.name, {}, opts);
    this.registerOutputs({ host });
  }
}

interface Described {
  readonly ring: number;
  readonly listen: readonly string[];
  readonly dnsName: string;
}

/** Brings a plan to life below a fleet: each host's resources under a component of their own. */
export function build(fleet: pulumi.ComponentResource, cloud: Cloud, hosts: Readonly<Record<string, Described>>, plan: readonly Planned[], makers: Readonly<Record<string, Make>>): void {
  const parents = new Map<string, Host>();
  realise(plan, makers, ({ host: name }) => {
    if (name === undefined) return fleet;
    const host = hosts[name];
    const parent = parents.get(name) ?? new Host({ name, address: host?.listen[0], dnsName: host?.dnsName, ring: host?.ring, cloud }, { parent: fleet });
    parents.set(name, parent);
    return parent;
  });
}

/** Hosts by name, with the address that WinRM listens on. */
export const addressesOf = (hosts: Readonly<Record<string, Described>>): pulumi.Output<{ [host: string]: string }> =>
  pulumi.output(Object.fromEntries(Object.entries(hosts).map(([name, { listen }]) => [name, listen[0] ?? ""])));

/**
 * The settings behind a component's arguments, with the fleet's name and today's date filled in.
 *
 * @throws RunError with every problem in them, or when the cloud's own section is missing
 */
export function checked<C extends Cloud & keyof Settings>(cloud: C, { fleet, today, ...written }: CommonArgs): SettingsOf<C> {
  const { settings, problems } = readSettings(written, {
    fleet: fleet ?? `${pulumi.getProject()}-${pulumi.getStack()}`,
    today: today ?? new Date().toISOString().slice(0, 10),
  });
  if (!settings) throw new pulumi.RunError(problemsText(problems));
  if (settings[cloud] === undefined) throw new pulumi.RunError(`${cloud}: is missing; name the hosts and where they live`);
  // Narrowed by the line above, which TypeScript cannot carry over to a generic key.
  return settings as SettingsOf<C>;
}

type SettingsOf<C extends keyof Settings> = Settings & { readonly [K in C]: NonNullable<Settings[K]> };

/** @throws RunError with every problem, where there is one */
export function refuse(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new pulumi.RunError(problemsText(problems));
}

/** Command line of the gate's reader, relative to the program's folder: the state must not hold a path of one machine. */
export function readerCommand(): string {
  const reader = path.join(__dirname, "..", "..", "cli", "reader.mjs");
  return `node ${path.relative(process.cwd(), reader).split(path.sep).join("/")}`;
}

/** What the state says of a fleet. Plain values: they must stand in the state after a failed run too. */
export function fleetSummary(cloud: Cloud, region: string, settings: Settings): object {
  const { account, certificate, exceptions, fleet } = settings;
  return {
    cloud,
    name: fleet,
    region,
    ansible: { connection: account.plugin, transport: account.transport, user: account.name, becomeUser: account.becomeUser, configuration: account.escalation === "endpoint" ? ENDPOINT : undefined, caPath: certificate.caPath },
    exceptions,
    standing: standingExceptions(settings),
  };
}
