import { fixedTags, FLEET_TAG } from "../fleet/naming";
import { json, link } from "../graph/planned";
import { sha256 } from "../guest/canonical";
import { EVENT_LOG, EVENT_SOURCE, EVENTS } from "../guest/events";
import type { Statement } from "./certificate";
import { EVENTS_GROUP, eventsGroupName, REPORTS_GROUP, reportsGroupName } from "./logging";
import { partition, tagsOf, type AwsFleetSettings } from "./naming";
import { plan, type AwsPlanned } from "./types";

export const AGENT_CONFIGURATION = "aws-agent-configuration";
export const AGENT_DOCUMENT = "aws-agent-document";

/** `AmazonCloudWatch-`: what AWS' own policies let an agent read begins so. The hosts' policy for Systems Manager has the right to read it. */
export const configurationName = ({ fleet }: AwsFleetSettings): string => `AmazonCloudWatch-${fleet}`;

interface Collected {
  readonly channel: string;
  /** @default - all, of the levels */
  readonly ids?: readonly number[];
  readonly levels?: readonly string[];
  /** What a channel's second entry adds to its stream's name: the agent keeps its place in a channel by group, stream and channel. */
  readonly stream?: string;
}

const ALL = ["CRITICAL", "ERROR", "WARNING", "INFORMATION", "VERBOSE"];
const from = (first: number, last: number, ...without: readonly number[]): number[] => Array.from({ length: last - first + 1 }, (_, i) => first + i).filter((id) => !without.includes(id));

/**
 * What is worth to be kept of Windows' channels. A query of Windows takes some twenty conditions and no more, so that the
 * Security log is read twice.
 */
export const COLLECTED: readonly Collected[] = [
  // Logons, processes, services and tasks, NTLM, firewall rules, a cleared log.
  { channel: "Security", ids: [1102, 4624, 4625, 4634, 4648, 4672, 4688, 4697, 4698, 4776, ...from(4946, 4950)] },
  // Accounts and groups.
  { channel: "Security", ids: [...from(4720, 4738, 4721, 4736), 4740], stream: "-accounts" },
  // Services, and whether WinRM listens.
  { channel: "System", ids: [7036, 7040, 10128, 10129, 10148, 10149] },
  { channel: "Application", levels: ["CRITICAL", "ERROR", "WARNING"] },
  { channel: "Microsoft-Windows-WinRM/Operational", levels: ALL },
  { channel: "Microsoft-Windows-PowerShell/Operational", ids: [4103, 4104, 4105, 4106, 53504] },
  { channel: "Windows PowerShell", ids: [400, 403, 600] },
  { channel: "Microsoft-Windows-CertificateServicesClient-Lifecycle-System/Operational", levels: ALL },
];

/** The agent's configuration: it gets no word on retention, because it has no right to set one. */
export function agentConfiguration(settings: AwsFleetSettings): object {
  return {
    logs: {
      logs_collected: {
        windows_events: {
          collect_list: [
            {
              event_name: EVENT_LOG,
              event_ids: Object.values(EVENTS).map(({ id }) => id).sort((a, b) => a - b),
              // Other programs use these ids too.
              filters: [{ type: "include", expression: `\\] \\[${EVENT_SOURCE}\\] \\[` }],
              event_format: "text",
              log_group_name: reportsGroupName(settings),
              log_stream_name: "{instance_id}",
            },
            ...COLLECTED.map(({ channel, ids, levels, stream = "" }) => ({
              event_name: channel,
              ...(ids === undefined ? {} : { event_ids: ids }),
              ...(levels === undefined ? {} : { event_levels: levels }),
              event_format: "xml",
              log_group_name: eventsGroupName(settings),
              log_stream_name: `{instance_id}${stream}`,
            })),
          ],
        },
      },
    },
  };
}

/**
 * The CloudWatch agent of all hosts: its configuration, and one association that installs it and then configures it. Two
 * associations with AWS' own documents would run in no order, and a new host's agent would stay without a configuration
 * until the next time.
 */
export function agent(settings: AwsFleetSettings): AwsPlanned[] {
  if (!settings.logging.events) return [];
  const configuration = JSON.stringify(agentConfiguration(settings));
  return [
    plan("aws:ssm/parameter:Parameter", AGENT_CONFIGURATION, {
      name: configurationName(settings),
      type: "String",
      insecureValue: configuration,
      description: "CloudWatch agent: which events go where",
      tags: tagsOf(settings, "agent"),
    }),
    plan("aws:ssm/document:Document", AGENT_DOCUMENT, {
      name: `${settings.fleet}-agent`,
      documentType: "Command",
      documentFormat: "JSON",
      targetType: "/AWS::EC2::Instance",
      content: json({
        schemaVersion: "2.2",
        description: "Installs the CloudWatch agent, and gives it its configuration",
        parameters: {
          Location: { type: "String", allowedPattern: "^AmazonCloudWatch-[A-Za-z0-9_.-]+$" },
          // A new configuration is a new value here: State Manager runs what has changed.
          Configuration: { type: "String", allowedPattern: "^[0-9a-f]{64}$" },
        },
        mainSteps: [
          { name: "install", action: "aws:configurePackage", inputs: { name: "AmazonCloudWatchAgent", action: "Install" } },
          {
            name: "configure",
            action: "aws:runDocument",
            inputs: {
              documentType: "SSMDocument",
              documentPath: "AmazonCloudWatch-ManageAgent",
              documentParameters: { action: "configure", mode: "ec2", optionalConfigurationSource: "ssm", optionalConfigurationLocation: "{{ Location }}", optionalRestart: "yes" },
            },
          },
        ],
      }),
      tags: tagsOf(settings, "agent"),
    }),
    plan("aws:ssm/association:Association", "aws-agent", {
      name: link(AGENT_DOCUMENT, "name"),
      associationName: `${settings.fleet}-agent`,
      targets: [{ key: `tag:${FLEET_TAG}`, values: [settings.fleet] }],
      parameters: { Location: link(AGENT_CONFIGURATION, "name"), Configuration: sha256(configuration) },
      // What is newer is installed then.
      scheduleExpression: "rate(7 days)",
      complianceSeverity: "MEDIUM",
      maxConcurrency: "50",
      maxErrors: "100%",
      tags: fixedTags(settings, "agent"),
    }, { needs: [EVENTS_GROUP, REPORTS_GROUP] }),
  ];
}

/** Buckets of AWS, by region, out of which Systems Manager's agent takes packages, what documents bring along, and patch snapshots. */
const AWS_BUCKETS = ["aws-ssm-", "aws-windows-downloads-", "amazon-ssm-", "amazon-ssm-packages-", "aws-ssm-distributor-file-", "aws-ssm-document-attachments-", "patch-baseline-snapshot-", "amazoncloudwatch-agent-"];

/** Needed where the way to S3 is an endpoint: behind one, the agent asks as the machine's role and not as nobody. */
export function packageStatements({ aws: { region, network }, logging, updates }: AwsFleetSettings): Statement[] {
  if (!network.endpoints || !(logging.events || updates.patching === "window")) return [];
  const buckets = [...AWS_BUCKETS.map((name) => `${name}${region}`), `${region}-birdwatcher-prod`];
  return [{ Sid: "ReadPackagesOfAws", Effect: "Allow", Action: "s3:GetObject", Resource: buckets.map((bucket) => `arn:${partition(region)}:s3:::${bucket}/*`) }];
}
