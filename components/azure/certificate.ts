import { joined, link } from "../graph/planned";
import { subnetId } from "./access";
import { parseArmId, place, resourceGroup, SUFFIXES, tagsOf, type AzureFleetSettings } from "./naming";
import { roleOf, SUFFIX } from "./baseline";
import { plan, type AzurePlanned } from "./types";

const VAULT = "azure-vault";
export const VAULT_ROLE = "azure-vault-role";

/** Name of a host's certificate in the vault. */
const certificateOf = ({ azure }: AzureFleetSettings, host: string): string =>
  (azure.hosts[host]?.certificate ?? azure.vault.certificate).replaceAll("{host}", host);

/** Which certificate a host is to have: what the gate vouches for. A vault made here has no name yet. */
export const certificateSource = (settings: AzureFleetSettings, host: string): string => `${settings.azure.vault.id ?? "vault"}/certificates/${certificateOf(settings, host)}`;

const vaultName = ({ azure }: AzureFleetSettings) => (azure.vault.id === undefined ? joined("swinrm-", link(SUFFIX, "hex")) : parseArmId(azure.vault.id).name);

/** The vault, where the stack is to make it, and the right of the hosts' identity to read what is in it. */
export function vault(settings: AzureFleetSettings): AzurePlanned[] {
  const { vault: wanted, tenant, network, subscription } = settings.azure;
  const made = plan("azure-native:keyvault:Vault", VAULT, {
    ...place(settings),
    // A deleted vault keeps its name until it is purged, and purging is forbidden: each new one has a name of its own.
    vaultName: vaultName(settings),
    properties: {
      tenantId: tenant,
      sku: { family: "A", name: "standard" },
      enableRbacAuthorization: true,
      enableSoftDelete: true,
      softDeleteRetentionInDays: wanted.retentionDays,
      enablePurgeProtection: true,
      enabledForDeployment: false,
      enabledForTemplateDeployment: false,
      enabledForDiskEncryption: false,
      publicNetworkAccess: "Enabled",
      networkAcls: {
        defaultAction: "Deny",
        bypass: "None",
        ipRules: network.allow.map((value) => ({ value })),
        virtualNetworkRules: Object.keys(network.subnets).sort().map((name) => ({ id: subnetId(settings, name) })),
      },
    },
    tags: tagsOf(settings, "vault"),
  });
  const scope = wanted.id ?? link(VAULT);
  const home = wanted.id === undefined ? subscription : parseArmId(wanted.id).subscription;
  return [...(wanted.id === undefined ? [made] : []), ...roleOf(VAULT_ROLE, { role: "keyVaultSecretsUser", subscription: home, scope, principal: link("azure-identity", "principalId") })];
}

/**
 * Brings the host's certificate out of the vault into LocalMachine\My, and follows its renewal. 4.0 runs on Windows
 * Server 2022 and newer only, and wants the root trusted beforehand.
 */
export function certificateExtension(settings: AzureFleetSettings, name: string, needs: readonly string[]): AzurePlanned {
  const { environment, hosts, location } = settings.azure;
  const modern = ["2022", "2025"].includes(hosts[name]?.windows ?? "");
  const url = joined("https://", vaultName(settings), `.${SUFFIXES[environment].vault}/secrets/${certificateOf(settings, name)}`);
  return plan("azure-native:compute:VirtualMachineExtension", `${name}-certificate`, {
    resourceGroupName: resourceGroup(settings),
    location,
    vmName: link(`${name}-vm`, "name"),
    vmExtensionName: "KeyVaultForWindows",
    publisher: "Microsoft.Azure.KeyVault",
    type: "KeyVaultForWindows",
    typeHandlerVersion: modern ? "4.0" : "3.0",
    autoUpgradeMinorVersion: true,
    enableAutomaticUpgrade: true,
    settings: {
      secretsManagementSettings: {
        // 4.0 always links renewals and always waits for the first one, and knows neither key.
        ...(modern ? {} : { pollingIntervalInS: "3600", linkOnRenewal: true, requireInitialSync: true }),
        observedCertificates: [{ url, certificateStoreName: "MY", certificateStoreLocation: "LocalMachine", ...(modern ? {} : { keyExportable: false }) }],
      },
      authenticationSettings: { msiEndpoint: "http://169.254.169.254/metadata/identity/oauth2/token", msiClientId: link("azure-identity", "clientId") },
    },
    // An older handler cannot take the place of a newer one.
  }, { host: name, needs, deleteBeforeReplace: true, replaceOnChanges: ["typeHandlerVersion"] });
}
