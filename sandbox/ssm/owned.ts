import type { JsonRecord } from "../store/json";
import type { SsmDocument } from "./document";

/** Documents of AWS that a stack may name: their parameters, as Systems Manager's DescribeDocument gives them out, and no content. */
const owned = (name: string, parameters: JsonRecord): readonly [string, SsmDocument] => [name, { schemaVersion: "2.2", description: name, parameters, steps: [] }];

const one = (fallback: string | undefined, ...allowedValues: readonly string[]): JsonRecord => ({ type: "String", ...(allowedValues.length > 0 && { allowedValues }), ...(fallback !== undefined && { default: fallback }) });

export const OWNED: ReadonlyMap<string, SsmDocument> = new Map([
  owned("AmazonCloudWatch-ManageAgent", {
    action: one("configure", "configure", "configure (append)", "configure (remove)", "start", "status", "stop"),
    mode: one("ec2", "ec2", "onPremise", "auto"),
    optionalConfigurationSource: one("ssm", "ssm", "default", "all"),
    optionalConfigurationLocation: { type: "String", default: "", allowedPattern: '[a-zA-Z0-9-"~:_@./^(*)!<>?=+]*$' },
    optionalOpenTelemetryCollectorConfigurationSource: one("ssm", "ssm", "default", "all"),
    optionalOpenTelemetryCollectorConfigurationLocation: one(""),
    optionalRestart: one("yes", "yes", "no"),
  }),
  owned("AWS-RunPatchBaseline", {
    Operation: one(undefined, "Scan", "Install"),
    AssociationId: one(""),
    SnapshotId: one(""),
    InstallOverrideList: one(""),
    BaselineOverride: { type: "String", default: "", allowedPattern: "^$|^https://[^`'\"$]+$|^s3://[a-z0-9.-]{3,63}/[^`'\"$]+$" },
    RebootOption: one("RebootIfNeeded", "RebootIfNeeded", "NoReboot"),
  }),
]);

/** Packages of AWS' distributor. */
export const PACKAGES: readonly string[] = ["AmazonCloudWatchAgent"];
