import { expect } from "chai";
import { rows } from "../../sandbox/azure/main";
import * as types from "../../sandbox/azure/types";
import { UNKNOWN } from "../../sandbox/engine/values";
import { AzureLab, GROUP, rule, storage, SUBSCRIPTION, vault } from "./azure-cloud";

/** Inputs that are wrong in one way before anything is called, and the property that the refusal names. */
const refused: readonly (readonly [string, string, object, string])[] = [
  ["a group named as a path", types.RESOURCE_GROUP, { resourceGroupName: "a/b" }, "resourceGroupName"],
  ["an identity of two characters", types.IDENTITY, { ...GROUP, resourceName: "id" }, "resourceName"],
  ["an assignment whose name is no GUID", types.ROLE_ASSIGNMENT, { roleAssignmentName: "reads", principalId: "p", roleDefinitionId: "r", scope: "/subscriptions/s" }, "roleAssignmentName"],
  ["a principal of a type that does not exist", types.ROLE_ASSIGNMENT, { principalId: "p", principalType: "Machine", roleDefinitionId: "r", scope: "/subscriptions/s" }, "principalType"],
  ["a vault's name that is too long", types.VAULT, { ...vault(), vaultName: "v".repeat(25) }, "vaultName"],
  ["a vault's name that begins with a digit", types.VAULT, { ...vault(), vaultName: "1vault" }, "vaultName"],
  ["an account's name in capitals", types.STORAGE_ACCOUNT, { ...storage(), accountName: "Nodes" }, "accountName"],
  ["a container's name with two hyphens in a row", types.CONTAINER, { ...GROUP, accountName: "a", containerName: "a--b" }, "containerName"],
  ["an append blob with content", types.BLOB, { ...GROUP, accountName: "a", containerName: "c", type: "Append", contentMd5: "x" }, "contentMd5"],
  ["what is no asset", types.BLOB, { ...GROUP, accountName: "a", containerName: "c", source: { text: "x" } }, "source"],
  ["a policy that is not called default", types.MANAGEMENT_POLICY, { ...GROUP, accountName: "a", managementPolicyName: "mine", policy: { rules: [] } }, "managementPolicyName"],
  ["a workspace of three letters", types.WORKSPACE, { ...GROUP, workspaceName: "log" }, "workspaceName"],
  ["a flow log that ends in a dot", types.FLOW_LOG, { resourceGroupName: "w", networkWatcherName: "w", storageId: "s", targetResourceId: "t", flowLogName: "log." }, "flowLogName"],
  ["a rule of a kind that does not exist", types.COLLECTION_RULE, { ...GROUP, kind: "MacOS" }, "kind"],
  ["an alert's name with a slash", types.QUERY_RULE, { ...GROUP, ruleName: "a/b" }, "ruleName"],
  ["a window that is seen by some", types.MAINTENANCE, { ...GROUP, visibility: "Some" }, "visibility"],
  ["a window's tag that is no list", types.MAINTENANCE_ASSIGNMENT, { ...GROUP, filter: { tagSettings: { tags: { a: "b" } } } }, "filter.tagSettings.tags.a"],
  ["a record type that does not exist", types.PRIVATE_RECORD_SET, { ...GROUP, privateZoneName: "corp", recordType: "B" }, "recordType"],
];

describe("sandbox: azure-native, check", () => {
  const lab = new AzureLab();
  after(() => lab.close());

  for (const { token, inputs } of rows) {
    it(`refuses an unknown property of ${token}`, () => {
      expect(lab.problems(token, { surprise: 1 }).join("\n")).to.match(/^surprise: unknown property/m);
    });

    for (const key of Object.keys(inputs).filter((one) => !one.endsWith("?"))) {
      it(`refuses ${token} without ${key}`, () => {
        expect(lab.problems(token, {})).to.include(`${key}: missing required property`);
      });
    }
  }

  for (const [what, token, inputs, property] of refused) {
    it(`refuses ${what}`, () => {
      expect(lab.check(token, inputs).problems.map((problem) => problem.property), JSON.stringify(lab.problems(token, inputs))).to.include(property);
    });
  }

  it("refuses what lies below, and a whole object where Azure heeds its id alone", () => {
    expect(lab.problems(types.VIRTUAL_MACHINE, { ...GROUP, osProfile: { windowsConfiguration: { winrm: {} } } }).join()).to.match(/^osProfile\.windowsConfiguration\.winrm: unknown property/);
    expect(lab.problems(types.SUBNET, { ...GROUP, virtualNetworkName: "n", networkSecurityGroup: { id: "x", securityRules: [] } }).join()).to.match(/^networkSecurityGroup\.securityRules: unknown property/);
  });

  it("takes the location from the provider's configuration, and demands one", () => {
    expect(lab.check(types.SECURITY_GROUP, GROUP).inputs["location"]).to.equal("westeurope");
    expect(lab.check(types.SECURITY_GROUP, { ...GROUP, location: "northeurope" }).inputs["location"]).to.equal("northeurope");
    expect(lab.check(types.SECURITY_GROUP, GROUP, { location: "francecentral" }).inputs["location"], "what the object has").to.equal("francecentral");
    expect(lab.check(types.SECURITY_RULE, rule()).inputs["location"]).to.equal(undefined);
    const nowhere = new AzureLab();
    nowhere.config = { region: "", defaultTags: {}, settings: { subscriptionId: SUBSCRIPTION } };
    expect(nowhere.problems(types.SECURITY_GROUP, GROUP).join()).to.match(/^location: missing required property 'location'/);
    nowhere.close();
  });

  it("invents names as the provider does: with digits at the top of a path, none below, a GUID for an assignment", () => {
    expect(lab.check(types.SECURITY_GROUP, GROUP, {}, "door").inputs["networkSecurityGroupName"]).to.match(/^door[0-9a-f]{8}$/);
    expect(lab.check(types.STORAGE_ACCOUNT, { ...storage(), accountName: undefined }, {}, "Nodes").inputs["accountName"]).to.match(/^nodes[0-9a-f]{8}$/);
    expect(lab.check(types.SECURITY_RULE, { ...rule(), securityRuleName: undefined }, {}, "web-1-door").inputs["securityRuleName"]).to.equal("web-1-door");
    expect(lab.check(types.ROLE_ASSIGNMENT, { principalId: "p", roleDefinitionId: "r", scope: "s" }).inputs["roleAssignmentName"]).to.match(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(lab.check(types.SECURITY_GROUP, GROUP, { networkSecurityGroupName: "mine" }, "door").inputs["networkSecurityGroupName"], "any name that it has").to.equal("mine");
  });

  it("lets values through that a preview does not know yet", () => {
    expect(lab.problems(types.VIRTUAL_MACHINE, { ...GROUP, osProfile: UNKNOWN, networkProfile: { networkInterfaces: [{ id: UNKNOWN }] }, tags: { a: UNKNOWN } })).to.deep.equal([]);
    expect(lab.problems(types.VAULT, { ...GROUP, vaultName: UNKNOWN, properties: UNKNOWN })).to.deep.equal([]);
    expect(lab.problems(types.BLOB, { ...GROUP, accountName: UNKNOWN, containerName: UNKNOWN, source: UNKNOWN })).to.deep.equal([]);
  });
});
