import type { Problem } from "../settings/problem";
import { parseSettings, type Parsed, type Settings } from "../settings/settings";
import { catalogue } from "./catalogue";
import { exceptionProblems } from "./exceptions";
import { nameProblems } from "./places";
import { awsProblems } from "./places-aws";
import { azureProblems } from "./places-azure";

/** What the controls say to settings whose shape is right. */
export function planProblems(settings: Settings): Problem[] {
  return [...exceptionProblems(settings, catalogue), ...catalogue.flatMap((control) => [...control.plan(settings)]), ...nameProblems(settings), ...awsProblems(settings), ...azureProblems(settings)];
}

/** Sections with hosts in them. */
const PLACES: ReadonlySet<string> = new Set(["aws", "azure"]);

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
      if (Object.hasOwn(STAND_INS, section)) rest[section] = STAND_INS[section];
      else remove(rest, path);
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
  if (!PLACES.has(section) || part === "") return [section];
  return part === "hosts" && name !== "" ? [section, part, name] : [section, part];
}

const sectionOf = ([section = ""]: readonly string[]): string[] => [section];

/** A broken value of its own; a host as a whole, and a list too, so that its other entries keep their numbers. */
function valueOf(path: readonly string[]): readonly string[] {
  if (PLACES.has(path[0] ?? "") && path[1] === "hosts") return path.slice(0, 3);
  const number = path.findIndex((part) => /^\d+$/.test(part));
  return number < 0 ? path : path.slice(0, number);
}

/** Own keys only: a tag may be called `constructor.prototype.toString`, and nobody's prototype is the stack's. */
function remove(target: unknown, [first, ...rest]: readonly string[]): void {
  if (typeof target !== "object" || target === null || first === undefined || !Object.hasOwn(target, first)) return;
  if (rest.length > 0) remove(Reflect.get(target, first), rest);
  else Reflect.deleteProperty(target, first);
}
