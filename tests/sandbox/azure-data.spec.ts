import { createHash } from "node:crypto";
import { expect } from "chai";
import { appendBlob, readBlob, type BlobRequest } from "../../sandbox/azure/storage-access";
import * as types from "../../sandbox/azure/types";
import { PartialFailure } from "../../sandbox/engine/failure";
import { readAccount } from "../../sandbox/store/account";
import { record, text, type JsonRecord } from "../../sandbox/store/json";
import { assignment, AzureLab, BLOB_CONTRIBUTOR, BLOB_READER, GROUP, groupPath, guid, makeAzureHost, roleId, RUNNER, SECRETS_USER, storage, subnetInputs, vault, type AzureHost } from "./azure-cloud";
import { refusal } from "./lab";

const asset = (text: string): JsonRecord => ({ "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", text, hash: text });
const VAULT_ID = groupPath("Microsoft.KeyVault/vaults/swinrm-0123");
const ACCOUNT_ID = groupPath("Microsoft.Storage/storageAccounts/swinrm0123");
const CONTAINER_ID = `${ACCOUNT_ID}/blobServices/default/containers/winrm`;
const container = { ...GROUP, accountName: "swinrm0123", containerName: "winrm" };
const blob = (more: object = {}): object => ({ ...container, blobName: "nodes.json", source: asset("[1]"), contentType: "application/json", ...more });
const closed = (more: object = {}): object => ({ networkRuleSet: { defaultAction: "Deny", ...more } });
const allowed = { ipRules: [{ iPAddressOrRange: RUNNER }] };
const network = (host: AzureHost): object => ({ virtualNetworkRules: [{ virtualNetworkResourceId: host.subnet }] });

type Work = (lab: AzureLab, host: AzureHost) => Promise<unknown>;

