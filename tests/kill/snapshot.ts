import type { Cloud } from "../../sandbox/cloud";
import { DISK, RUN_COMMAND, VIRTUAL_MACHINE } from "../../sandbox/azure/types";
import { INSTANCE } from "../../sandbox/aws/types";
import { FILES } from "../../sandbox/windows/document";
import type { State } from "../support/engine";

/** Come and go with their machine, and are in nobody's state. */
const PARTS: ReadonlySet<string> = new Set([DISK, RUN_COMMAND]);
/** Made up anew each time, or told by a clock. */
const VOLATILE = /"(adminPassword|contentMd5|creationTime|etag|lastModified|lastModifiedTime|macAddress|principalId|clientId|resourceGuid|timeCreated|uniqueId|versionId|vmId|dnsEntries|networkInterfaceIds|attachments|managedPolicyArns|inlinePolicies|latestVersion|defaultVersion|documentVersion|version|hash|privateDnsName)":("(?:[^"\\]|\\.)*"|\[[^\]]*\]|\d+)/g;

/**
 * What is in the cloud, a line for each object, so that two deployments of the same program have the same: ids are told by
 * the names of what bears them, and what is made up stands as what it is.
 */
export function snapshot(cloud: Cloud): string[] {
  const objects = cloud.made().filter(({ type }) => !PARTS.has(type));
  const names = objects.map(({ id, type, name }) => [id, `<${type.split(":").at(-1) ?? type} ${name}>`] as const).sort(([a], [b]) => b.length - a.length);
  const told = (text: string): string =>
    names
      .reduce((line, [id, name]) => line.replaceAll(id, name), text)
      .replace(VOLATILE, '"$1":"<made up>"')
      .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, "<guid>")
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>")
      .replace(/[0-9a-f]{7,}/gi, "<hex>");
  // What State Manager's runs have come to is told by the moment at which it looks.
  return objects.map(({ type, name, properties: { status: _, results: __, ...properties } }) => `${type} ${name} ${told(JSON.stringify(sorted(properties)))}`).sort();
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, sorted(item)]));
}

interface OpenHost {
  readonly machine: string;
  readonly sources: readonly string[];
  readonly isProven: boolean;
}

/** Hosts that somebody reaches on 5986; by cloud and machine, not by any state. */
export function openHosts(cloud: Cloud): OpenHost[] {
  const machines = [...cloud.list(INSTANCE).map(({ id }) => [id, id] as const), ...cloud.list(VIRTUAL_MACHINE).map(({ id, properties }) => [id, typeof properties["vmId"] === "string" ? properties["vmId"] : ""] as const)];
  return machines.map(([machine, own]) => ({ machine, sources: cloud.sources(machine, 5986), isProven: isProven(cloud, own) })).filter(({ sources }) => sources.length > 0);
}

/** Those of them that the last run on them did not prove. */
export const unprovenAndOpen = (cloud: Cloud): string[] => openHosts(cloud).flatMap(({ machine, sources, isProven: proven }) => (proven ? [] : [`${machine} is open to ${sources.join(", ")}`]));

function isProven(cloud: Cloud, machine: string): boolean {
  const files = cloud.hostState(machine)?.["files"];
  if (typeof files !== "object" || files === null) return false;
  const [proven, report] = [Reflect.get(files, FILES.proven) as unknown, Reflect.get(files, FILES.report) as unknown];
  return typeof proven === "string" && typeof report === "string" && (JSON.parse(report) as { verdict?: unknown }).verdict === "pass";
}

/** What only one of the two knows: the cloud's objects and the state's resources, by their ids. */
export function strangers(cloud: Cloud, state: State): string[] {
  const same = (id: string): string => (id.startsWith("/") ? id.toLowerCase() : id);
  const objects = cloud.made().filter(({ type }) => !PARTS.has(type));
  const resources = (state.deployment.resources ?? []).filter(({ type, pendingReplacement }) => /^(aws|azure-native):/.test(type) && pendingReplacement !== true);
  const known = new Set(resources.map(({ id }) => same(id ?? "")));
  const there = new Set(objects.map(({ type, id }) => `${type} ${same(id)}`));
  return [
    ...objects.filter(({ id }) => !known.has(same(id))).map(({ type, name, id }) => `the state does not know ${type} ${name} (${id})`),
    ...resources.filter(({ type, id }) => !there.has(`${type} ${same(id ?? "")}`)).map(({ urn, id }) => `there is no ${urn.split("::").at(-1) ?? urn} (${id ?? ""}) in the cloud`),
  ];
}
