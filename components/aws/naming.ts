import { fixedTags } from "../fleet/naming";
import type { Settings } from "../settings/settings";

/** Tag that bears a resource's logical name. */
export const RESOURCE_TAG = "secure-winrm-resource";

/** AWS settings of a stack that has them. */
export type AwsFleetSettings = Settings & { readonly aws: NonNullable<Settings["aws"]> };

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
