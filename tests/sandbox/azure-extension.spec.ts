import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import * as types from "../../sandbox/azure/types";
import { Cloud } from "../../sandbox/cloud";
import { PartialFailure } from "../../sandbox/engine/failure";
import { record, records, text, type JsonRecord } from "../../sandbox/store/json";
import { assignment, AzureLab, GROUP, groupPath, machine, makeAzureHost, nic, PASSWORD, SECRETS_USER, subnetInputs, TENANT, vault, type AzureHost } from "./azure-cloud";
import { refusal } from "./lab";

const VAULT_ID = groupPath("Microsoft.KeyVault/vaults/swinrm-0123");
const URL = "https://swinrm-0123.vault.azure.net/secrets/winrm-web-1";
const CERTIFICATES = [{ name: "winrm-web-1", dnsName: "web-1.corp.example" }];
const observed = (more: object = {}): object => ({ url: URL, certificateStoreName: "MY", certificateStoreLocation: "LocalMachine", ...more });

const settings = (host: AzureHost, management: object = {}, one: object = {}): object => ({
  secretsManagementSettings: { observedCertificates: [observed(one)], ...management },
  authenticationSettings: { msiEndpoint: "http://169.254.169.254/metadata/identity/oauth2/token", msiClientId: host.clientId },
});

const extension = (host: AzureHost, more: object = {}): object => ({
  ...GROUP,
  vmName: "fleet-web-1",
  vmExtensionName: "KeyVaultForWindows",
  publisher: "Microsoft.Azure.KeyVault",
  type: "KeyVaultForWindows",
  typeHandlerVersion: "4.0",
  settings: settings(host),
  ...more,
});

const image = (sku: string): object => ({ storageProfile: { imageReference: { publisher: "MicrosoftWindowsServer", offer: "WindowsServer", sku, version: "1.2.3" }, osDisk: { createOption: "FromImage" } } });

type Spoil = (lab: AzureLab, host: AzureHost) => unknown;

