import { randomUUID } from "node:crypto";
import type { Call } from "../engine/resource";
import { bootMachine } from "../guest/windows";
import { record, records, text, texts, type JsonRecord } from "../store/json";
import type { CloudObject, CloudStore } from "../store/store";
import { armId, lastName, placeOf } from "./arm-id";
import { armError } from "./failure";
import { named } from "./group";
import { attach, mustBeFree } from "./interface";
import { virtualMachineInputs } from "./inputs/machine";
import { windowsOf } from "./image";
import { addressesOf, interfacesOf } from "./machine-addresses";
import { changeMustBeAllowed, machineMustFit } from "./machine-check";
import { sameRegion } from "./network";
import { findObject, mustRefer, propertiesOf } from "./objects";
import { idOf } from "./place";
import type { AzureRow } from "./row";
import { ARM_TYPES, DISK, IDENTITY, NETWORK_INTERFACE, VIRTUAL_MACHINE } from "./types";

const diskOf = (properties: JsonRecord): JsonRecord => record(record(properties["storageProfile"])["osDisk"]);

function validate(call: Call, self: string | undefined): void {
  const { inputs, store } = call;
  const id = self ?? idOf(call, VIRTUAL_MACHINE, ["vmName"]);
  if (self === undefined) machineMustFit(call);
  else changeMustBeAllowed(call, id, propertiesOf(store.get(VIRTUAL_MACHINE, self)));
  const interfaces = records(record(inputs["networkProfile"])["networkInterfaces"]);
  if (interfaces.length === 0) throw armError(400, "InvalidParameter", "The virtual machine must have at least one network interface.");
  for (const one of interfaces) {
    const nic = mustRefer(call, NETWORK_INTERFACE, text(one["id"]), id);
    mustBeFree(nic, id);
    sameRegion(nic, { id, properties: inputs }, id);
  }
  const { type, userAssignedIdentities } = record(inputs["identity"]);
  const identities = texts(userAssignedIdentities);
  if (identities.length > 0 && !/UserAssigned/.test(text(type))) throw armError(400, "InvalidIdentityConfiguration", `The identity type ${text(type)} takes no user assigned identities.`);
  for (const identity of identities) {
    if (findObject(store, IDENTITY, identity) === undefined) throw armError(400, "FailedIdentityOperation", `Identity operation for resource '${id}' failed with error 'Failed to perform resource identity operation. Status: 'BadRequest'. Response: 'Resource ${identity} was not found'.`);
  }
}

/** What Resource Manager takes and never gives back: of the password it keeps only that there is one. */
function forgets(given: JsonRecord): JsonRecord {
  const { adminPassword, customData: _, ...os } = record(given["osProfile"]);
  const { userData: __, ...rest } = given;
  return { ...rest, ...(given["osProfile"] === undefined ? {} : { osProfile: os }), adminPasswordSet: adminPassword !== undefined };
}

function compute(call: Call, id: string, olds: JsonRecord | undefined): JsonRecord {
  const { subscription, resourceGroup } = placeOf(id);
  const given = record(call.inputs["storageProfile"]);
  const disk = diskOf(call.inputs);
  const name = text(disk["name"]) || text(diskOf(olds ?? {})["name"]) || `${lastName(id)}_OsDisk_1_${randomUUID().replaceAll("-", "")}`;
  const managed = { storageAccountType: "Premium_LRS", ...record(disk["managedDisk"]), id: armId(subscription, resourceGroup, ARM_TYPES[DISK] ?? "", name) };
  return {
    vmId: olds?.["vmId"] ?? randomUUID(),
    timeCreated: olds?.["timeCreated"] ?? new Date().toISOString(),
    storageProfile: { ...given, osDisk: { caching: "ReadWrite", osType: "Windows", diskSizeGB: 127, ...disk, name, managedDisk: managed }, dataDisks: given["dataDisks"] ?? [] },
  };
}

function remove(store: CloudStore, machine: CloudObject): void {
  const disk = diskOf(machine.properties);
  if (disk["deleteOption"] === "Delete") store.remove(DISK, text(record(disk["managedDisk"])["id"]));
  const options = records(record(machine.properties["networkProfile"])["networkInterfaces"]);
  interfacesOf(store, machine).forEach((nic) => {
    if (options.some((one) => text(one["id"]).toLowerCase() === nic.id.toLowerCase() && one["deleteOption"] === "Delete")) store.remove(NETWORK_INTERFACE, nic.id);
    else attach(store, nic.id, undefined);
  });
  store.removeHost(text(machine.properties["vmId"]));
}

const machine: AzureRow = {
  token: VIRTUAL_MACHINE,
  title: "Virtual Machine",
  apiVersion: "2024-11-01",
  inputs: virtualMachineInputs,
  path: ["resourceGroupName", "vmName"],
  replaces: [],
  autoName: named("vmName"),
  outputs: ["additionalCapabilities", "applicationProfile", "availabilitySet", "billingProfile", "capacityReservation", "diagnosticsProfile", "etag", "evictionPolicy", "extendedLocation", "extensionsTimeBudget", "hardwareProfile", "host", "hostGroup", "identity", "instanceView", "licenseType", "location", "managedBy", "name", "networkProfile", "osProfile", "placement", "plan", "platformFaultDomain", "priority", "provisioningState", "proximityPlacementGroup", "resources", "scheduledEventsPolicy", "scheduledEventsProfile", "securityProfile", "storageProfile", "systemData", "tags", "timeCreated", "type", "userData", "virtualMachineScaleSet", "vmId", "zones"],
  identify: (call) => idOf(call, VIRTUAL_MACHINE, ["vmName"]),
  validate,
  forgets,
  compute,
  after: (call, object, olds) => {
    if (olds !== undefined) return;
    const disk = text(record(diskOf(object.properties)["managedDisk"])["id"]);
    call.store.create({ type: DISK, id: disk, name: `${call.name}-os-disk`, properties: { managedBy: object.id, location: object.properties["location"] } });
    for (const nic of interfacesOf(call.store, object)) attach(call.store, nic.id, object.id);
    // Nothing runs in it before the first run command.
    bootMachine(call.store, text(object.properties["vmId"]), addressesOf(call.store, object), { name: `windows-${windowsOf(call.store, object.properties)}`, userData: "" });
  },
  removed: remove,
};

export const machineRows: readonly AzureRow[] = [machine];
