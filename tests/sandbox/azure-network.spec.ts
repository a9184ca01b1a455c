import { expect } from "chai";
import * as types from "../../sandbox/azure/types";
import { Cloud } from "../../sandbox/cloud";
import { records, text } from "../../sandbox/store/json";
import { AzureLab, GROUP, groupPath, makeAzureNetwork, nic, rule, subnetInputs, type AzureNetwork } from "./azure-cloud";
import { refusal } from "./lab";

type Work = (lab: AzureLab, network: AzureNetwork) => Promise<unknown>;

const missing = groupPath("Microsoft.Network/networkSecurityGroups/none");
const subnet = (addressPrefix: string, more: object = {}): object => ({ ...subnetInputs(), subnetName: "other", addressPrefix, ...more });
const interfaceWith = (lab: AzureLab, network: AzureNetwork, addresses: readonly string[], more: object = {}): Promise<unknown> =>
  lab.create(types.NETWORK_INTERFACE, nic(network.subnet, addresses, { networkInterfaceName: "second", ...more }));

/** What Resource Manager refuses, in a network with one interface on 10.30.1.10. */
const refused: readonly (readonly [string, Work, RegExp])[] = [
  ["an object in a group that does not exist", (lab) => lab.create(types.SECURITY_GROUP, { resourceGroupName: "none" }), /ResourceGroupNotFound/],
  ["what is there already, in whatever case", (lab) => lab.create(types.SECURITY_GROUP, { ...GROUP, networkSecurityGroupName: "SUBNETS" }), /^cannot create already existing resource '\/subscriptions\/.*\/SUBNETS'$/],
  ["a group that the account has", (lab) => (lab.account({ existing: [{ id: groupPath("x/y/z").replace(/\/providers.*/, "").replace("fleet", "old") }] }), lab.create(types.RESOURCE_GROUP, { resourceGroupName: "OLD" })), /already existing resource/],
  ["another place for what does not move", (lab, { subnetGroup }) => lab.update(types.SECURITY_GROUP, subnetGroup, { ...GROUP, networkSecurityGroupName: "subnets", location: "northeurope" }), /^Status=409 Code="InvalidResourceLocation"/],
  ["51 tags", (lab) => lab.create(types.SECURITY_GROUP, { ...GROUP, tags: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, "v"])) }), /TagsLimitExceeded/],
  ["a tag with a character that is kept", (lab) => lab.create(types.SECURITY_GROUP, { ...GROUP, tags: { "a/b": "v" } }), /InvalidTagNameCharacters/],
  ["a network without range", (lab) => lab.create(types.VIRTUAL_NETWORK, { ...GROUP, virtualNetworkName: "empty" }), /has no address space/],
  ["a range with bits below its mask", (lab) => lab.create(types.VIRTUAL_NETWORK, { ...GROUP, virtualNetworkName: "bad", addressSpace: { addressPrefixes: ["10.0.0.1/16"] } }), /InvalidCIDRNotation/],
  ["a network that would lose a subnet's range", (lab, { network }) => lab.update(types.VIRTUAL_NETWORK, network, { ...GROUP, virtualNetworkName: "net", addressSpace: { addressPrefixes: ["10.31.0.0/16"] } }), /InUsePrefixCannotBeDeleted/],
  ["a subnet of no network", (lab) => lab.create(types.SUBNET, subnet("10.30.2.0/24", { virtualNetworkName: "none" })), /ParentResourceNotFound/],
  ["a subnet outside its network", (lab) => lab.create(types.SUBNET, subnet("10.31.2.0/24")), /NetcfgSubnetRangeOutsideVnet/],
  ["a subnet over another", (lab) => lab.create(types.SUBNET, subnet("10.30.0.0/20")), /NetcfgSubnetRangesOverlap/],
  ["a subnet of four addresses", (lab) => lab.create(types.SUBNET, subnet("10.30.2.0/30")), /NetcfgSubnetRangeTooSmall/],
  ["a subnet with a group that does not exist", (lab) => lab.create(types.SUBNET, subnet("10.30.2.0/24", { networkSecurityGroup: { id: missing } })), /InvalidResourceReference/],
  ["another range for a subnet in use", (lab, { subnet: id }) => lab.update(types.SUBNET, id, subnetInputs({ addressPrefix: "10.30.5.0/24" })), /InUsePrefixCannotBeDeleted.*10\.30\.1\.10/],
  ["to delete a subnet with an interface", (lab, { subnet: id }) => lab.delete(types.SUBNET, id), /InUseSubnetCannotBeDeleted/],
  ["to delete a network with an interface in it", (lab, { network }) => lab.delete(types.VIRTUAL_NETWORK, network), /InUseSubnetCannotBeDeleted/],
  ["to delete a subnet's group", (lab, { subnetGroup }) => lab.delete(types.SECURITY_GROUP, subnetGroup), /InUseNetworkSecurityGroupCannotBeDeleted.*subnets\/app/],
  ["to delete an application group that an interface is in", async (lab, network) => {
    const configuration = { name: "a", subnet: { id: network.subnet }, privateIPAllocationMethod: "Dynamic", applicationSecurityGroups: [{ id: network.hosts }] };
    await lab.create(types.NETWORK_INTERFACE, { ...GROUP, networkInterfaceName: "member", ipConfigurations: [configuration] });
    await lab.delete(types.APPLICATION_GROUP, network.hosts);
  }, /InUseApplicationSecurityGroupCannotBeDeleted/],
  ["an interface without address configuration", (lab) => lab.create(types.NETWORK_INTERFACE, { ...GROUP, networkInterfaceName: "second" }), /NetworkInterfaceMustHaveOneIpConfiguration/],
  ["an address outside the subnet", (lab, network) => interfaceWith(lab, network, ["10.30.2.10"]), /PrivateIPAddressNotInSubnet/],
  ["the subnet's fourth address", (lab, network) => interfaceWith(lab, network, ["10.30.1.3"]), /PrivateIPAddressInReservedRange/],
  ["the subnet's last address", (lab, network) => interfaceWith(lab, network, ["10.30.1.255"]), /PrivateIPAddressInReservedRange/],
  ["an address in use", (lab, network) => interfaceWith(lab, network, ["10.30.1.11", "10.30.1.10"]), /PrivateIPAddressInUse.*10\.30\.1\.10/],
  ["an address twice on one interface", (lab, network) => interfaceWith(lab, network, ["10.30.1.11", "10.30.1.11"]), /PrivateIPAddressInUse/],
  ["a fixed address that is not said", (lab, network) => lab.create(types.NETWORK_INTERFACE, { ...GROUP, networkInterfaceName: "second", ipConfigurations: [{ name: "a", subnet: { id: network.subnet }, privateIPAllocationMethod: "Static" }] }), /StaticAllocationRequiresPrivateIPAddress/],
  ["two primary configurations", (lab, network) => lab.create(types.NETWORK_INTERFACE, { ...GROUP, networkInterfaceName: "second", ipConfigurations: ["a", "b"].map((name) => ({ name, primary: true, subnet: { id: network.subnet } })) }), /MustHaveOnePrimaryIPConfig/],
  ["two configurations of one name", (lab, network) => lab.create(types.NETWORK_INTERFACE, { ...GROUP, networkInterfaceName: "second", ipConfigurations: [true, false].map((primary) => ({ name: "a", primary, subnet: { id: network.subnet } })) }), /DuplicateResourceName/],
  ["an interface in a subnet that does not exist", (lab) => lab.create(types.NETWORK_INTERFACE, nic(groupPath("Microsoft.Network/virtualNetworks/net/subnets/none"), ["10.30.1.11"], { networkInterfaceName: "second" })), /InvalidResourceReference/],
  ["an interface with a group that does not exist", (lab, network) => interfaceWith(lab, network, ["10.30.1.11"], { networkSecurityGroup: { id: missing } }), /InvalidResourceReference/],
  ["an interface in another place than its network", (lab, network) => interfaceWith(lab, network, ["10.30.1.11"], { location: "northeurope" }), /InvalidResourceReference/],
  ["an application group across networks", async (lab, network) => {
    const member = (name: string, subnetId: string): object => ({ ...GROUP, networkInterfaceName: name, ipConfigurations: [{ name: "a", subnet: { id: subnetId }, applicationSecurityGroups: [{ id: network.hosts }] }] });
    await lab.create(types.VIRTUAL_NETWORK, { ...GROUP, virtualNetworkName: "far", addressSpace: { addressPrefixes: ["10.40.0.0/16"] } });
    const far = await lab.id(types.SUBNET, { ...GROUP, virtualNetworkName: "far", subnetName: "app", addressPrefix: "10.40.1.0/24" });
    await lab.create(types.NETWORK_INTERFACE, member("here", network.subnet));
    await lab.create(types.NETWORK_INTERFACE, member("there", far));
  }, /ApplicationSecurityGroupsNotInSameVnet/],
  ["a rule in no group, as a door that has no proof yet names it", (lab) => lab.create(types.SECURITY_RULE, rule({ networkSecurityGroupName: "secure-winrm-no-group" })), /ParentResourceNotFound/],
  ["a priority of 99", (lab) => lab.create(types.SECURITY_RULE, rule({ priority: 99 })), /SecurityRuleInvalidPriority/],
  ["a priority of 4097", (lab) => lab.create(types.SECURITY_RULE, rule({ priority: 4097 })), /SecurityRuleInvalidPriority/],
  ["a priority twice in one direction", (lab) => lab.create(types.SECURITY_RULE, rule()).then(() => lab.create(types.SECURITY_RULE, rule({ securityRuleName: "twin" }))), /SecurityRuleConflict.*Security rule allow conflicts with rule twin/],
  ["a rule without source", (lab) => lab.create(types.SECURITY_RULE, rule({ sourceAddressPrefix: undefined })), /SecurityRuleMissingParameter.*sourceAddressPrefix/],
  ["a rule without port", (lab) => lab.create(types.SECURITY_RULE, rule({ destinationPortRange: undefined })), /SecurityRuleMissingParameter.*destinationPortRange/],
  ["a source that is no place", (lab) => lab.create(types.SECURITY_RULE, rule({ sourceAddressPrefix: "everybody" })), /SecurityRuleInvalidAddressPrefix/],
  ["a range upside down", (lab) => lab.create(types.SECURITY_RULE, rule({ destinationPortRange: "5986-5985" })), /SecurityRuleInvalidPortRange/],
  ["a destination by address and by group", (lab, { hosts }) => lab.create(types.SECURITY_RULE, rule({ destinationApplicationSecurityGroups: [{ id: hosts }] })), /exclude each other/],
  ["an application group that does not exist", (lab) => lab.create(types.SECURITY_RULE, rule({ destinationAddressPrefix: undefined, destinationApplicationSecurityGroups: [{ id: groupPath("Microsoft.Network/applicationSecurityGroups/none") }] })), /InvalidResourceReference/],
  ["a description of 141 characters", (lab) => lab.create(types.SECURITY_RULE, rule({ description: "x".repeat(141) })), /more than 140/],
  ["a record of a zone that does not exist", (lab) => lab.create(types.PRIVATE_RECORD_SET, { ...GROUP, privateZoneName: "corp.example", recordType: "A", relativeRecordSetName: "web-1", ttl: 300, aRecords: [{ ipv4Address: "10.30.1.10" }] }), /ParentResourceNotFound/],
];

