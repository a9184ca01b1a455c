import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { readSettings } from "../controls/plan";
import { realise } from "../graph/realise";
import { guestScript } from "../guest/script";
import { problemsText } from "../settings/problem";
import type { FleetArgs } from "./args";
import { makers } from "./makers";
import type { AwsFleetSettings } from "./naming";
import { planAws } from "./plan";
import type { AwsPlanned } from "./types";

/**
 * Windows hosts in AWS for Ansible over WinRM. Each is built closed, configures and audits itself over Systems
 * Manager, and gets the one rule that lets the automation nodes in only when that audit says that every control holds.
 *
 * Problems in the arguments stop the program with one `RunError` before anything is registered.
 */
export class Fleet extends pulumi.ComponentResource {
  /** Hosts by name, with the address that WinRM listens on. */
  public readonly addresses: pulumi.Output<{ [host: string]: string }>;

  constructor(name: string, args: FleetArgs, opts?: pulumi.ComponentResourceOptions) {
    const settings = checked(args);
    super("secure-winrm:aws:Fleet", name, {}, opts);

    const plan = planAws(settings, { script: guestScript(), reader: readerCommand() });
    const made = new Map<string, pulumi.CustomResource>();
    const parents = new Map<string, Host>();
    const parentOf = ({ host }: AwsPlanned): pulumi.Resource => {
      if (host === undefined) return this;
      const parent = parents.get(host) ?? new Host(host, hostSummary(settings, host), { parent: this });
      parents.set(host, parent);
      return parent;
    };
    for (const planned of plan) realise(planned, makers, parentOf(planned), made);

    this.addresses = pulumi.output(Object.fromEntries(Object.entries(settings.aws.hosts).map(([host, { listen }]) => [host, listen[0] ?? ""])));
    // Plain values only: they must stand in the state after a failed run too, because inventory and summary read them there.
    this.registerOutputs({ addresses: this.addresses, fleet: fleetSummary(settings) });
  }
}

/** One host: holds what belongs to it, so that the preview and the state show it together. */
class Host extends pulumi.ComponentResource {
  constructor(name: string, host: object, opts: pulumi.ComponentResourceOptions) {
    super("secure-winrm:aws:Host", name, {}, opts);
    this.registerOutputs({ host });
  }
}

function checked({ fleet, today, ...written }: FleetArgs): AwsFleetSettings {
  const { settings, problems } = readSettings(written, {
    fleet: fleet ?? `${pulumi.getProject()}-${pulumi.getStack()}`,
    today: today ?? new Date().toISOString().slice(0, 10),
  });
  if (!settings) throw new pulumi.RunError(problemsText(problems));
  if (!settings.aws) throw new pulumi.RunError("aws: is missing; name the hosts and where they live");
  return { ...settings, aws: settings.aws };
}

/** Relative to the program's folder, so that the state does not hold a path of one machine. */
function readerCommand(): string {
  const reader = path.join(__dirname, "..", "..", "cli", "reader.mjs");
  return `node ${path.relative(process.cwd(), reader).split(path.sep).join("/")}`;
}

function fleetSummary({ account, certificate, exceptions, fleet, aws }: AwsFleetSettings): object {
  return {
    cloud: "aws",
    name: fleet,
    region: aws.region,
    ansible: { connection: account.plugin, transport: account.transport, user: account.name, becomeUser: account.becomeUser, caPath: certificate.caPath },
    exceptions,
  };
}

function hostSummary({ aws }: AwsFleetSettings, name: string): object {
  const host = aws.hosts[name];
  return { name, address: host?.listen[0], dnsName: host?.dnsName, ring: host?.ring, cloud: "aws" };
}