const refused: readonly (readonly [string, Work, RegExp])[] = [
  ["a role that does not exist", (lab, host) => lab.create(types.ROLE_ASSIGNMENT, assignment(host.principalId, guid(7), host.machine)), /RoleDefinitionDoesNotExist/],
  ["a role on what does not exist", (lab, host) => lab.create(types.ROLE_ASSIGNMENT, assignment(host.principalId, SECRETS_USER, VAULT_ID)), /ResourceNotFound/],
  ["a role for nobody", (lab, host) => lab.create(types.ROLE_ASSIGNMENT, assignment(guid(8), SECRETS_USER, host.machine)), /PrincipalNotFound/],
  ["a role for a new identity that is not said to be one", (lab, host) => lab.create(types.ROLE_ASSIGNMENT, assignment(host.principalId, SECRETS_USER, host.machine, 1, { principalType: undefined })), /PrincipalNotFound.*principalType property/],
  ["a role for an identity that is called a user", (lab, host) => lab.create(types.ROLE_ASSIGNMENT, assignment(host.principalId, SECRETS_USER, host.machine, 1, { principalType: "User" })), /UnmatchedPrincipalType/],
  ["the same role twice under two names", (lab, host) => lab.create(types.ROLE_ASSIGNMENT, assignment(host.principalId, SECRETS_USER, host.machine)).then(() => lab.create(types.ROLE_ASSIGNMENT, assignment(host.principalId, SECRETS_USER, host.machine, 2))), /^Status=409 Code="RoleAssignmentExists"/],
  ["another role for an assignment", async (lab, host) => {
    const { id } = await lab.create(types.ROLE_ASSIGNMENT, assignment(host.principalId, SECRETS_USER, host.machine));
    await lab.update(types.ROLE_ASSIGNMENT, id, assignment(host.principalId, BLOB_READER, host.machine));
  }, /RoleAssignmentUpdateNotPermitted/],
  ["a vault of another tenant", (lab) => lab.create(types.VAULT, vault({ tenantId: guid(9) })), /tenantId/],
  ["a retention of six days", (lab) => lab.create(types.VAULT, vault({ softDeleteRetentionInDays: 6 })), /softDeleteRetentionInDays/],
  ["a vault without soft delete", (lab) => lab.create(types.VAULT, vault({ enableSoftDelete: false })), /enableSoftDelete/],
  ["a vault for a private range", (lab) => lab.create(types.VAULT, vault({ networkAcls: { defaultAction: "Deny", ipRules: [{ value: "10.0.0.0/8" }] } })), /not a valid public IPv4/],
  ["a vault for a subnet that does not exist", (lab) => lab.create(types.VAULT, vault({ networkAcls: { virtualNetworkRules: [{ id: groupPath("Microsoft.Network/virtualNetworks/net/subnets/none") }] } })), /SubnetNotFound/],
  ["a vault for a subnet without its endpoint", async (lab, host) => {
    await lab.update(types.SUBNET, host.subnet, subnetInputs({ serviceEndpoints: [{ service: "Microsoft.Storage" }] }));
    await lab.create(types.VAULT, vault({ networkAcls: { virtualNetworkRules: [{ id: host.subnet }] } }));
  }, /SubnetsHaveNoServiceEndpointsConfigured.*Microsoft\.KeyVault/],
  ["to take purge protection away", (lab) => lab.create(types.VAULT, vault()).then(({ id }) => lab.update(types.VAULT, id, vault({ enablePurgeProtection: false }))), /irreversible/],
  ["another retention", (lab) => lab.create(types.VAULT, vault({ softDeleteRetentionInDays: 7 })).then(({ id }) => lab.update(types.VAULT, id, vault({ softDeleteRetentionInDays: 8 }))), /has been set already/],
  ["a vault's name that somebody else has", (lab) => (lab.account({ existing: [{ id: VAULT_ID.replace("fleet", "hub") }] }), lab.create(types.VAULT, vault())), /VaultAlreadyExists/],
  ["to recover what was not deleted", (lab) => lab.create(types.VAULT, vault({ createMode: "recover" })), /SoftDeletedVaultDoesNotExist/],
  ["an account's name that somebody else has", (lab) => (lab.account({ existing: [{ id: ACCOUNT_ID.replace("fleet", "hub") }] }), lab.create(types.STORAGE_ACCOUNT, storage())), /StorageAccountAlreadyTaken/],
  ["an account of no sku", (lab) => lab.create(types.STORAGE_ACCOUNT, storage({ sku: { name: "Standard" } })), /SkuNotFound/],
  ["an account for a private range", (lab) => lab.create(types.STORAGE_ACCOUNT, storage(closed({ ipRules: [{ iPAddressOrRange: "192.168.0.0/24" }] }))), /networkAcls\.ipRule\[\*\]\.value/],
  ["an account for a range of one address", (lab) => lab.create(types.STORAGE_ACCOUNT, storage(closed({ ipRules: [{ iPAddressOrRange: `${RUNNER}/32` }] }))), /networkAcls\.ipRule\[\*\]\.value/],
  ["an account for a subnet without its endpoint", async (lab, host) => {
    await lab.update(types.SUBNET, host.subnet, subnetInputs({ serviceEndpoints: [] }));
    await lab.create(types.STORAGE_ACCOUNT, storage(closed(network(host))));
  }, /SubnetsHaveNoServiceEndpointsConfigured.*Microsoft\.Storage/],
  ["a public container in an account that allows none", (lab) => lab.create(types.STORAGE_ACCOUNT, storage({ allowBlobPublicAccess: false })).then(() => lab.create(types.CONTAINER, { ...container, publicAccess: "Blob" })), /PublicAccessNotPermitted/],
  ["a container in no account", (lab) => lab.create(types.CONTAINER, container), /ParentResourceNotFound/],
  ["a policy without rules", (lab) => lab.create(types.STORAGE_ACCOUNT, storage()).then(() => lab.create(types.MANAGEMENT_POLICY, { ...GROUP, accountName: "swinrm0123", managementPolicyName: "default", policy: { rules: [] } })), /policy\.rules/],
  ["a policy that cools append blobs", (lab) => lab.create(types.STORAGE_ACCOUNT, storage()).then(() => lab.create(types.MANAGEMENT_POLICY, { ...GROUP, accountName: "swinrm0123", managementPolicyName: "default", policy: { rules: [{ name: "a", type: "Lifecycle", definition: { actions: { baseBlob: { tierToCool: { daysAfterModificationGreaterThan: 1 } } }, filters: { blobTypes: ["appendBlob"] } } }] } })), /append blobs can be deleted only/],
];

