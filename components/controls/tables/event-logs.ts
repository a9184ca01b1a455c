import type { EventLogResource, PolicyResource } from "../../guest/kinds";
import { policy } from "./winrm-policies";

const POLICIES = "SOFTWARE\\Policies\\Microsoft\\Windows\\EventLog";

/** Logs that have a policy. Sizes in kilobytes. Source: CIS Windows Server 2022 v4.0.0, 18.10.26. */
const LOGS = [
  ["Application", 32_768, "18.10.26.1.2"],
  ["Security", 196_608, "18.10.26.2.2"],
  ["Setup", 32_768, "18.10.26.3.2"],
  ["System", 32_768, "18.10.26.4.2"],
] as const;

export const LOG_CIS = LOGS.map(([, , id]) => id);

/** Retention "0": when the log is full, new events take the place of the oldest. */
export const LOG_POLICIES: readonly PolicyResource[] = LOGS.flatMap(([log, kilobytes]) => [policy(`${POLICIES}\\${log}`, "MaxSize", kilobytes, "ge"), policy(`${POLICIES}\\${log}`, "Retention", "0")]);

/** 32 MiB, as the benchmark wants of Application: these have neither a policy nor a size of the benchmark's own. */
const CHANNEL_BYTES = 33_554_432;

export const CHANNELS: readonly EventLogResource[] = ["Microsoft-Windows-WinRM/Operational", "Microsoft-Windows-PowerShell/Operational", "Windows PowerShell"].map((channel) => ({ kind: "eventLog", channel, minimumBytes: CHANNEL_BYTES }));
