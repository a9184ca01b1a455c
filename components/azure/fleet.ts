import * as pulumi from "@pulumi/pulumi";
import { addressesOf, build, checked, fleetSummary, readerCommand, refuse } from "../fleet/component";
import { guestScript } from "../guest/script";
import { SignedFiles } from "../fleet/signed-files";
import { withoutOldAliases } from "./aliases";
import type { AzureFleetArgs } from "./args";
import { makers } from "./makers";
import { notices } from "./notices";
import { planAzure } from "./plan";

/**
 * Windows hosts in Azure for Ansible over WinRM. Each is built closed, configures and audits itself by run commands,
 * and gets the one rule that lets the automation nodes in only when that audit says that every control holds.
 *
 * Problems in the arguments stop the program with one `RunError` before anything is registered.
 */
export class AzureFleet extends pulumi.ComponentResource {
  /** Hosts by name, with the address that WinRM listens on. */
  public readonly addresses: pulumi.Output<{ [host: string]: string }>;

  constructor(name: string, args: AzureFleetArgs, opts?: pulumi.ComponentResourceOptions) {
    const settings = checked("azure", args);
    const { hosts, location, trimAliases } = settings.azure;
    super("secure-winrm:azure:Fleet", name, {}, trimAliases ? withoutOldAliases(opts) : opts);
    if (pulumi.runtime.isDryRun()) for (const notice of notices(settings)) void pulumi.log.info(notice, this);
    const files = new SignedFiles(settings.guest.signing);
    const planned = planAzure(settings, { script: guestScript(), reader: readerCommand(), sign: files.sign });
    refuse(files.problems);
    build(this, "azure", hosts, planned, makers);
    this.addresses = addressesOf(hosts);
    this.registerOutputs({ addresses: this.addresses, fleet: fleetSummary("azure", location, settings) });
  }
}