describe("sandbox: azure-native, roles, vaults and storage", () => {
  let lab: AzureLab;
  let host: AzureHost;
  beforeEach(async () => {
    lab = new AzureLab();
    host = await makeAzureHost(lab);
  });
  afterEach(() => lab.close());

  for (const [what, work, wanted] of refused) {
    it(`refuses ${what}`, async () => {
      expect(await refusal(work(lab, host))).to.match(wanted);
    });
  }

  it("gives the deployer of the account a role without asking what it is", async () => {
    const { deployer } = readAccount(lab.root);
    await lab.create(types.ROLE_ASSIGNMENT, assignment(deployer, BLOB_CONTRIBUTOR, host.machine, 1, { principalType: undefined }));
    lab.account({ deployer: guid(5) });
    await lab.create(types.ROLE_ASSIGNMENT, assignment(guid(5), BLOB_CONTRIBUTOR, host.machine, 2, { principalType: undefined }));
  });

  it("keeps a deleted vault and its name, and gives it back to who recovers it", async () => {
    const { id, properties } = await lab.create(types.VAULT, vault());
    expect(record(properties["properties"])).to.include({ vaultUri: "https://swinrm-0123.vault.azure.net/", softDeleteRetentionInDays: 90, enableSoftDelete: true });
    await lab.delete(types.VAULT, id);
    expect(await refusal(lab.create(types.VAULT, vault()))).to.match(/ConflictError.*already exists in deleted state/);
    await lab.create(types.RESOURCE_GROUP, { resourceGroupName: "other" });
    expect(await refusal(lab.create(types.VAULT, { ...vault(), resourceGroupName: "other" }))).to.match(/VaultAlreadyExists/);
    await lab.create(types.VAULT, { ...vault(), vaultName: "swinrm-4567" });
    await lab.create(types.VAULT, vault({ createMode: "recover" }));
    expect(await refusal(lab.create(types.VAULT, { ...vault(), resourceGroupName: "other" }))).to.match(/VaultAlreadyExists/);
  });

  it("sets an account's network rules back when the program gives none any more", async () => {
    const { id } = await lab.create(types.STORAGE_ACCOUNT, storage(closed()));
    await lab.update(types.STORAGE_ACCOUNT, id, storage());
    expect(record(lab.store.get(types.STORAGE_ACCOUNT, id)?.properties["networkRuleSet"])["defaultAction"]).to.equal("Allow");
  });

  describe("a blob", () => {
    const make = async (more: object): Promise<void> => {
      await lab.create(types.STORAGE_ACCOUNT, storage(more));
      await lab.create(types.CONTAINER, container);
    };

    it("is written with the account's key from where Pulumi runs, whatever roles there are", async () => {
      await make(closed(allowed));
      const { id, properties } = await lab.create(types.BLOB, blob());
      expect(id).to.equal(`${CONTAINER_ID}/blobs/nodes.json`);
      expect(properties).to.include({ url: "https://swinrm0123.blob.core.windows.net/winrm/nodes.json", body: "[1]", contentMd5: createHash("md5").update("[1]").digest("base64") });
      expect(lab.type(types.BLOB).tells?.(properties), "its content is not told").not.to.have.any.keys("body", "source");
    });

    it("is refused where the account allows no keys", async () => {
      await make({ ...closed(allowed), allowSharedKeyAccess: false });
      await lab.create(types.ROLE_ASSIGNMENT, assignment(readAccount(lab.root).deployer, BLOB_CONTRIBUTOR, ACCOUNT_ID, 1, { principalType: undefined }));
      const error: unknown = await lab.create(types.BLOB, blob()).catch((caught: unknown) => caught);
      expect(error instanceof Error && error.message).to.match(/403.*KeyBasedAuthenticationNotPermitted/);
      expect(error, "nothing is left in the state").not.to.be.instanceOf(PartialFailure);
    });

    it("is refused from an address that the account does not let in", async () => {
      await make(closed({ ipRules: [{ iPAddressOrRange: "198.51.100.0/24" }] }));
      expect(await refusal(lab.create(types.BLOB, blob()))).to.match(/403.*AuthorizationFailure/);
      lab.account({ runner: "198.51.100.9" });
      const { id } = await lab.create(types.BLOB, blob());
      lab.account({});
      expect(await refusal(lab.read(types.BLOB, id)), "nor can it be read from there").to.match(/AuthorizationFailure/);
      expect(await refusal(lab.delete(types.BLOB, id))).to.match(/AuthorizationFailure/);
      lab.account({ runner: "198.51.100.9" });
      await lab.delete(types.BLOB, id);
    });

    it("is refused without container, with another content's hash, and where there is one", async () => {
      await lab.create(types.STORAGE_ACCOUNT, storage());
      expect(await refusal(lab.create(types.BLOB, blob()))).to.match(/ContainerNotFound/);
      await lab.create(types.CONTAINER, container);
      expect(await refusal(lab.create(types.BLOB, blob({ contentMd5: "AAAA" })))).to.match(/Md5Mismatch/);
      await lab.create(types.BLOB, blob());
      expect(await refusal(lab.create(types.BLOB, blob()))).to.match(/cannot create already existing resource/);
    });

    it("keeps its content when its type changes, and shows another one in its hash", async () => {
      await make({});
      const { id, properties } = await lab.create(types.BLOB, blob());
      await lab.update(types.BLOB, id, blob({ contentType: "text/plain" }));
      expect(lab.store.get(types.BLOB, id)?.properties["body"]).to.equal("[1]");
      await lab.delete(types.BLOB, id);
      expect((await lab.create(types.BLOB, blob({ source: asset("[2]") }))).properties["contentMd5"]).not.to.equal(properties["contentMd5"]);
    });
  });

  describe("a machine that asks for a blob", () => {
    const url = "https://swinrm0123.blob.core.windows.net/winrm/nodes.json";
    const request = (more: Partial<BlobRequest> = {}): BlobRequest => {
      const machine = lab.store.get(types.VIRTUAL_MACHINE, host.machine);
      if (machine === undefined) throw new Error("no machine");
      return { machine, clientId: host.clientId, url, ...more };
    };
    const answer = (more: Partial<BlobRequest> = {}): string => {
      const found = readBlob(lab.store, request(more));
      return "text" in found ? found.text : found.refused;
    };
    const reads = (more: object = {}, name = "reads"): Promise<string> => lab.id(types.ROLE_ASSIGNMENT, { ...assignment(host.principalId, BLOB_READER, CONTAINER_ID), ...more }, name);

    beforeEach(async () => {
      await lab.create(types.STORAGE_ACCOUNT, storage(closed({ ...allowed, ...network(host) })));
      await lab.create(types.CONTAINER, container);
      await lab.create(types.BLOB, blob());
    });

    it("gets it by a role on the container, the account or the group, and by no other", async () => {
      expect(answer()).to.match(/AuthorizationPermissionMismatch/);
      for (const scope of [CONTAINER_ID, ACCOUNT_ID.toUpperCase(), groupPath("x").replace(/\/providers.*/, "")]) {
        const id = await reads({ scope });
        expect(answer(), scope).to.equal("[1]");
        await lab.delete(types.ROLE_ASSIGNMENT, id);
      }
      await reads({ roleDefinitionId: roleId(SECRETS_USER) });
      expect(answer()).to.match(/AuthorizationPermissionMismatch/);
      expect(answer({ url: url.replace("nodes", "none") })).to.match(/AuthorizationPermissionMismatch/);
    });

    it("gets it by an identity that it bears, from a subnet that is let in", async () => {
      await reads();
      const other = await lab.create(types.IDENTITY, { ...GROUP, resourceName: "others" });
      expect(answer({ clientId: text(other.properties["clientId"]) })).to.equal("Identity not found");
      expect(answer({ url: url.replace("nodes", "none") })).to.match(/BlobNotFound/);
      await lab.update(types.STORAGE_ACCOUNT, ACCOUNT_ID, storage(closed(allowed)));
      expect(answer()).to.match(/403 AuthorizationFailure/);
      await lab.update(types.STORAGE_ACCOUNT, ACCOUNT_ID, storage(closed(network(host))));
      await lab.update(types.SUBNET, host.subnet, subnetInputs({ serviceEndpoints: [] }));
      expect(answer(), "without the endpoint nobody sees the subnet").to.match(/403 AuthorizationFailure/);
    });

    it("waits for a role that takes its time", async () => {
      lab.account({ faults: [{ role: "reads", reads: 2 }] });
      await reads();
      expect([answer(), answer(), answer()].map((one) => one === "[1]")).to.deep.equal([false, false, true]);
      lab.account({ faults: [{ role: "reads", delaySeconds: 60 }] });
      expect(answer()).to.match(/AuthorizationPermissionMismatch/);
      lab.account({ faults: [{ role: "reads" }] });
      expect(() => answer()).to.throw(/neither delaySeconds nor reads/);
    });

    it("writes its output by a writer's role only, a piece after the other", async () => {
      const output = request({ url: url.replace("nodes.json", "web-1/gate.txt") });
      await reads();
      expect(appendBlob(lab.store, output, "a")).to.match(/AuthorizationPermissionMismatch/);
      await reads({ roleAssignmentName: guid(2), roleDefinitionId: roleId(BLOB_CONTRIBUTOR) }, "writes");
      expect([appendBlob(lab.store, output, "a"), appendBlob(lab.store, output, "b")]).to.deep.equal([undefined, undefined]);
      expect(answer({ url: output.url })).to.equal("ab");
    });
  });

  it("knows the suffixes of the other clouds", async () => {
    lab.config = { ...lab.config, settings: { ...lab.config.settings, environment: "usgovernment" } };
    const { properties } = await lab.create(types.VAULT, vault());
    expect(record(properties["properties"])["vaultUri"]).to.equal("https://swinrm-0123.vault.usgovcloudapi.net/");
  });
});
