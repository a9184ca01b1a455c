import { oneOf, pattern } from "../engine/exclusive";
import type { Call } from "../engine/resource";
import { record, text, texts } from "../store/json";
import { armError } from "./failure";
import { copied, named } from "./group";
import { assignmentForResourceGroupInputs, maintenanceConfigurationInputs } from "./inputs/maintenance";
import { findObject } from "./objects";
import { idOf } from "./place";
import type { AzureRow } from "./row";
import { MAINTENANCE, MAINTENANCE_ASSIGNMENT } from "./types";

const WEEKDAY = "(Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)";
/** Daily, weekly and monthly schedules as the API's description of recurEvery has them, as far as the sandbox knows them. */
const RECURRENCE = new RegExp(`^(\\d*Days?|\\d*Weeks? ${WEEKDAY}(,${WEEKDAY})*|\\d*Months? (First|Second|Third|Fourth|Last) ${WEEKDAY})$`);
const CLASSES = ["Critical", "Security", "UpdateRollup", "FeaturePack", "ServicePack", "Definition", "Tools", "Updates"];
/** Of a window inside Windows. Source: azure-compute-docs, maintenance-configurations.md. Unit: minutes */
const [SHORTEST, LONGEST] = [90, 235];

const invalid = (message: string) => armError(400, "BadRequest", message);

function minutes(duration: string): number {
  const [, hours = "", rest = ""] = /^(\d{2}):([0-5]\d)$/.exec(duration) ?? [];
  return hours === "" ? Number.NaN : Number(hours) * 60 + Number(rest);
}

function windowMustFit({ inputs }: Call): void {
  if (inputs["maintenanceScope"] !== "InGuestPatch") throw invalid(`The sandbox knows scope InGuestPatch only, not ${text(inputs["maintenanceScope"])}.`);
  if (!["User", "Platform"].includes(text(record(inputs["extensionProperties"])["InGuestPatchMode"]))) throw invalid("Extension properties must contain Patch mode: InGuestPatchMode is User or Platform.");
  const length = minutes(text(inputs["duration"]));
  if (!(length >= SHORTEST && length <= LONGEST)) throw invalid(`Maintenance window duration ${text(inputs["duration"])} is not between 01:30 and 03:55.`);
  if (!RECURRENCE.test(text(inputs["recurEvery"]))) throw invalid(`The value '${text(inputs["recurEvery"])}' of recurEvery is not valid.`);
  if (!/^\d{4}-\d{2}-\d{2} ([01]\d|2[0-3]):[0-5]\d$/.test(text(inputs["startDateTime"]))) throw invalid(`The value '${text(inputs["startDateTime"])}' of startDateTime is not of the form YYYY-MM-DD hh:mm.`);
  if (text(inputs["timeZone"]) === "") throw invalid("The time zone of the maintenance window is missing.");
  if (text(inputs["resourceGroupName"]).length + text(inputs["resourceName"]).length >= 128) throw invalid("The names of resource group and maintenance configuration have together 128 characters or more.");
  const patches = record(inputs["installPatches"]);
  if (!["IfRequired", "Never", "Always"].includes(text(patches["rebootSetting"]))) throw invalid("installPatches.rebootSetting is IfRequired, Never or Always.");
  const strange = texts(record(patches["windowsParameters"])["classificationsToInclude"]).find((one) => !CLASSES.includes(one));
  if (strange !== undefined) throw invalid(`The classification ${strange} is not one of ${CLASSES.join(", ")}.`);
}

const configuration: AzureRow = {
  token: MAINTENANCE,
  title: "Maintenance Configuration",
  apiVersion: "2023-10-01-preview",
  inputs: maintenanceConfigurationInputs,
  path: ["resourceGroupName", "resourceName"],
  replaces: [],
  autoName: named("resourceName"),
  outputs: ["duration", "expirationDateTime", "extensionProperties", "installPatches", "location", "maintenanceScope", "name", "namespace", "recurEvery", "startDateTime", "systemData", "tags", "timeZone", "type", "visibility"],
  check: (inputs) => [...oneOf(inputs, "visibility", ["Custom", "Public"]), ...pattern(inputs, "resourceName", /^[\w.-]{1,128}$/, "is no name for a maintenance configuration")],
  identify: (call) => idOf(call, MAINTENANCE, ["resourceName"]),
  validate: windowMustFit,
  compute: (call) => ({ expirationDateTime: call.inputs["expirationDateTime"] ?? "9999-12-31 23:59:59" }),
  longRunning: false,
};

const assignment: AzureRow = {
  token: MAINTENANCE_ASSIGNMENT,
  title: "Configuration Assignment",
  apiVersion: "2023-10-01-preview",
  inputs: assignmentForResourceGroupInputs,
  path: ["resourceGroupName", "configurationAssignmentName"],
  replaces: [],
  autoName: copied("configurationAssignmentName"),
  outputs: ["filter", "location", "maintenanceConfigurationId", "name", "resourceId", "systemData", "type"],
  identify: (call) => idOf(call, MAINTENANCE_ASSIGNMENT, ["configurationAssignmentName"]),
  validate: ({ inputs, store }) => {
    const wanted = text(inputs["maintenanceConfigurationId"]);
    if (findObject(store, MAINTENANCE, wanted) === undefined) throw armError(404, "NotFound", `Maintenance Configuration with resource id ${wanted} was not found.`);
    const filter = record(inputs["filter"]);
    const { filterOperator, tags } = record(filter["tagSettings"]);
    if (!["All", "Any"].includes(text(filterOperator) || "Any")) throw invalid(`The filter operator ${text(filterOperator)} is All or Any.`);
    if (Object.keys(record(tags)).length > 50 || texts(filter["resourceGroups"]).length > 50) throw invalid("A dynamic scope has at most 50 tags and 50 resource groups.");
    const strange = texts(filter["resourceTypes"]).find((one) => !["microsoft.compute/virtualmachines", "microsoft.hybridcompute/machines"].includes(one.toLowerCase()));
    if (strange !== undefined) throw invalid(`The resource type ${strange} cannot be in a dynamic scope.`);
  },
  compute: () => ({}),
  longRunning: false,
};

export const maintenanceRows: readonly AzureRow[] = [configuration, assignment];