describe("sandbox: azure-native, the network", () => {
  let lab: AzureLab;
  let network: AzureNetwork;
  beforeEach(async () => {
    lab = new AzureLab();
    network = await makeAzureNetwork(lab);
  });
  afterEach(() => lab.close());

  for (const [what, work, wanted] of refused) {
    it(`refuses ${what}`, async () => {
      await lab.create(types.NETWORK_INTERFACE, nic(network.subnet, ["10.30.1.10"]));
      expect(await refusal(work(lab, network))).to.match(wanted);
    });
  }

  const ruleNames = (): string[] => lab.store.list(types.SECURITY_RULE).map(({ properties }) => text(properties["name"])).sort();
  const inline = (name: string, priority: number): object => {
    const { networkSecurityGroupName: _, resourceGroupName: __, securityRuleName: ___, ...body } = rule() as Record<string, unknown>;
    return { ...body, name, priority };
  };

  it("takes a priority twice in two directions, and frees it with its rule", async () => {
    const { id } = await lab.create(types.SECURITY_RULE, rule());
    await lab.create(types.SECURITY_RULE, rule({ securityRuleName: "out", direction: "Outbound" }));
    await lab.update(types.SECURITY_RULE, id, rule({ sourceAddressPrefix: "10.30.9.6/32" }));
    await lab.delete(types.SECURITY_RULE, id);
    await lab.create(types.SECURITY_RULE, rule({ securityRuleName: "next" }));
    expect(ruleNames()).to.deep.equal(["next", "out"]);
  });

  it("deletes standalone rules when the group is written with rules, and keeps them when it is written without", async () => {
    await lab.create(types.SECURITY_RULE, rule());
    const group = { ...GROUP, networkSecurityGroupName: "subnets" };
    await lab.update(types.SECURITY_GROUP, network.subnetGroup, { ...group, tags: { a: "b" } });
    expect(ruleNames()).to.deep.equal(["allow"]);
    await lab.update(types.SECURITY_GROUP, network.subnetGroup, { ...group, securityRules: [inline("inline", 300)] });
    expect(ruleNames()).to.deep.equal(["inline"]);
    expect(await refusal(lab.create(types.SECURITY_RULE, rule({ securityRuleName: "inline" })))).to.match(/already existing resource/);
    expect(await refusal(lab.create(types.SECURITY_RULE, rule({ priority: 300 })))).to.match(/SecurityRuleConflict/);
    expect(await refusal(lab.update(types.SECURITY_GROUP, network.subnetGroup, { ...group, securityRules: [inline("a", 300), inline("b", 300)] }))).to.match(/SecurityRuleConflict/);
  });

  it("deletes standalone subnets when the network is written with subnets, unless they are in use", async () => {
    const written = { ...GROUP, virtualNetworkName: "net", addressSpace: { addressPrefixes: ["10.30.0.0/16"] }, subnets: [{ name: "inline", addressPrefix: "10.30.3.0/24" }] };
    await lab.create(types.NETWORK_INTERFACE, nic(network.subnet, ["10.30.1.10"]));
    expect(await refusal(lab.update(types.VIRTUAL_NETWORK, network.network, written))).to.match(/InUseSubnetCannotBeDeleted/);
    await lab.delete(types.NETWORK_INTERFACE, groupPath("Microsoft.Network/networkInterfaces/web-1-nic"));
    await lab.update(types.VIRTUAL_NETWORK, network.network, written);
    expect(lab.store.list(types.SUBNET).map(({ properties }) => properties["name"])).to.deep.equal(["inline"]);
  });

  it("gives an address to who asks for none, and keeps it", async () => {
    const dynamic = { ...GROUP, networkInterfaceName: "dynamic", ipConfigurations: [{ name: "a", subnet: { id: network.subnet } }] };
    const { id } = await lab.create(types.NETWORK_INTERFACE, dynamic);
    const address = (): string => text(records(lab.store.get(types.NETWORK_INTERFACE, id)?.properties["ipConfigurations"])[0]?.["privateIPAddress"]);
    expect(address()).to.equal("10.30.1.4");
    await lab.create(types.NETWORK_INTERFACE, { ...dynamic, networkInterfaceName: "next" });
    await lab.update(types.NETWORK_INTERFACE, id, { ...dynamic, tags: { a: "b" } });
    expect(address()).to.equal("10.30.1.4");
  });

  it("takes what the account has for what is there: by id, in whatever case, in another group", async () => {
    const hub = `/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/hub/providers/Microsoft.Network`;
    lab.account({
      existing: [
        { id: `${hub}/virtualNetworks/corp`, properties: { addressSpace: { addressPrefixes: ["10.7.0.0/16"] } } },
        { id: `${hub}/virtualNetworks/corp/subnets/app`, properties: { addressPrefix: "10.7.1.0/24", serviceEndpoints: [{ service: "Microsoft.Storage" }] } },
        { id: `${hub}/networkSecurityGroups/corp`, properties: { securityRules: [{ name: "old", direction: "Inbound", priority: 200, access: "Allow", protocol: "*" }] } },
        { id: `${hub}/privateDnsZones/corp.example` },
      ],
    });
    await lab.create(types.NETWORK_INTERFACE, nic(`${hub}/virtualNetworks/CORP/subnets/app`, ["10.7.1.10"]));
    expect(await refusal(interfaceWith(lab, { ...network, subnet: `${hub}/virtualNetworks/corp/subnets/app` }, ["10.7.2.10"]))).to.match(/PrivateIPAddressNotInSubnet/);
    const inHub = { resourceGroupName: "hub", networkSecurityGroupName: "corp" };
    expect(await refusal(lab.create(types.SECURITY_RULE, rule(inHub))), "an existing rule has this priority").to.match(/SecurityRuleConflict/);
    await lab.create(types.SECURITY_RULE, rule({ ...inHub, priority: 210 }));
    const { id, properties } = await lab.create(types.PRIVATE_RECORD_SET, { resourceGroupName: "hub", privateZoneName: "corp.example", recordType: "A", relativeRecordSetName: "web-1", ttl: 300, aRecords: [{ ipv4Address: "10.7.1.10" }] });
    expect(id).to.equal(`${hub}/privateDnsZones/corp.example/A/web-1`);
    expect(properties["fqdn"]).to.equal("web-1.corp.example.");
  });

  it("takes along what lies in an object, and everything in a group", async () => {
    await lab.create(types.SECURITY_RULE, rule(), "door");
    await lab.update(types.SUBNET, network.subnet, subnetInputs());
    await lab.delete(types.SECURITY_GROUP, network.subnetGroup);
    expect(lab.store.list(types.SECURITY_RULE)).to.deep.equal([]);
    await lab.delete(types.RESOURCE_GROUP, groupPath("x").replace(/\/providers.*/, ""));
    expect(new Cloud(lab.root).made()).to.deep.equal([]);
  });

  it("knows faults, and writes every call down in order", async () => {
    lab.account({ faults: [{ resource: "door", operation: "create", when: "lost" }] });
    expect(await refusal(lab.create(types.SECURITY_RULE, rule(), "door"))).to.match(/InternalError/);
    expect(ruleNames()).to.deep.equal(["allow"]);
    lab.account({});
    expect(await refusal(lab.create(types.SECURITY_RULE, rule(), "door"))).to.match(/already existing resource/);
    expect(new Cloud(lab.root).events().map((event) => `${text(event["op"])} ${text(event["type"]).split(":")[2] ?? ""}`).slice(-2)).to.deep.equal(["create ApplicationSecurityGroup", "create SecurityRule"]);
  });
});
