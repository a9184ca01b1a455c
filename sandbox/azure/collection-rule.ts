import { randomUUID } from "node:crypto";
import { oneOf, pattern } from "../engine/exclusive";
import type { Call } from "../engine/resource";
import { record, records, text, texts } from "../store/json";
import type { CloudStore } from "../store/store";
import { lastName, sameArmId } from "./arm-id";
import { parseFilter } from "./event-filter";
import { armError } from "./failure";
import { named } from "./group";
import { dataCollectionRuleAssociationInputs, dataCollectionRuleInputs } from "./inputs/monitor";
import { findObject } from "./objects";
import { idOf, locationIn, normalLocation } from "./place";
import type { AzureRow } from "./row";
import { COLLECTION_RULE, RULE_ASSOCIATION, VIRTUAL_MACHINE, WORKSPACE } from "./types";

/** Source: azure-monitor-docs, data-collection-windows-events.md */
const MOST_COMPARISONS = 20;
const STREAM = "Microsoft-Event";

const invalid = (message: string) => armError(400, "InvalidPayload", `Data collection rule is invalid: ${message}`);

function queryMustFit(query: string): void {
  try {
    const { comparisons } = parseFilter(query);
    if (comparisons > MOST_COMPARISONS) throw new Error(`${comparisons} expressions; there can be ${MOST_COMPARISONS}`);
  } catch (error) {
    throw invalid(`'xPathQueries' item '${query}': ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Sources, destinations and what flows between them name each other. */
function validate({ inputs, store }: Call): void {
  const sources = record(inputs["dataSources"]);
  const strange = Object.keys(sources).find((kind) => kind !== "windowsEventLogs");
  if (strange !== undefined) throw invalid(`the sandbox knows no data source ${strange}.`);
  const logs = records(sources["windowsEventLogs"]);
  if (logs.length > 0 && inputs["kind"] !== "Windows") throw invalid("windowsEventLogs need a rule of kind Windows.");
  if (logs.length > 10) throw invalid("a rule has at most 10 data sources of a kind.");
  for (const query of logs.flatMap((one) => texts(one["xPathQueries"]))) queryMustFit(query);
  const streams = logs.flatMap((one) => texts(one["streams"]));
  const unknown = streams.find((one) => one !== STREAM);
  if (unknown !== undefined) throw invalid(`the sandbox knows no stream ${unknown}.`);
  const goals = records(record(inputs["destinations"])["logAnalytics"]);
  const names = [...logs, ...goals].map((one) => text(one["name"]));
  if (names.includes("") || new Set(names).size < names.length) throw invalid("data sources and destinations need names of their own.");
  for (const goal of goals) {
    const workspace = findObject(store, WORKSPACE, text(goal["workspaceResourceId"]));
    if (workspace === undefined) throw invalid(`the workspace ${text(goal["workspaceResourceId"])} was not found.`);
    const there = locationIn(workspace.properties);
    if (there !== "" && there !== normalLocation(text(inputs["location"]))) throw invalid(`the workspace ${lastName(workspace.id)} lies in ${there}; a rule lies in the region of its workspace.`);
  }
  const flows = records(inputs["dataFlows"]);
  if (flows.length === 0) throw invalid("'dataFlows' is empty.");
  for (const flow of flows) {
    const lost = texts(flow["destinations"]).find((name) => !goals.some((goal) => goal["name"] === name));
    if (lost !== undefined || texts(flow["destinations"]).length === 0) throw invalid(`the destination ${lost ?? ""} of a data flow is not declared.`);
    if (texts(flow["streams"]).some((one) => !streams.includes(one))) throw invalid("a stream of a data flow has no source.");
  }
}

const rule: AzureRow = {
  token: COLLECTION_RULE,
  title: "Data Collection Rule",
  apiVersion: "2022-06-01",
  inputs: dataCollectionRuleInputs,
  path: ["resourceGroupName", "dataCollectionRuleName"],
  // x-ms-mutability of location is create, read.
  replaces: ["location"],
  autoName: { ...named("dataCollectionRuleName"), maxLength: 64 },
  outputs: ["dataCollectionEndpointId", "dataFlows", "dataSources", "description", "destinations", "etag", "identity", "immutableId", "kind", "location", "metadata", "name", "provisioningState", "streamDeclarations", "systemData", "tags", "type"],
  check: (inputs) => [...pattern(inputs, "dataCollectionRuleName", /^[A-Za-z0-9][\w.-]{0,258}$/, "is no name for a data collection rule"), ...oneOf(inputs, "kind", ["Windows", "Linux"])],
  identify: (call) => idOf(call, COLLECTION_RULE, ["dataCollectionRuleName"]),
  validate,
  compute: (_call, _id, olds) => ({ immutableId: olds?.["immutableId"] ?? `dcr-${randomUUID().replaceAll("-", "")}` }),
  inUse: (store, { id }) => {
    const user = associationsOf(store).find((one) => sameArmId(one.rule, id));
    if (user !== undefined) throw armError(409, "RuleAssociationsExist", `Data collection rule ${lastName(id)} has associations, such as ${user.id}; delete them first.`);
  },
  longRunning: false,
};

/** Which rule each machine follows. */
export const associationsOf = (store: CloudStore): { readonly id: string; readonly machine: string; readonly rule: string }[] =>
  store.list(RULE_ASSOCIATION).map(({ id, properties }) => ({ id, machine: text(properties["resourceUri"]), rule: text(properties["dataCollectionRuleId"]) }));

/** The one name that is for an endpoint, and for nothing else. */
const ENDPOINT = "configurationAccessEndpoint";

const association: AzureRow = {
  token: RULE_ASSOCIATION,
  title: "Data Collection Rule Association",
  apiVersion: "2022-06-01",
  inputs: dataCollectionRuleAssociationInputs,
  path: ["resourceUri", "associationName"],
  replaces: [],
  autoName: { property: "associationName", maxLength: 64, random: false },
  outputs: ["dataCollectionEndpointId", "dataCollectionRuleId", "description", "etag", "metadata", "name", "provisioningState", "systemData", "type"],
  identify: ({ inputs }) => `${text(inputs["resourceUri"]).replace(/\/$/, "")}/providers/Microsoft.Insights/dataCollectionRuleAssociations/${text(inputs["associationName"])}`,
  validate: ({ inputs, store }) => {
    const { associationName, dataCollectionEndpointId, dataCollectionRuleId, resourceUri } = inputs;
    if (findObject(store, VIRTUAL_MACHINE, text(resourceUri)) === undefined) throw armError(404, "ResourceNotFound", `The Resource '${text(resourceUri)}' was not found.`);
    if (dataCollectionEndpointId !== undefined || associationName === ENDPOINT) throw armError(400, "InvalidPayload", `The sandbox knows associations with a rule only; ${ENDPOINT} is for an endpoint.`);
    if (findObject(store, COLLECTION_RULE, text(dataCollectionRuleId)) === undefined) throw armError(400, "InvalidPayload", `Data collection rule ${text(dataCollectionRuleId)} was not found.`);
  },
  compute: () => ({ type: "Microsoft.Insights/dataCollectionRuleAssociations" }),
  longRunning: false,
};

export const collectionRows: readonly AzureRow[] = [rule, association];
