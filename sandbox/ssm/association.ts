import { ASSOCIATION, DOCUMENT } from "../aws/types";
import { restartMachine, runScript, type Outcome } from "../guest/windows";
import { record, records, text, textMap, texts } from "../store/json";
import type { CloudObject, CloudStore } from "../store/store";
import { isForAgent, runForAgent } from "./agent";
import { environmentOf, parseDocument, renderCommand, resolveParameters } from "./document";
import { fetched } from "./fetch";
import { isManaged, targetsOf } from "./fleet";
import { MOST_RESTARTS, RESTARTS } from "./restart";
import { machineOf } from "./windows";

/** What State Manager does: runs a document on its targets when association, document or targets change. */
export type AssociationStatus = "Pending" | "Success" | "Failed";

function runOn(store: CloudStore, association: CloudObject, instance: CloudObject, region: string): AssociationStatus {
  const document = store.get(DOCUMENT, text(association.properties["name"]));
  if (document === undefined) return "Failed";
  const { document: parsed } = parseDocument(text(document.properties["content"]), text(document.properties["documentFormat"]) || "JSON");
  const given = Object.fromEntries(Object.entries(textMap(association.properties["parameters"])).map(([name, value]) => [name, [value]]));
  const step = parsed?.steps[0];
  const values = parsed && resolveParameters(parsed, given).values;
  if (parsed === undefined || step === undefined || values === undefined) return "Failed";
  store.event({ op: "associate", type: ASSOCIATION, id: instance.id, name: association.name });
  if (isForAgent(parsed)) return runForAgent(store, parsed, values, instance, region) === undefined ? "Success" : "Failed";
  const run = (): Outcome => fetched(store, machineOf(store, instance, region), { script: renderCommand(step, values), environment: environmentOf(parsed, values) }, runScript);
  let outcome = run();
  for (let restarts = 0; outcome.exitCode === RESTARTS && restarts < MOST_RESTARTS; restarts += 1) {
    restartMachine(store, instance.id);
    outcome = run();
  }
  return outcome.exitCode === 0 ? "Success" : "Failed";
}

/** Runs one association now, on all its targets or on some, and keeps each target's status beside the others'. */
export function runAssociation(store: CloudStore, id: string, region: string, only?: string): AssociationStatus {
  const association = store.get(ASSOCIATION, id);
  if (association === undefined) return "Pending";
  const targets = targetsOf(store, records(association.properties["targets"]).map((target) => ({ key: text(target["key"]), values: texts(target["values"]) })));
  const chosen = targets.filter((one) => (only === undefined || one.id === only) && isManaged(store, one));
  if (chosen.length === 0) return "Pending";
  const results = { ...textMap(record(association.properties["results"])) };
  for (const instance of chosen) results[instance.id] = runOn(store, association, instance, region);
  const statuses = Object.values(results);
  const status: AssociationStatus = statuses.includes("Failed") ? "Failed" : "Success";
  const fresh = store.get(ASSOCIATION, id) ?? association;
  store.put({ ...fresh, properties: { ...fresh.properties, results, status } });
  return status;
}

/** A machine came, or its tags changed. */
export function runTargets(store: CloudStore, instanceId: string, region: string): void {
  for (const { id } of store.list(ASSOCIATION)) runAssociation(store, id, region, instanceId);
}

/** A document's default version changed. */
export function runUsersOf(store: CloudStore, documentName: string, region: string): void {
  for (const association of store.list(ASSOCIATION)) {
    if (association.properties["name"] === documentName) runAssociation(store, association.id, region);
  }
}

/** What the schedule would do: tests call it in place of half an hour. */
export function runSchedule(store: CloudStore, region: string): void {
  for (const { id } of store.list(ASSOCIATION)) runAssociation(store, id, region);
}

