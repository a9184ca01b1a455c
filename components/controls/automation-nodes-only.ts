import { ref } from "../guest/kinds";
import { parsePrefix } from "../network/address";
import { daysLeft } from "../settings/exceptions";
import { control } from "./control";
import { HTTPS_PORT } from "./https-listener";
import { SOURCE_RULES } from "./windows-firewall";

/** The one exception: nodes that leave through a shared NAT address, which is then named as a node's address. */
export const SHARED_EGRESS = "shared-egress";

export const automationNodesOnly = control({
  id: "automation-nodes-only",
  title: "Only the automation platform's nodes may connect",
  guideline: "Execution and hybrid nodes and nothing else, the same list in Windows firewall, security group and perimeter.",
  layers: ["plan", "guest", "network"],
  exceptions: [SHARED_EGRESS],
  plan: (settings) => {
    const exceptions = settings.exceptions.flatMap((exception, i) => (exception.control === "automation-nodes-only" ? [{ exception, i }] : []));
    // The list is one for all hosts, so an exception for one of them would widen the doors of all.
    const partial = exceptions.filter(({ exception }) => exception.hosts !== undefined).map(({ i }) => ({
      key: `exceptions[${i}].hosts`,
      what: "limits to some hosts what holds for all: the list of nodes is shared",
      mend: "take `hosts` out, or name single addresses",
    }));
    const excepted = exceptions.some(({ exception }) => daysLeft(exception, settings.today) >= 0);
    return [...partial, ...settings.automation.nodes.flatMap((node, i) =>
      node.addresses.flatMap((text, j) => {
        const prefix = parsePrefix(text);
        const key = `automation.nodes[${i}].addresses[${j}]`;
        if (prefix === undefined) return [];
        if (prefix.family === 6) {
          return [{ key, what: "is an IPv6 address, and hosts have IPv4 addresses here", found: `"${text}"`, mend: "write the IPv4 address that the node connects from" }];
        }
        if (prefix.first === prefix.last || excepted) return [];
        return [{
          key,
          what: "lets in more than one address",
          found: `"${text}"`,
          mend: `write single addresses, or record an exception for automation-nodes-only that has not ended, with what: ${SHARED_EGRESS}`,
        }];
      }),
    )];
  },
  guest: () => [{ kind: "nodeList", hash: ref("nodes.hash") }, ...SOURCE_RULES],
  probe: () => [{ see: "closed", port: HTTPS_PORT, from: "elsewhere" }],
});
