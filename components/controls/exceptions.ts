import { daysLeft, type Exception } from "../settings/exceptions";
import { hostsOf } from "../settings/places";
import type { Problem } from "../settings/problem";
import type { Settings } from "../settings/settings";
import type { Control } from "./control";
import type { ControlId } from "./ids";

/** The exception that holds for a control on a host, ended ones included: the plan does not change because of a date. */
export function exceptionFor(settings: Settings, control: ControlId, host: string): Exception | undefined {
  return settings.exceptions.find((exception) => exception.control === control && (exception.hosts?.includes(host) ?? true));
}

/** Exceptions that no control takes, that name nobody, or that contradict each other. */
export function exceptionProblems(settings: Settings, catalogue: readonly Control[]): Problem[] {
  const hosts = hostsOf(settings).map(({ name }) => name);
  return settings.exceptions.flatMap((exception, i) => {
    const key = `exceptions[${i}]`;
    const problems: Problem[] = [];
    const allowed = catalogue.find((control) => control.id === exception.control)?.exceptions ?? "none";
    if (allowed === "none") {
      problems.push({ key: `${key}.control`, what: "takes no exception", found: `"${exception.control}"`, mend: "meet the control; take the exception out" });
    } else if (allowed !== "any" && !allowed.includes(exception.what)) {
      problems.push({ key: `${key}.what`, what: `is not an exception that ${exception.control} takes`, found: `"${exception.what}"`, mend: `write ${allowed.join(" or ")}` });
    }
    exception.hosts?.forEach((host, j) => {
      if (!hosts.includes(host)) problems.push({ key: `${key}.hosts[${j}]`, what: "is not a host of this stack", found: `"${host}"`, mend: `write one of ${hosts.join(", ")}` });
    });
    const twin = settings.exceptions.findIndex((other, j) => j < i && other.control === exception.control && other.what === exception.what && overlap(other.hosts, exception.hosts));
    if (twin >= 0) problems.push({ key, what: `says the same as exceptions[${twin}]`, found: `"${exception.control}"`, mend: "keep one of the two" });
    return problems;
  });
}

const overlap = (a: readonly string[] | undefined, b: readonly string[] | undefined): boolean =>
  a === undefined || b === undefined || a.some((host) => b.includes(host));

/** What a person should read before an exception ends, and after. */
export function exceptionWarnings(settings: Settings): string[] {
  return settings.exceptions.flatMap((exception, i) => {
    const days = daysLeft(exception, settings.today);
    const what = `exceptions[${i}] (${exception.control}, ${exception.what})`;
    if (days < 0) return [`${what} ended on ${exception.expires} and counts as a failure: meet the control or have it approved again`];
    return days <= 14 ? [`${what} ends in ${days} days, on ${exception.expires}`] : [];
  });
}
