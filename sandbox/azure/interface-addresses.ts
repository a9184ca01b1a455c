import { records, text, type JsonRecord } from "../store/json";
import type { CloudObject, CloudStore } from "../store/store";
import { sameArmId } from "./arm-id";
import { objectsOf, referred } from "./objects";
import { NETWORK_INTERFACE } from "./types";

/** Every address of an interface, the primary one first. */
export function addressesIn(properties: JsonRecord): readonly string[] {
  const configurations = [...records(properties["ipConfigurations"])].sort((a, b) => Number(b["primary"] === true) - Number(a["primary"] === true));
  return configurations.map((one) => text(one["privateIPAddress"])).filter((address) => address !== "");
}

/** Ids of the subnets that an interface's configurations name. */
export const subnetsOf = (properties: JsonRecord): readonly string[] => records(properties["ipConfigurations"]).map((one) => referred(one["subnet"])).filter((id) => id !== "");

export const interfacesIn = (store: CloudStore, subnet: string): CloudObject[] =>
  objectsOf(store, NETWORK_INTERFACE).filter(({ properties }) => subnetsOf(properties).some((id) => sameArmId(id, subnet)));
