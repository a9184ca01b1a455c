import * as pulumi from "@pulumi/pulumi";
import { addressesOf, build, checked, fleetSummary, readerCommand, refuse } from "../fleet/component";
import { fetchScript, guestScript } from "../guest/script";
import { SignedFiles } from "../fleet/signed-files";
import type { AwsFleetArgs } from "./args";
import { makers } from "./makers";
import { planAws } from "./plan";

/**
 * Windows hosts in AWS for Ansible over WinRM. Each is built closed, configures and audits itself over Systems
 * Manager, and gets the one rule that lets the automation nodes in only when that audit says that every control holds.
 *
 * Problems in the arguments stop the program with one `RunError` before anything is registered.
 */
export class AwsFleet extends pulumi.ComponentResource {
  /** Hosts by name, with the address that WinRM listens on. */
  public readonly addresses: pulumi.Output<{ [host: string]: string }>;

  constructor(name: string, args: AwsFleetArgs, opts?: pulumi.ComponentResourceOptions) {
    const settings = checked("aws", args);
    super("secure-winrm:aws:Fleet", name, {}, opts);
    const { hosts, region } = settings.aws;
    const files = new SignedFiles(settings.guest.signing);
    const planned = planAws(settings, { script: guestScript(), fetch: fetchScript(), reader: readerCommand(), sign: files.sign });
    refuse(files.problems);
    build(this, "aws", hosts, planned, makers);
    this.addresses = addressesOf(hosts);
    this.registerOutputs({ addresses: this.addresses, fleet: fleetSummary("aws", region, settings) });
  }
}
