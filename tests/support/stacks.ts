import fc from "fast-check";
import { example } from "./example";

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
    rings: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 8, maxLength: 8 }),
    addresses: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 8, maxLength: 8 }),
    wildcard: fc.boolean(),
    protect: fc.boolean(),
    tags: fc.dictionary(fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,10}$/), fc.stringMatching(/^[a-z0-9 ]{0,20}$/), { maxKeys: 3, noNullPrototype: true }),
  })
  .map((shape) => {
    const stack = example();
    stack.automation.nodes = shape.nodes.map((n, i) => ({ name: `exec-${i + 1}`, addresses: [`10.99.0.${n}`] }));
    stack.account = shape.kerberos
      ? { name: "svc-ansible@CORP.EXAMPLE", transport: "kerberos", plugin: shape.plugin }
      : { name: "svc-ansible", transport: "ntlm", plugin: shape.plugin };
    stack.tags = shape.tags;
    if (shape.found) {
      stack.aws.network = {
        vpc: { id: "vpc-0123456789abcdef0" },
        subnets: { app: { id: "subnet-0123456789abcdef0", cidr: "10.20.1.0/24" } },
        routeTables: ["rtb-0123456789abcdef0"],
        endpoints: shape.endpoints,
        egress: [{ cidr: "10.0.0.0/8", port: 443, purpose: "proxy" }, { cidr: "10.1.0.0/24", port: 88, protocol: "udp", purpose: "Kerberos" }],
      };
    }
    if (shape.dns) stack.aws.dns = { zoneId: "Z0123456789" };
    if (shape.wildcard) stack.exceptions = [{ control: "chosen-addresses", what: "wildcard-listener", reason: "two services on one host", approvedBy: "J. Doe", expires: "2027-01-01" }];
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
