import { groupId, lastName, liesIn } from "../azure/arm-id";
import { objectsOf } from "../azure/objects";
import { VIRTUAL_MACHINE } from "../azure/types";
import { text, textMap, type JsonRecord } from "../store/json";
import type { CloudObject, CloudStore } from "../store/store";

/** An agent takes a moment after each start until Azure knows it. */
const AGENT_MS = 200;

export const machineId = ({ properties }: CloudObject): string => text(properties["vmId"]);

const powerOf = ({ properties }: CloudObject): string => text(properties["powerState"]) || "running";

export const isRunning = (machine: CloudObject): boolean => powerOf(machine) === "running";

function agentOf(machine: CloudObject, restarted: number): JsonRecord {
  const age = Date.now() - Math.max(restarted, Date.parse(text(machine.properties["timeCreated"])) || 0);
  const ready = isRunning(machine) && age > AGENT_MS;
  return {
    vmAgentVersion: "2.7.41491.1172",
    statuses: [
      ready
        ? { code: "ProvisioningState/succeeded", level: "Info", displayStatus: "Ready", message: "GuestAgent is running and processing the extensions." }
        : { code: "ProvisioningState/Unavailable", level: "Warning", displayStatus: "Not Ready", message: "VM status blob is found but not yet populated." },
    ],
  };
}

/** @param restarted when it was last started anew, in milliseconds; left out: never */
export function machineView(machine: CloudObject, expanded: boolean, restarted = 0): JsonRecord {
  const { id, properties } = machine;
  const view = {
    vmAgent: agentOf(machine, restarted),
    statuses: [
      { code: "ProvisioningState/succeeded", level: "Info", displayStatus: "Provisioning succeeded" },
      { code: `PowerState/${powerOf(machine)}`, level: "Info", displayStatus: `VM ${powerOf(machine)}` },
    ],
  };
  return {
    id,
    name: lastName(id),
    type: "Microsoft.Compute/virtualMachines",
    location: properties["location"],
    tags: textMap(properties["tags"]),
    properties: {
      vmId: machineId(machine),
      provisioningState: "Succeeded",
      hardwareProfile: properties["hardwareProfile"],
      networkProfile: properties["networkProfile"],
      ...(expanded ? { instanceView: view } : {}),
    },
  };
}

/** Machines of a resource group, by name. */
export const machinesOf = (store: CloudStore, subscription: string, group: string): CloudObject[] =>
  objectsOf(store, VIRTUAL_MACHINE).filter(({ id }) => liesIn(id, groupId(subscription, group))).sort((a, b) => (a.id < b.id ? -1 : 1));
