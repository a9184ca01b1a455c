import type { RegistryResource } from "../../guest/kinds";

const PROTOCOLS = "SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols";

export const OLD_PROTOCOLS = ["SSL 2.0", "SSL 3.0", "TLS 1.0", "TLS 1.1"] as const;

const server = (protocol: string, name: string, value: number): RegistryResource => ({ kind: "registry", path: `${PROTOCOLS}\\${protocol}\\Server`, name, type: "DWord", op: "eq", value, after: "boot" });

/** TLS 1.3 is left as Windows has it: on from Server 2022, and not to be switched on before. Source: TLS registry settings. */
export const SERVER_PROTOCOLS: readonly RegistryResource[] = [
  ...OLD_PROTOCOLS.flatMap((protocol) => [server(protocol, "Enabled", 0), server(protocol, "DisabledByDefault", 1)]),
  server("TLS 1.2", "Enabled", 1),
  server("TLS 1.2", "DisabledByDefault", 0),
];
