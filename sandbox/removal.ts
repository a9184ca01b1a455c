import { CloudError } from "./engine/failure";
import { readAccount } from "./store/account";
import type { CloudObject, CloudStore } from "./store/store";

/** Takes an object away as its cloud's API does when no provider asks it to, with the faults that the account wants. */
export function takeAway(store: CloudStore, { type, id, name }: CloudObject): void {
  const fault = readAccount(store.root).resourceFaults.find(({ resource, operation }) => name !== "" && resource === name && operation === "delete");
  const broken = new CloudError("InternalError", "the sandbox was told to fail this delete", "the sandbox was told to fail this delete");
  if (fault?.when === "before") throw broken;
  store.remove(type, id);
  store.event({ op: "delete", type, id, name });
  if (fault !== undefined) throw broken;
}
