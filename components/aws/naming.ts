import type { Settings } from "../settings/settings";

/** AWS settings of a stack that has them. */
export type AwsFleetSettings = Settings & { readonly aws: NonNullable<Settings["aws"]> };

/** Tag by which the reader, the keeper's association and recovery find what belongs to a fleet. */
export const FLEET_TAG = "secure-winrm-fleet";
export const PROFILE_TAG = "secure-winrm-profile";

/** Fixed tags of interfaces, groups and rules: a changed user tag must not touch what decides who gets in. */
export const fixedTags = (settings: Settings, name: string): Record<string, string> => ({ Name: `${settings.fleet}-${name}`, [FLEET_TAG]: settings.fleet });

export const tagsOf = (settings: AwsFleetSettings, name: string): Record<string, string> => ({
  ...settings.tags,
  ...settings.aws.tags,
  ...fixedTags(settings, name),
});

/** `aws`, `aws-cn`, `aws-us-gov`: the first part of every ARN. */
export function partition(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}
