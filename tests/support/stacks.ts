import fc from "fast-check";
import type { CommonArgs } from "../../components/fleet/args";
import { example } from "./example";

interface Accounts {
  readonly plugin: string;
  readonly kerberos: boolean;
  readonly endpoint: boolean;
  readonly secrets: boolean;
}

function accountOf({ plugin, kerberos, endpoint, secrets }: Accounts): CommonArgs["account"] {
  const how = endpoint ? { plugin: "psrp", escalation: "endpoint" } : { plugin };
  if (kerberos) return { name: "svc-ansible@CORP.EXAMPLE", becomeUser: "svc-become@CORP.EXAMPLE", transport: "kerberos", ...how };
  return { name: "svc-ansible", becomeUser: "svc-become", transport: "ntlm", ...how, ...(secrets ? { secret: "accounts/ansible", becomeSecret: "accounts/become" } : {}) };
}

export const approved = (control: string, what: string) => ({ control, what, reason: "approved for the tests", approvedBy: "J. Doe", expires: "2027-01-01" });

/** An endpoint with so many commands, each as long as a real one. */
export const jeaOf = (commands: number) => ({
  name: "jea.operators",
  accounts: ["operators@CORP.EXAMPLE", "S-1-5-21-1-2-3-1105"],
  commands: Array.from({ length: commands }, (_, i) => ({
    name: `Restart-Application${i}`,
    parameters: [{ name: "Name", values: ["Spooler", "W3SVC"] }, { name: "ComputerName", pattern: "^[a-z0-9-]{1,15}$" }, { name: "Force" }],
  })),
});

/** Valid stacks of many shapes: made or found network, rings, several addresses, wildcard listeners, pass-through. */
export const stacks = fc
  .record({
    hosts: fc.integer({ min: 1, max: 8 }),
    nodes: fc.uniqueArray(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 12 }),
    found: fc.boolean(),
    endpoints: fc.boolean(),
    dns: fc.boolean(),
    plugin: fc.constantFrom("psrp", "winrm"),
    kerberos: fc.boolean(),
    endpoint: fc.boolean(),
    secrets: fc.boolean(),
    passwords: fc.record({ minimumLength: fc.integer({ min: 14, max: 128 }), maximumAgeDays: fc.integer({ min: 2, max: 365 }), lockoutThreshold: fc.integer({ min: 1, max: 5 }), lockoutMinutes: fc.integer({ min: 15, max: 1440 }) }, { requiredKeys: [] }),
    updates: fc.record({ maximumAgeDays: fc.integer({ min: 1, max: 45 }), minimumBuild: fc.constantFrom("20348.2700", "26100.1") }, { requiredKeys: [] }),
    jea: fc.boolean(),
    commands: fc.integer({ min: 1, max: 50 }),
    rings: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 8, maxLength: 8 }),
    addresses: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 8, maxLength: 8 }),
    wildcard: fc.boolean(),
    protect: fc.boolean(),
    tags: fc.dictionary(fc.stringMatching(/^t[a-z0-9]{0,10}$/), fc.stringMatching(/^[a-z0-9 ]{0,20}$/), { maxKeys: 3, noNullPrototype: true }),
  })
  .map((shape) => {
    const stack = example();
    stack.automation.nodes = shape.nodes.map((n, i) => ({ name: `exec-${i + 1}`, addresses: [`10.99.0.${n}`] }));
    stack.account = accountOf(shape);
    stack.passwords = shape.passwords;
    stack.updates = shape.updates;
    stack.jea = shape.jea ? [jeaOf(shape.commands)] : [];
    stack.tags = shape.tags;
    if (shape.found) {
      stack.aws.network = {
        vpc: { id: "vpc-0123456789abcdef0" },
        subnets: { app: { id: "subnet-0123456789abcdef0", cidr: "10.20.1.0/24" } },
        routeTables: ["rtb-0123456789abcdef0"],
        endpoints: shape.endpoints,
        ...(shape.endpoints && { endpointClients: ["10.20.0.0/16"] }),
        egress: [{ cidr: "10.0.0.0/8", port: 443, purpose: "proxy" }, { cidr: "10.1.0.0/24", port: 88, protocol: "udp", purpose: "Kerberos" }],
      };
    }
    if (shape.dns) stack.aws.dns = { zoneId: "Z0123456789" };
    stack.exceptions = [
      ...(shape.wildcard ? [approved("chosen-addresses", "wildcard-listener")] : []),
      ...(shape.kerberos || shape.endpoint ? [] : [approved("remoting-user-only", "local-account-token-filter")]),
      ...(shape.endpoint ? [approved("runas-escalation", "endpoint-recorded")] : []),
      ...(shape.jea ? [approved("remoting-user-only", "jea-endpoint")] : []),
    ];
    stack.aws.hosts = Object.fromEntries(
      Array.from({ length: shape.hosts }, (_, i) => {
        const addresses = Array.from({ length: shape.addresses[i] ?? 1 }, (_unused, j) => `10.20.1.${10 + i * 10 + j}`);
        return [
          `host-${i}`,
          { addresses, dnsName: `host-${i}.corp.example`, ring: shape.rings[i] ?? 1, protect: shape.protect, ...(shape.wildcard && addresses.length > 1 ? { listen: addresses } : {}) },
        ];
      }),
    );
    return stack;
  });
