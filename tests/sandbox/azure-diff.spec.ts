import { expect } from "chai";
import * as types from "../../sandbox/azure/types";
import { afterRead, updatePreview } from "../../sandbox/engine/state";
import { UNKNOWN } from "../../sandbox/engine/values";
import { record, records, type JsonRecord } from "../../sandbox/store/json";
import { AzureLab, GROUP, machine, makeAzureHost, makeAzureNetwork, nic, PASSWORD, rule, subnetInputs, type AzureHost } from "./azure-cloud";
import type { Difference } from "../../sandbox/engine/diff";

const asset = (text: string, hash: string): JsonRecord => ({ "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", text, hash });

/** What changes between old and new inputs, and whether it replaces; azure-native compares nothing else. */
const changes: readonly (readonly [string, JsonRecord, JsonRecord, string, boolean])[] = [
  [types.RESOURCE_GROUP, { location: "westeurope" }, { location: "northeurope" }, "location", true],
  [types.VIRTUAL_NETWORK, { location: "westeurope" }, { location: "northeurope" }, "location", true],
  [types.VIRTUAL_NETWORK, { addressSpace: { addressPrefixes: ["10.0.0.0/16"] } }, { addressSpace: { addressPrefixes: ["10.1.0.0/16"] } }, "addressSpace.addressPrefixes[0]", false],
  [types.STORAGE_ACCOUNT, { location: "westeurope" }, { location: "northeurope" }, "location", true],
  [types.STORAGE_ACCOUNT, { isHnsEnabled: false }, { isHnsEnabled: true }, "isHnsEnabled", true],
  [types.STORAGE_ACCOUNT, { kind: "Storage" }, { kind: "StorageV2" }, "kind", false],
  [types.IDENTITY, { location: "westeurope" }, { location: "northeurope" }, "location", true],
  [types.SECURITY_GROUP, { location: "westeurope" }, { location: "northeurope" }, "location", false],
  [types.NETWORK_INTERFACE, { location: "westeurope" }, { location: "northeurope" }, "location", false],
  [types.VIRTUAL_MACHINE, { location: "westeurope" }, { location: "northeurope" }, "location", false],
  [types.VAULT, { location: "westeurope" }, { location: "northeurope" }, "location", false],
  [types.VIRTUAL_MACHINE, { vmName: "a" }, { vmName: "b" }, "vmName", true],
  [types.VIRTUAL_MACHINE, { osProfile: { computerName: "a" } }, { osProfile: { computerName: "b" } }, "osProfile.computerName", false],
  [types.VIRTUAL_MACHINE, { zones: ["1"] }, { zones: ["2"] }, "zones[0]", false],
  [types.EXTENSION, { vmName: "a" }, { vmName: UNKNOWN }, "vmName", true],
  [types.EXTENSION, { typeHandlerVersion: "3.0" }, { typeHandlerVersion: "4.0" }, "typeHandlerVersion", false],
  [types.SECURITY_RULE, { networkSecurityGroupName: "a" }, { networkSecurityGroupName: "b" }, "networkSecurityGroupName", true],
  [types.SECURITY_RULE, { networkSecurityGroupName: "a" }, { networkSecurityGroupName: UNKNOWN }, "networkSecurityGroupName", true],
  [types.SECURITY_RULE, { priority: 100 }, { priority: 200 }, "priority", false],
  [types.SUBNET, { addressPrefix: "10.0.0.0/24" }, { addressPrefix: "10.0.1.0/24" }, "addressPrefix", false],
  [types.NETWORK_INTERFACE, { networkSecurityGroup: { id: "a" } }, { networkSecurityGroup: { id: "b" } }, "networkSecurityGroup.id", false],
  [types.ROLE_ASSIGNMENT, { principalId: "a" }, { principalId: "b" }, "principalId", true],
  [types.ROLE_ASSIGNMENT, { scope: "a" }, { scope: "b" }, "scope", true],
  [types.ROLE_ASSIGNMENT, { roleDefinitionId: "a" }, { roleDefinitionId: "b" }, "roleDefinitionId", false],
  [types.BLOB, { source: asset("a", "1") }, { source: asset("b", "2") }, "source", true],
  [types.BLOB, { contentType: "a" }, { contentType: "b" }, "contentType", false],
  [types.BLOB, { containerName: "a" }, { containerName: "b" }, "containerName", true],
  [types.WORKSPACE, { location: "westeurope" }, { location: "northeurope" }, "location", true],
  [types.WORKSPACE, { retentionInDays: 365 }, { retentionInDays: 90 }, "retentionInDays", false],
  [types.COLLECTION_RULE, { dataSources: { windowsEventLogs: [{ name: "a" }] } }, { dataSources: { windowsEventLogs: [{ name: "b" }] } }, "dataSources.windowsEventLogs[0].name", false],
  [types.RULE_ASSOCIATION, { resourceUri: "a" }, { resourceUri: UNKNOWN }, "resourceUri", true],
  [types.RULE_ASSOCIATION, { dataCollectionRuleId: "a" }, { dataCollectionRuleId: "b" }, "dataCollectionRuleId", false],
  [types.QUERY_RULE, { severity: 1 }, { severity: 2 }, "severity", false],
  [types.FLOW_LOG, { networkWatcherName: "a" }, { networkWatcherName: "b" }, "networkWatcherName", true],
  [types.FLOW_LOG, { targetResourceId: "a" }, { targetResourceId: "b" }, "targetResourceId", false],
  [types.MAINTENANCE, { duration: "03:00" }, { duration: "02:00" }, "duration", false],
  [types.MAINTENANCE_ASSIGNMENT, { maintenanceConfigurationId: "a" }, { maintenanceConfigurationId: "b" }, "maintenanceConfigurationId", false],
  [types.PRIVATE_RECORD_SET, { ttl: 300 }, { ttl: 60 }, "ttl", false],
  [types.PRIVATE_RECORD_SET, { relativeRecordSetName: "a" }, { relativeRecordSetName: "b" }, "relativeRecordSetName", true],
];

