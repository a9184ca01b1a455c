import { gateHash, hostText } from "../../components/guest/document";
import { renderScript } from "../../components/guest/render";
import * as azure from "../../sandbox/azure/types";
import type { JsonRecord } from "../../sandbox/store/json";
import { freshHost } from "../../sandbox/windows";
import type { Lab } from "./lab";

/** An estate in Azure for the ARM endpoint, put into the store as the provider would leave it. */
export const SUBSCRIPTION = "00000000-0000-4000-8000-00000000aaaa";
export const GROUP = "shop";
/** Client id of the hosts' identity. */
export const CLIENT = "00000000-0000-4000-8000-00000000bbbb";
export const SCRIPT = "https://swinrm0.blob.core.windows.net/winrm/winrm.ps1";
export const NODES_URL = "https://swinrm0.blob.core.windows.net/winrm/nodes.json";
export const AUDITS = "https://swinrm0.blob.core.windows.net/audits";
export const NODES = JSON.stringify({ schema: 1, nodes: ["10.0.9.5/32"], others: ["0.0.0.0-10.0.9.4"] });

const PRINCIPAL = "00000000-0000-4000-8000-00000000cccc";
const IN_GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/${GROUP}/providers`;
const ACCOUNT = `${IN_GROUP}/Microsoft.Storage/storageAccounts/swinrm0`;
const container = (name: string): string => `${ACCOUNT}/blobServices/default/containers/${name}`;
const SUBNET = `${IN_GROUP}/Microsoft.Network/virtualNetworks/shop/subnets/hosts`;
export const ACCOUNT_ID = ACCOUNT;
/** The own group of host `web-1`. */
export const DOOR_NSG = `${IN_GROUP}/Microsoft.Network/networkSecurityGroups/shop-web-1-nsg`;

/** A guest document with little to do: no HTTP listener, and the node list. */
export function documentOf(controls: readonly object[] = []): { readonly gate: string; readonly text: string } {
  const gate = "1".repeat(64);
  const resources = [
    { controls: ["no-http-listener"], resource: { kind: "listener", transport: "HTTP", ensure: "absent" } },
    { controls: ["automation-nodes-only"], resource: { kind: "nodeList", hash: { ref: "nodes.hash" } } },
    ...controls,
  ];
  return { gate, text: JSON.stringify({ schema: 1, gate, resources }) };
}

const { gate, text } = documentOf();
const HOST = { host: "web-1", name: "web-1.corp.example", addresses: ["10.0.1.10"], listen: ["10.0.1.10"], interface: ["10.0.1.10"], secret: "" };
export const GATE = gateHash({ gate }, HOST);
export const HOST_PARAMETER = Buffer.from(hostText(HOST)).toString("base64");
export const PARAMETERS = HOST;

export const scriptText = (): string =>
  renderScript({ gate, text, generation: "" }, "exit 0\n", { Cloud: "azure" }, { NodesUrl: "^https:", Identity: "^[0-9a-f-]{36}$" }).join("\r\n");

export const vmId = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
export const machineIdOf = (n: number): string => `${IN_GROUP}/Microsoft.Compute/virtualMachines/shop-web-${n}`;

export function put(lab: Lab, type: string, id: string, properties: JsonRecord, name = ""): void {
  lab.store.put({ type, id, name, properties });
}

export const READS = `${container("winrm")}/providers/Microsoft.Authorization/roleAssignments/reads`;
export const WRITES = `${container("audits")}/providers/Microsoft.Authorization/roleAssignments/writes`;

export const blob = (lab: Lab, containerName: string, name: string, content: string): void =>
  put(lab, azure.BLOB, `${container(containerName)}/blobs/${encodeURIComponent(name)}`, { accountName: "swinrm0", containerName, blobName: name, body: content });

/** What a run has left in the container of the audits. */
export function written(lab: Lab, path: string): string | undefined {
  const found = lab.store.get(azure.BLOB, `${container("audits")}/blobs/${encodeURIComponent(path)}`)?.properties["body"];
  return typeof found === "string" ? found : undefined;
}

/** The machine of host `web-<n>`. */
export function makeMachine(lab: Lab, n: number, more: JsonRecord = {}): void {
  const nic = `${IN_GROUP}/Microsoft.Network/networkInterfaces/shop-web-${n}-nic`;
  put(lab, azure.NETWORK_INTERFACE, nic, { ipConfigurations: [{ name: "address-1", primary: true, privateIPAddress: `10.0.1.${9 + n}`, subnet: { id: SUBNET } }] });
  put(
    lab,
    azure.VIRTUAL_MACHINE,
    machineIdOf(n),
    {
      vmId: vmId(n),
      location: "westeurope",
      tags: { "secure-winrm-fleet": "shop", "secure-winrm-profile": "default" },
      identity: { type: "UserAssigned", userAssignedIdentities: [`${IN_GROUP}/Microsoft.ManagedIdentity/userAssignedIdentities/hosts`] },
      networkProfile: { networkInterfaces: [{ id: nic, primary: true }] },
      ...more,
    },
    `web-${n}-vm`,
  );
  lab.store.writeHost(vmId(n), JSON.stringify(freshHost("windows-2022")));
}

/** A rule of that group. */
export const ruleIn = (lab: Lab, name: string, more: JsonRecord = {}, resource = ""): void =>
  put(lab, azure.SECURITY_RULE, `${DOOR_NSG}/securityRules/${name}`, { access: "Allow", direction: "Inbound", protocol: "Tcp", priority: 100, sourceAddressPrefix: "*", sourcePortRange: "*", destinationAddressPrefix: "*", destinationPortRange: "5986", ...more }, resource);

/** Group, identity, storage with script and node list, roles, and one machine. */
export function makeEstate(lab: Lab): void {
  put(lab, azure.RESOURCE_GROUP, `/subscriptions/${SUBSCRIPTION}/resourceGroups/${GROUP}`, {});
  put(lab, azure.IDENTITY, `${IN_GROUP}/Microsoft.ManagedIdentity/userAssignedIdentities/hosts`, { clientId: CLIENT, principalId: PRINCIPAL });
  put(lab, azure.SUBNET, SUBNET, { serviceEndpoints: [{ service: "Microsoft.Storage" }] });
  put(lab, azure.STORAGE_ACCOUNT, ACCOUNT, { networkRuleSet: { defaultAction: "Deny", virtualNetworkRules: [{ virtualNetworkResourceId: SUBNET }] } });
  for (const name of ["winrm", "audits"]) put(lab, azure.CONTAINER, container(name), {});
  const role = (definition: string, scope: string): JsonRecord => ({
    principalId: PRINCIPAL,
    scope,
    roleDefinitionId: `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/${definition}`,
    createdOn: new Date().toISOString(),
  });
  put(lab, azure.ROLE_ASSIGNMENT, READS, role("2a2b9908-6ea1-4ae2-8e65-a410df84e7d1", container("winrm")), "role-reads");
  put(lab, azure.ROLE_ASSIGNMENT, WRITES, role("ba92f5b4-2d11-453d-a403-e96b0029c9fe", container("audits")), "role-writes");
  blob(lab, "winrm", "winrm.ps1", scriptText());
  blob(lab, "winrm", "nodes.json", NODES);
  put(lab, azure.SECURITY_GROUP, DOOR_NSG, { location: "westeurope" });
  ruleIn(lab, "deny-inbound", { access: "Deny", protocol: "*", priority: 101, destinationPortRange: "*" });
  makeMachine(lab, 1);
}
