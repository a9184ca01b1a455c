import { parsePrefix } from "../network/address";
import type { Problem } from "../settings/problem";
import { parseSettings, type Parsed, type Settings } from "../settings/settings";
import { catalogue } from "./catalogue";
import { exceptionProblems } from "./exceptions";

/** What the controls say to settings whose shape is right. */
export function planProblems(settings: Settings): Problem[] {
  return [...exceptionProblems(settings, catalogue), ...catalogue.flatMap((control) => [...control.plan(settings)]), ...egressProblems(settings)];
}

/** A closed host that cannot reach its control channel would never be configured, nor audited. */
function egressProblems({ aws }: Settings): Problem[] {
  if (!aws) return [];
  const { vpc, subnets, endpoints, egress, routeTables } = aws.network;
  const problems: Problem[] = [];
  if (!endpoints && !egress.some((rule) => rule.protocol === "tcp" && rule.port <= 443 && 443 <= (rule.toPort ?? rule.port))) {
    problems.push({ key: "aws.network.egress", what: "gives hosts no way to their control channel", found: egress.length === 0 ? "an empty list" : `a list of ${egress.length} without 443`, mend: "set aws.network.endpoints to true, or add a rule for tcp 443 to the proxy, NAT or endpoints that lead to Systems Manager" });
  }
  if (vpc.cidr !== undefined && !endpoints) {
    problems.push({ key: "aws.network.endpoints", what: "is off, and a VPC made here has no other way out", found: "false", mend: "set it to true, or name an existing VPC that has a way to Systems Manager" });
  }
  if (vpc.id !== undefined && endpoints && routeTables.length === 0) {
    problems.push({ key: "aws.network.routeTables", what: "names no route table, and the S3 endpoint needs those of the hosts' subnets", found: "an empty list", mend: "write their ids, or set aws.network.endpoints to false and name the way out in aws.network.egress" });
  }
  const seen = new Map<string, number>();
  egress.forEach((rule, i) => {
    const text = `${rule.protocol} ${rule.port}-${rule.toPort ?? rule.port} ${parsePrefix(rule.cidr)?.text ?? rule.cidr}`;
    const twin = seen.get(text);
    if (twin !== undefined) problems.push({ key: `aws.network.egress[${i}]`, what: `says the same as aws.network.egress[${twin}]`, found: `"${rule.cidr}"`, mend: "keep one of the two" });
    seen.set(text, i);
  });
  for (const [name, subnet] of Object.entries(subnets)) {
    const key = `aws.network.subnets.${name}`;
    if (subnet.id === undefined && vpc.id !== undefined) problems.push({ key, what: "would be made in a VPC that is not made here", found: "no id", mend: "write the id of an existing subnet of that VPC" });
    if (subnet.id !== undefined && vpc.cidr !== undefined) problems.push({ key: `${key}.id`, what: "cannot lie in a VPC that is yet to be made", found: `"${subnet.id}"`, mend: "write a cidr and no id, or name the existing VPC" });
  }
  return problems;
}

interface Context {
  readonly fleet: string;
  readonly today: string;
}

/**
 * A stack's settings, judged whole: shape, values, and what the controls demand. All problems at once.
 * Where the shape is broken in places, the sound rest is still shown to the controls, so that mending does not go one by one.
 */
export function readSettings(raw: unknown, context: Context): Parsed {
  const parsed = parseSettings(raw, context);
  if (parsed.settings) {
    const problems = planProblems(parsed.settings);
    return problems.length > 0 ? { problems } : parsed;
  }
  return { problems: [...parsed.problems, ...problemsOfTheRest(raw, parsed.problems, context)] };
}

/** Documentation addresses and names: they only stand in for a section that is broken, and their problems are dropped. */
const STAND_INS: Readonly<Record<string, unknown>> = {
  automation: { nodes: [{ name: "stand-in", addresses: ["192.0.2.1"] }] },
  account: { name: "stand-in", transport: "ntlm" },
};

function problemsOfTheRest(raw: unknown, found: readonly Problem[], context: Context): Problem[] {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) return [];
  const broken = found.map(({ key }) => partsOf(key));
  const rest = structuredClone(raw) as Record<string, unknown>;
  let paths: readonly (readonly string[])[] = broken;
  // First without just the broken values; what that leaves incomplete goes with what it belongs to.
  for (const widen of [valueOf, groupOf, sectionOf]) {
    for (const path of paths.map(widen)) {
      const [section = ""] = path;
      const standIn = STAND_INS[section];
      if (standIn === undefined) remove(rest, path);
      else rest[section] = standIn;
    }
    const parsed = parseSettings(rest, context);
    if (parsed.settings) return planProblems(parsed.settings).filter((problem) => isSound(problem, broken));
    paths = parsed.problems.map(({ key }) => partsOf(key));
  }
  return [];
}

/** Whether a problem is about what was really written: nothing is said of a group that was cut, nor of an exception that may have been. */
function isSound({ key, mend }: Problem, broken: readonly (readonly string[])[]): boolean {
  const group = groupOf(partsOf(key)).join(".");
  const lacksExceptions = broken.some(([section]) => section === "exceptions");
  return !broken.some((path) => groupOf(path).join(".") === group) && !(lacksExceptions && mend.includes("exception"));
}

/** `aws.hosts.web-1.addresses[0]` in its parts. Names of hosts and subnets hold no dots. */
const partsOf = (key: string): string[] => key.split(/[.[\]]+/).filter((part) => part !== "");

/** What is judged together: a host, a part of a cloud's section, a section. */
function groupOf([section = "", part = "", name = ""]: readonly string[]): string[] {
  if (section !== "aws" || part === "") return [section];
  return part === "hosts" && name !== "" ? [section, part, name] : [section, part];
}

const sectionOf = ([section = ""]: readonly string[]): string[] => [section];

/** A broken value of its own; a host as a whole, and a list too, so that its other entries keep their numbers. */
function valueOf(path: readonly string[]): readonly string[] {
  if (path[0] === "aws" && path[1] === "hosts") return path.slice(0, 3);
  const number = path.findIndex((part) => /^\d+$/.test(part));
  return number < 0 ? path : path.slice(0, number);
}

function remove(target: unknown, [first, ...rest]: readonly string[]): void {
  if (typeof target !== "object" || target === null || first === undefined) return;
  if (rest.length > 0) remove(Reflect.get(target, first), rest);
  else Reflect.deleteProperty(target, first);
}
