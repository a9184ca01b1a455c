import { z } from "zod";
import type { GuestResource } from "../../components/guest/kinds";

/** The kinds of resource as the model reads them: strict, so that a key that it does not know is no document at all. */

const ref = z.strictObject({
  ref: z.enum(["host.name", "host.listen", "host.secret", "host.otherAddresses", "nodes.allow", "nodes.others", "nodes.hash", "host.interface"]),
});
const refOrAny = z.union([ref, z.literal("Any")]);
const op = z.enum(["eq", "ge", "le", "between", "oneOf", "absent"]);
const port = z.int().min(1).max(65535);

const profile = z.enum(["Domain", "Private", "Public"]);
const registryValue = z.union([z.number(), z.string(), z.array(z.number())]).optional();
const sid = z.templateLiteral(["S-1-", z.string()]);
const trustee = z.union([sid, z.literal("account.connection"), z.literal("account.become")]);

export const resource: z.ZodType<GuestResource> = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("folder"), path: z.string(), sddl: z.string() }),
  z.strictObject({ kind: z.literal("wsman"), path: z.string(), op: z.literal("eq"), value: z.string() }),
  z.strictObject({
    kind: z.literal("registry"),
    path: z.string(),
    name: z.string(),
    type: z.enum(["DWord", "String"]),
    op,
    value: registryValue,
    after: z.enum(["service", "boot"]).optional(),
  }),
  z.strictObject({
    kind: z.literal("certificate"),
    // What a host was proven with before documents said it came from a secret.
    from: z.enum(["secret", "store"]).default("secret"),
    name: ref,
    secret: ref,
    eku: z.string(),
    minimumKeyBits: z.int(),
    minimumDaysLeft: z.int(),
    trustedRoots: z.array(z.base64()),
  }),
  z.strictObject({
    kind: z.literal("listener"),
    transport: z.enum(["HTTP", "HTTPS"]),
    ensure: z.enum(["present", "absent"]),
    port: port.optional(),
    addresses: ref.optional(),
    hostname: ref.optional(),
  }),
  z.strictObject({ kind: z.literal("sslBinding"), port, addresses: ref }),
  z.strictObject({
    kind: z.literal("firewallRule"),
    name: z.string(),
    action: z.enum(["Allow", "Block"]),
    ports: z.array(port).min(1),
    local: refOrAny,
    remote: refOrAny,
  }),
  z.strictObject({ kind: z.literal("builtinRule"), name: z.string() }),
  z.strictObject({ kind: z.literal("firewallProfile"), profile, enabled: z.boolean(), inbound: z.literal("Block") }),
  z.strictObject({ kind: z.literal("service"), name: z.string(), startup: z.enum(["Automatic", "Manual"]), state: z.enum(["Running", "Any"]) }),
  z.strictObject({ kind: z.literal("nodeList"), hash: ref }),
  z.strictObject({
    kind: z.literal("answer"),
    scheme: z.enum(["http", "https"]),
    port,
    addresses: z.union([ref, z.array(z.string())]),
    expect: z.enum(["wsman", "none"]),
  }),
  z.strictObject({
    kind: z.literal("policy"),
    path: z.string().regex(/^SOFTWARE\\(Policies|Microsoft\\Windows\\CurrentVersion\\Policies)\\/i),
    name: z.string(),
    type: z.enum(["DWord", "String"]),
    op,
    value: registryValue,
  }),
  z.strictObject({
    kind: z.literal("accountPolicy"),
    name: z.string(),
    op: z.enum(["eq", "ge", "between"]),
    value: z.union([z.number(), z.tuple([z.number(), z.number()])]),
    write: z.number(),
  }),
  z.strictObject({ kind: z.literal("userRight"), right: z.string(), holds: z.array(trustee), lacks: z.array(trustee) }),
  z.strictObject({ kind: z.literal("auditPolicy"), subcategory: z.string().regex(/^\{[0-9A-F-]{36}\}$/i), success: z.boolean(), failure: z.boolean() }),
  z.strictObject({ kind: z.literal("eventLog"), channel: z.string(), minimumBytes: z.int().positive() }),
  z.strictObject({ kind: z.literal("sessionConfiguration"), name: z.string(), ensure: z.enum(["access", "off"]), allow: z.array(trustee).optional(), virtualAccount: z.literal(true).optional() }),
  z.strictObject({ kind: z.literal("otherSessionConfigurations"), except: z.array(z.string()) }),
  z.strictObject({ kind: z.literal("rootDescriptor"), allow: z.array(z.strictObject({ trustee, access: z.enum(["full", "shell"]) })).min(1) }),
  z.strictObject({ kind: z.literal("account"), role: z.enum(["connection", "become"]), name: z.string().min(1), memberOf: z.array(sid), secret: z.string() }),
  z.strictObject({ kind: z.literal("group"), group: z.string().min(1), members: z.array(trustee) }),
  z.strictObject({
    kind: z.literal("jeaEndpoint"),
    name: z.string().min(1),
    accounts: z.array(z.string()).min(1),
    commands: z.array(z.strictObject({
      name: z.string(),
      parameters: z.array(z.strictObject({ name: z.string(), values: z.array(z.string()).optional(), pattern: z.string().optional() })),
    })),
    transcripts: z.string(),
  }),
  z.strictObject({ kind: z.literal("scheduledTask"), name: z.string(), everyMinutes: z.int().positive(), atStartup: z.boolean(), onRenewal: z.boolean().default(false) }),
  z.strictObject({ kind: z.literal("firewallLog"), profile, minimumKilobytes: z.int().positive(), blocked: z.boolean(), allowed: z.boolean() }),
  z.strictObject({ kind: z.literal("foreignRules"), ports: z.array(port).min(1), except: z.array(z.string()) }),
  z.strictObject({ kind: z.literal("addresses"), addresses: ref }),
  z.strictObject({ kind: z.literal("updates"), maximumAgeDays: z.int().positive(), minimumBuild: z.string().regex(/^(\d+\.\d+)?$/) }),
]);