/** What keeps the certificate from its machine; the extension reports it as a failure of the machine. */
const failures: readonly (readonly [string, Spoil, (host: AzureHost) => object, RegExp])[] = [
  ["no role on the vault", (lab) => lab.delete(types.ROLE_ASSIGNMENT, `${VAULT_ID}/providers/Microsoft.Authorization/roleAssignments/00000000-0000-4000-8000-000000000001`), () => ({}), /ForbiddenByRbac/],
  ["an identity that the machine does not bear", async (lab) => void (await lab.create(types.IDENTITY, { ...GROUP, resourceName: "others" })), (host) => ({ settings: { ...settings(host), authenticationSettings: { msiClientId: "00000000-0000-4000-8000-000000000077" } } }), /Identity not found/],
  ["no word on which identity", () => undefined, (host) => ({ settings: { ...settings(host), authenticationSettings: {} } }), /Multiple user assigned identities exist/],
  ["a certificate that nobody has delivered", () => undefined, (host) => ({ settings: settings(host, {}, { url: URL.replace("web-1", "web-9") }) }), /SecretNotFound.*winrm-web-9/],
  ["a vault that does not exist", () => undefined, (host) => ({ settings: settings(host, {}, { url: URL.replace("0123", "9999") }) }), /could not be resolved/],
  ["a vault that does not let the subnet in", (lab) => lab.update(types.VAULT, VAULT_ID, vault({ networkAcls: { defaultAction: "Deny" } })), () => ({}), /ForbiddenByFirewall/],
  ["a subnet that lost its endpoint", async (lab, host) => {
    await lab.update(types.VAULT, VAULT_ID, vault({ networkAcls: { defaultAction: "Deny", virtualNetworkRules: [{ id: host.subnet }] } }));
    await lab.update(types.SUBNET, host.subnet, subnetInputs({ serviceEndpoints: [] }));
  }, () => ({}), /ForbiddenByFirewall/],
  ["a vault that is closed to networks", (lab) => lab.update(types.VAULT, VAULT_ID, vault({ publicNetworkAccess: "Disabled" })), () => ({}), /ForbiddenByFirewall/],
  ["a vault of the older rights without a policy", (lab) => lab.update(types.VAULT, VAULT_ID, vault({ enableRbacAuthorization: false })), () => ({}), /ForbiddenByRbac/],
  ["no certificate to observe", () => undefined, (host) => ({ settings: { ...settings(host), secretsManagementSettings: {} } }), /No observed certificates/],
  ["a version in the address", () => undefined, (host) => ({ settings: settings(host, {}, { url: `${URL}/${"0".repeat(32)}` }) }), /names a version/],
  ["an address of another kind", () => undefined, (host) => ({ settings: settings(host, {}, { url: URL.replace("secrets", "certificates") }) }), /not the URL of a vault's secret/],
  ["a store in another case", () => undefined, (host) => ({ settings: settings(host, {}, { certificateStoreLocation: "localMachine" }) }), /case-sensitive/],
  ["a setting that ended with 3.0", () => undefined, (host) => ({ settings: settings(host, { requireInitialSync: true }) }), /Unknown setting 'requireInitialSync'/],
  ["a poll every two hours", () => undefined, (host) => ({ settings: settings(host, { pollingIntervalInS: "7200" }) }), /between 300 and 3600/],
  ["a root that the machine does not trust", (lab, host) => {
    const state = record(new Cloud(lab.root).hostState(host.vmId));
    lab.store.writeHost(host.vmId, JSON.stringify({ ...state, certificates: { ...record(state["certificates"]), root: [] } }));
  }, () => ({}), /not trusted by the trust provider/],
];

describe("sandbox: azure-native, the certificate's extension", () => {
  let lab: AzureLab;
  let host: AzureHost;

  async function start(more: object = {}): Promise<void> {
    host = await makeAzureHost(lab, more);
    await lab.create(types.VAULT, vault({ networkAcls: { defaultAction: "Deny", virtualNetworkRules: [{ id: host.subnet }] } }));
    await lab.create(types.ROLE_ASSIGNMENT, assignment(host.principalId, SECRETS_USER, VAULT_ID), "vault-role");
  }

  beforeEach(() => {
    lab = new AzureLab({ certificates: CERTIFICATES });
  });
  afterEach(() => lab.close());

  const install = (more: object = {}): Promise<unknown> => lab.create(types.EXTENSION, extension(host, more), "web-1-certificate");
  const mine = (): readonly JsonRecord[] => records(record(record(new Cloud(lab.root).hostState(host.vmId))["certificates"])["my"]);

  it("brings the certificate with its key into the machine's own store, and no root", async () => {
    await start();
    await install();
    const [stored] = mine();
    const certificate = new X509Certificate(Buffer.from(text(stored?.["der"]), "base64"));
    expect(certificate.checkHost("web-1.corp.example")).to.equal("web-1.corp.example");
    expect(stored?.["hasKey"]).to.equal(true);
    expect(readFileSync(join(lab.root, "hosts", `${host.vmId}.json`), "utf8")).not.to.match(/PRIVATE|CANARY/);
    expect(lab.store.get(types.EXTENSION, `${host.machine}/extensions/KeyVaultForWindows`)?.properties).to.include({ type: "KeyVaultForWindows", provisioningState: "Succeeded" });
    await lab.delete(types.EXTENSION, `${host.machine}/extensions/KeyVaultForWindows`);
    expect(mine(), "deleting the extension takes nothing out of the machine").to.have.length(1);
  });

  for (const [what, spoil, more, wanted] of failures) {
    it(`fails with ${what}, and leaves a failed extension`, async () => {
      await start();
      await spoil(lab, host);
      const error: unknown = await install(more(host)).catch((caught: unknown) => caught);
      if (!(error instanceof PartialFailure)) throw new Error(`no partial failure: ${String(error)}`);
      expect(error.message).to.match(/Code="VMExtensionProvisioningError" Message="VM has reported a failure when processing extension 'KeyVaultForWindows' \(publisher 'Microsoft\.Azure\.KeyVault' and type 'KeyVaultForWindows'\)\. Error message: '/).and.to.match(wanted);
      expect(error.id).to.equal(`${host.machine}/extensions/KeyVaultForWindows`);
      expect(error.properties["provisioningState"]).to.equal("Failed");
      expect(mine()).to.deep.equal([]);
    });
  }

  it("installs 3.0 on Windows Server 2016 and 2019 without looking at the chain, and not 4.0", async () => {
    lab.account({ certificates: CERTIFICATES, imagesTrust: false });
    await start(image("2019-datacenter-gensecond"));
    expect(await refusal(install())).to.match(/version 4\.0 does not install on Windows Server 2019/);
    await lab.delete(types.EXTENSION, `${host.machine}/extensions/KeyVaultForWindows`);
    await install({ typeHandlerVersion: "3.0", settings: settings(host, { pollingIntervalInS: "3600", requireInitialSync: true, linkOnRenewal: true }) });
    expect(mine()).to.have.length(1);
  });

  it("is refused 4.0 where the machine's image does not trust the authority", async () => {
    lab.account({ certificates: CERTIFICATES, imagesTrust: false });
    await start();
    expect(await refusal(install())).to.match(/not trusted by the trust provider/);
  });

  it("tries 25 times: a role that comes late is waited for, without waiting", async () => {
    lab.account({ certificates: CERTIFICATES, faults: [{ role: "vault-role", reads: 24 }] });
    await start();
    await install();
    expect(mine()).to.have.length(1);
  });

  it("gives up when the role comes later than that, and works when it is there and the extension is written again", async () => {
    const account = { certificates: CERTIFICATES, faults: [{ role: "vault-role", reads: 25 }] };
    lab.account(account);
    await start();
    expect(await refusal(install())).to.match(/after 25 tries.*ForbiddenByRbac/);
    await lab.update(types.EXTENSION, `${host.machine}/extensions/KeyVaultForWindows`, extension(host), "web-1-certificate");
    expect(mine()).to.have.length(1);
    expect(lab.store.get(types.EXTENSION, `${host.machine}/extensions/KeyVaultForWindows`)?.properties["provisioningState"]).to.equal("Succeeded");
  });

  it("waits for a delay that its tries span, and for no longer one", async () => {
    lab.account({ certificates: CERTIFICATES, faults: [{ role: "vault-role", delaySeconds: 600 }] });
    await start();
    await install();
    lab.account({ certificates: CERTIFICATES, faults: [{ role: "vault-role", delaySeconds: 1200 }] });
    expect(await refusal(lab.update(types.EXTENSION, `${host.machine}/extensions/KeyVaultForWindows`, extension(host)))).to.match(/ForbiddenByRbac/);
  });

  it("reads by an access policy where the vault has those", async () => {
    await start();
    await lab.update(types.VAULT, VAULT_ID, vault({ enableRbacAuthorization: false, accessPolicies: [{ objectId: host.principalId, tenantId: TENANT, permissions: { secrets: ["get", "list"] } }] }));
    await install();
    expect(mine()).to.have.length(1);
  });

  it("refuses what the compute service refuses: no machine, an unknown handler, a second one, a downgrade, a machine without extensions", async () => {
    await start();
    expect(await refusal(install({ vmName: "none" }))).to.match(/ParentResourceNotFound/);
    expect(await refusal(install({ publisher: "Microsoft.Compute", type: "CustomScriptExtension", typeHandlerVersion: "1.10" }))).to.match(/ArtifactVersionNotFound/);
    expect(await refusal(install({ typeHandlerVersion: "2.0" }))).to.match(/ArtifactVersionNotFound/);
    await install();
    expect(await refusal(install({ vmExtensionName: "again" }))).to.match(/Multiple VMExtensions per handler/);
    expect(await refusal(lab.update(types.EXTENSION, `${host.machine}/extensions/KeyVaultForWindows`, extension(host, { typeHandlerVersion: "3.0" })))).to.match(/Downgrade/);
    await lab.create(types.NETWORK_INTERFACE, nic(host.subnet, ["10.30.1.11"], { networkInterfaceName: "free" }));
    const bare = { vmName: "bare", osProfile: { computerName: "bare", adminUsername: "winadmin", adminPassword: PASSWORD, allowExtensionOperations: false } };
    await lab.create(types.VIRTUAL_MACHINE, machine(groupPath("Microsoft.Network/networkInterfaces/free"), bare));
    expect(await refusal(install({ vmName: "bare" }))).to.match(/extension operations are disallowed/);
  });

  it("keeps protected settings out of the store", async () => {
    await start();
    await install({ protectedSettings: { key: PASSWORD } });
    expect(JSON.stringify(lab.store.list(types.EXTENSION))).not.to.contain(PASSWORD);
  });
});
