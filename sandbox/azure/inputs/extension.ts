import type { InputFields } from "../../engine/shape";
import { REFERENCE } from "./reference";

/** Inputs as @pulumi/azure-native 3.28 types them; a test compares them with the typings. */
export const virtualMachineExtensionInputs = {
  "autoUpgradeMinorVersion?": "boolean",
  "enableAutomaticUpgrade?": "boolean",
  "forceUpdateTag?": "string",
  "instanceView?": {
    "name?": "string",
    "statuses?": [{ "code?": "string", "displayStatus?": "string", "level?": "string", "message?": "string", "time?": "string" }],
    "substatuses?": [{ "code?": "string", "displayStatus?": "string", "level?": "string", "message?": "string", "time?": "string" }],
    "type?": "string",
    "typeHandlerVersion?": "string",
  },
  "location?": "string",
  "protectedSettings?": "any",
  "protectedSettingsFromKeyVault?": { secretUrl: "string", sourceVault: REFERENCE },
  "provisionAfterExtensions?": "string[]",
  "publisher?": "string",
  resourceGroupName: "string",
  "settings?": "any",
  "suppressFailures?": "boolean",
  "tags?": "string{}",
  "type?": "string",
  "typeHandlerVersion?": "string",
  "vmExtensionName?": "string",
  vmName: "string",
} satisfies InputFields;
