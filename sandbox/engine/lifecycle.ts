import { readAccount, type ResourceFault } from "../store/account";
import type { JsonRecord } from "../store/json";
import { CloudError, PartialFailure } from "./failure";
import { strike } from "./kill";
import type { Call, Created, ResourceType } from "./resource";

function faultOf(call: Call, operation: ResourceFault["operation"]): ResourceFault | undefined {
  return readAccount(call.store.root).resourceFaults.find((fault) => fault.resource === call.name && fault.operation === operation);
}

const broken = (operation: string): CloudError => new CloudError("InternalError", `the sandbox was told to fail this ${operation}`);

/** The operations with the faults that the account asks for. */
export async function create(type: ResourceType, call: Call): Promise<Created> {
  const fault = faultOf(call, "create");
  if (fault?.when === "before") throw broken("create");
  await strike(call, "create", "before");
  const created = await type.create(call);
  await strike(call, "create", "after");
  if (fault?.when === "after" && type.failureKeepsState) throw new PartialFailure(broken("create").message, created.id, created.properties);
  if (fault !== undefined) throw broken("create");
  return created;
}

export async function update(type: ResourceType, call: Call, id: string, olds: JsonRecord): Promise<JsonRecord> {
  const fault = faultOf(call, "update");
  if (fault?.when === "before") throw broken("update");
  await strike(call, "update", "before");
  const properties = await type.update(call, id, olds);
  await strike(call, "update", "after");
  if (fault?.when === "after" && type.failureKeepsState) throw new PartialFailure(broken("update").message, id, properties);
  if (fault !== undefined) throw broken("update");
  return properties;
}

export async function remove(type: ResourceType, call: Call, id: string, olds: JsonRecord): Promise<void> {
  const fault = faultOf(call, "delete");
  if (fault?.when === "before") throw broken("delete");
  await strike(call, "delete", "before");
  await type.delete(call, id, olds);
  await strike(call, "delete", "after");
  if (fault !== undefined) throw broken("delete");
}
