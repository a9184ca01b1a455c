import { expect } from "chai";
import fc from "fast-check";
import type { AzurePlanned } from "../../components/azure/types";
import { azureStacks, exampleAzure, existingNetwork, planOf, withHosts } from "../support/azure";
import { expectGolden } from "../support/golden";

const find = (plan: readonly AzurePlanned[], name: string): AzurePlanned => {
  const found = plan.find((planned) => planned.name === name);
  if (!found) throw new Error(`no ${name} in the plan`);
  return found;
};

type Rule = Extract<AzurePlanned, { type: "azure-native:network:SecurityRule" }>;
const isRule = (planned: AzurePlanned): planned is Rule => planned.type === "azure-native:network:SecurityRule";
const inputs = (planned: AzurePlanned): Record<string, unknown> => ({ ...planned.inputs });
const changed = (before: readonly AzurePlanned[], after: readonly AzurePlanned[]): string[] => {
  const now = new Map(after.map((planned) => [planned.name, JSON.stringify(planned)]));
  return before.filter((planned) => now.get(planned.name) !== JSON.stringify(planned)).map(({ name }) => name);
};

describe("plan of a fleet in Azure", () => {
  it("has no rule inside a group and no subnet inside a network: they would delete the ones beside them", () => {
    fc.assert(
      fc.property(azureStacks, (stack) => {
        for (const planned of planOf(stack)) {
          if (planned.type === "azure-native:network:NetworkSecurityGroup") expect(planned.inputs).to.not.have.property("securityRules");
          if (planned.type === "azure-native:network:VirtualNetwork") expect(planned.inputs).to.not.have.property("subnets");
        }
      }),
    );
  });

  it("lets 5986 in for the nodes only, 5985 never, and everything else into no host at all", () => {
    fc.assert(
      fc.property(azureStacks, (stack) => {
        const plan = planOf(stack);
        const nodes = stack.automation.nodes.flatMap(({ addresses }) => addresses.map((address) => `${address}/32`)).sort();
        const owned = stack.azure.network.vnet.cidr !== undefined;
        const inbound = plan.filter(isRule).filter(({ inputs: { direction, access } }) => direction === "Inbound" && access === "Allow");
        for (const rule of inbound) {
          const { destinationPortRange, destinationPortRanges, protocol, sourceAddressPrefix, sourceAddressPrefixes } = inputs(rule);
          expect([destinationPortRange, destinationPortRanges, protocol]).to.deep.equal(["5986", undefined, "Tcp"]);
          if (owned && rule.name.endsWith("-door")) expect([sourceAddressPrefix, sourceAddressPrefixes]).to.deep.equal(["*", undefined]);
          else expect([sourceAddressPrefix, [...(sourceAddressPrefixes as string[])].sort()]).to.deep.equal([undefined, nodes]);
        }
        const doors = inbound.filter(({ name }) => name.endsWith("-door"));
        expect(doors.map(({ host }) => host)).to.have.members(Object.keys(stack.azure.hosts));
      }),
    );
  });

  it("opens a door that admits the whole network only behind the subnets' own pair of rules", () => {
    fc.assert(
      fc.property(azureStacks, (stack) => {
        const plan = planOf(stack);
        for (const door of plan.filter(isRule).filter(({ name }) => name.endsWith("-door"))) {
          if (inputs(door)["sourceAddressPrefix"] === undefined) continue;
          expect(door.needs).to.include.members(["azure-allow-nodes", "azure-deny-winrm"]);
          const deny = find(plan, "azure-deny-winrm");
          expect(inputs(deny)).to.deep.include({ access: "Deny", sourceAddressPrefix: "*", destinationAddressPrefix: "*", destinationPortRanges: ["5985", "5986", "47001"] });
          expect(Number(inputs(deny)["priority"])).to.equal(Number(inputs(find(plan, "azure-allow-nodes"))["priority"]) + 1);
          const subnets = plan.filter(({ type }) => type === "azure-native:network:Subnet");
          expect(subnets.length).to.be.greaterThan(0);
          for (const subnet of subnets) {
            expect(inputs(subnet)["networkSecurityGroup"]).to.deep.equal({ id: { $link: { name: "azure-subnets-nsg", output: "id" } } });
            expect(subnet.needs).to.include.members(["azure-allow-nodes", "azure-deny-winrm"]);
          }
        }
      }),
    );
  });

  it("makes the rules of one group one after the other, the deny first, as Azure wants it", () => {
    fc.assert(
      fc.property(azureStacks, (stack) => {
        const rules = planOf(stack).filter(isRule).filter((rule) => JSON.stringify(inputs(rule)["networkSecurityGroupName"]).includes("azure-subnets-nsg"));
        rules.forEach((rule, i) => expect(rule.needs, rule.name).to.deep.equal(i === 0 ? [] : [rules[i - 1]?.name]));
        if (rules.length > 0) expect(rules[0]?.name).to.equal("azure-deny-winrm");
      }),
    );
  });

  it("shuts every host's group before its interface is in it, and puts every interface into one", () => {
    fc.assert(
      fc.property(azureStacks, (stack) => {
        const plan = planOf(stack);
        for (const host of Object.keys(stack.azure.hosts)) {
          const nic = find(plan, `${host}-nic`);
          expect(nic.needs).to.include.members([`${host}-deny`, `${host}-seal`]);
          expect(inputs(nic)["networkSecurityGroup"]).to.deep.equal({ id: { $link: { name: `${host}-door-nsg`, output: "id" } } });
          expect(inputs(find(plan, `${host}-deny`))).to.deep.include({ access: "Deny", direction: "Inbound", protocol: "*", priority: 101, sourceAddressPrefix: "*", destinationPortRange: "*" });
          expect(JSON.stringify(nic.inputs)).to.not.include("publicIP");
          // Nothing fits between the door and its deny, and nothing before them.
          expect(inputs(find(plan, `${host}-door`))["priority"]).to.equal(100);
        }
      }),
    );
  });

  it("hangs every door on its own gate, through an input that replaces it", () => {
    fc.assert(
      fc.property(azureStacks, (stack) => {
        const plan = planOf(stack);
        for (const host of Object.keys(stack.azure.hosts)) {
          const door = find(plan, `${host}-door`);
          const triggers = inputs(find(plan, `${host}-gate`))["triggers"] as unknown[];
          expect(inputs(door)["networkSecurityGroupName"]).to.deep.equal({
            $behind: { gate: `${host}-gate`, value: { $link: { name: `${host}-door-nsg`, output: "name" } }, shut: "secure-winrm-no-group", proof: triggers[1] },
          });
          expect(triggers[0]).to.deep.equal({ $link: { name: `${host}-vm`, output: "vmId" } });
          expect(door.deleteBeforeReplace).to.equal(true);
        }
      }),
    );
  });

  it("makes machines of Trusted Launch without Azure's own listener, and replaces them for what Azure cannot change", () => {
    fc.assert(
      fc.property(azureStacks, (stack) => {
        for (const planned of planOf(stack)) {
          if (planned.type !== "azure-native:compute:VirtualMachine") continue;
          expect(inputs(planned)["securityProfile"]).to.deep.include({ securityType: "TrustedLaunch", uefiSettings: { secureBootEnabled: true, vTpmEnabled: true } });
          expect(JSON.stringify(planned.inputs)).to.not.match(/winRM|"secrets"|customData|userData/);
          expect(planned.deleteBeforeReplace).to.equal(true);
          expect(planned.replaceOnChanges).to.include.members(["osProfile.computerName", "storageProfile.imageReference", "zones"]).and.not.include("osProfile.adminPassword");
        }
      }),
    );
  });

  for (const [windows, version] of [["2016", "3.0"], ["2019", "3.0"], ["2022", "4.0"], ["2025", "4.0"]] as const) {
    it(`fetches the certificate by version ${version} of the extension on Windows Server ${windows}, after the roots are trusted`, () => {
      const stack = exampleAzure();
      stack.azure.defaults = { ...stack.azure.defaults, image: `MicrosoftWindowsServer:WindowsServer:${windows}-datacenter-g2:1.2.3`, windows };
      const extension = find(planOf(stack), "app-1-certificate");
      expect(inputs(extension)).to.include({ typeHandlerVersion: version, type: "KeyVaultForWindows" });
      expect(extension.needs).to.include.members(["app-1-prepare", "azure-vault-role"]);
      const settings = JSON.stringify(inputs(extension)["settings"]);
      if (version === "4.0") expect(settings).to.not.match(/requireInitialSync|linkOnRenewal|keyExportable|pollingIntervalInS/);
      else expect(settings).to.match(/"requireInitialSync":true/).and.match(/"keyExportable":false/);
    });
  }

  it("takes away what lies in a machine before its successor of the same id is made", () => {
    fc.assert(
      fc.property(azureStacks, (stack) => {
        const plan = planOf(stack);
        const machines = plan.filter(({ type }) => type === "azure-native:compute:VirtualMachine").map(({ name }) => name);
        const within = plan.filter((planned) => planned.type.startsWith("azure-native:") && machines.some((machine) => JSON.stringify(planned.inputs).includes(`"${machine}"`)));
        expect(within.length).to.be.at.least(3 * machines.length);
        expect(within.filter(({ deleteBeforeReplace }) => deleteBeforeReplace !== true).map(({ name }) => name)).to.deep.equal([]);
      }),
    );
  });

  it("adds a node by the subnets' rule and the list, however many hosts there are, where the subnets are made here", () => {
    for (const count of [1, 40]) {
      const stack = withHosts(exampleAzure(), count);
      const before = planOf(stack);
      stack.automation.nodes.push({ name: "exec-2", addresses: ["10.99.0.6"] });
      expect(changed(before, planOf(stack))).to.have.members(["azure-allow-nodes", "azure-nodes-object", "azure-uptake"]);
    }
  });

  it("adds a node by the list and one rule for each host where they are not", () => {
    const stack = existingNetwork(withHosts(exampleAzure(), 3));
    const before = planOf(stack);
    stack.automation.nodes.push({ name: "exec-2", addresses: ["10.99.0.6"] });
    expect(changed(before, planOf(stack))).to.have.members(["host-0-door", "host-1-door", "host-2-door", "azure-nodes-object", "azure-uptake"]);
  });

  it("keeps the vault shut, purge-protected and by roles, and the storage account closed to the public", () => {
    const plan = planOf(exampleAzure());
    expect(inputs(find(plan, "azure-vault"))["properties"]).to.deep.include({ enableRbacAuthorization: true, enablePurgeProtection: true, enabledForDeployment: false });
    expect(JSON.stringify(inputs(find(plan, "azure-vault")))).to.include('"defaultAction":"Deny"');
    expect(inputs(find(plan, "azure-storage"))).to.include({ allowBlobPublicAccess: false, defaultToOAuthAuthentication: true, minimumTlsVersion: "TLS1_2" });
    expect(JSON.stringify(inputs(find(plan, "azure-storage")))).to.include('"defaultAction":"Deny"');
  });

  it("gives vault and storage account a made-up name, so that a deleted one is not in the way", () => {
    const plan = planOf(exampleAzure());
    for (const [name, property] of [["azure-vault", "vaultName"], ["azure-storage", "accountName"]] as const) {
      expect(JSON.stringify(inputs(find(plan, name))[property])).to.include('"name":"azure-suffix"');
    }
  });

  it("takes an existing vault, group and security group by id, and makes none of them", () => {
    const stack = existingNetwork(exampleAzure());
    const home = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/shared/providers";
    stack.azure.resourceGroup = "existing";
    stack.azure.vault = { id: `${home}/Microsoft.KeyVault/vaults/corp-vault` };
    stack.azure.network.nsg = { id: `${home}/Microsoft.Network/networkSecurityGroups/corp-nsg`, priority: 300 };
    const plan = planOf(stack);
    expect(plan.map(({ name }) => name)).to.not.include.members(["azure-vault"]).and.not.include.members(["azure-group"]);
    expect(inputs(find(plan, "azure-vault-role"))["scope"]).to.equal(stack.azure.vault.id);
    expect(inputs(find(plan, "azure-allow-nodes"))).to.include({ networkSecurityGroupName: "corp-nsg", resourceGroupName: "shared", priority: 300 });
    // The group is not ours: the host's own rule must know the nodes all the same.
    expect(inputs(find(plan, "app-1-door"))).to.have.property("sourceAddressPrefixes");
  });

  it("makes the names that Ansible dials in a private or a public zone", () => {
    const stack = exampleAzure();
    const home = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/dns/providers/Microsoft.Network";
    stack.azure.dns = { zoneId: `${home}/privateDnsZones/corp.example` };
    expect(inputs(find(planOf(stack), "app-1-dns"))).to.include({ privateZoneName: "corp.example", relativeRecordSetName: "app-1", resourceGroupName: "dns" });
    stack.azure.dns = { zoneId: `${home}/dnszones/example` };
    expect(inputs(find(planOf(stack), "app-1-dns"))).to.include({ zoneName: "example", relativeRecordSetName: "app-1.corp" });
  });

  it("is what it was (golden)", () => {
    const text = planOf(exampleAzure())
      .map((planned) => `${planned.name} ${planned.type}${planned.deleteBeforeReplace ? " delete-before-replace" : ""}\n  needs ${planned.needs.join(", ") || "nothing"}\n${JSON.stringify(planned.inputs, null, 2).replace(/^/gm, "  ")}\n`)
      .join("\n");
    expectGolden("plan-azure.txt", text);
  });
});
