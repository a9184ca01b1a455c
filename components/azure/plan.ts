import type { Sign } from "../guest/signing";
import { documentsOf, profileOf, suffixed } from "../fleet/profiles";
import { uptakeCommand } from "../fleet/proof";
import { inRings } from "../fleet/rings";
import { sourceList } from "../network/sources";
import { network } from "./access";
import { alerts } from "./alerts";
import { identity, nodesObject, script as scriptBlob, scriptText, storage } from "./baseline";
import { vault } from "./certificate";
import { collection } from "./collection";
import { flowLogs } from "./flow-logs";
import { channel, channelNeeds, hostPlan } from "./host";
import { retention } from "./logging";
import { resourceGroup, type AzureFleetSettings } from "./naming";
import { patching } from "./patching";
import type { AzurePlanned } from "./types";
import { workspace } from "./workspace";

export interface PlanInputs {
  /** The guest script's text. */
  readonly script: string;
  /** Whatever is to be signed goes through it. @default - nothing is signed */
  readonly sign?: Sign;
  /** Command line of the gate's reader. */
  readonly reader: string;
}

/** Everything that a fleet in Azure is made of, in an order in which each only needs what came before. Pure. */
export function planAzure(settings: AzureFleetSettings, { script, reader, sign = (text) => text }: PlanInputs): AzurePlanned[] {
  const sources = sourceList(settings.automation.nodes);
  const { hosts } = settings.azure;
  const documents = documentsOf(settings, hosts, "store");
  return [
    ...identity(settings),
    ...network(settings, sources),
    ...storage(settings),
    retention(settings),
    ...workspace(settings),
    ...collection(settings),
    ...flowLogs(settings),
    ...patching(settings),
    ...alerts(settings),
    nodesObject(settings, sources),
    ...vault(settings),
    ...documents.profiles.flatMap((profile) => [
      scriptBlob(settings, profile, sign(scriptText(settings, documents.of(profile), script))),
      uptakeCommand({
        settings,
        name: suffixed("azure-uptake", profile),
        profile,
        reader,
        channel: { ...channel(settings, profile), resourceGroup: resourceGroup(settings) },
        environment: {},
        nodesHash: sources.hash,
        needs: channelNeeds(profile),
      }),
    ]),
    ...inRings("azure", hosts, (name, ringBefore) => {
      const host = hosts[name];
      if (!host) return [];
      const profile = profileOf(settings, name, host);
      return hostPlan({ settings, name, host, profile, document: documents.of(profile), sources, reader, ringBefore });
    }),
  ];
}
