/** The twenty controls, in the order of every report. Ids are final: settings, documents, reports and stored results use them. */
export const CONTROL_IDS = [
  "https-listener",
  "trusted-certificate",
  "no-http-listener",
  "policy-managed",
  "chosen-addresses",
  "windows-firewall",
  "automation-nodes-only",
  "kerberos-or-ntlm",
  "modern-tls",
  "strong-passwords",
  "event-logging",
  "remoting-user-only",
  "script-block-logging",
  "runas-escalation",
  "least-privilege",
  "unused-endpoints",
  "up-to-date",
  "traffic-monitoring",
  "regular-audit",
  "secrets-kept",
] as const;

export type ControlId = (typeof CONTROL_IDS)[number];