describe("sandbox: azure-native, diff and read", () => {
  let lab: AzureLab;
  beforeEach(() => {
    lab = new AzureLab();
  });
  afterEach(() => lab.close());

  const diff = (token: string, oldInputs: JsonRecord, news: JsonRecord, olds: JsonRecord = {}): Difference => lab.diff(token, olds, news, oldInputs);

  for (const [token, oldInputs, news, path, replaces] of changes) {
    it(`${replaces ? "replaces" : "updates"} ${token.split(":")[2] ?? ""} on another ${path}${JSON.stringify(news).includes(UNKNOWN) ? ", not known yet" : ""}`, () => {
      const found = diff(token, oldInputs, news);
      expect(found.changes.find((change) => change.path === path)).to.deep.include({ path, replaces });
      expect(found.changes.some((change) => change.replaces)).to.equal(replaces);
      expect(found.deleteBeforeReplace, "the old one goes first").to.equal(replaces);
    });
  }

  it("sees nothing in what the cloud says, in another spelling of a location, in an asset of the same content", () => {
    expect(diff(types.SECURITY_GROUP, { tags: { a: "b" } }, { tags: { a: "b" } }, { tags: { drifted: "yes" } }).changes).to.deep.equal([]);
    expect(diff(types.SECURITY_GROUP, { location: "West Europe" }, { location: "westeurope" }).changes).to.deep.equal([]);
    expect(diff(types.BLOB, { source: asset("a", "1") }, { source: { ...asset("", "1"), path: "a.txt" } }).changes).to.deep.equal([]);
  });

  it("makes the new one first where the name has random digits", () => {
    const [old, fresh] = [{ location: "a", resourceGroupName: "rg1", __defaults: ["resourceGroupName"] }, { location: "b", resourceGroupName: "rg2", __defaults: ["resourceGroupName"] }];
    expect(diff(types.RESOURCE_GROUP, old, fresh).deleteBeforeReplace).to.equal(false);
  });

  it("replaces nothing for an input that is only now written down", () => {
    expect(diff(types.ROLE_ASSIGNMENT, {}, { principalId: "p" }, { principalId: "p" }).changes).to.deep.equal([{ path: "principalId", kind: "add", replaces: false }]);
    expect(diff(types.ROLE_ASSIGNMENT, {}, { principalId: "q" }, { principalId: "p" }).changes).to.deep.equal([{ path: "principalId", kind: "add", replaces: true }]);
  });

  describe("a read", () => {
    const told = (token: string, id: string): JsonRecord => lab.type(token).tells?.(lab.store.get(token, id)?.properties ?? {}) ?? {};
    const inputsAfter = async (token: string, id: string, inputs: object, olds: JsonRecord): Promise<JsonRecord> => afterRead(lab.type(token), inputs as JsonRecord, (await lab.read(token, id)) ?? {}, olds);

    it("changes no input of a machine and all that it stands on, while nobody touches them", async () => {
      const host: AzureHost = await makeAzureHost(lab);
      const vm = machine(host.nic, { identity: { type: "UserAssigned", userAssignedIdentities: [host.identity] } });
      const objects: readonly (readonly [string, string, object])[] = [
        [types.VIRTUAL_MACHINE, host.machine, vm],
        [types.NETWORK_INTERFACE, host.nic, nic(host.subnet, ["10.30.1.10"], { networkSecurityGroup: { id: host.group } })],
        [types.SUBNET, host.subnet, subnetInputs({ networkSecurityGroup: { id: host.subnetGroup } })],
        [types.VIRTUAL_NETWORK, host.network, { ...GROUP, virtualNetworkName: "net", addressSpace: { addressPrefixes: ["10.30.0.0/16"] } }],
        [types.SECURITY_GROUP, host.group, { ...GROUP, networkSecurityGroupName: "web-1" }],
      ];
      for (const [token, id, inputs] of objects) {
        const { __defaults: _, ...after } = await inputsAfter(token, id, inputs, told(token, id));
        expect(after, token).to.deep.equal(inputs);
        expect(lab.diff(token, told(token, id), inputs, after).changes, token).to.deep.equal([]);
      }
      expect(JSON.stringify(told(types.VIRTUAL_MACHINE, host.machine)), "the password is not told").not.to.contain(PASSWORD);
      expect(record((await inputsAfter(types.VIRTUAL_MACHINE, host.machine, vm, told(types.VIRTUAL_MACHINE, host.machine)))["osProfile"])["adminPassword"], "and stays in the inputs").to.equal(PASSWORD);
    });

    it("brings in what somebody changed, and only that", async () => {
      await makeAzureNetwork(lab);
      const id = await lab.id(types.SECURITY_RULE, rule({ description: "mine" }));
      const before = told(types.SECURITY_RULE, id);
      lab.store.put({ type: types.SECURITY_RULE, id, name: "rule", properties: { ...lab.store.get(types.SECURITY_RULE, id)?.properties, sourceAddressPrefix: "*" } });
      const after = await inputsAfter(types.SECURITY_RULE, id, rule({ description: "mine" }), before);
      expect(after).to.deep.equal({ ...rule({ description: "mine" }), sourceAddressPrefix: "*" });
      expect(lab.diff(types.SECURITY_RULE, before, rule({ description: "mine" }), after).changes.map((change) => change.path)).to.deep.equal(["sourceAddressPrefix"]);
    });

    it("leaves rules out of a group that was written without them, and shows them in one that was written with", async () => {
      const { subnetGroup } = await makeAzureNetwork(lab);
      const before = told(types.SECURITY_GROUP, subnetGroup);
      await lab.create(types.SECURITY_RULE, rule());
      expect(await inputsAfter(types.SECURITY_GROUP, subnetGroup, { ...GROUP, networkSecurityGroupName: "subnets" }, before)).to.deep.equal({ ...GROUP, networkSecurityGroupName: "subnets" });

      const { networkSecurityGroupName: _, resourceGroupName: __, securityRuleName: ___, ...body } = rule() as Record<string, string>;
      const inline = { ...GROUP, networkSecurityGroupName: "own", securityRules: [{ ...body, name: "inline", priority: 300 }] };
      const own = await lab.create(types.SECURITY_GROUP, inline);
      const toldThen = lab.type(types.SECURITY_GROUP).tells?.(own.properties) ?? {};
      expect((await inputsAfter(types.SECURITY_GROUP, own.id, inline, toldThen))["securityRules"]).to.deep.equal(inline.securityRules);
      await lab.create(types.SECURITY_RULE, rule({ networkSecurityGroupName: "own", securityRuleName: "standalone" }));
      const drifted = await inputsAfter(types.SECURITY_GROUP, own.id, inline, toldThen);
      expect(records(drifted["securityRules"]).map((one) => one["name"])).to.deep.equal(["inline", "standalone"]);
    });

    it("reads all inputs of an import, and nothing of what is gone", async () => {
      const { subnetGroup } = await makeAzureNetwork(lab);
      const type = lab.type(types.SECURITY_GROUP);
      expect(afterRead(type, undefined, (await lab.read(types.SECURITY_GROUP, subnetGroup)) ?? {}, {})).to.include({ networkSecurityGroupName: "subnets", resourceGroupName: "fleet", location: "westeurope" });
      lab.store.remove(types.SECURITY_GROUP, subnetGroup);
      expect(await lab.read(types.SECURITY_GROUP, subnetGroup)).to.equal(undefined);
    });
  });

  it("tells in a preview of an update that only name and place are sure to stay", async () => {
    const host = await makeAzureHost(lab);
    const type = lab.type(types.VIRTUAL_MACHINE);
    const olds = type.tells?.(lab.store.get(types.VIRTUAL_MACHINE, host.machine)?.properties ?? {}) ?? {};
    const preview = updatePreview(type, machine(host.nic, { tags: { a: "b" } }) as JsonRecord, olds, { changes: [{ path: "tags.a", kind: "add", replaces: false }], deleteBeforeReplace: false });
    expect(preview).to.include({ name: "fleet-web-1", location: "westeurope", vmId: UNKNOWN });
  });
});
