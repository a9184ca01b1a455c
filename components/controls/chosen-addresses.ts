import { ref } from "../guest/kinds";
import { contains, parseAddress, parsePrefix } from "../network/address";
import { hostsOf } from "../settings/places";
import type { Problem } from "../settings/problem";
import { control } from "./control";
import { exceptionFor } from "./exceptions";
import { HTTPS_PORT } from "./https-listener";

/** The one exception: a listener on every address, narrowed by Windows firewall; loopback then answers too. */
export const WILDCARD = "wildcard-listener";

export const chosenAddresses = control({
  id: "chosen-addresses",
  title: "WinRM listens only on the addresses chosen for it",
  guideline: "The listener stands on named addresses, never on localhost or any other address of the machine.",
  layers: ["plan", "guest", "probe"],
  exceptions: [WILDCARD],
  plan: (settings) => {
    const problems: Problem[] = [];
    const owners = new Map<string, string>();
    for (const { cloud, key, name, host, subnets } of hostsOf(settings)) {
      const subnet = Object.hasOwn(subnets, host.subnet) ? subnets[host.subnet] : undefined;
      if (!subnet) {
        problems.push({ key: `${key}.subnet`, what: `is not one of ${cloud}.network.subnets`, found: `"${host.subnet}"`, mend: `write one of ${Object.keys(subnets).join(", ")}` });
      }
      host.addresses.forEach((address, i) => {
        const at = `${key}.addresses[${i}]`;
        const owner = owners.get(address);
        if (owner !== undefined) problems.push({ key: at, what: owner === name ? "stands twice" : `is an address of ${owner} too`, found: `"${address}"`, mend: "give each host its own addresses" });
        owners.set(address, name);
        const problem = subnet?.cidr === undefined ? undefined : outside(address, subnet.cidr, cloud);
        if (problem) problems.push({ key: at, what: problem, found: `"${address}"`, mend: `write a free address of subnet ${host.subnet} (${subnet?.cidr ?? ""})` });
      });
      if (host.listen.length > 1 && !exceptionFor(settings, "chosen-addresses", name)) {
        problems.push({
          key: `${key}.listen`,
          what: "names several addresses, of which Windows serves only one per port",
          found: host.listen.join(", "),
          mend: `keep one, or record an exception for chosen-addresses with what: ${WILDCARD} (a listener on all addresses, narrowed by the firewall)`,
        });
      }
      if (new Set(host.listen).size < host.listen.length) {
        problems.push({ key: `${key}.listen`, what: "names an address twice", found: host.listen.join(", "), mend: "name each address once" });
      }
    }
    return problems;
  },
  guest: ({ wildcard }) => [
    { kind: "addresses", addresses: ref("host.interface") },
    { kind: "sslBinding", port: HTTPS_PORT, addresses: ref("host.listen") },
    // A wildcard listener answers on loopback: that is what the exception says, so nobody claims silence there.
    ...(wildcard ? [] : [{ kind: "answer" as const, scheme: "https" as const, port: HTTPS_PORT, addresses: ref("host.otherAddresses"), expect: "none" as const }]),
  ],
  probe: ({ wildcard }) => (wildcard ? [] : [{ see: "silence", port: HTTPS_PORT, on: "loopback" }]),
});

/** Both clouds keep the first four addresses and the last one of every subnet. */
function outside(address: string, cidr: string, cloud: "aws" | "azure"): string | undefined {
  const parsed = parseAddress(address);
  const prefix = parsePrefix(cidr);
  if (!parsed || !prefix) return undefined;
  if (!contains(prefix, { family: parsed.family, first: parsed.value, last: parsed.value })) return "is outside its subnet";
  const kept = parsed.value - prefix.first < 4n || parsed.value === prefix.last;
  return kept ? `is one that ${cloud === "aws" ? "AWS" : "Azure"} keeps for itself` : undefined;
}
