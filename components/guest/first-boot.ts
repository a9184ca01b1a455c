import { BLOCK_HTTP_RULE, HTTP_PORTS, HTTP_RULES } from "../controls/no-http-listener";

/**
 * What a new host runs once, before anybody can talk to it: it shuts the HTTP port that Windows opens by itself.
 * Everything else comes over the control channel. Holds no secret and nothing that differs between hosts.
 * A changed byte stops and starts every host: treat it as a breaking change.
 */
export const FIRST_BOOT = [
  "<powershell>",
  "$ErrorActionPreference = 'Stop'",
  `if (-not (Get-NetFirewallRule -Name '${BLOCK_HTTP_RULE}' -ErrorAction SilentlyContinue)) {`,
  `  New-NetFirewallRule -Name '${BLOCK_HTTP_RULE}' -DisplayName '${BLOCK_HTTP_RULE}' -Direction Inbound -Action Block -Protocol TCP -LocalPort ${HTTP_PORTS.map((port) => `'${port}'`).join(",")} -Profile Any | Out-Null`,
  "}",
  `foreach ($name in ${HTTP_RULES.map((name) => `'${name}'`).join(",")}) {`,
  "  Get-NetFirewallRule -Name $name -ErrorAction SilentlyContinue | Disable-NetFirewallRule",
  "}",
  "</powershell>",
  "",
].join("\n");
