import { documentsOf, profileOf, suffixed } from "../fleet/profiles";
import { uptakeCommand } from "../fleet/proof";
import { inRings } from "../fleet/rings";
import { sourceList } from "../network/sources";
import { controlGroup, endpoints, madeNetwork, nodeList } from "./access";
import { agent } from "./agent";
import { alerts } from "./alerts";
import { role } from "./baseline";
import { nodesObject } from "./bucket";
import { keeper, scriptAndDocument, type Scripts } from "./document";
import { flowLogs } from "./flow-logs";
import { channel, channelNeeds, environment, hostPlan } from "./host";
import { logGroups } from "./logging";
import type { AwsFleetSettings } from "./naming";
import { patching } from "./patching";
import type { AwsPlanned } from "./types";

export interface PlanInputs extends Scripts {
  /** Command line of the gate's reader. */
  readonly reader: string;
}

/** Everything that a fleet in AWS is made of, in an order in which each only needs what came before. Pure. */
export function planAws(settings: AwsFleetSettings, { reader, ...scripts }: PlanInputs): AwsPlanned[] {
  const sources = sourceList(settings.automation.nodes);
  const { hosts } = settings.aws;
  const documents = documentsOf(settings, hosts, "secret");

  const group = [nodeList(settings, sources), ...madeNetwork(settings), ...controlGroup(settings), ...endpoints(settings)];
  const access = role(settings);
  const shared = [
    ...group,
    ...logGroups(settings),
    ...nodesObject(settings, sources),
    ...access,
    ...flowLogs(settings),
    ...agent(settings),
    ...patching(settings),
    ...alerts(settings),
    ...documents.profiles.flatMap((profile) => [
      ...scriptAndDocument(settings, profile, documents.of(profile), scripts),
      keeper(settings, profile, sources),
      uptakeCommand({
        settings,
        name: suffixed("aws-uptake", profile),
        profile,
        reader,
        channel: channel(settings, profile),
        environment: environment(settings),
        nodesHash: sources.hash,
        needs: channelNeeds(profile),
      }),
    ]),
  ];
  const ways = [...group, ...access].filter(({ type }) => WAYS.has(type)).map(({ name }) => name);

  return [
    ...shared,
    ...inRings("aws", hosts, (name, ringBefore) => {
      const host = hosts[name];
      if (!host) return [];
      const profile = profileOf(settings, name, host);
      return hostPlan({ settings, name, host, profile, document: documents.of(profile), reader, ways, ringBefore });
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
