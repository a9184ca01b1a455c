import { ALERTS, type Alert } from "../fleet/alerts";
import { fixedTags } from "../fleet/naming";
import { alertQuery } from "./alert-queries";
import type { AzureFleetSettings } from "./naming";
import { plan, type AzurePlanned } from "./types";
import { besideWorkspace, workspaceId } from "./workspace";

/** How grave: 0 is the gravest. */
const SEVERITY: Readonly<Record<string, number>> = { altered: 0, quarantine: 1, silence: 1, logon: 1, certificate: 2, refused: 3, exception: 3 };
const FALLBACK_SEVERITY = 2;

/** How often a rule looks, and how far back. A window longer than the pause between two looks misses nothing that comes in late. */
function timesOf(alert: Alert): { readonly evaluationFrequency: string; readonly windowSize: string } {
  switch (alert.by) {
    case "event":
    case "logon":
      // An event takes minutes to be there.
      return { evaluationFrequency: "PT5M", windowSize: "PT15M" };
    case "silence":
      return { evaluationFrequency: "PT5M", windowSize: `PT${alert.minutes}M` };
    case "refused":
      // Traffic analytics gathers for ten minutes, and takes up to an hour.
      return { evaluationFrequency: "PT15M", windowSize: "PT2H" };
    case "exception":
      return { evaluationFrequency: "P1D", windowSize: "P1D" };
    default:
      return alert satisfies never;
  }
}

/**
 * One rule for each kind of alert, however many hosts there are; each host alerts on its own. Rules have no identity:
 * in a workspace of the same tenant they read as who has written them. Their queries are not checked by Azure, because
 * a table that nothing has come into yet may not be known there; they are parsed by Kusto's own parser beforehand.
 */
export function alerts(settings: AzureFleetSettings): AzurePlanned[] {
  const told = settings.azure.alerts;
  if (told === undefined) return [];
  return ALERTS.flatMap((alert) => {
    const query = alertQuery(settings, alert);
    if (query === undefined) return [];
    return [
      plan("azure-native:monitor:ScheduledQueryRule", `azure-alert-${alert.id}`, {
        ...besideWorkspace(settings),
        ruleName: `${settings.fleet}-${alert.id}`,
        displayName: `${settings.fleet}: ${alert.title}`,
        description: alert.title,
        kind: "LogAlert",
        enabled: true,
        severity: SEVERITY[alert.id] ?? FALLBACK_SEVERITY,
        ...timesOf(alert),
        scopes: [workspaceId(settings)],
        criteria: {
          allOf: [
            {
              query: query.text,
              timeAggregation: "Count",
              operator: "GreaterThan",
              threshold: 0,
              dimensions: query.dimensions.map((name) => ({ name, operator: "Include", values: ["*"] })),
              failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 },
            },
          ],
        },
        // An alert that resolves itself is told once, until it is over. That a rule of once a day may do so is not documented either.
        autoMitigate: alert.by !== "exception",
        skipQueryValidation: true,
        actions: { actionGroups: [told.actionGroupId] },
        tags: fixedTags(settings, `alert-${alert.id}`),
      }),
    ];
  });
}
