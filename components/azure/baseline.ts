import { asset, joined, link } from "../graph/planned";
import type { GuestDocument } from "../guest/document";
import { renderScript } from "../guest/render";
import type { SourceList } from "../network/sources";
import { suffixed } from "../fleet/profiles";
import { subnetId } from "./access";
import { AUDITS, AUDITS_CONTAINER } from "./logging";
import { GROUP, HARDENED, place, resourceGroup, SUFFIXES, tagsOf, type AzureFleetSettings } from "./naming";
import { plan, type AzurePlanned } from "./types";

export const SUFFIX = "azure-suffix";
export const STORAGE = "azure-storage";
export const NODES_OBJECT = "azure-nodes-object";
const IDENTITY = "azure-identity";
const CONTAINER = "azure-container";
const CONTAINER_NAME = "winrm";
const NODES_BLOB = "nodes.json";
/** Whoever reads the node list or writes an audit's output needs these first. */
export const ROLES = ["azure-role-reads", "azure-role-writes-audits"] as const;

/** Ids of built-in roles, the same in every tenant. Source: Azure's list of built-in roles. */
const ROLE_IDS = {
  keyVaultSecretsUser: "4633458b-17de-408a-b874-0445c86b69e6",
  blobDataReader: "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
  blobDataContributor: "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
} as const;

interface Assignment {
  readonly role: keyof typeof ROLE_IDS;
  readonly subscription: string;
  readonly scope: string | ReturnType<typeof link>;
  readonly principal: ReturnType<typeof link>;
}

export function roleOf(name: string, { role, subscription, scope, principal }: Assignment): AzurePlanned[] {
  return [
    // An assignment's name is a GUID; a made-up one that stays.
    plan("random:index/randomUuid:RandomUuid", `${name}-id`, {}),
    plan("azure-native:authorization:RoleAssignment", name, {
      roleAssignmentName: link(`${name}-id`, "result"),
      roleDefinitionId: `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/${ROLE_IDS[role]}`,
      scope,
      principalId: principal,
      // Azure then does not look the new identity up in a directory that may not know it yet.
      principalType: "ServicePrincipal",
    }),
  ];
}

/** The resource group, where it is made here, and the identity that all hosts of the fleet bear, authorised before there is a host. */
export function identity(settings: AzureFleetSettings): AzurePlanned[] {
  const { azure, fleet } = settings;
  return [
    ...(azure.resourceGroup === undefined ? [plan("azure-native:resources:ResourceGroup", GROUP, { resourceGroupName: fleet, location: azure.location, tags: tagsOf(settings, "group") })] : []),
    // Names of vaults and storage accounts are unique in the world.
    plan("random:index/randomId:RandomId", SUFFIX, { byteLength: 8 }),
    plan("azure-native:managedidentity:UserAssignedIdentity", IDENTITY, { ...place(settings), resourceName: `${fleet}-hosts`, tags: tagsOf(settings, "hosts") }),
  ];
}

const account = (settings: AzureFleetSettings) => ({ resourceGroupName: resourceGroup(settings), accountName: link(STORAGE, "name") });

/**
 * Where hosts read the node list and the script from, by their identity, over their subnets. The account's keys stay
 * allowed because Pulumi's provider writes blobs with one of them; nobody is given any.
 */
export function storage(settings: AzureFleetSettings): AzurePlanned[] {
  const { network, subscription } = settings.azure;
  const reads = { subscription, principal: link(IDENTITY, "principalId") };
  const [readsRole, auditsRole] = ROLES;
  return [
    plan("azure-native:storage:StorageAccount", STORAGE, {
      ...place(settings),
      accountName: joined("swinrm", link(SUFFIX, "hex")),
      ...HARDENED,
      publicNetworkAccess: "Enabled",
      networkRuleSet: {
        defaultAction: "Deny",
        bypass: "None",
        ipRules: network.allow.map((range) => ({ iPAddressOrRange: range, action: "Allow" })),
        virtualNetworkRules: Object.keys(network.subnets).sort().map((name) => ({ virtualNetworkResourceId: subnetId(settings, name), action: "Allow" })),
      },
      tags: tagsOf(settings, "nodes"),
    }),
    plan("azure-native:storage:BlobContainer", CONTAINER, { ...account(settings), containerName: CONTAINER_NAME, publicAccess: "None" }),
    plan("azure-native:storage:BlobContainer", AUDITS_CONTAINER, { ...account(settings), containerName: AUDITS, publicAccess: "None" }),
    ...roleOf(readsRole, { ...reads, role: "blobDataReader", scope: link(CONTAINER) }),
    ...roleOf(auditsRole, { ...reads, role: "blobDataContributor", scope: link(AUDITS_CONTAINER) }),
  ];
}

/** The source list as hosts read it. The provider makes a changed blob anew, under the same name: the old one first. */
export function nodesObject(settings: AzureFleetSettings, sources: SourceList): AzurePlanned {
  return plan("azure-native:storage:Blob", NODES_OBJECT, {
    ...account(settings),
    containerName: link(CONTAINER, "name"),
    blobName: NODES_BLOB,
    contentType: "application/json",
    source: asset(sources.text),
  }, { deleteBeforeReplace: true });
}

export const scriptName = (profile: string): string => suffixed("azure-script", profile);

const blobUrl = ({ azure }: AzureFleetSettings, path: string) => joined("https://", link(STORAGE, "name"), `.${SUFFIXES[azure.environment].blob}/${path}`);

export const scriptUrl = (settings: AzureFleetSettings, profile: string) => blobUrl(settings, `${CONTAINER_NAME}/${suffixed("winrm", profile)}.ps1`);
export const auditsUrl = (settings: AzureFleetSettings) => blobUrl(settings, AUDITS);

export const nodesUrl = (settings: AzureFleetSettings) => blobUrl(settings, `${CONTAINER_NAME}/${NODES_BLOB}`);

/** Where the node list lies, and who may read it, as a run brings it. */
const GIVEN = { NodesUrl: "^https://[a-z0-9.]{1,100}/[a-z0-9/.-]{1,100}$", Identity: "^[0-9a-f-]{36}$" };

/** Guest document and script as one file. It bears nothing that is known only when there is an account. */
export function scriptText(settings: AzureFleetSettings, document: GuestDocument, text: string): string {
  const constants = { Cloud: "azure", ...(settings.guest.proxy !== undefined && { Proxy: settings.guest.proxy }) };
  return `${renderScript(document, text, constants, GIVEN).join("\r\n")}\r\n`;
}

/** The file that every run command of a profile starts. */
export function script(settings: AzureFleetSettings, profile: string, content: string): AzurePlanned {
  return plan("azure-native:storage:Blob", scriptName(profile), {
    ...account(settings),
    containerName: link(CONTAINER, "name"),
    blobName: `${suffixed("winrm", profile)}.ps1`,
    contentType: "text/plain",
    source: asset(content),
  }, { deleteBeforeReplace: true });
}
