import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import * as types from "../../sandbox/azure/types";
import { Cloud } from "../../sandbox/cloud";
import { PartialFailure } from "../../sandbox/engine/failure";
import { record, text, type JsonRecord } from "../../sandbox/store/json";
import { AzureLab, GROUP, groupPath, machine, makeAzureHost, makeAzureNetwork, nic, PASSWORD, type AzureHost } from "./azure-cloud";
import { refusal } from "./lab";

const os = (more: object): object => ({ osProfile: { computerName: "web-2", adminUsername: "winadmin", adminPassword: PASSWORD, ...more } });
const image = (more: object): object => ({ storageProfile: { imageReference: { publisher: "MicrosoftWindowsServer", offer: "WindowsServer", sku: "2022-datacenter-g2", version: "20348.2700.240911", ...more }, osDisk: { createOption: "FromImage" } } });

/** A second machine that is wrong in one way. */
const refused: readonly (readonly [string, object, RegExp])[] = [
  ["a computer name of 16 characters", os({ computerName: "a".repeat(16) }), /computer name cannot be more than 15/],
  ["a computer name of digits", os({ computerName: "12345" }), /entirely numeric/],
  ["a computer name with an underscore", os({ computerName: "web_2" }), /contain the following characters/],
  ["a reserved administrator", os({ adminUsername: "Administrator" }), /Admin Username specified is not allowed/],
  ["an administrator that ends in a dot", os({ adminUsername: "winadmin." }), /Admin Username specified is not allowed/],
  ["no password", os({ adminPassword: undefined }), /password must be between 12-123/],
  ["a short password", os({ adminPassword: "Abc1!" }), /password must be between 12-123/],
  ["a password of two classes", os({ adminPassword: "abcdefghijkl123" }), /at least 3 of password complexity/],
  ["a size that is none", { hardwareProfile: { vmSize: "m5.large" } }, /not valid/],
  ["an image that is not in the marketplace", image({ sku: "2012-R2-Datacenter" }), /PlatformImageNotFound/],
  ["an image of no gallery", { storageProfile: { imageReference: { id: groupPath("Microsoft.Compute/galleries/g/images/i/versions/1.0.0") }, osDisk: { createOption: "FromImage" } } }, /GalleryImageNotFound/],
  ["Trusted Launch of the first generation", image({ sku: "2022-datacenter" }), /Gen2 OS Image/],
  ["Trusted Launch on a size that has none", { hardwareProfile: { vmSize: "Standard_D4_v3" } }, /not supported for the provided VM size/],
  ["a disk below the image's", { storageProfile: { imageReference: { publisher: "MicrosoftWindowsServer", offer: "WindowsServer", sku: "2022-datacenter-g2", version: "20348.2700.240911" }, osDisk: { createOption: "FromImage", diskSizeGB: 64 } } }, /ResizeDiskError/],
  ["two zones", { zones: ["1", "2"] }, /zone\(s\)/],
  ["manual patching beside automatic updates", os({ windowsConfiguration: { enableAutomaticUpdates: true, patchSettings: { patchMode: "Manual" } } }), /patchMode Manual/],
  ["no interface", { networkProfile: { networkInterfaces: [] } }, /at least one network interface/],
  ["an interface that does not exist", { networkProfile: { networkInterfaces: [{ id: groupPath("Microsoft.Network/networkInterfaces/none") }] } }, /InvalidResourceReference/],
  ["another machine's interface", {}, /NicInUse.*virtualMachines\/fleet-web-1\./],
  ["an identity that does not exist", { identity: { type: "UserAssigned", userAssignedIdentities: [groupPath("Microsoft.ManagedIdentity/userAssignedIdentities/none")] }, networkProfile: { networkInterfaces: [{ id: groupPath("Microsoft.Network/networkInterfaces/free") }] } }, /FailedIdentityOperation/],
];

