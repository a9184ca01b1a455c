import { control } from "./control";
import { cis, stig } from "./tables/references";
import { COMPATIBILITY } from "./tables/winrm-policies";

/** 5985 is WinRM's HTTP port, 47001 the port that http.sys keeps for WinRM's local use. */
export const HTTP_PORTS = [5985, 47001] as const;

/** Built-in firewall rules that open WinRM over HTTP; names, because display names are translated. */
export const HTTP_RULES = [
  "WINRM-HTTP-In-TCP",
  "WINRM-HTTP-In-TCP-PUBLIC",
  "WINRM-HTTP-In-TCP-NoScope",
  "WINRM-HTTP-Compat-In-TCP",
  "WINRM-HTTP-Compat-In-TCP-NoScope",
] as const;

export const BLOCK_HTTP_RULE = "secure-winrm-block-http";

export const noHttpListener = control({
  id: "no-http-listener",
  title: "WinRM does not listen on HTTP",
  guideline: "No plain HTTP listener, compatibility listeners off, their ports closed, and they stay away.",
  references: [...cis("18.10.89.2.3"), ...stig("CC-000510")],
  layers: ["guest", "network", "probe"],
  exceptions: "none",
  guest: () => [
    { kind: "listener", transport: "HTTP", ensure: "absent" },
    { kind: "wsman", path: "Service/EnableCompatibilityHttpListener", op: "eq", value: "false" },
    { kind: "wsman", path: "Service/EnableCompatibilityHttpsListener", op: "eq", value: "false" },
    ...COMPATIBILITY,
    ...HTTP_RULES.map((name) => ({ kind: "builtinRule" as const, name })),
    { kind: "firewallRule", name: BLOCK_HTTP_RULE, action: "Block", ports: HTTP_PORTS, local: "Any", remote: "Any" },
    { kind: "answer", scheme: "http", port: 5985, addresses: ["127.0.0.1", "::1"], expect: "none" },
  ],
  probe: () => [...HTTP_PORTS, 80].map((port) => ({ see: "closed" as const, port, from: "anywhere" as const })),
});
