import { fixedTags, FLEET_TAG } from "../fleet/naming";
import { joined, link } from "../graph/planned";
import { BUCKET, BUCKET_POLICY } from "./bucket";
import type { Statement } from "./certificate";
import type { AwsFleetSettings } from "./naming";
import { plan, type AwsPlanned } from "./types";

const WINDOW = "aws-patch-window";
const BASELINE = "aws-patch-baseline";
export const BASELINE_KEY = "patch-baseline.json";

/** Longest time between two of Microsoft's monthly updates: five weeks. */
const MONTH = 35;
const LONGEST_WAIT = 7;

/** An update waits as long as the demanded age leaves room after the month that lies between two of them, and at most a week. */
export const approvalDays = ({ updates }: AwsFleetSettings): number => Math.max(0, Math.min(LONGEST_WAIT, updates.maximumAgeDays - MONTH));

/** What is installed: security and critical updates of every product. In the form that AWS-RunPatchBaseline takes. */
const baseline = (settings: AwsFleetSettings): object[] => [
  {
    OperatingSystem: "WINDOWS",
    ApprovalRules: {
      PatchRules: [
        {
          PatchFilterGroup: { PatchFilters: [{ Key: "PRODUCT", Values: ["*"] }, { Key: "CLASSIFICATION", Values: ["SecurityUpdates", "CriticalUpdates"] }] },
          ComplianceLevel: "CRITICAL",
          ApproveAfterDays: approvalDays(settings),
          EnableNonSecurity: false,
        },
      ],
    },
    ApprovedPatches: [],
    ApprovedPatchesComplianceLevel: "CRITICAL",
    ApprovedPatchesEnableNonSecurity: false,
    GlobalFilters: { PatchFilters: [] },
    RejectedPatches: [],
    RejectedPatchesAction: "ALLOW_AS_DEPENDENCY",
    Sources: [],
  },
];

/**
 * Updates, and the restart for them, in the window and nowhere else. A maintenance window and not an association: only the
 * window has a length, starts nothing in its last hour, and stops what still runs. The baseline is a file that the run is
 * told of: a patch group would be a tag on each host, of which a host can have one, perhaps somebody else's. There is no
 * scan outside the window: with such a file Systems Manager records no compliance, and the host's own audit tells the age.
 */
export function patching(settings: AwsFleetSettings): AwsPlanned[] {
  if (settings.updates.patching !== "window") return [];
  const { fleet, updates: { window } } = settings;
  const [hour = "", minute = ""] = window.start.split(":");
  const day = window.day === "daily" ? "*" : window.day.toUpperCase();
  return [
    plan("aws:s3/bucketObjectv2:BucketObjectv2", BASELINE, {
      bucket: link(BUCKET),
      key: BASELINE_KEY,
      content: `${JSON.stringify(baseline(settings), undefined, 2)}\n`,
      contentType: "application/json",
    }, { needs: [BUCKET_POLICY] }),
    plan("aws:ssm/maintenanceWindow:MaintenanceWindow", WINDOW, {
      name: windowName(fleet),
      description: `Updates of ${fleet}`.slice(0, 128),
      schedule: `cron(${Number(minute)} ${Number(hour)} ? * ${day} *)`,
      scheduleTimezone: "Etc/UTC",
      duration: window.hours,
      cutoff: 1,
      tags: fixedTags(settings, "patching"),
    }),
    plan("aws:ssm/maintenanceWindowTarget:MaintenanceWindowTarget", "aws-patch-target", {
      windowId: link(WINDOW),
      name: "hosts",
      resourceType: "INSTANCE",
      targets: [{ key: `tag:${FLEET_TAG}`, values: [fleet] }],
    }),
    plan("aws:ssm/maintenanceWindowTask:MaintenanceWindowTask", "aws-patch-task", {
      windowId: link(WINDOW),
      name: "install",
      taskType: "RUN_COMMAND",
      taskArn: "AWS-RunPatchBaseline",
      cutoffBehavior: "CANCEL_TASK",
      priority: 1,
      // Half of the hosts at a time: never all of them away at once, and two rounds fit into every window.
      maxConcurrency: "50%",
      maxErrors: "50%",
      targets: [{ key: "WindowTargetIds", values: [link("aws-patch-target")] }],
      taskInvocationParameters: {
        runCommandParameters: {
          parameters: [
            { name: "Operation", values: ["Install"] },
            { name: "RebootOption", values: ["RebootIfNeeded"] },
            { name: "BaselineOverride", values: [joined("s3://", link(BUCKET), "/", BASELINE_KEY)] },
          ],
          timeoutSeconds: 600,
        },
      },
    }, { needs: [BASELINE] }),
  ];
}

/** 128 characters are the most. */
const windowName = (fleet: string): string => `${fleet.slice(0, 118)}-patching`;

export function patchStatements({ updates }: AwsFleetSettings): Statement[] {
  if (updates.patching !== "window") return [];
  return [{ Sid: "ReadPatchBaseline", Effect: "Allow", Action: "s3:GetObject", Resource: joined(link(BUCKET, "arn"), "/", BASELINE_KEY) }];
}
