import { enforced } from "../controls/catalogue";
import { exceptionFor } from "../controls/exceptions";
import { guestDocument, type GuestDocument } from "../guest/document";
import { sourceList } from "../network/sources";
import { controlGroup, endpoints, madeNetwork, nodeList } from "./access";
import { keeper, nodesObject, role, ssmDocument } from "./baseline";
import { hostPlan, uptakeCommand } from "./host";
import { logGroup } from "./logging";
import type { AwsFleetSettings } from "./naming";
import { plan, type AwsPlanned } from "./types";

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

  const rings = [...new Set(names.map((name) => ringOf(settings, name)))].sort((a, b) => a - b);
  return [
    ...shared,
    ...rings.flatMap((ring, i) => {
      const inRing = names.filter((name) => ringOf(settings, name) === ring);
      const ringBefore = i === 0 ? [] : [ringOpen(rings[i - 1] ?? 0)];
      const hosts = inRing.flatMap((name) => {
        const host = settings.aws.hosts[name];
        if (!host) return [];
        const profile = profileOf(settings, name);
        return hostPlan({ settings, name, host, profile, document: documentOf(profile), reader, ways, ringBefore });
      });
      const last = i === rings.length - 1;
      return last ? hosts : [...hosts, plan("random:index/randomId:RandomId", ringOpen(ring), { byteLength: 1 }, { needs: inRing.map((name) => `${name}-door`) })];
    }),
  ];
}

/** Nothing in the cloud: a knot that stands while every door of a ring does, so that the next ring hangs on one thing. */
const ringOpen = (ring: number): string => `aws-ring-${ring}-open`;

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
