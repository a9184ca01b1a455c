import { METRIC_ALARM } from "../aws/types";
import { canonical, record, text, textMap, texts, whole, type JsonRecord } from "../store/json";
import type { CloudStore } from "../store/store";
import type { Point } from "./metrics";
import type { Told } from "./told";

const MINUTE = 60_000;

const COMPARE: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  GreaterThanThreshold: (value, threshold) => value > threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

const known = <T>(value: T | undefined, what: string): T => {
  if (value === undefined) throw new Error(`the model of alarms does not know ${what}`);
  return value;
};

/** Whether the periods that end now breach: each missing one counts as the alarm says. */
function breaches(alarm: JsonRecord, points: readonly Point[], now: number): boolean {
  const [period, periods] = [whole(alarm["period"]) * 1000, whole(alarm["evaluationPeriods"])];
  const compare = known(COMPARE[text(alarm["comparisonOperator"])], text(alarm["comparisonOperator"]));
  const missing = known({ breaching: true, notBreaching: false }[text(alarm["treatMissingData"])], `treatMissingData ${text(alarm["treatMissingData"])}`);
  if (alarm["statistic"] !== "Sum") throw new Error("the model of alarms knows the statistic Sum alone");
  const bad = Array.from({ length: periods }, (_, i) => {
    const values = points.filter(({ at }) => at > now - (i + 1) * period && at <= now - i * period).map(({ value }) => value);
    return values.length === 0 ? missing : compare(values.reduce((sum, value) => sum + value, 0), whole(alarm["threshold"]));
  });
  return bad.filter(Boolean).length >= whole(alarm["datapointsToAlarm"], periods);
}

/** Each time that an alarm goes off: CloudWatch looks every minute, and tells of a change alone. */
export function firstMinutes(store: CloudStore, points: readonly Point[], first: number, last: number, made: number): Told[] {
  return store.list(METRIC_ALARM).flatMap(({ id, properties: alarm }) => {
    const own = points.filter((point) => point.namespace === alarm["namespace"] && point.name === alarm["metricName"] && canonical({ ...point.dimensions }) === canonical({ ...textMap(alarm["dimensions"]) }));
    const warm = made + whole(record(alarm["warmUpConfiguration"])["warmUpPeriodDurationInMinutes"]) * MINUTE;
    const found: Told[] = [];
    let wasBad = false;
    for (let now = first; now <= last; now += MINUTE) {
      const isBad = now >= warm && breaches(alarm, own, now);
      if (isBad && !wasBad && alarm["actionsEnabled"] !== false) found.push(...texts(alarm["alarmActions"]).map((topic) => ({ topic, by: id, at: new Date(now).toISOString(), text: text(alarm["alarmDescription"]) })));
      wasBad = isBad;
    }
    return found;
  });
}
