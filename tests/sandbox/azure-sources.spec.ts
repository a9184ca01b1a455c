import { expect } from "chai";
import fc from "fast-check";
import * as types from "../../sandbox/azure/types";
import { Cloud } from "../../sandbox/cloud";
import { blocksOf, formatIpv4, parseCidr } from "../../sandbox/engine/cidr";
import { AzureLab, GROUP, makeAzureHost, nic, rule, subnetInputs, type AzureHost } from "./azure-cloud";

describe("sandbox: azure-native, who reaches a machine", () => {
  let lab: AzureLab;
  let host: AzureHost;
  let cloud: Cloud;
  let count = 0;
  beforeEach(async () => {
    lab = new AzureLab();
    host = await makeAzureHost(lab);
    cloud = new Cloud(lab.root);
    count = 0;
  });
  afterEach(() => lab.close());

  /** A rule in the subnet's group, or in the machine's own. */
  const put = (group: "subnets" | "web-1", priority: number, more: object): Promise<unknown> =>
    lab.create(types.SECURITY_RULE, rule({ networkSecurityGroupName: group, securityRuleName: `rule-${(count += 1)}`, priority, ...more }));
  const allow = (group: "subnets" | "web-1", priority: number, more: object): Promise<unknown> => put(group, priority, more);
  const deny = (group: "subnets" | "web-1", priority: number, more: object = {}): Promise<unknown> => put(group, priority, { access: "Deny", protocol: "*", sourceAddressPrefix: "*", destinationPortRange: "*", ...more });

  it("is everybody in the virtual network and Azure's balancers, as long as nobody says otherwise", () => {
    expect(cloud.sources("web-1", 5986)).to.deep.equal(["AzureLoadBalancer", "VirtualNetwork"]);
    expect(cloud.reaches("web-1", 5986, "10.30.9.5/32"), "in the network").to.equal(true);
    expect(cloud.reaches("web-1", 5986, "10.99.0.1/32"), "maybe in a peered one").to.equal(true);
    expect(cloud.reaches("web-1", 5986, "203.0.113.9/32")).to.equal(false);
  });

  it("is nobody behind a deny of everything in either group", async () => {
    await deny("web-1", 4096);
    expect(cloud.sources("web-1", 5986)).to.deep.equal([]);
    expect(cloud.reaches("web-1", 5986, "10.30.1.11/32")).to.equal(false);
  });

  it("is the nodes, when the subnet's group names them and the machine's own lets the network in", async () => {
    await deny("web-1", 4096);
    await allow("subnets", 200, { sourceAddressPrefix: undefined, sourceAddressPrefixes: ["10.30.9.5/32", "10.99.0.1/32", "10.99.0.2/32"], destinationPortRange: "5986" });
    await deny("subnets", 201, { destinationPortRange: undefined, destinationPortRanges: ["5985", "5986", "47001"], protocol: "Tcp" });
    expect(cloud.sources("web-1", 5986), "the machine's door is shut").to.deep.equal([]);
    await allow("web-1", 200, { sourceAddressPrefix: "VirtualNetwork", destinationAddressPrefix: "10.30.1.10/32", destinationPortRange: "5986" });
    expect(cloud.sources("web-1", 5986)).to.deep.equal(["10.30.9.5/32", "10.99.0.1/32", "10.99.0.2/32"]);
    expect(cloud.reaches(host.vmId, 5986, "10.99.0.1/32")).to.equal(true);
    expect(cloud.reaches(host.machine, 5986, "10.99.0.0/30")).to.equal(false);
    expect(cloud.sources("web-1", 5985)).to.deep.equal([]);
    expect(cloud.sources("web-1", 47001)).to.deep.equal([]);
  });

  it("is the nodes, when the machine's own group names them and the subnet has none", async () => {
    await lab.update(types.SUBNET, host.subnet, subnetInputs());
    await deny("web-1", 4096);
    await allow("web-1", 200, { sourceAddressPrefix: "10.99.0.0/30", destinationAddressPrefix: undefined, destinationAddressPrefixes: ["10.30.1.10/32"] });
    expect(cloud.sources("web-1", 5986)).to.deep.equal(["10.99.0.0/30"]);
  });

  it("is everybody, where there is no group at all", async () => {
    await lab.update(types.SUBNET, host.subnet, subnetInputs());
    await lab.update(types.NETWORK_INTERFACE, host.nic, nic(host.subnet, ["10.30.1.10"]));
    expect(cloud.sources("web-1", 5986)).to.deep.equal(["0.0.0.0/0", "AzureLoadBalancer", "VirtualNetwork"]);
  });

  it("heeds the order of priorities: what a deny took is not given back, what it leaves is", async () => {
    await allow("web-1", 200, { sourceAddressPrefix: "10.99.0.0/24" });
    await deny("web-1", 100, { sourceAddressPrefix: "10.99.0.0/25" });
    await deny("web-1", 4096);
    expect(cloud.sources("web-1", 5986)).to.deep.equal(["10.99.0.128/25"]);
  });

  it("heeds destination, protocol and port of a rule", async () => {
    await deny("web-1", 4096);
    await allow("web-1", 200, { destinationAddressPrefix: "10.30.1.11/32" });
    await allow("web-1", 201, { protocol: "Udp" });
    await allow("web-1", 202, { destinationPortRange: "5000-5985" });
    expect(cloud.sources("web-1", 5986)).to.deep.equal([]);
    expect(cloud.sources("web-1", 5985)).to.deep.equal(["10.30.9.5/32"]);
  });

  it("knows application security groups as destination and as source", async () => {
    await deny("web-1", 4096);
    await allow("web-1", 200, { destinationAddressPrefix: undefined, destinationApplicationSecurityGroups: [{ id: host.hosts }] });
    expect(cloud.sources("web-1", 5986)).to.deep.equal([]);
    const configuration = { name: "address-0", primary: true, privateIPAddress: "10.30.1.10", privateIPAllocationMethod: "Static", subnet: { id: host.subnet }, applicationSecurityGroups: [{ id: host.hosts }] };
    await lab.update(types.NETWORK_INTERFACE, host.nic, { ...GROUP, networkInterfaceName: "web-1-nic", ipConfigurations: [configuration], networkSecurityGroup: { id: host.group } });
    await deny("subnets", 4096);
    expect(cloud.sources("web-1", 5986)).to.deep.equal([]);
    await allow("subnets", 200, { sourceAddressPrefix: "*" });
    expect(cloud.sources("web-1", 5986)).to.deep.equal(["10.30.9.5/32"]);
    const nodes = await lab.id(types.APPLICATION_GROUP, { ...GROUP, applicationSecurityGroupName: "nodes" });
    await lab.create(types.NETWORK_INTERFACE, { ...GROUP, networkInterfaceName: "node", ipConfigurations: [{ ...configuration, privateIPAddress: "10.30.1.20", applicationSecurityGroups: [{ id: nodes }] }] });
    await allow("web-1", 201, { sourceAddressPrefix: undefined, sourceApplicationSecurityGroups: [{ id: nodes }] });
    expect(cloud.sources("web-1", 5986)).to.deep.equal(["10.30.1.20/32", "10.30.9.5/32"]);
  });

  it("does not take the tag for a wall: a deny of the virtual network keeps peered ones out for sure only as far as they are known", async () => {
    await deny("web-1", 100, { sourceAddressPrefix: "VirtualNetwork" });
    await allow("web-1", 200, { sourceAddressPrefix: "*" });
    expect(cloud.reaches("web-1", 5986, "10.30.9.5/32")).to.equal(false);
    expect(cloud.reaches("web-1", 5986, "10.99.0.1/32")).to.equal(true);
  });

  it("counts every address of a machine", async () => {
    await lab.update(types.NETWORK_INTERFACE, host.nic, nic(host.subnet, ["10.30.1.10", "10.30.1.11"], { networkSecurityGroup: { id: host.group } }));
    await deny("web-1", 4096);
    await allow("web-1", 200, { destinationAddressPrefix: "10.30.1.11/32" });
    expect(cloud.addresses(host.vmId)).to.deep.equal(["10.30.1.10", "10.30.1.11"]);
    expect(cloud.sources("web-1", 5986)).to.deep.equal(["10.30.9.5/32"]);
  });

  it("knows nobody's way to a host that does not exist, and refuses what is no block", () => {
    expect(cloud.sources("web-9", 5986)).to.deep.equal([]);
    expect(cloud.reaches("web-9", 5986, "10.0.0.1/32")).to.equal(false);
    expect(() => cloud.reaches("web-1", 5986, "10.0.0.1")).to.throw(/no CIDR block/);
  });

  it("writes any range as blocks that hold it and nothing else", () => {
    const address = fc.bigInt({ min: 0n, max: (1n << 32n) - 1n });
    fc.assert(
      fc.property(address, address, (a, b) => {
        const [first, last] = a < b ? [a, b] : [b, a];
        const blocks = blocksOf(first, last).map((text) => parseCidr(text));
        expect(blocks.every((block) => block !== undefined), "each a block").to.equal(true);
        expect(blocks[0]?.first).to.equal(first);
        expect(blocks.at(-1)?.last).to.equal(last);
        blocks.slice(1).forEach((block, i) => expect(block?.first).to.equal((blocks[i]?.last ?? 0n) + 1n));
        expect(blocks.length, formatIpv4(first)).to.be.at.most(62);
      }),
    );
  });
});
