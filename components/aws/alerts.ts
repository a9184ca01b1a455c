import { ALERTS, type Alert } from "../fleet/alerts";
import { fixedTags } from "../fleet/naming";
import { link } from "../graph/planned";
import { exceptionRules } from "./exception-rules";
import { EVENTS_GROUP, FLOWS_GROUP, REPORTS_GROUP } from "./logging";
import { tagsOf, type AwsFleetSettings } from "./naming";
import { foreignLogon, refused, REPORT_GROK, reported, reportedJson } from "./patterns";
import { plan, type AwsPlanned } from "./types";

/** Unit: seconds. */
const PERIOD = 300;

/** Metrics carry the fleet: two fleets of one account do not wake each other's people. */
const namespaceOf = ({ fleet }: AwsFleetSettings): string => `secure-winrm/${fleet}`;

/** Of alarms and filters: 255 characters are the most, and what tells them apart stands at the end. */
const named = ({ fleet }: AwsFleetSettings, end: string): string => `${fleet.slice(0, 200)}-${end}`;

/** Who is told, by what. Nothing without a topic; a change touches no host. */
export function alerts(settings: AwsFleetSettings): AwsPlanned[] {
  const topic = settings.aws.alerts?.topicArn;
  return topic === undefined ? [] : ALERTS.flatMap((alert) => alertOf(alert, settings, topic));
}

function alertOf(alert: Alert, settings: AwsFleetSettings, topic: string): AwsPlanned[] {
  switch (alert.by) {
    case "event":
      return [lines(settings, alert.id, alert.id, REPORTS_GROUP, reported(alert.events)), alarm(settings, alert, topic)];
    case "refused":
      return [lines(settings, alert.id, alert.id, FLOWS_GROUP, refused(alert.port)), alarm(settings, alert, topic)];
    case "logon":
      // A pattern has no "or" beside its "and not": each process has one of its own, and all count into one metric.
      return [...alert.processes.map((process) => lines(settings, `${alert.id}-${process.replace(/\.exe$/, "")}`, alert.id, EVENTS_GROUP, foreignLogon(process, settings))), alarm(settings, alert, topic)];
    case "silence":
      return reportsByHost(settings, alert);
    case "exception":
      return exceptionRules(settings, alert, topic);
    default: {
      const never: never = alert;
      return never;
    }
  }
}

/** Counts lines of a group. */
function lines(settings: AwsFleetSettings, name: string, metric: string, group: string, pattern: string): AwsPlanned {
  return plan("aws:cloudwatch/logMetricFilter:LogMetricFilter", `aws-lines-${name}`, {
    name: named(settings, name),
    logGroupName: link(group, "name"),
    pattern,
    metricTransformation: { name: metric, namespace: namespaceOf(settings), value: "1" },
  });
}

/** Of the fleet: one line is enough, and the next one after five quiet minutes tells again. */
function alarm(settings: AwsFleetSettings, { id, title }: Alert, topic: string): AwsPlanned {
  return plan("aws:cloudwatch/metricAlarm:MetricAlarm", `aws-alarm-${id}`, {
    name: named(settings, id),
    alarmDescription: `${settings.fleet}: ${title}`,
    namespace: namespaceOf(settings),
    metricName: id,
    statistic: "Sum",
    period: PERIOD,
    evaluationPeriods: 1,
    threshold: 1,
    comparisonOperator: "GreaterThanOrEqualToThreshold",
    treatMissingData: "notBreaching",
    alarmActions: [topic],
    tags: tagsOf(settings, id),
  });
}

type Silence = Extract<Alert, { by: "silence" }>;

/**
 * Counts reports by host. An alarm that sees the fleet's reports alone would not miss one host of many, and one filter for
 * each host would end at the hundred that a group may have. A line says no instance's id: its stream's name does, and the
 * transformer puts that into the line.
 */
function reportsByHost(settings: AwsFleetSettings, { id, events }: Silence): AwsPlanned[] {
  return [
    plan("aws:cloudwatch/logTransformer:LogTransformer", "aws-reports-transformer", {
      logGroupArn: link(REPORTS_GROUP, "arn"),
      transformerConfigs: [{ grok: { match: REPORT_GROK } }, { copyValue: { entries: [{ source: "@logGroupStream", target: "instance" }] } }],
    }),
    plan("aws:cloudwatch/logMetricFilter:LogMetricFilter", `aws-lines-${id}`, {
      name: named(settings, id),
      logGroupName: link(REPORTS_GROUP, "name"),
      pattern: reportedJson(events),
      applyOnTransformedLogs: true,
      metricTransformation: { name: "reports", namespace: namespaceOf(settings), value: "1", dimensions: { InstanceId: "$.instance" } },
    }, { needs: ["aws-reports-transformer"] }),
  ];
}

/** Twice the alert's own time: agent and keeper of a new host come one after the other. */
const WARM_UP = 2;

/** One alarm for each host: it is the only kind that tells of one silent host among many. */
export function silenceAlarm(settings: AwsFleetSettings, host: string): AwsPlanned[] {
  const topic = settings.aws.alerts?.topicArn;
  if (topic === undefined) return [];
  return ALERTS.flatMap((alert) =>
    alert.by !== "silence"
      ? []
      : [
          plan("aws:cloudwatch/metricAlarm:MetricAlarm", `${host}-alarm-${alert.id}`, {
            name: named(settings, `${alert.id}-${host}`),
            alarmDescription: `${settings.fleet}: ${host}: ${alert.title}`,
            namespace: namespaceOf(settings),
            metricName: "reports",
            dimensions: { InstanceId: link(`${host}-instance`) },
            statistic: "Sum",
            period: PERIOD,
            evaluationPeriods: (alert.minutes * 60) / PERIOD,
            datapointsToAlarm: (alert.minutes * 60) / PERIOD,
            threshold: 1,
            comparisonOperator: "LessThanThreshold",
            treatMissingData: "breaching",
            warmUpConfiguration: { warmUpPeriodDurationInMinutes: WARM_UP * alert.minutes },
            alarmActions: [topic],
            tags: fixedTags(settings, host),
            // An alarm warms up when it is made, not when it is told of another machine.
          // Before anything counts reports, every host is silent.
          }, { host, needs: [`aws-lines-${alert.id}`], replaceOnChanges: ["dimensions"], deleteBeforeReplace: true }),
        ],
  );
}
