import { z } from "zod";
import { armSender, type ArmPlace } from "./arm-sender";
import { ChannelError } from "./channel";
import { admits, type DoorGroups, type DoorRule } from "./doors";
import { Backoff, type Patience } from "./patience";

/** Microsoft.Network, as Pulumi's provider asks for it. */
const API = "2024-05-01";

const ruleSchema = z.object({
  id: z.string(),
  properties: z.object({
    direction: z.string(),
    access: z.string(),
    protocol: z.string(),
    sourceAddressPrefix: z.string().optional(),
    sourceAddressPrefixes: z.array(z.string()).optional(),
    sourceApplicationSecurityGroups: z.array(z.object({ id: z.string() })).optional(),
    destinationPortRange: z.string().optional(),
    destinationPortRanges: z.array(z.string()).optional(),
  }),
});
const groupSchema = z.object({ properties: z.object({ securityRules: z.array(ruleSchema).optional() }) });

/** Network security groups and their inbound rules, but for Azure's own, which nobody can remove. */
export function azureDoors(place: ArmPlace, endpoint: string | undefined): DoorGroups {
  const send = armSender(place, endpoint);
  return {
    open: async (group, patience) => {
      const { status, body } = await send("networkSecurityGroups/read", { method: "GET", path: group, version: API }, patience);
      if (status === 404) throw new ChannelError(`there is no network security group ${group}: refresh the stack, and run up again`);
      const parsed = groupSchema.safeParse(body);
      if (!parsed.success) throw new ChannelError(`networkSecurityGroups/read: the answer is not as expected: ${parsed.error.issues[0]?.message ?? ""}`);
      return (parsed.data.properties.securityRules ?? []).flatMap(doorIn);
    },
    // One after the other: Azure changes one rule of a group at a time.
    shut: async (_group, rules, patience) => {
      for (const { id } of rules) {
        await send("securityRules/delete", { method: "DELETE", path: id, version: API }, patience);
        await gone(id, patience);
      }
    },
  };

  async function gone(id: string, patience: Patience): Promise<void> {
    const backoff = new Backoff();
    while ((await send("securityRules/read", { method: "GET", path: id, version: API }, patience)).status !== 404) await backoff.pause(patience);
  }
}

function doorIn({ id, properties }: z.infer<typeof ruleSchema>): DoorRule[] {
  const { direction, access, protocol, destinationPortRange, destinationPortRanges = [] } = properties;
  const ports = [...(destinationPortRange === undefined || destinationPortRange === "" ? [] : [destinationPortRange]), ...destinationPortRanges];
  const lets = direction.toLowerCase() === "inbound" && access.toLowerCase() === "allow" && ["tcp", "*"].includes(protocol.toLowerCase());
  if (!lets || !ports.some(admitsRange)) return [];
  const sources = [properties.sourceAddressPrefix ?? "", ...(properties.sourceAddressPrefixes ?? []), ...(properties.sourceApplicationSecurityGroups ?? []).map((group) => group.id)].filter((source) => source !== "");
  return [{ id, text: `${sources.join(", ")} to ${ports.join(", ")}` }];
}

/** `5986`, `5000-6000` or `*`. */
function admitsRange(range: string): boolean {
  if (range === "*") return true;
  const [first, last = first] = range.split("-").map(Number);
  return first !== undefined && last !== undefined && admits(first, last);
}
