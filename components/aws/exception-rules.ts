import type { Alert } from "../fleet/alerts";
import { link } from "../graph/planned";
import { sha256 } from "../guest/canonical";
import { daysLeft, type Exception } from "../settings/exceptions";
import { tagsOf, type AwsFleetSettings } from "./naming";
import { plan, type AwsPlanned } from "./types";

const MORNING = 8;
const LAST_YEAR = 2199;

/** Told at eight in the morning (UTC). */
function schedule(exception: Exception, days: number, today: string): string {
  // A time that has passed would never come, and EventBridge may refuse it: what is due is told every day until it is taken out.
  if (daysLeft(exception, today) <= days) return `cron(0 ${MORNING} * * ? *)`;
  const day = new Date(Date.parse(`${exception.expires}T00:00:00Z`) - days * 86_400_000);
  return `cron(0 ${MORNING} ${day.getUTCDate()} ${day.getUTCMonth() + 1} ? ${day.getUTCFullYear()})`;
}

/** For each exception a rule that tells of its end: once when its last days begin, and every day when it is deployed in them. */
export function exceptionRules(settings: AwsFleetSettings, { id, days }: Extract<Alert, { by: "exception" }>, topic: string): AwsPlanned[] {
  const { exceptions, fleet, today } = settings;
  // EventBridge's years end there, and nobody waits for a later one.
  return exceptions.filter(({ expires }) => Number(expires.slice(0, 4)) <= LAST_YEAR).flatMap((exception) => {
    const { control, what, expires, hosts } = exception;
    // By what it says: an exception that is put before others changes nothing of theirs. No two say the same.
    const key = sha256(JSON.stringify([fleet, exception])).slice(0, 12);
    const name = `aws-${id}-${key}`;
    return [
      plan("aws:cloudwatch/eventRule:EventRule", name, {
        name: `${fleet.slice(0, 40)}-${id}-${key}`,
        description: `${fleet}: exception to ${control} ends on ${expires}`.slice(0, 512),
        scheduleExpression: schedule(exception, days, today),
        state: "ENABLED",
        tags: tagsOf(settings, id),
      }),
      plan("aws:cloudwatch/eventTarget:EventTarget", `${name}-topic`, {
        rule: link(name, "name"),
        targetId: "topic",
        arn: topic,
        input: JSON.stringify({ alert: id, fleet, control, what, expires, hosts: hosts ?? "all", do: "mend what it excuses and take it out, or have it approved anew with a later date" }),
      }),
    ];
  });
}
