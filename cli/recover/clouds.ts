import { AWS_IDENTITIES, AWS_KINDS, RULE } from "../../components/aws/identity";
import { RESOURCE_TAG } from "../../components/aws/naming";
import { AZURE_KINDS, azureIdentities } from "../../components/azure/identity";
import { FLEET_TAG } from "../../components/fleet/naming";
import type { Identify } from "../../components/fleet/identity";
import { armEndpoint } from "../reader/endpoint";
import { awsDoors } from "../reader/doors-aws";
import { azureDoors } from "../reader/doors-azure";
import type { DoorGroups } from "../reader/doors";
import { Patience } from "../reader/patience";
import { CommandError } from "../stack";
import { logicalName, type Checkpoint, type Resource } from "./checkpoint";
import { associationId, taggedAws, windowId, windowPartId } from "./find-aws";
import { taggedAzure } from "./find-azure";
import { windowPart, type View } from "./find";
import type { Wanted } from "./wanted";

/** Longest time for the questions to one cloud. */
const MINUTES = 5;

/** One cloud, as one of the stack's providers reaches it. */
export interface Place {
  readonly provider: string;
  readonly doors: DoorGroups;
  /** Types of the groups that may hold a door. */
  readonly groups: string;
  view(fleets: readonly string[], wanted: readonly Wanted[]): Promise<View>;
}

/** Every provider of a cloud that the state knows; without one there is nothing that a deployment could have lost. */
export function placesOf(checkpoint: Checkpoint): Place[] {
  const providers = checkpoint.resources.filter(({ type }) => type === "pulumi:providers:aws" || type === "pulumi:providers:azure-native");
  const profiles = new Set(providers.flatMap((one) => setting(one, "profile") ?? []));
  if (profiles.size > 1) throw new CommandError(`the stack's providers use several profiles (${[...profiles].join(", ")}), and recover asks with one: take what is lost into the state by hand, with pulumi import`);
  return providers.flatMap((resource) => {
    if (resource.type === "pulumi:providers:aws") return aws(resource);
    return azure(resource);
  });
}

const setting = ({ inputs = {} }: Resource, key: string): string | undefined => {
  const value = inputs[key];
  return typeof value === "string" && value !== "" ? value : undefined;
};

const reference = ({ urn, id }: Resource): string => `${urn}::${id ?? ""}`;

function aws(provider: Resource): Place[] {
  const region = setting(provider, "region") ?? process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION;
  if (region === undefined) throw new CommandError(`${logicalName(provider.urn)} of the state has no region, so its cloud cannot be asked: set AWS_REGION to the deployment's`);
  const profile = setting(provider, "profile");
  // As for Pulumi: the stack's profile, whatever the shell's is.
  if (profile !== undefined) process.env.AWS_PROFILE = profile;
  return [
    {
      provider: reference(provider),
      doors: awsDoors({ region }),
      groups: "aws:ec2/securityGroup:SecurityGroup",
      view: async (fleets, wanted) => {
        const patience = new Patience(MINUTES);
        const tagged = (await Promise.all(fleets.map(async (fleet) => (await taggedAws({ region }, FLEET_TAG, fleet, patience)).map((one) => ({ ...one, fleet }))))).flat();
        const identities = wanted.flatMap(({ type, inputs }) => (AWS_IDENTITIES as Readonly<Record<string, Identify>>)[type]?.(inputs) ?? []);
        return {
          provider: reference(provider),
          identities: AWS_IDENTITIES,
          tagged: tagged.map(({ id, type, fleet, tags }) => ({ id, kind: type, fleet, ...(tags[RESOURCE_TAG] === undefined ? {} : { resource: tags[RESOURCE_TAG] }) })),
          associations: await idsOf(identities.flatMap((one) => (one.by === "association" ? [one.name] : [])), (name) => name, (name) => associationId(region, name, patience)),
          windows: new Map([
            ...(await idsOf(identities.flatMap((one) => (one.by === "window" ? [one.name] : [])), (name) => name, (name) => windowId(region, name, patience))),
            ...(await idsOf(identities.flatMap((one) => (one.by === "window-part" ? [one] : [])), windowPart, (one) => windowPartId(region, one, patience))),
          ]),
          typeOf: (kind) => AWS_KINDS.get(kind) ?? (kind === RULE ? undefined : "part"),
        };
      },
    },
  ];
}

/** What was asked for and found, by its key. */
async function idsOf<T>(all: readonly T[], keyOf: (one: T) => string, ask: (one: T) => Promise<string | undefined>): Promise<Map<string, string>> {
  const found = await Promise.all(all.map(async (one) => [keyOf(one), await ask(one)] as const));
  return new Map(found.flatMap(([key, id]) => (id === undefined ? [] : [[key, id] as const])));
}

const ENVIRONMENTS = ["public", "usgovernment", "china"] as const;

function azure(provider: Resource): Place[] {
  const subscription = setting(provider, "subscriptionId") ?? process.env.ARM_SUBSCRIPTION_ID;
  if (subscription === undefined) throw new CommandError(`${logicalName(provider.urn)} of the state has no subscription, so its cloud cannot be asked: set ARM_SUBSCRIPTION_ID to the deployment's`);
  const tenant = setting(provider, "tenantId");
  const environment = ENVIRONMENTS.find((one) => one === setting(provider, "environment")) ?? "public";
  const where = { environment, subscription, ...(tenant === undefined ? {} : { tenant }) };
  const endpoint = armEndpoint(process.env);
  return [
    {
      provider: reference(provider),
      doors: azureDoors(where, endpoint),
      groups: "azure-native:network:NetworkSecurityGroup",
      view: async (fleets) => {
        const tagged = (await Promise.all(fleets.map(async (fleet) => (await taggedAzure(where, endpoint, FLEET_TAG, fleet, new Patience(MINUTES))).map((one) => ({ ...one, fleet }))))).flat();
        return {
          provider: reference(provider),
          identities: azureIdentities(subscription),
          tagged: tagged.map(({ id, type, fleet }) => ({ id, kind: type, fleet })),
          associations: new Map(),
          // Disks come and go with their machine.
          typeOf: (kind) => AZURE_KINDS.get(kind.toLowerCase()) ?? "part",
        };
      },
    },
  ];
}