/** What a machine keeps for good: the provider tries it as an update. */
const immutable: readonly (readonly [string, (host: AzureHost) => object, RegExp])[] = [
  ["computer name", () => ({ osProfile: { computerName: "web-9", adminUsername: "winadmin", adminPassword: PASSWORD } }), /^Status=409 Code="PropertyChangeNotAllowed" Message="Changing property 'computerName' is not allowed\."$/],
  ["administrator", () => ({ osProfile: { computerName: "web-1", adminUsername: "other", adminPassword: PASSWORD } }), /'adminUsername' is not allowed/],
  ["password", () => ({ osProfile: { computerName: "web-1", adminUsername: "winadmin", adminPassword: `${PASSWORD}!` } }), /'adminPassword' is not allowed/],
  ["custom data", () => ({ osProfile: { computerName: "web-1", adminUsername: "winadmin", adminPassword: PASSWORD, customData: "YQ==" } }), /'customData' is not allowed/],
  ["listener", () => ({ osProfile: { computerName: "web-1", adminUsername: "winadmin", adminPassword: PASSWORD, windowsConfiguration: { winRM: { listeners: [{ protocol: "Http" }] } } } }), /'windowsConfiguration\.winRM' is not allowed/],
  ["image", () => image({ version: "20348.2800.241011" }), /'imageReference' is not allowed/],
  ["zone", () => ({ zones: ["2"] }), /'zones' is not allowed/],
  ["security type", () => ({ securityProfile: { securityType: "Standard" } }), /'securityProfile\.securityType' is not allowed/],
  ["interface", () => ({ networkProfile: { networkInterfaces: [{ id: groupPath("Microsoft.Network/networkInterfaces/free") }] } }), /OperationNotAllowed/],
  ["encryption at host", () => ({ securityProfile: { securityType: "TrustedLaunch", encryptionAtHost: true } }), /OperationNotAllowed/],
  ["place", () => ({ location: "northeurope" }), /InvalidResourceLocation/],
];

/** Every file below a folder that holds a text. */
function holding(folder: string, needle: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return holding(path, needle);
    return readFileSync(path, "utf8").includes(needle) ? [path] : [];
  });
}

