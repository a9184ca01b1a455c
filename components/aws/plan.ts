import { enforced } from "../controls/catalogue";
import { exceptionFor } from "../controls/exceptions";
import { guestDocument, type GuestDocument } from "../guest/document";
import { sourceList } from "../network/sources";
import { controlGroup, endpoints, madeNetwork, nodeList } from "./access";
import { keeper, nodesObject, role, ssmDocument } from "./baseline";
import { hostPlan, uptakeCommand } from "./host";
import { logGroup } from "./logging";
import type { AwsFleetSettings } from "./naming";
import type { AwsPlanned } from "./types";

export interface PlanInputs {
  /** The guest script's text. */
  readonly script: string;
  /** Command line of the gate's reader. */
  readonly reader: string;
}

/** Hosts with a listener on every address get a document of their own; all others share one. */
export function profileOf(settings: AwsFleetSettings, host: string): "default" | "wildcard" {
  const several = (settings.aws.hosts[host]?.listen.length ?? 0) > 1;
  return several && exceptionFor(settings, "chosen-addresses", host) !== undefined ? "wildcard" : "default";
}

/** Everything that a fleet in AWS is made of, in an order in which each only needs what came before. Pure. */
export function planAws(settings: AwsFleetSettings, { script, reader }: PlanInputs): AwsPlanned[] {
  const sources = sourceList(settings.automation.nodes);
  const names = Object.keys(settings.aws.hosts).sort();
  const profiles = [...new Set(names.map((name) => profileOf(settings, name)))].sort();
  const documents = new Map<string, GuestDocument>(
    profiles.map((profile) => [
      profile,
      guestDocument({ certificate: settings.certificate, account: settings.account, wildcard: profile === "wildcard" }, enforced),
    ]),
  );
  const documentOf = (profile: string): GuestDocument => {
    const document = documents.get(profile);
    if (!document) throw new Error(`no document for profile ${profile}`);
    return document;
  };

  const group = [nodeList(settings, sources), ...madeNetwork(settings), ...controlGroup(settings), ...endpoints(settings)];
  const access = role(settings);
  const shared = [
    ...group,
    logGroup(settings),
    ...nodesObject(settings, sources),
    ...access,
    ...profiles.flatMap((profile) => [
      ssmDocument(settings, profile, documentOf(profile), script),
      keeper(settings, profile, sources),
      uptakeCommand(settings, reader, sources.hash, profile),
    ]),
  ];
  const ways = [...group, ...access].filter(({ type }) => WAYS.has(type)).map(({ name }) => name);

  const byRing = [...names].sort((a, b) => ringOf(settings, a) - ringOf(settings, b));
  return [
    ...shared,
    ...byRing.flatMap((name) => {
      const host = settings.aws.hosts[name];
      if (!host) return [];
      const profile = profileOf(settings, name);
      return hostPlan({ settings, name, host, profile, document: documentOf(profile), reader, ways, ringBefore: doorsOfRingBefore(settings, names, host.ring) });
    }),
  ];
}

/** Without these a host cannot reach its control channel, or may not read what it needs. */
const WAYS: ReadonlySet<string> = new Set<AwsPlanned["type"]>([
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  "aws:ec2/vpcEndpoint:VpcEndpoint",
  "aws:ec2/routeTableAssociation:RouteTableAssociation",
  "aws:iam/rolePolicy:RolePolicy",
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
]);

const ringOf = (settings: AwsFleetSettings, name: string): number => settings.aws.hosts[name]?.ring ?? 1;

/** The nearest lower ring that has hosts: numbers may have gaps. */
function doorsOfRingBefore(settings: AwsFleetSettings, names: readonly string[], ring: number): string[] {
  const before = Math.max(0, ...names.map((name) => ringOf(settings, name)).filter((other) => other < ring));
  return names.filter((name) => ringOf(settings, name) === before).map((name) => `${name}-door`);
}
