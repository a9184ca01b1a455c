import { z } from "zod";
import { overlaps, parsePrefix, type Prefix } from "../network/address";
import { evenWithIssues, nameSchema, says, wholeNumber, type Report } from "./schema";

const nodeSchema = z.strictObject({
  name: nameSchema("an automation node").describe("Name of the execution or hybrid node, for descriptions and reports."),
  addresses: z
    .array(
      z
        .string()
        .refine(
          (text) => parsePrefix(text) !== undefined,
          says("is not an address or prefix", "write the address that the node connects from, such as 10.0.9.5, or a narrow prefix without host bits"),
        ),
    )
    .min(1, says("has no address", "write at least one address that the node connects from"))
    .describe("Addresses that the node connects from: what the host sees, after NAT."),
});

const UNUSABLE = ["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3", "::/127", "ff00::/8", "fe80::/10"].flatMap((text) => parsePrefix(text) ?? []);

interface Given {
  readonly nodes: readonly { readonly name: string; readonly addresses: readonly string[] }[];
  readonly widestIpv4: number;
  readonly capacity: number;
}

/** Names once, addresses once, none wider than a node, and room for all of them. */
function checkNodes(automation: Given, report: Report): void {
  const names = new Set<string>();
  const seen: { prefix: Prefix; path: string }[] = [];
  automation.nodes.forEach((node, i) => {
    if (names.has(node.name)) report(["nodes", i, "name"], node.name, says("stands twice", "give each node its own name, or one node all its addresses"));
    names.add(node.name);
    node.addresses.forEach((text, j) => {
      const path = ["nodes", i, "addresses", j];
      const prefix = parsePrefix(text);
      if (!prefix) return;
      const widest = prefix.family === 4 ? automation.widestIpv4 : 128;
      if (prefix.length < widest) {
        const single = text.split("/")[0] ?? text;
        const mend = prefix.family === 4 ? `write single addresses (did you mean ${single}?), or allow it with automation.widestIpv4 and an exception for automation-nodes-only, with what: shared-egress` : "write the IPv4 address that the node connects from: hosts have IPv4 addresses here";
        report(path, text, says(`lets in more than a node: /${prefix.length} is wider than /${widest}`, mend));
      } else if (UNUSABLE.some((range) => overlaps(range, prefix))) {
        report(path, text, says("is no address that a node can connect from", "write the node's own unicast address; loopback, multicast and unspecified addresses match nobody or everybody"));
      }
      const twin = seen.find((other) => overlaps(other.prefix, prefix));
      if (twin) report(path, text, says(`overlaps with ${twin.path}`, "name each address once"));
      seen.push({ prefix, path: `automation.nodes[${i}].addresses[${j}]` });
    });
  });
  if (seen.length > automation.capacity) {
    report(["capacity"], automation.capacity, says(`is less than the ${seen.length} addresses of the nodes`, `write at least ${seen.length}`));
  }
}

/** Who may reach port 5986. Guideline: only the automation platform's execution and hybrid nodes. */
export const automationSchema = z
  .strictObject({
    nodes: z
      .array(nodeSchema)
      .min(1, says("is an empty list", "name at least one execution node: an empty list would shut every host or, worse, widen a rule"))
      .describe("Execution and hybrid nodes of the automation platform; never control or hop nodes."),
    widestIpv4: wholeNumber(16, 32, "bits")
      .default(32)
      .describe("Shortest IPv4 prefix length that a node's address may have. Unit: bits. @default 32, single addresses only"),
    capacity: wholeNumber(1, 50, "entries")
      .default(20)
      .describe(
        "Room in the shared list for nodes to come. AWS counts the whole capacity against the 60 rules of a security group. Unit: entries. @default 20",
      ),
  })
  .check(evenWithIssues(checkNodes))
  .describe("The automation platform's nodes: the only sources that may reach port 5986.");

export type Automation = z.infer<typeof automationSchema>;
