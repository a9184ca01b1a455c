import { fixedTags, PROFILE_TAG } from "../fleet/naming";
import { hostParameters, type Profile } from "../fleet/profiles";
import { auditCommand, gateCommand, gateName, provenBy, seal, sealName, type ControlChannel, type Proving } from "../fleet/proof";
import { behind, link } from "../graph/planned";
import type { GuestDocument } from "../guest/document";
import { FIRST_BOOT } from "../guest/first-boot";
import type { AwsHost } from "../settings/aws";
import { CONTROL_GROUP, door, subnetId, vpcId } from "./access";
import { silenceAlarm } from "./alerts";
import { INSTANCE_PROFILE } from "./baseline";
import { NODES_OBJECT } from "./bucket";
import { secretOf } from "./certificate";
import { documentName } from "./document";
import { LOG_GROUP, logGroupName } from "./logging";
import { tagsOf, type AwsFleetSettings } from "./naming";
import { plan, type AwsPlanned } from "./types";

export interface HostPlan {
  readonly settings: AwsFleetSettings;
  readonly name: string;
  readonly host: AwsHost;
  readonly profile: Profile;
  readonly document: GuestDocument;
  readonly reader: string;
  /** Names of planned resources without which the host cannot reach its control channel or read what it needs. */
  readonly ways: readonly string[];
  readonly ringBefore: readonly string[];
}

/** One host, in the order in which it comes into being: seal, door group, interface, instance, gate, door, audit, alarm. */
export function hostPlan(context: HostPlan): AwsPlanned[] {
  const { settings, name, host, ringBefore } = context;
  const proving = provingOf(context);
  const group = doorGroupName(name);
  return [
    seal(proving),
    plan("aws:ec2/securityGroup:SecurityGroup", group, {
      description: `Door of ${name}: holds one inbound rule while its gate stands`,
      vpcId: vpcId(settings),
      tags: fixedTags(settings, name),
    }, { host: name }),
    plan("aws:ec2/networkInterface:NetworkInterface", `${name}-nic`, {
      subnetId: subnetId(settings, host.subnet),
      privateIpListEnabled: true,
      privateIpLists: [...host.addresses],
      // Both groups are always listed: an interface without one would get the VPC's default group.
      securityGroups: [link(CONTROL_GROUP), link(group)],
      description: `${name} of ${settings.fleet}`,
      tags: fixedTags(settings, name),
    }, { host: name, needs: [sealName(name)], protect: host.protect }),
    instance(context),
    ...dns(context),
    gateCommand(proving),
    door(settings, name, behind(gateName(name), link(group), NO_GROUP, provenBy(proving)), ringBefore),
    auditCommand(proving),
    ...silenceAlarm(settings, name),
  ];
}

const doorGroupName = (host: string): string => `${host}-door-group`;

function provingOf({ settings, name, host, profile, document, reader, ringBefore }: HostPlan): Proving {
  return {
    settings,
    name,
    document,
    parameters: hostParameters(name, host, profile, secretOf(settings, name)),
    reader,
    channel: channel(settings, profile),
    doorGroup: link(doorGroupName(name)),
    machine: link(`${name}-instance`),
    environment: environment(settings),
    needs: channelNeeds(profile),
    ringBefore,
  };
}

/** Systems Manager as the reader needs it. */
export const channel = (settings: AwsFleetSettings, profile: Profile): ControlChannel => ({
  cloud: "aws",
  region: settings.aws.region,
  document: link(documentName(profile), "name"),
  logGroup: logGroupName(settings),
});

export const channelNeeds = (profile: Profile): readonly string[] => [documentName(profile), NODES_OBJECT, LOG_GROUP];

export const environment = ({ aws }: AwsFleetSettings): Record<string, string> => (aws.profile === undefined ? {} : { AWS_PROFILE: aws.profile });

/** Well-formed, and no group of anybody: what a door would name while its gate has not spoken. */
const NO_GROUP = "sg-00000000000000000";

function instance({ settings, name, host, profile, ways }: HostPlan): AwsPlanned {
  const { rootBlockDevice, ebsBlockDevices, ...rest } = host.instance ?? {};
  const tags = { ...tagsOf(settings, name), ...host.tags, [PROFILE_TAG]: profile };
  return plan("aws:ec2/instance:Instance", `${name}-instance`, {
    ...rest,
    ami: host.image,
    instanceType: host.instanceType,
    primaryNetworkInterface: { networkInterfaceId: link(`${name}-nic`) },
    iamInstanceProfile: link(INSTANCE_PROFILE, "name"),
    metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1, instanceMetadataTags: "disabled" },
    rootBlockDevice: { volumeType: "gp3", volumeSize: host.diskGiB, ...rootBlockDevice, encrypted: true, tags },
    ...(ebsBlockDevices === undefined ? {} : { ebsBlockDevices: ebsBlockDevices.map((disk) => ({ ...disk, encrypted: true, tags })) }),
    userData: FIRST_BOOT,
    userDataReplaceOnChange: false,
    tags,
    // The interface is fixed, so the old machine must be gone before the new one comes; the door goes first of all.
  }, { host: name, needs: ways, deleteBeforeReplace: true, protect: host.protect });
}

function dns({ settings, name, host }: HostPlan): AwsPlanned[] {
  const { dns: zone } = settings.aws;
  const address = host.listen[0];
  if (zone === undefined || address === undefined) return [];
  return [plan("aws:route53/record:Record", `${name}-dns`, { zoneId: zone.zoneId, name: host.dnsName, type: "A", ttl: zone.ttl, records: [address] }, { host: name })];
}
