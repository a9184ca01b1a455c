import { WINDOW, WINDOW_TARGET, WINDOW_TASK } from "../aws/types";
import { records, text, texts, type JsonRecord } from "../store/json";
import type { CloudObject, CloudStore } from "../store/store";

/** What the API answers, or the name of its refusal. */
export type Windows = { readonly [key: string]: readonly JsonRecord[] } | "DoesNotExistException" | "InvalidFilter";

/** The part of Systems Manager that lists maintenance windows and what they hold. */
export function describeWindows(store: CloudStore, input: JsonRecord): Windows {
  const filters = records(input["Filters"]);
  if (filters.some((filter) => filter["Key"] !== "Name")) return "InvalidFilter";
  // A window is found by a part of its name too, as in the service.
  const fits = (name: string): boolean => filters.every((filter) => texts(filter["Values"]).some((value) => name.includes(value)));
  return {
    WindowIdentities: store.list(WINDOW).flatMap(({ id, properties }) => (fits(text(properties["name"])) ? [{ WindowId: id, Name: properties["name"], Enabled: properties["enabled"], Schedule: properties["schedule"], Duration: properties["duration"], Cutoff: properties["cutoff"] }] : [])),
  };
}

const held = (store: CloudStore, type: string, window: string): CloudObject[] => store.list(type).filter(({ properties }) => properties["windowId"] === window);

export function describeParts(store: CloudStore, input: JsonRecord, part: "Targets" | "Tasks"): Windows {
  const window = text(input["WindowId"]);
  if (store.get(WINDOW, window) === undefined) return "DoesNotExistException";
  return part === "Targets"
    ? { Targets: held(store, WINDOW_TARGET, window).map(({ id, properties }) => ({ WindowId: window, WindowTargetId: id, Name: properties["name"] })) }
    : { Tasks: held(store, WINDOW_TASK, window).map(({ id, properties }) => ({ WindowId: window, WindowTaskId: id, Name: properties["name"], TaskArn: properties["taskArn"] })) };
}
