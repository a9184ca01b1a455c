import { fixedTags } from "../fleet/naming";
import { hostParameters, type Profile } from "../fleet/profiles";
import { auditCommand, gateCommand, gateName, prepareCommand, provenBy, seal, sealName, type ControlChannel, type Proving } from "../fleet/proof";
import { behind, link } from "../graph/planned";
import type { GuestDocument } from "../guest/document";
import type { SourceList } from "../network/sources";
import type { AzureHost } from "../settings/azure";
import { door, doorGroup, HOSTS, subnetId } from "./access";
import { auditsUrl, nodesUrl, NODES_OBJECT, ROLES, scriptName, scriptUrl } from "./baseline";
import { certificateExtension, certificateSource, VAULT_ROLE } from "./certificate";
import { shipping } from "./collection";
import { machine } from "./machine";
import { machineName, parseArmId, place, type AzureFleetSettings } from "./naming";
import { plan, type AzurePlanned } from "./types";

export interface HostPlan {
  readonly settings: AzureFleetSettings;
  readonly name: string;
  readonly host: AzureHost;
  readonly profile: Profile;
  readonly document: GuestDocument;
  readonly sources: SourceList;
  readonly reader: string;
  readonly ringBefore: readonly string[];
}

/**
 * One host, in the order in which it comes into being: seal, door group and its deny, interface, machine, preparation,
 * certificate, gate, door, audit. Beside the gate, the agent that sends events.
 */
export function hostPlan(context: HostPlan): AzurePlanned[] {
  const { settings, name, host, sources, ringBefore } = context;
  const proving = provingOf(context);
  return [
    seal(proving),
    ...doorGroup(settings, name),
    networkInterface(settings, name, host),
    ...machine(context),
    ...dns(settings, name, host),
    prepareCommand(proving),
    certificateExtension(settings, name, [`${name}-prepare`, VAULT_ROLE]),
    gateCommand({ ...proving, needs: [...proving.needs, `${name}-certificate`] }),
    door(settings, name, host, sources, behind(gateName(name), link(`${name}-door-nsg`, "name"), NO_GROUP, provenBy(proving)), ringBefore),
    auditCommand(proving),
    ...shipping(settings, name),
  ];
}

function networkInterface(settings: AzureFleetSettings, name: string, host: AzureHost): AzurePlanned {
  return plan("azure-native:network:NetworkInterface", `${name}-nic`, {
    ...place(settings),
    networkInterfaceName: `${machineName(settings, name)}-nic`,
    networkSecurityGroup: { id: link(`${name}-door-nsg`) },
    ...(host.vm?.enableAcceleratedNetworking === undefined ? {} : { enableAcceleratedNetworking: host.vm.enableAcceleratedNetworking }),
    ipConfigurations: host.addresses.map((address, i) => ({
      name: `address-${i + 1}`,
      primary: i === 0,
      privateIPAddress: address,
      privateIPAddressVersion: "IPv4",
      privateIPAllocationMethod: "Static",
      subnet: { id: subnetId(settings, host.subnet) },
      applicationSecurityGroups: [{ id: link(HOSTS) }],
    })),
    tags: fixedTags(settings, name),
    // Never without its deny: Azure's own rules would let the whole virtual network in.
  }, { host: name, needs: [sealName(name), `${name}-deny`], protect: host.protect });
}

function provingOf({ settings, name, host, profile, document, reader, ringBefore }: HostPlan): Proving {
  return {
    settings,
    name,
    document,
    // The guest finds the certificate in its own store; that it comes from elsewhere is vouched for all the same.
    parameters: hostParameters(name, host, profile, certificateSource(settings, name)),
    reader,
    channel: { ...channel(settings, profile), vm: link(`${name}-vm`), output: auditsUrl(settings) },
    doorGroup: link(`${name}-door-nsg`),
    machine: link(`${name}-vm`, "vmId"),
    environment: {},
    preparation: `${name}-prepare`,
    needs: channelNeeds(profile),
    ringBefore,
  };
}

/** Run commands as the reader needs them. */
export const channel = (settings: AzureFleetSettings, profile: Profile): ControlChannel => ({
  cloud: "azure",
  environment: settings.azure.environment,
  subscription: settings.azure.subscription,
  tenant: settings.azure.tenant,
  location: settings.azure.location,
  script: scriptUrl(settings, profile),
  nodes: nodesUrl(settings),
  identity: link("azure-identity", "clientId"),
});

export const channelNeeds = (profile: Profile): readonly string[] => [scriptName(profile), NODES_OBJECT, ...ROLES];

/** Well-formed, and no group of anybody: what a door would name while its gate has not spoken. */
const NO_GROUP = "secure-winrm-no-group";

function dns({ azure }: AzureFleetSettings, name: string, { dnsName, listen }: AzureHost): AzurePlanned[] {
  const address = listen[0];
  if (azure.dns === undefined || address === undefined) return [];
  const { resourceGroup, type, name: zone } = parseArmId(azure.dns.zoneId);
  const record = { resourceGroupName: resourceGroup, recordType: "A", relativeRecordSetName: dnsName.slice(0, -zone.length - 1), ttl: azure.dns.ttl, aRecords: [{ ipv4Address: address }] };
  return [
    type.toLowerCase() === "privatednszones"
      ? plan("azure-native:privatedns:PrivateRecordSet", `${name}-dns`, { ...record, privateZoneName: zone }, { host: name })
      : plan("azure-native:dns:RecordSet", `${name}-dns`, { ...record, zoneName: zone }, { host: name }),
  ];
}