describe("sandbox: azure-native, machines", () => {
  let lab: AzureLab;
  beforeEach(() => {
    lab = new AzureLab();
  });
  afterEach(() => lab.close());

  const withFree = async (): Promise<AzureHost> => {
    const host = await makeAzureHost(lab);
    await lab.create(types.NETWORK_INTERFACE, nic(host.subnet, ["10.30.1.11"], { networkInterfaceName: "free" }));
    return host;
  };
  const stored = ({ machine: id }: AzureHost): JsonRecord => lab.store.get(types.VIRTUAL_MACHINE, id)?.properties ?? {};

  for (const [what, more, wanted] of refused) {
    it(`refuses ${what}`, async () => {
      const host = await withFree();
      expect(await refusal(lab.create(types.VIRTUAL_MACHINE, machine(host.nic, { vmName: "second", ...more })))).to.match(wanted);
      expect(lab.store.list(types.VIRTUAL_MACHINE)).to.have.length(1);
    });
  }

  for (const [what, change, wanted] of immutable) {
    it(`plans another ${what} as an update and refuses it`, async () => {
      const host = await withFree();
      const identity = { type: "UserAssigned", userAssignedIdentities: [host.identity] };
      expect(await refusal(lab.update(types.VIRTUAL_MACHINE, host.machine, machine(host.nic, { identity, ...change(host) })))).to.match(wanted);
    });
  }

  it("changes tags and size, and is the same machine after", async () => {
    const host = await makeAzureHost(lab);
    await lab.update(types.VIRTUAL_MACHINE, host.machine, machine(host.nic, { tags: { a: "b" }, hardwareProfile: { vmSize: "Standard_D8s_v5" } }));
    expect(stored(host)).to.deep.include({ vmId: host.vmId, tags: { a: "b" }, hardwareProfile: { vmSize: "Standard_D8s_v5" } });
    expect(new Cloud(lab.root).hostState(host.vmId)).not.to.equal(undefined);
  });

  it("keeps of the password only that there is one, and never tells it", async () => {
    const host = await makeAzureHost(lab, { osProfile: { computerName: "web-1", adminUsername: "winadmin", adminPassword: PASSWORD, customData: Buffer.from(PASSWORD).toString("base64") } });
    expect(holding(lab.root, "CANARY-Password")).to.deep.equal([]);
    expect(holding(lab.root, Buffer.from(PASSWORD).toString("base64"))).to.deep.equal([]);
    expect(stored(host)["adminPasswordSet"]).to.equal(true);
    expect(Object.keys(record(stored(host)["osProfile"]))).to.deep.equal(["computerName", "adminUsername"]);
    const told = lab.type(types.VIRTUAL_MACHINE).tells?.(stored(host));
    expect(JSON.stringify(told)).not.to.match(/adminPassword|customData/);
    // The same password again is no change.
    await lab.update(types.VIRTUAL_MACHINE, host.machine, machine(host.nic, { osProfile: { computerName: "web-1", adminUsername: "winadmin", adminPassword: PASSWORD, customData: Buffer.from(PASSWORD).toString("base64") }, tags: { a: "b" } }));
    expect(stored(host)["adminPasswordSet"]).to.equal(true);
  });

  it("names a machine as a user's secret never shows in a refusal", async () => {
    const host = await makeAzureHost(lab);
    expect(await refusal(lab.create(types.VIRTUAL_MACHINE, machine(host.nic, { vmName: "second", osProfile: { computerName: "web-2", adminUsername: "winadmin", adminPassword: "Short-CANARY" } })))).not.to.contain("CANARY");
  });

  it("holds its interface, and gives it free when it goes; disk and Windows go with it", async () => {
    const host = await makeAzureHost(lab);
    expect(lab.store.list(types.DISK)).to.have.length(1);
    expect(await refusal(lab.delete(types.NETWORK_INTERFACE, host.nic))).to.match(/NicInUse/);
    expect(await refusal(lab.delete(types.SECURITY_GROUP, host.group))).to.match(/InUseNetworkSecurityGroupCannotBeDeleted/);
    lab.store.put({ type: types.RUN_COMMAND, id: `${host.machine}/runCommands/secure-winrm-gate`, name: "", properties: {} });
    await lab.delete(types.VIRTUAL_MACHINE, host.machine);
    expect(lab.store.list(types.DISK)).to.deep.equal([]);
    expect(lab.store.list(types.RUN_COMMAND)).to.deep.equal([]);
    expect(new Cloud(lab.root).hostState(host.vmId)).to.equal(undefined);
    await lab.delete(types.NETWORK_INTERFACE, host.nic);
    await lab.delete(types.SECURITY_GROUP, host.group);
  });

  it("leaves the disk where it is not told to delete it", async () => {
    const { subnet } = await makeAzureNetwork(lab);
    const nicId = await lab.id(types.NETWORK_INTERFACE, nic(subnet, ["10.30.1.10"]));
    const { id } = await lab.create(types.VIRTUAL_MACHINE, machine(nicId, image({})), "web-1-vm");
    await lab.delete(types.VIRTUAL_MACHINE, id);
    expect(lab.store.list(types.DISK).map(({ name }) => name)).to.deep.equal(["web-1-vm-os-disk"]);
  });

  it("boots a fresh Windows of its image: a new machine of the same name is another one", async () => {
    const host = await makeAzureHost(lab);
    const cloud = new Cloud(lab.root);
    expect(cloud.hostState(host.vmId)).to.deep.include({ image: "windows-2022", addresses: ["10.30.1.10"] });
    expect(cloud.addresses(host.vmId)).to.deep.equal(["10.30.1.10"]);
    await lab.delete(types.VIRTUAL_MACHINE, host.machine);
    const again = await lab.create(types.VIRTUAL_MACHINE, machine(host.nic, image({ sku: "2019-datacenter-gensecond" })), "web-1-vm");
    expect(again.id).to.equal(host.machine);
    expect(again.properties["vmId"]).not.to.equal(host.vmId);
    expect(cloud.hostState(text(again.properties["vmId"]))).to.deep.include({ image: "windows-2019" });
  });

  it("knows the Windows of a gallery's image from the account", async () => {
    const id = groupPath("Microsoft.Compute/galleries/g/images/i/versions/1.0.0");
    lab.account({ existing: [{ id, properties: { windows: "2025" } }] });
    const { subnet } = await makeAzureNetwork(lab);
    const nicId = await lab.id(types.NETWORK_INTERFACE, nic(subnet, ["10.30.1.10"]));
    const { properties } = await lab.create(types.VIRTUAL_MACHINE, machine(nicId, { storageProfile: { imageReference: { id }, osDisk: { createOption: "FromImage" } } }));
    expect(new Cloud(lab.root).hostState(text(properties["vmId"]))).to.deep.include({ image: "windows-2025" });
  });

  it("is in the state when its making fails half-way, as a long operation is", async () => {
    const { subnet } = await makeAzureNetwork(lab);
    const nicId = await lab.id(types.NETWORK_INTERFACE, nic(subnet, ["10.30.1.10"]));
    lab.account({ faults: [{ resource: "web-1-vm", operation: "create", when: "after" }] });
    const error: unknown = await lab.create(types.VIRTUAL_MACHINE, machine(nicId), "web-1-vm").catch((caught: unknown) => caught);
    expect(error instanceof PartialFailure && error.id).to.equal(groupPath("Microsoft.Compute/virtualMachines/fleet-web-1"));
    lab.account({ faults: [{ resource: "hosts", operation: "create", when: "after" }] });
    const identity: unknown = await lab.create(types.IDENTITY, { ...GROUP, resourceName: "hosts" }, "hosts").catch((caught: unknown) => caught);
    expect(identity, "an identity is made by one request").not.to.be.instanceOf(PartialFailure);
  });
});
