import { nodeNotice, ownsSubnets } from "./access";
import type { AzureFleetSettings } from "./naming";
import { patchMode } from "./patching";
import { hasWorkspace, keptDays } from "./workspace";

/** What whoever looks at a preview should know of a fleet in Azure. */
export function notices(settings: AzureFleetSettings): string[] {
  const { azure, guest, logging, updates } = settings;
  const closed = ownsSubnets(settings) && azure.network.natGateway === undefined && guest.proxy === undefined;
  const patched = (mode: ReturnType<typeof patchMode>): string[] => Object.entries(azure.hosts).flatMap(([name, host]) => (patchMode(settings, host) === mode ? [name] : []));
  const hotpatched = patched("hotpatch");
  const cold = updates.hotpatch ? patched("window") : [];
  const made = azure.logging.workspaceId === undefined && hasWorkspace(settings);
  return [
    nodeNotice(settings),
    closed && logging.events ? "azure: subnets that are made here have no way out, so that no event leaves a host: name azure.network.natGateway, or guest.proxy" : undefined,
    closed && updates.patching === "window" ? "azure: subnets that are made here reach no updates: let hosts reach a server of your own by azure.network.egress, or name guest.proxy and tell Windows of it" : undefined,
    hotpatched.length > 0 ? `azure: with updates.hotpatch Azure chooses the hours itself, not updates.window, for ${hotpatched.join(", ")}` : undefined,
    cold.length > 0 ? `azure: updates.hotpatch has no effect on ${cold.join(", ")}: their images are none that Azure patches without a restart, so they are patched in updates.window` : undefined,
    made && keptDays(settings) !== logging.retentionDays ? `azure: events are kept for ${keptDays(settings)} days, not ${logging.retentionDays}: a workspace keeps them for 30 to 730; audits and flow logs are kept as asked` : undefined,
  ].filter((text) => text !== undefined);
}
