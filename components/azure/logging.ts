import { link } from "../graph/planned";
import { resourceGroup, type AzureFleetSettings } from "./naming";
import { plan, type AzurePlanned } from "./types";

export const AUDITS_CONTAINER = "azure-audits";
export const AUDITS = "audits";

/** How long every audit's whole output is kept, off the host. */
export function retention(settings: AzureFleetSettings): AzurePlanned {
  return plan("azure-native:storage:ManagementPolicy", "azure-audits-retention", {
    resourceGroupName: resourceGroup(settings),
    accountName: link("azure-storage", "name"),
    managementPolicyName: "default",
    policy: {
      rules: [
        {
          name: "audits",
          type: "Lifecycle",
          enabled: true,
          definition: {
            actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: settings.logging.retentionDays } } },
            // The agent appends; append blobs can be deleted by age, and nothing else.
            filters: { blobTypes: ["blockBlob", "appendBlob"], prefixMatch: [`${AUDITS}/`] },
          },
        },
      ],
    },
  }, { needs: [AUDITS_CONTAINER] });
}
