import { z } from "zod";
import type { ArmPlace } from "./arm";
import { ArmRequests } from "./arm-requests";
import { ChannelError } from "./channel";
import { holdsPort, NoGroupError, type DoorGroups, type DoorRule } from "./doors";
import { Backoff, type Patience } from "./patience";

const VERSION = { "api-version": "2024-05-01" };

const ruleSchema = z.object({
  id: z.string(),
  name: z.string(),
  properties: z.object({
    direction: z.string(),
    access: z.string(),
    protocol: z.string(),
    sourceAddressPrefix: z.string().nullish(),
    sourceAddressPrefixes: z.array(z.string()).nullish(),
    destinationPortRange: z.string().nullish(),
    destinationPortRanges: z.array(z.string()).nullish(),
  }),
});
type Rule = z.infer<typeof ruleSchema>;
const groupSchema = z.object({ properties: z.object({ securityRules: z.array(ruleSchema) }) });

/**
 * Doors in Azure: allow rules of a network security group, whatever their priority.
 *
 * @param endpoint a sandbox's, on this machine
 */
export function azureDoors(place: ArmPlace, endpoint: string | undefined): DoorGroups {
  const arm = new ArmRequests(place, endpoint);
  return {
    async open(group, patience) {
      const found = await arm.get(group, VERSION, groupSchema, patience);
      if (found === undefined) throw new NoGroupError(`Azure has no network security group ${group}; run refresh, and up again`);
      return found.properties.securityRules.filter(letsIn).map(doorOf);
    },
    async shut(_group, rules, patience) {
      // One after the other: Azure changes one rule of a group at a time.
      for (const rule of rules) {
        await arm.remove(rule.id, VERSION, patience);
        await gone(arm, rule, patience);
      }
    },
  };
}

/** Azure takes a rule away behind its answer. */
async function gone(arm: ArmRequests, { id, text }: DoorRule, patience: Patience): Promise<void> {
  const backoff = new Backoff();
  while ((await arm.get(id, VERSION, z.unknown(), patience)) !== undefined) {
    await backoff.pause(patience);
    if (patience.over) throw new ChannelError(`${text} still stands after ${patience.text}`);
  }
}

function letsIn({ properties: { direction, access, protocol, destinationPortRange, destinationPortRanges } }: Rule): boolean {
  const ports = [destinationPortRange ?? "", ...(destinationPortRanges ?? [])].filter((range) => range !== "");
  return direction.toLowerCase() === "inbound" && access.toLowerCase() === "allow" && ["*", "tcp"].includes(protocol.toLowerCase()) && ports.some(holds);
}

/** "5986", "5000-6000" or "*"; what is none of them might be anything. */
function holds(range: string): boolean {
  const [match, first = "", last = first] = /^(\d+)(?:-(\d+))?$/.exec(range) ?? [];
  return match === undefined || holdsPort(Number(first), Number(last));
}

function doorOf({ id, name, properties }: Rule): DoorRule {
  const listed = (one: string | null | undefined, many: readonly string[] | null | undefined): string => [one ?? "", ...(many ?? [])].filter((text) => text !== "").join(", ");
  const source = listed(properties.sourceAddressPrefix, properties.sourceAddressPrefixes) || "application security groups";
  return { id, text: `${name} (${properties.protocol} ${listed(properties.destinationPortRange, properties.destinationPortRanges)} from ${source})` };
}
