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

/**
 * A problem unless an exception of this kind stands, for all hosts: what it allows is in a document that they share.
 * Ended ones count, as everywhere: the plan does not change because of a date.
 */
export function forEveryHost(settings: Settings, control: ControlId, what: string, problem: Problem): Problem[] {
  const found = settings.exceptions.flatMap((exception, i) => (exception.control === control && exception.what === what ? [{ exception, i }] : []));
  if (found.length === 0) return [{ ...problem, mend: `${problem.mend}, or record an exception for ${control} with what: ${what}` }];
  return found.flatMap(({ exception, i }): Problem[] =>
    exception.hosts === undefined ? [] : [{ key: `exceptions[${i}].hosts`, what: "limits to some hosts what holds for all: they share accounts and endpoints", found: exception.hosts.join(", "), mend: "take `hosts` out, or give those hosts a stack of their own" }]);
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
