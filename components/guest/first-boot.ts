import { HTTPS_PORT } from "../controls/https-listener";
import { BLOCK_HTTP_RULE, HTTP_PORTS, HTTP_RULES } from "../controls/no-http-listener";

/** Blocks WinRM's HTTPS port for everybody until a gate run has passed, which takes the rule away. */
export const GATE_RULE = "secure-winrm-gate";

const block = (name: string, ports: readonly number[]): string[] => [
  `if (-not (Get-NetFirewallRule -Name '${name}' -ErrorAction SilentlyContinue)) {`,
  `  New-NetFirewallRule -Name '${name}' -DisplayName '${name}' -Direction Inbound -Action Block -Protocol TCP -LocalPort ${ports.map((port) => `'${port}'`).join(",")} -Profile Any | Out-Null`,
  "}",
];

/**
 * What a new host runs once, before anybody can talk to it: it shuts the HTTP port that Windows opens by itself, and the
 * HTTPS port for the time until the host has proven itself. Everything else comes over the control channel. Holds no
 * secret and nothing that differs between hosts. A changed byte stops and starts every host: treat it as a breaking change.
 */
export const FIRST_BOOT = [
  "<powershell>",
  "$ErrorActionPreference = 'Stop'",
  ...block(GATE_RULE, [HTTPS_PORT]),
  ...block(BLOCK_HTTP_RULE, HTTP_PORTS),
  `foreach ($name in ${HTTP_RULES.map((name) => `'${name}'`).join(",")}) {`,
  "  Get-NetFirewallRule -Name $name -ErrorAction SilentlyContinue | Disable-NetFirewallRule",
  "}",
  "</powershell>",
  "",
].join("\n");
