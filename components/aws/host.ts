import { enforced } from "../controls/catalogue";
import { behind, json, link } from "../graph/planned";
import { gateHash, type GuestDocument, type HostParameters } from "../guest/document";
import { FIRST_BOOT } from "../guest/first-boot";
import type { AwsHost } from "../settings/aws";
import { CONTROL_GROUP, door, subnetId, vpcId } from "./access";
import { documentName, INSTANCE_PROFILE, NODES_OBJECT } from "./baseline";
import { secretOf } from "./certificate";
import { LOG_GROUP, logGroupName } from "./logging";
import { fixedTags, PROFILE_TAG, tagsOf, type AwsFleetSettings } from "./naming";
import { plan, type AwsPlanned } from "./types";

/** A wildcard listener serves every address, so the parameters say which ones the firewall shall open. */
export function hostParameters(settings: AwsFleetSettings, name: string, host: AwsHost, wildcard: boolean): HostParameters {
  return {
    host: name,
    name: host.dnsName,
    addresses: wildcard ? host.listen : host.addresses,
    listen: wildcard ? ["*"] : host.listen,
    secret: secretOf(settings, name),
  };
}

export interface HostPlan {
  readonly settings: AwsFleetSettings;
  readonly name: string;
  readonly host: AwsHost;
  readonly profile: string;
  readonly document: GuestDocument;
  /** Command line of the gate's reader, relative to the program's folder so that it is the same on every machine. */
  readonly reader: string;
  /** Names of planned resources without which the host cannot reach its control channel or read what it needs. */
  readonly ways: readonly string[];
  /**
   * What stands while the doors of the ring before are open: this host's door closes only after that. Seal, gate and door
   * each need it, because the engine deletes gate and door with the seal, and spares only what itself needs something failed.
   */
  readonly ringBefore: readonly string[];
}

/**
 * One host, in the order in which it comes into being: seal, door group, interface, instance, gate, door, audit.
 * The seal is no cloud object: it is replaced when what the gate vouches for changes, and because gate and door
 * hang on it, the door is gone before interface or guest are touched.
 */
export function hostPlan(context: HostPlan): AwsPlanned[] {
  const { settings, name, host, profile, document, ringBefore } = context;
  const wildcard = profile === "wildcard";
  const parameters = hostParameters(settings, name, host, wildcard);
  const gate = gateHash(document, parameters, host.addresses);
  const seal = `${name}-seal`;
  const group = `${name}-door-group`;
  return [
    plan("random:index/randomId:RandomId", seal, { byteLength: 8, keepers: { gate } }, { host: name, needs: ringBefore, deleteBeforeReplace: true }),
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
    }, { host: name, needs: [seal], protect: host.protect }),
    instance(context),
    ...dns(context),
    gateCommand(context, gate, parameters),
    door(settings, name, behind(`${name}-gate`, link(group), NO_GROUP, gate), ringBefore),
    auditCommand(context, gate, parameters),
  ];
}

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

interface Request {
  readonly cloud: "aws";
  readonly [key: string]: unknown;
}

function environment({ settings, name }: HostPlan, request: Request): Record<string, string | ReturnType<typeof link>> {
  const { profile } = settings.aws;
  return {
    SECURE_WINRM_REQUEST: json(request),
    SECURE_WINRM_INSTANCE: link(`${name}-instance`),
    ...(profile === undefined ? {} : { AWS_PROFILE: profile }),
  };
}

const TIMEOUT_MINUTES = 45;

function request({ settings, name, profile }: HostPlan, gate: string, parameters: HostParameters): Request {
  return {
    cloud: "aws",
    region: settings.aws.region,
    host: name,
    document: link(documentName(profile), "name"),
    logGroup: logGroupName(settings),
    parameters,
    gate,
    exceptions: settings.exceptions
      .filter((exception) => exception.hosts?.includes(name) ?? true)
      .map(({ control, expires }) => ({ control, expires })),
    controls: enforced.filter((control) => control.gate).map((control) => control.id),
    timeoutMinutes: TIMEOUT_MINUTES,
  };
}

/**
 * The gate. A create that fails leaves no state, so the next deployment asks again: neither `refresh` nor a second
 * `up` opens the door. What is not vouched for (a longer time-out, an exception's new date) is an update, and that
 * only looks again: a gate run with an open door would cut sessions.
 */
function gateCommand(context: HostPlan, gate: string, parameters: HostParameters): AwsPlanned {
  const { name, reader, profile, ringBefore } = context;
  return plan("command:local:Command", `${name}-gate`, {
    create: `${reader} gate`,
    update: `${reader} recheck`,
    environment: environment(context, request(context, gate, parameters)),
    triggers: [link(`${name}-instance`), gate, link(`${name}-seal`, "hex")],
    // The reader's text stands in the error already; logged, it would be printed twice.
    logging: "none",
    addPreviousOutputInEnv: false,
  }, { host: name, needs: [documentName(profile), NODES_OBJECT, LOG_GROUP, ...ringBefore], deleteBeforeReplace: true });
}

/** Applies and audits every other change, with the door open; never touches the door. */
function auditCommand(context: HostPlan, gate: string, parameters: HostParameters): AwsPlanned {
  const { name, reader, document } = context;
  const asked = { ...request(context, gate, parameters), generation: document.generation };
  return plan("command:local:Command", `${name}-audit`, {
    create: `${reader} audit`,
    environment: environment(context, asked),
    triggers: [link(`${name}-instance`), document.generation],
    logging: "none",
    addPreviousOutputInEnv: false,
    // Gone before it is asked anew: a failed audit must not leave the old one's pass in the state.
  }, { host: name, needs: [`${name}-door`], deleteBeforeReplace: true });
}

/** Asks every proven host of a profile whether it has taken up the node list; one command, however many hosts there are. */
export function uptakeCommand(settings: AwsFleetSettings, reader: string, nodesHash: string, profile: string): AwsPlanned {
  const awsProfile = settings.aws.profile;
  return plan("command:local:Command", profile === "default" ? "aws-uptake" : `aws-uptake-${profile}`, {
    create: `${reader} uptake`,
    environment: {
      SECURE_WINRM_REQUEST: json({
        cloud: "aws",
        region: settings.aws.region,
        fleet: settings.fleet,
        profile,
        document: link(documentName(profile), "name"),
        logGroup: logGroupName(settings),
        nodesHash,
        timeoutMinutes: TIMEOUT_MINUTES,
      }),
      ...(awsProfile === undefined ? {} : { AWS_PROFILE: awsProfile }),
    },
    triggers: [nodesHash],
    logging: "none",
    addPreviousOutputInEnv: false,
  }, { needs: [documentName(profile), NODES_OBJECT, LOG_GROUP] });
}
