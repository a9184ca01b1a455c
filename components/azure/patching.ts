import { FLEET_TAG } from "../fleet/naming";
import { link } from "../graph/planned";
import type { AzureHost } from "../settings/azure";
import { place, resourceGroup, tagsOf, type AzureFleetSettings } from "./naming";
import { plan, type AzurePlanned } from "./types";

const WINDOW = "azure-patching";
/** Hosts with this tag are patched in the window. */
const PATCHED_TAG = "secure-winrm-patching";

/** Images that can be patched without a restart. Source: Azure's list of supported images of guest patching. */
const HOTPATCHABLE = /^MicrosoftWindowsServer:WindowsServer:(2025-datacenter-azure-edition(-core)?|2022-datacenter-azure-edition-(core|hotpatch))(-smalldisk)?:/i;

type Mode = "window" | "hotpatch" | "elsewhere";

/** Azure takes no window of ours for a host with hotpatches: "Hotpatch updates require platform safety checks". */
export function patchMode({ updates }: AzureFleetSettings, { image }: Pick<AzureHost, "image">): Mode {
  if (updates.patching === "elsewhere") return "elsewhere";
  return updates.hotpatch && HOTPATCHABLE.test(image) ? "hotpatch" : "window";
}

/** How Windows is patched. All of it changes in place; `enableAutomaticUpdates` does not, and stays true in every mode. */
export function patchSettings(settings: AzureFleetSettings, host: Pick<AzureHost, "image">) {
  const mode = patchMode(settings, host);
  // Manual would need enableAutomaticUpdates to be false, which Azure refuses on a machine that is there.
  if (mode === "elsewhere") return { patchMode: "AutomaticByOS", assessmentMode: "ImageDefault" };
  return {
    patchMode: "AutomaticByPlatform",
    assessmentMode: "AutomaticByPlatform",
    ...(HOTPATCHABLE.test(host.image) ? { enableHotpatching: mode === "hotpatch" } : {}),
    // True: patched in a window only, and not by Azure's own hours when the window is gone.
    automaticByPlatformSettings: { rebootSetting: "IfRequired", bypassPlatformSafetyChecksOnUserSchedule: mode === "window" },
  };
}

export const patchTags = (settings: AzureFleetSettings, host: Pick<AzureHost, "image">): Record<string, string> => (patchMode(settings, host) === "window" ? { [PATCHED_TAG]: "window" } : {});

const WEEKDAYS = { Mon: "Monday", Tue: "Tuesday", Wed: "Wednesday", Thu: "Thursday", Fri: "Friday", Sat: "Saturday", Sun: "Sunday" } as const;

/** Azure's longest window is five minutes short of four hours. */
export const LONGEST_HOURS = 4;

const durationOf = (hours: number): string => (hours >= LONGEST_HOURS ? "03:55" : `${String(hours).padStart(2, "0")}:00`);

/**
 * The window, and which hosts it is for: those of the fleet by their tags, so that a host more changes neither. Azure
 * describes the start as today or later; its own modules are deployed with one that has gone by, and one that moves
 * with the calendar would be a change every day.
 */
export function patching(settings: AzureFleetSettings): AzurePlanned[] {
  const { azure, fleet, updates } = settings;
  if (!Object.values(azure.hosts).some((host) => patchMode(settings, host) === "window")) return [];
  const { day, start, hours } = updates.window;
  return [
    plan("azure-native:maintenance:MaintenanceConfiguration", WINDOW, {
      ...place(settings),
      resourceName: `${fleet}-patching`,
      maintenanceScope: "InGuestPatch",
      extensionProperties: { InGuestPatchMode: "User" },
      startDateTime: `2025-01-01 ${start}`,
      timeZone: "UTC",
      duration: durationOf(hours),
      recurEvery: day === "daily" ? "1Day" : `1Week ${WEEKDAYS[day]}`,
      visibility: "Custom",
      installPatches: {
        rebootSetting: "IfRequired",
        windowsParameters: { classificationsToInclude: ["Critical", "Security", "UpdateRollup", "ServicePack", "Definition", "Updates"] },
      },
      tags: tagsOf(settings, "patching"),
    }),
    plan("azure-native:maintenance:ConfigurationAssignmentsForResourceGroup", `${WINDOW}-hosts`, {
      resourceGroupName: resourceGroup(settings),
      configurationAssignmentName: `${fleet}-patching`,
      location: "global",
      maintenanceConfigurationId: link(WINDOW),
      filter: {
        resourceTypes: ["microsoft.compute/virtualmachines"],
        osTypes: ["Windows"],
        locations: [azure.location],
        tagSettings: { filterOperator: "All", tags: { [FLEET_TAG]: [fleet], [PATCHED_TAG]: ["window"] } },
      },
    }),
  ];
}
