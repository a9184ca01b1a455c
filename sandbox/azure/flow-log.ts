import { randomUUID } from "node:crypto";
import { pattern } from "../engine/exclusive";
import type { Call } from "../engine/resource";
import { record, text, whole } from "../store/json";
import type { CloudObject, CloudStore } from "../store/store";
import { lastName, parentId, sameArmId } from "./arm-id";
import { armError } from "./failure";
import { copied } from "./group";
import { flowLogInputs } from "./inputs/logs";
import { findObject, objectsOf, WATCHERS_GROUP } from "./objects";
import { groupOf, idOf, locationIn, normalLocation } from "./place";
import type { AzureRow } from "./row";
import { ARM_TYPES, FLOW_LOG, NETWORK_INTERFACE, NETWORK_WATCHER, STORAGE_ACCOUNT, SUBNET, VIRTUAL_NETWORK, WORKSPACE } from "./types";

const invalid = (message: string) => armError(400, "InvalidRequest", message);

/** Region of a watcher that Azure has made by itself, where there is a virtual network; or of one that the account names. */
function watcherRegion(call: Call): string | undefined {
  const id = `${groupOf(call)}/providers/${ARM_TYPES[NETWORK_WATCHER] ?? ""}/${text(call.inputs["networkWatcherName"])}`;
  const found = findObject(call.store, NETWORK_WATCHER, id);
  if (found !== undefined) return locationIn(found.properties);
  const [, region] = /^NetworkWatcher_(\w+)$/i.exec(text(call.inputs["networkWatcherName"])) ?? [];
  const isOwn = text(call.inputs["resourceGroupName"]).toLowerCase() === WATCHERS_GROUP.toLowerCase();
  const regions = objectsOf(call.store, VIRTUAL_NETWORK).map(({ properties }) => locationIn(properties));
  // Of a network that was there before, the account need not say where it lies.
  return isOwn && region !== undefined && regions.some((one) => one === "" || one === region) ? region : undefined;
}

/** A network, one of its subnets, or an interface. */
const targetOf = (store: CloudStore, id: string): CloudObject | undefined =>
  [VIRTUAL_NETWORK, SUBNET, NETWORK_INTERFACE].flatMap((token) => findObject(store, token, id) ?? [])[0];

function regionOf(store: CloudStore, target: CloudObject): string {
  return locationIn(target.type === SUBNET ? (findObject(store, VIRTUAL_NETWORK, parentId(target.id))?.properties ?? {}) : target.properties);
}

function validate(call: Call, self: string | undefined): void {
  const { inputs, store } = call;
  const region = watcherRegion(call);
  if (region === undefined) throw armError(404, "ParentResourceNotFound", `Failed to perform 'write' on resource(s) of type 'networkWatchers/flowLogs', because the parent resource '${text(inputs["networkWatcherName"])}' in group '${text(inputs["resourceGroupName"])}' could not be found.`);
  const target = targetOf(store, text(inputs["targetResourceId"]));
  if (target === undefined) throw armError(404, "ResourceNotFound", `The target resource ${text(inputs["targetResourceId"])} of the flow log was not found.`);
  const account = findObject(store, STORAGE_ACCOUNT, text(inputs["storageId"]));
  if (account === undefined) throw armError(404, "StorageAccountNotFound", `The storage account ${text(inputs["storageId"])} of the flow log was not found.`);
  const places = [normalLocation(text(inputs["location"])), regionOf(store, target), locationIn(account.properties)];
  if (places.some((one) => one !== "" && region !== "" && one !== region)) throw invalid(`Flow log, target resource and storage account must lie in the region of Network Watcher, ${region}; they lie in ${places.join(", ")}.`);
  if (text(account.properties["kind"]) !== "StorageV2" || text(record(account.properties["sku"])["name"]).startsWith("Premium")) throw invalid("Flow logs need a general-purpose v2 account of the standard tier.");
  const twin = store.list(FLOW_LOG).find((one) => one.id !== self && sameArmId(text(one.properties["targetResourceId"]), target.id));
  if (twin !== undefined) throw armError(409, "FlowLogAlreadyExists", `The target resource ${target.id} has flow log ${lastName(twin.id)} already: there can be one.`);
  const old = self === undefined ? undefined : store.get(FLOW_LOG, self)?.properties["targetResourceId"];
  // As azurerm has it, which replaces such a log.
  if (old !== undefined && !sameArmId(text(old), target.id)) throw armError(409, "FlowLogTargetCannotBeChanged", `Flow log ${lastName(self ?? "")} keeps its target, ${text(old)}.`);
  analyticsMustFit(call);
}

function analyticsMustFit({ inputs, store }: Call): void {
  const { days, enabled } = record(inputs["retentionPolicy"]);
  const kept = whole(days, 0);
  if (kept < 0 || kept > 365 || (enabled === true && kept === 0)) throw invalid(`The retention policy of ${kept} days is not valid: 1 to 365, or none.`);
  const { type, version } = record(inputs["format"]);
  if ((type ?? "JSON") !== "JSON" || ![1, 2].includes(whole(version, 2))) throw invalid("The format of a flow log is JSON, of version 1 or 2.");
  const analytics = record(record(inputs["flowAnalyticsConfiguration"])["networkWatcherFlowAnalyticsConfiguration"]);
  if (analytics["enabled"] !== true) return;
  if (![10, 60].includes(whole(analytics["trafficAnalyticsInterval"], 60))) throw invalid("The interval of traffic analytics is 10 or 60 minutes.");
  if (findObject(store, WORKSPACE, text(analytics["workspaceResourceId"])) === undefined) throw armError(400, "WorkspaceNotFound", `The workspace ${text(analytics["workspaceResourceId"])} of traffic analytics was not found.`);
}

const flowLog: AzureRow = {
  token: FLOW_LOG,
  title: "Flow Log",
  apiVersion: "2024-05-01",
  inputs: flowLogInputs,
  path: ["resourceGroupName", "networkWatcherName", "flowLogName"],
  // The API's resource says nothing of mutability, and replacement.go knows no flow log: the service refuses what it refuses.
  replaces: [],
  autoName: copied("flowLogName"),
  outputs: ["enabled", "enabledFilteringCriteria", "etag", "flowAnalyticsConfiguration", "format", "identity", "location", "name", "provisioningState", "retentionPolicy", "storageId", "tags", "targetResourceGuid", "targetResourceId", "type"],
  check: (inputs) => pattern(inputs, "flowLogName", /^[A-Za-z0-9]([\w.-]{0,78}\w)?$/, "is no name for a flow log: 1 to 80 of a-zA-Z0-9, -, _ and ."),
  identify: (call) => idOf(call, FLOW_LOG, ["networkWatcherName", "flowLogName"]),
  validate,
  compute: (_call, _id, olds) => ({ targetResourceGuid: olds?.["targetResourceGuid"] ?? randomUUID() }),
};

export const flowLogRows: readonly AzureRow[] = [flowLog];
