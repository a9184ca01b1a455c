import fc from "fast-check";
import { planAzure } from "../../components/azure/plan";
import type { AzureFleetSettings } from "../../components/azure/naming";
import type { AzurePlanned } from "../../components/azure/types";
import { readSettings } from "../../components/controls/plan";
import { problemsText } from "../../components/settings/problem";
import { CONTEXT, exampleAzure } from "./example";

export { exampleAzure };
export type AzureStack = ReturnType<typeof exampleAzure>;

/** @throws with the problems' text, so that a test that spoils the example by mistake says how. */
export function azureSettingsOf(stack: object): AzureFleetSettings {
  const { settings, problems } = readSettings(stack, CONTEXT);
  if (!settings) throw new Error(problemsText(problems));
  if (!settings.azure) throw new Error("the stack has no hosts in Azure");
  return { ...settings, azure: settings.azure };
}

export const planOf = (stack: object): AzurePlanned[] => planAzure(azureSettingsOf(stack), { script: "# script", reader: "node cli/reader.mjs" });

/** The example with any number of hosts: addresses and names are made, none is twice. */
export function withHosts(stack: AzureStack, count: number): AzureStack {
  stack.azure.network = { ...stack.azure.network, vnet: { cidr: "10.30.0.0/16" }, subnets: { app: { cidr: "10.30.0.0/17" } } };
  stack.azure.hosts = Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`host-${i}`, { addresses: [`10.30.${1 + Math.floor(i / 250)}.${4 + (i % 250)}`], dnsName: `host-${i}.corp.example` }]),
  );
  return stack;
}

const HOME = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/network/providers/Microsoft.Network/virtualNetworks/corp";

export function existingNetwork(stack: AzureStack): AzureStack {
  const subnets = Object.fromEntries(Object.entries(stack.azure.network.subnets).map(([name, { cidr }]) => [name, { id: `${HOME}/subnets/${name}`, cidr }]));
  stack.azure.network = { vnet: { id: HOME }, subnets };
  return stack;
}

/** Valid stacks of many shapes: made or found network, rings, several addresses, wildcard listeners. */
export const azureStacks = fc
  .record({
    hosts: fc.integer({ min: 1, max: 8 }),
    nodes: fc.uniqueArray(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 12 }),
    found: fc.boolean(),
    group: fc.boolean(),
    rings: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 8, maxLength: 8 }),
    addresses: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 8, maxLength: 8 }),
    wildcard: fc.boolean(),
    windows: fc.constantFrom("2016", "2019", "2022", "2025"),
  })
  .map((shape) => {
    const stack = exampleAzure();
    stack.automation.nodes = shape.nodes.map((n, i) => ({ name: `exec-${i + 1}`, addresses: [`10.99.0.${n}`] }));
    if (shape.found) existingNetwork(stack);
    if (shape.found && shape.group) stack.azure.network.nsg = { id: `${HOME.replace(/virtualNetworks.*/, "networkSecurityGroups/corp")}` };
    if (shape.wildcard) stack.exceptions = [{ control: "chosen-addresses", what: "wildcard-listener", reason: "two services on one host", approvedBy: "J. Doe", expires: "2027-01-01" }];
    stack.azure.defaults = { ...stack.azure.defaults, image: `MicrosoftWindowsServer:WindowsServer:${shape.windows}-datacenter-g2:1.2.3` };
    stack.azure.hosts = Object.fromEntries(
      Array.from({ length: shape.hosts }, (_, i) => {
        const addresses = Array.from({ length: shape.addresses[i] ?? 1 }, (_unused, j) => `10.30.1.${10 + i * 10 + j}`);
        return [`host-${i}`, { addresses, dnsName: `host-${i}.corp.example`, ring: shape.rings[i] ?? 1, ...(shape.wildcard && addresses.length > 1 ? { listen: addresses } : {}) }];
      }),
    );
    return stack;
  });
