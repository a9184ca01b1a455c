import type { Settings } from "../settings/settings";

export type Cloud = "aws" | "azure";

/** Tag by which the reader, a keeper and recovery find what belongs to a fleet. */
export const FLEET_TAG = "secure-winrm-fleet";
export const PROFILE_TAG = "secure-winrm-profile";

/** Fixed tags of interfaces, groups and rules: a changed user tag must not touch what decides who gets in. */
export const fixedTags = (settings: Settings, name: string): Record<string, string> => ({ Name: `${settings.fleet}-${name}`, [FLEET_TAG]: settings.fleet });
