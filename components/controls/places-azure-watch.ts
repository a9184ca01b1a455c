import type { Problem } from "../settings/problem";
import type { Settings } from "../settings/settings";

type Azure = NonNullable<Settings["azure"]>;

/** Azure's longest window is 3 hours and 55 minutes: four stand for it. */
const LONGEST_HOURS = 4;
const FLOW_LOG_NAME = 80;

/** What only shows when logging, patching and alerts are seen with the hosts in Azure. */
export function watchProblems(settings: Settings, azure: Azure): Problem[] {
  return [...alertProblems(settings, azure), ...windowProblems(settings), ...wayOut(azure), ...flowLogNames(settings, azure), ...workspaceProblems(azure)];
}

/** An alert whose source is off would be silent for ever, and look as if all were well. */
function alertProblems({ logging }: Settings, { alerts }: Azure): Problem[] {
  if (alerts === undefined) return [];
  const needed = [
    { key: "logging.events", on: logging.events, what: "is off, and alerts of hosts in Azure are made from events" },
    { key: "logging.flowLogs", on: logging.flowLogs, what: "is off, and the alert of refused connections in Azure is made from flow logs" },
  ];
  return needed.flatMap(({ key, on, what }): Problem[] => (on ? [] : [{ key, what, found: "false", mend: "write true, or take azure.alerts out" }]));
}

function windowProblems({ updates }: Settings): Problem[] {
  const { patching, window } = updates;
  if (patching !== "window" || window.hours <= LONGEST_HOURS) return [];
  return [{ key: "updates.window.hours", what: "is longer than a window can be in Azure, which ends after 3 hours and 55 minutes", found: String(window.hours), mend: `write at most ${LONGEST_HOURS}` }];
}

function wayOut({ network: { vnet, natGateway } }: Azure): Problem[] {
  if (vnet.id === undefined || natGateway === undefined) return [];
  return [{ key: "azure.network.natGateway", what: "belongs to subnets that are not made here", found: `"${natGateway}"`, mend: "take it out, and give those subnets their way out yourself" }];
}

/** Flow logs of all stacks lie in one watcher, under names that are made of the fleet's. Source: Microsoft's naming rules of resources. */
function flowLogNames({ fleet, logging }: Settings, { hosts }: Azure): Problem[] {
  const longest = Math.max(...Object.values(hosts).map(({ subnet }) => `${fleet}-${subnet}`.length));
  if (!logging.flowLogs || longest <= FLOW_LOG_NAME) return [];
  return [{ key: "the stack's name", what: `makes names of flow logs with ${longest} characters, and Azure's end at ${FLOW_LOG_NAME}`, found: `"${fleet}"`, mend: `shorten the project's or the stack's name, or the subnets', by ${longest - FLOW_LOG_NAME}` }];
}

function workspaceProblems({ logging: { workspaceId, location } }: Azure): Problem[] {
  if (location === undefined || workspaceId !== undefined) return [];
  return [{ key: "azure.logging.location", what: "is for a workspace that exists, and the one that is made here lies with the hosts", found: `"${location}"`, mend: "take it out, or name the workspace in azure.logging.workspaceId" }];
}
