import { records } from "../store/json";
import type { CloudObject, CloudStore } from "../store/store";
import { addressesIn } from "./interface-addresses";
import { allReferred, findObject, propertiesOf } from "./objects";
import { NETWORK_INTERFACE, VIRTUAL_MACHINE } from "./types";

/** Interfaces of a machine, the primary one first. */
export function interfacesOf(store: CloudStore, machine: CloudObject): CloudObject[] {
  const profile = machine.properties["networkProfile"];
  const listed = typeof profile === "object" && profile !== null && "networkInterfaces" in profile ? records(profile["networkInterfaces"]) : [];
  const ordered = [...listed].sort((a, b) => Number(b["primary"] === true) - Number(a["primary"] === true));
  return allReferred(ordered).flatMap((id) => findObject(store, NETWORK_INTERFACE, id) ?? []);
}

/** Every address of a machine, in order. */
export const addressesOf = (store: CloudStore, machine: CloudObject): readonly string[] => interfacesOf(store, machine).flatMap((nic) => addressesIn(nic.properties));

/** `web-1-vm` is the host web-1: faults and tests name hosts as the program does. */
export const hostName = (machine: Pick<CloudObject, "name">): string => machine.name.replace(/-vm$/, "");

/** A machine by its host's name, its own id, or the GUID that it calls itself. */
export const findMachine = (store: CloudStore, host: string): CloudObject | undefined =>
  store.list(VIRTUAL_MACHINE).find((one) => one.name === `${host}-vm` || one.id.toLowerCase() === host.toLowerCase() || propertiesOf(one)["vmId"] === host);
