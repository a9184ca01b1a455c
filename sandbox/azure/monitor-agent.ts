import { record, text, texts, type JsonRecord } from "../store/json";
import type { CloudObject, CloudStore } from "../store/store";
import { liesIn, sameArmId } from "./arm-id";
import { EXTENSION } from "./types";

export const AGENT = { publisher: "Microsoft.Azure.Monitor", type: "AzureMonitorWindowsAgent", versions: ["1.0"] } as const;

const KEYS = ["authentication", "proxy"];

/** What Azure Monitor's agent reports when its settings are not ones that it can work with. Source: azure-monitor-docs, resource-manager-agent.md */
export function runMonitorAgent(_store: CloudStore, machine: CloudObject, _version: string, settings: JsonRecord): string | undefined {
  const strange = Object.keys(settings).find((key) => !KEYS.includes(key));
  if (strange !== undefined) return `Unknown setting '${strange}'.`;
  const { mode, address, auth } = record(settings["proxy"]);
  if (settings["proxy"] !== undefined && (mode !== "application" || text(address) === "" || (auth !== "true" && auth !== "false"))) return "The proxy needs mode 'application', an address, and auth 'true' or 'false'.";
  const given = texts(record(machine.properties["identity"])["userAssignedIdentities"]);
  const wanted = record(record(settings["authentication"])["managedIdentity"]);
  if (Object.keys(wanted).length === 0) return given.length === 0 ? "The machine has no managed identity." : "Several identities may be there: settings.authentication.managedIdentity must name one.";
  if (wanted["identifier-name"] !== "mi_res_id") return `Unknown identifier-name '${text(wanted["identifier-name"])}'; the sandbox knows mi_res_id.`;
  return given.some((id) => sameArmId(id, text(wanted["identifier-value"]))) ? undefined : "Identity not found";
}

/** Whether a machine has an agent that works. */
export const hasAgent = (store: CloudStore, machine: CloudObject): boolean =>
  store.list(EXTENSION).some(({ id, properties }) => liesIn(id, machine.id) && properties["type"] === AGENT.type && properties["provisioningState"] === "Succeeded");
