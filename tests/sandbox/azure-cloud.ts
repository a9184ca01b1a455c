import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { azurePackage } from "../../sandbox/azure/main";
import * as types from "../../sandbox/azure/types";
import { prepareSecrets } from "../../sandbox/prepare";
import { text } from "../../sandbox/store/json";
import { Lab } from "./lab";

export const SUBSCRIPTION = "11111111-2222-3333-4444-555555555555";
export const TENANT = "99999999-8888-7777-6666-555555555555";
export const SECRETS_USER = "4633458b-17de-408a-b874-0445c86b69e6";
export const BLOB_READER = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1";
export const BLOB_CONTRIBUTOR = "ba92f5b4-2d11-453d-a403-e96b0029c9fe";
/** Of the account by default: where Pulumi runs. */
export const RUNNER = "203.0.113.7";

/** The group that everything of a test lies in. */
export const GROUP = { resourceGroupName: "fleet" } as const;
export const groupPath = (path: string): string => `/subscriptions/${SUBSCRIPTION}/resourceGroups/fleet/providers/${path}`;
export const roleId = (guid: string): string => `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/${guid}`;
/** A GUID out of a number. */
export const guid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;

let prepared: string | undefined;
process.on("exit", () => prepared !== undefined && rmSync(prepared, { recursive: true, force: true }));

export class AzureLab extends Lab {
  constructor(account: object = {}) {
    super(azurePackage);
    this.config = { region: "", defaultTags: {}, settings: { subscriptionId: SUBSCRIPTION, tenantId: TENANT, location: "westeurope" } };
    this.account(account);
  }

  override account(account: object): void {
    super.account(account);
    if (!("certificates" in account)) return;
    // An authority is slow to found, and a key to make: later labs have those of the first.
    if (prepared !== undefined) cpSync(prepared, this.root, { recursive: true });
    prepareSecrets(this.store);
    if (prepared !== undefined) return;
    prepared = mkdtempSync(join(tmpdir(), "sandbox-authority-"));
    for (const path of ["authority", "ca.pem", "objects"]) cpSync(join(this.root, path), join(prepared, path), { recursive: true });
  }

  async id(token: string, news: object, name?: string): Promise<string> {
    return (await this.create(token, news, name)).id;
  }
}

export interface AzureNetwork {
  readonly network: string;
  readonly subnet: string;
  readonly subnetGroup: string;
  readonly hosts: string;
}

/** 10.30.0.0/16 with a subnet 10.30.1.0/24 whose group has no rules, and an application security group. */
export async function makeAzureNetwork(lab: AzureLab): Promise<AzureNetwork> {
  await lab.create(types.RESOURCE_GROUP, GROUP, "group");
  const network = await lab.id(types.VIRTUAL_NETWORK, { ...GROUP, virtualNetworkName: "net", addressSpace: { addressPrefixes: ["10.30.0.0/16"] } });
  const subnetGroup = await lab.id(types.SECURITY_GROUP, { ...GROUP, networkSecurityGroupName: "subnets" });
  const subnet = await lab.id(types.SUBNET, subnetInputs({ networkSecurityGroup: { id: subnetGroup } }));
  const hosts = await lab.id(types.APPLICATION_GROUP, { ...GROUP, applicationSecurityGroupName: "hosts" });
  return { network, subnet, subnetGroup, hosts };
}

export const subnetInputs = (more: object = {}): object => ({
  ...GROUP,
  virtualNetworkName: "net",
  subnetName: "app",
  addressPrefix: "10.30.1.0/24",
  serviceEndpoints: [{ service: "Microsoft.KeyVault" }, { service: "Microsoft.Storage" }],
  ...more,
});

export const rule = (more: object = {}): object => ({
  ...GROUP,
  networkSecurityGroupName: "subnets",
  securityRuleName: "allow",
  direction: "Inbound",
  access: "Allow",
  priority: 200,
  protocol: "Tcp",
  sourceAddressPrefix: "10.30.9.5/32",
  sourcePortRange: "*",
  destinationAddressPrefix: "*",
  destinationPortRange: "5986",
  ...more,
});

export const nic = (subnet: string, addresses: readonly string[], more: object = {}): object => ({
  ...GROUP,
  networkInterfaceName: "web-1-nic",
  ipConfigurations: addresses.map((privateIPAddress, i) => ({ name: `address-${i}`, primary: i === 0, privateIPAddress, privateIPAllocationMethod: "Static", subnet: { id: subnet } })),
  ...more,
});

/** Nobody may find this one in the store. */
export const PASSWORD = "CANARY-Password-0815!";

export const machine = (nicId: string, more: object = {}): object => ({
  ...GROUP,
  vmName: "fleet-web-1",
  hardwareProfile: { vmSize: "Standard_D4s_v5" },
  networkProfile: { networkInterfaces: [{ id: nicId, primary: true, deleteOption: "Detach" }] },
  storageProfile: {
    imageReference: { publisher: "MicrosoftWindowsServer", offer: "WindowsServer", sku: "2022-datacenter-g2", version: "20348.2700.240911" },
    osDisk: { createOption: "FromImage", deleteOption: "Delete", diskSizeGB: 127 },
  },
  osProfile: { computerName: "web-1", adminUsername: "winadmin", adminPassword: PASSWORD, allowExtensionOperations: true, windowsConfiguration: { provisionVMAgent: true } },
  securityProfile: { securityType: "TrustedLaunch", uefiSettings: { secureBootEnabled: true, vTpmEnabled: true } },
  tags: { "secure-winrm-fleet": "fleet" },
  ...more,
});

export interface AzureHost extends AzureNetwork {
  readonly group: string;
  readonly nic: string;
  readonly machine: string;
  readonly vmId: string;
  readonly identity: string;
  readonly clientId: string;
  readonly principalId: string;
}

/** A machine `web-1-vm` on 10.30.1.10 with an identity and a group of its own, which has no rules yet. */
export async function makeAzureHost(lab: AzureLab, more: object = {}): Promise<AzureHost> {
  const network = await makeAzureNetwork(lab);
  const group = await lab.id(types.SECURITY_GROUP, { ...GROUP, networkSecurityGroupName: "web-1" });
  const identity = await lab.create(types.IDENTITY, { ...GROUP, resourceName: "hosts" });
  const nicId = await lab.id(types.NETWORK_INTERFACE, nic(network.subnet, ["10.30.1.10"], { networkSecurityGroup: { id: group } }));
  const made = await lab.create(types.VIRTUAL_MACHINE, machine(nicId, { identity: { type: "UserAssigned", userAssignedIdentities: [identity.id] }, ...more }), "web-1-vm");
  const { clientId, principalId } = identity.properties;
  return { ...network, group, nic: nicId, machine: made.id, vmId: text(made.properties["vmId"]), identity: identity.id, clientId: text(clientId), principalId: text(principalId) };
}

export const vault = (more: object = {}): object => ({
  ...GROUP,
  vaultName: "swinrm-0123",
  properties: { tenantId: TENANT, sku: { family: "A", name: "standard" }, enableRbacAuthorization: true, enablePurgeProtection: true, ...more },
});

export const assignment = (principalId: string, role: string, scope: string, n = 1, more: object = {}): object => ({
  roleAssignmentName: guid(n),
  roleDefinitionId: roleId(role),
  principalId,
  principalType: "ServicePrincipal",
  scope,
  ...more,
});

export const storage = (more: object = {}): object => ({ ...GROUP, accountName: "swinrm0123", kind: "StorageV2", sku: { name: "Standard_LRS" }, ...more });
