import { PROFILE_TAG } from "../fleet/naming";
import { link } from "../graph/planned";
import type { AzureHost } from "../settings/azure";
import { machineName, place, tagsOf, type AzureFleetSettings } from "./naming";
import { patchSettings, patchTags } from "./patching";
import { plan, type AzurePlanned } from "./types";

interface Machine {
  readonly settings: AzureFleetSettings;
  readonly name: string;
  readonly host: AzureHost;
  readonly profile: string;
}

/**
 * Azure makes no Windows machine without a password. This one is encrypted in the state, and the host sets another that
 * nobody knows before its gate, because the engine's most verbose log shows whatever it handles.
 */
const PASSWORD = { length: 40, minLower: 4, minUpper: 4, minNumeric: 4, minSpecial: 4, overrideSpecial: "!#%*+-_=.:" } as const;

/**
 * What Azure refuses to change on a machine that is there, though its provider would try: such a change replaces the
 * machine, its door gone first. The password is not among them: no machine is replaced for one.
 */
const IMMUTABLE = [
  "osProfile.computerName",
  "osProfile.adminUsername",
  "osProfile.windowsConfiguration.timeZone",
  "storageProfile.imageReference",
  "securityProfile.securityType",
  "zones",
  "availabilitySet",
] as const;

/** The machine and its administrator's password. No `osProfile.winRM`: Azure's own listener stands on every address. */
export function machine({ settings, name, host, profile }: Machine): AzurePlanned[] {
  const { osDisk, dataDisks = [], licenseType, timeZone, bootDiagnostics, ...placed } = host.vm ?? {};
  const tags = { ...tagsOf(settings, name), ...host.tags, [PROFILE_TAG]: profile, ...patchTags(settings, host) };
  return [
    plan("random:index/randomPassword:RandomPassword", `${name}-password`, PASSWORD, { host: name }),
    plan("azure-native:compute:VirtualMachine", `${name}-vm`, {
      ...placement(placed),
      ...place(settings),
      vmName: machineName(settings, name),
      hardwareProfile: { vmSize: host.size },
      ...(host.zone === undefined ? {} : { zones: [host.zone] }),
      identity: { type: "UserAssigned", userAssignedIdentities: [link("azure-identity")] },
      networkProfile: { networkInterfaces: [{ id: link(`${name}-nic`), primary: true, deleteOption: "Detach" }] },
      storageProfile: {
        imageReference: imageOf(host.image),
        osDisk: { ...diskOf(osDisk), createOption: "FromImage", deleteOption: "Delete", diskSizeGB: host.diskGiB },
        dataDisks: dataDisks.map(({ lun, sizeGiB, deleteOption, ...disk }) => ({ ...diskOf(disk), lun, diskSizeGB: sizeGiB, createOption: "Empty", deleteOption: deleteOption ?? "Detach" })),
      },
      osProfile: {
        computerName: name,
        adminUsername: host.adminUsername,
        adminPassword: link(`${name}-password`, "result"),
        allowExtensionOperations: true,
        windowsConfiguration: { provisionVMAgent: true, enableAutomaticUpdates: true, patchSettings: patchSettings(settings, host), ...(timeZone === undefined ? {} : { timeZone }) },
      },
      ...(licenseType === undefined ? {} : { licenseType }),
      securityProfile: {
        securityType: "TrustedLaunch",
        uefiSettings: { secureBootEnabled: true, vTpmEnabled: true },
        ...(host.encryptionAtHost ? { encryptionAtHost: true } : {}),
      },
      ...(bootDiagnostics === undefined ? {} : { diagnosticsProfile: { bootDiagnostics: { enabled: bootDiagnostics } } }),
      tags,
      // The interface is fixed, so the old machine must be gone before the new one comes; the door goes first of all.
    }, { host: name, deleteBeforeReplace: true, replaceOnChanges: IMMUTABLE, protect: host.protect }),
  ];
}

type PassedOn = NonNullable<AzureHost["vm"]>;

function diskOf({ storageAccountType, caching, diskEncryptionSet }: NonNullable<PassedOn["osDisk"]> = {}) {
  const managedDisk = {
    ...(storageAccountType === undefined ? {} : { storageAccountType }),
    ...(diskEncryptionSet === undefined ? {} : { diskEncryptionSet: { id: diskEncryptionSet } }),
  };
  return { ...(caching === undefined ? {} : { caching }), ...(Object.keys(managedDisk).length === 0 ? {} : { managedDisk }) };
}

/** Which machines it stands with, and apart from. */
function placement({ availabilitySet, proximityPlacementGroup, host, hostGroup }: PassedOn) {
  const chosen = { availabilitySet, proximityPlacementGroup, host, hostGroup };
  return Object.fromEntries(Object.entries(chosen).flatMap(([key, id]) => (id === undefined ? [] : [[key, { id }]])));
}

/** `publisher:offer:sku:version`, or the id of a gallery's image version. */
function imageOf(image: string): { id: string } | { publisher: string; offer: string; sku: string; version: string } {
  if (image.startsWith("/")) return { id: image };
  const [publisher = "", offer = "", sku = "", version = ""] = image.split(":");
  return { publisher, offer, sku, version };
}
