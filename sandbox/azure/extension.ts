import { PartialFailure } from "../engine/failure";
import type { Call } from "../engine/resource";
import { equal, record, text } from "../store/json";
import type { CloudObject } from "../store/store";
import { lastName, parentId, sameArmId } from "./arm-id";
import { armError } from "./failure";
import { copied } from "./group";
import { virtualMachineExtensionInputs } from "./inputs/extension";
import { runKeyVaultExtension } from "./key-vault-extension";
import { AGENT, runMonitorAgent } from "./monitor-agent";
import { sameRegion } from "./network";
import { mustBePart } from "./objects";
import { idOf } from "./place";
import type { AzureRow } from "./row";
import { EXTENSION, VIRTUAL_MACHINE } from "./types";

/** The extensions that the sandbox can run, and what each reports when it gives up. */
const KNOWN = [
  { publisher: "Microsoft.Azure.KeyVault", type: "KeyVaultForWindows", versions: ["3.0", "4.0"], run: runKeyVaultExtension },
  { ...AGENT, run: runMonitorAgent },
] as const;

const known = (properties: CloudObject["properties"]) => KNOWN.find(({ publisher, type }) => `${publisher}.${type}`.toLowerCase() === handlerOf(properties));

const handlerOf = (properties: CloudObject["properties"]): string => `${text(properties["publisher"])}.${text(properties["type"])}`.toLowerCase();

function validate(call: Call, self: string | undefined): void {
  const { inputs, store } = call;
  const id = self ?? idOf(call, EXTENSION, ["vmName", "vmExtensionName"]);
  const machine = mustBePart(call, VIRTUAL_MACHINE, parentId(id));
  sameRegion(machine, { id, properties: inputs }, id);
  if (record(machine.properties["osProfile"])["allowExtensionOperations"] === false) {
    throw armError(409, "OperationNotAllowed", "This operation cannot be performed when extension operations are disallowed. To allow, please ensure VM Agent is installed on the VM and the osProfile.allowExtensionOperations property is true.");
  }
  const version = text(inputs["typeHandlerVersion"]);
  if (known(inputs)?.versions.some((one) => one === version) !== true) {
    throw armError(400, "ArtifactVersionNotFound", `The VM extension with publisher '${text(inputs["publisher"])}', type '${text(inputs["type"])}' and version '${version}' could not be found in the extension repository; the sandbox knows ${KNOWN.map(({ publisher, type, versions }) => `${publisher} ${type} ${versions.join(", ")}`).join("; ")}.`);
  }
  const twin = store.list(EXTENSION).find((one) => !sameArmId(one.id, id) && sameArmId(parentId(one.id), machine.id) && handlerOf(one.properties) === handlerOf(inputs));
  if (twin !== undefined) throw armError(400, "BadRequest", `Multiple VMExtensions per handler not supported for OS type 'Windows'. VMExtension '${lastName(twin.id)}' with handler '${handlerOf(inputs)}' already added or specified in input.`);
  const old = self === undefined ? undefined : store.get(EXTENSION, self)?.properties;
  if (old === undefined) return;
  const changed = ["publisher", "type"].find((key) => !equal(old[key], inputs[key]));
  if (changed !== undefined) throw armError(409, "PropertyChangeNotAllowed", `Changing property '${changed}' is not allowed.`);
  if (Number.parseFloat(version) < Number.parseFloat(text(old["typeHandlerVersion"]))) {
    throw armError(409, "OperationNotAllowed", `Downgrade of extension '${lastName(id)}' from version ${text(old["typeHandlerVersion"])} to ${version} is not supported; delete it first.`);
  }
}

/** The request is taken at once; what the machine makes of it comes later, and leaves a failed extension behind. */
function settle(call: Call, object: CloudObject): void {
  const { store } = call;
  const machine = store.get(VIRTUAL_MACHINE, parentId(object.id));
  const fault = machine === undefined ? "The machine is gone." : known(call.inputs)?.run(store, machine, text(call.inputs["typeHandlerVersion"]), record(call.inputs["settings"]));
  const current = { ...object, properties: { ...object.properties, provisioningState: fault === undefined ? "Succeeded" : "Failed" } };
  store.put(current);
  if (fault === undefined) return;
  const { publisher, type } = call.inputs;
  const refused = armError(200, "VMExtensionProvisioningError", `VM has reported a failure when processing extension '${lastName(object.id)}' (publisher '${text(publisher)}' and type '${text(type)}'). Error message: '${fault}'. More information on troubleshooting is available at https://aka.ms/vmextensionwindowstroubleshoot.`);
  throw new PartialFailure(refused.message, object.id, current.properties);
}

const extension: AzureRow = {
  token: EXTENSION,
  title: "Virtual Machine Extension",
  apiVersion: "2024-11-01",
  inputs: virtualMachineExtensionInputs,
  path: ["resourceGroupName", "vmName", "vmExtensionName"],
  replaces: [],
  autoName: copied("vmExtensionName"),
  outputs: ["autoUpgradeMinorVersion", "enableAutomaticUpgrade", "forceUpdateTag", "instanceView", "location", "name", "protectedSettings", "protectedSettingsFromKeyVault", "provisionAfterExtensions", "provisioningState", "publisher", "settings", "suppressFailures", "systemData", "tags", "type", "typeHandlerVersion"],
  identify: (call) => idOf(call, EXTENSION, ["vmName", "vmExtensionName"]),
  validate,
  forgets: ({ protectedSettings: _, ...given }) => given,
  // `type` is an input of this one: the extension's own type, not Resource Manager's.
  compute: (call) => ({ type: call.inputs["type"] }),
  settle,
};

export const extensionRows: readonly AzureRow[] = [extension];
