import { z } from "zod";
import { armIdSchema } from "./arm-id";
import { decidedKeys } from "./pass-through";
import { says, wholeNumber, yesNo } from "./schema";

/**
 * Further properties of an Azure machine, handed on. What a control decides is refused by name, so that nobody
 * loosens a host by the side door.
 */
const DECIDED: Record<string, string> = {
  vmName: "the machine is named after fleet and host",
  vmSize: "write it as the host's `size`",
  hardwareProfile: "write the host's `size`",
  imageReference: "write it as the host's `image`",
  zones: "write the host's `zone`",
  identity: "the identity is made here with no more rights than the host needs (secrets-kept)",
  networkProfile: "the interface is made here, in its door's group (automation-nodes-only)",
  networkInterfaces: "the interface is made here, in its door's group (automation-nodes-only)",
  publicIPAddress: "a managed host has no public address (automation-nodes-only)",
  osProfile: "account, name and agent are set here (secrets-kept)",
  adminUsername: "write it as the host's `adminUsername`",
  adminPassword: "it is made here and nobody needs to know it (secrets-kept)",
  winRM: "Azure's own listener stands on every address, also over HTTP (https-listener, chosen-addresses)",
  secrets: "certificates come by the Key Vault extension (trusted-certificate)",
  customData: "Azure only writes it to the disk; put software into the image or a playbook (secrets-kept)",
  userData: "put software into the image or a playbook (secrets-kept)",
  additionalUnattendContent: "it could hold passwords and commands (secrets-kept)",
  windowsConfiguration: "agent and updates are set here; `timeZone` is a key of its own (up-to-date)",
  allowExtensionOperations: "the certificate comes by an extension (trusted-certificate)",
  securityProfile: "Trusted Launch is on; `encryptionAtHost` is a key of the host",
  securityType: "Trusted Launch is on",
  storageProfile: "write `osDisk` and `dataDisks`",
  diagnosticsProfile: "write `bootDiagnostics`",
  extensionsTimeBudget: "the certificate extension needs its time (trusted-certificate)",
  applicationProfile: "put software into the image or a playbook (secrets-kept)",
  extensions: "put software into the image or a playbook (secrets-kept)",
  provisionVMAgent: "run commands need the agent: without it no gate could ever be asked",
  patchSettings: "updates are set here (up-to-date)",
  virtualMachineScaleSet: "a host has fixed addresses and a gate of its own",
  tags: "write them as the host's `tags`",
};

/** No UltraSSD_LRS: the machine would need a capability for it that is not handed on. */
const storageType = z.enum(["Standard_LRS", "StandardSSD_LRS", "StandardSSD_ZRS", "Premium_LRS", "Premium_ZRS", "PremiumV2_LRS"]);
const bootType = storageType.refine((type): boolean => type !== "PremiumV2_LRS", says("is a type that Azure does not boot from", "write Premium_LRS or another type; PremiumV2_LRS is for data disks"));
const disk = {
  storageAccountType: storageType.optional(),
  caching: z.enum(["None", "ReadOnly", "ReadWrite"]).optional(),
  diskEncryptionSet: armIdSchema("Microsoft.Compute/diskEncryptionSets").optional(),
};

const shape = {
  osDisk: z.strictObject({ ...disk, storageAccountType: bootType.optional() }).optional(),
  dataDisks: z
    .array(z.strictObject({ ...disk, lun: wholeNumber(0, 63, "logical unit"), sizeGiB: wholeNumber(1, 65536, "GiB"), deleteOption: z.enum(["Delete", "Detach"]).optional() }))
    .refine((disks) => new Set(disks.map(({ lun }) => lun)).size === disks.length, says("uses a logical unit twice", "give each disk a `lun` of its own"))
    .optional(),
  licenseType: z.enum(["Windows_Server", "None"]).optional(),
  timeZone: z.string().min(1).optional(),
  bootDiagnostics: yesNo.optional(),
  enableAcceleratedNetworking: yesNo.optional(),
  availabilitySet: armIdSchema("Microsoft.Compute/availabilitySets").optional(),
  proximityPlacementGroup: armIdSchema("Microsoft.Compute/proximityPlacementGroups").optional(),
  host: armIdSchema("Microsoft.Compute/hostGroups/hosts").optional(),
  hostGroup: armIdSchema("Microsoft.Compute/hostGroups").optional(),
};

export const vmSchema = z
  .strictObject({ ...decidedKeys(DECIDED), ...shape })
  .describe("Further properties of the machine (disks, placement, licence), handed on; what a control decides is refused.");

export type VmPassThrough = z.infer<typeof vmSchema>;
