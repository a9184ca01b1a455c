import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import forge from "node-forge";
import { prepare } from "../../sandbox/prepare";
import { readAccount } from "../../sandbox/store/account";
import { parseRecord, text } from "../../sandbox/store/json";
import { CloudStore } from "../../sandbox/store/store";
import { openPfx } from "../../sandbox/windows/certificate";

const STACK = `config:
  aws:region: eu-central-1
  sandbox:secrets:
    - name: winrm/web-1
      dnsName: web-1.corp.example
  sandbox:faults:
    - { resource: web-1-instance, operation: create, when: before }
    - { audit: web-1, control: no-http-listener }
    - { role: azure-vault-role, delaySeconds: 90 }
  sandbox:certificates:
    - { name: winrm-web-2, dnsName: web-2.corp.example }
  sandbox:existing:
    - { id: /subscriptions/s/resourceGroups/hub, properties: { location: westeurope } }
  sandbox:runner: 198.51.100.9
  sandbox:imagesTrust: false
`;

describe("sandbox: prepare", () => {
  const root = mkdtempSync(join(tmpdir(), "sandbox-prepare-"));
  const cloud = join(root, "cloud");
  const secret = (): ReturnType<typeof parseRecord> => {
    const found = new CloudStore(cloud).get("aws:secretsmanager/secret:Secret", "winrm/web-1");
    return parseRecord(text(found?.properties["secretString"]));
  };

  before(() => {
    writeFileSync(join(root, "stack.yaml"), STACK);
    prepare(join(root, "stack.yaml"), cloud);
  });
  after(() => rmSync(root, { recursive: true, force: true }));

  it("takes secrets and faults from the stack file", () => {
    const account = readAccount(cloud);
    expect(account.secrets).to.deep.equal([{ name: "winrm/web-1", dnsName: "web-1.corp.example" }]);
    expect(account.resourceFaults).to.deep.equal([{ resource: "web-1-instance", operation: "create", when: "before" }]);
    expect(account.auditFaults).to.deep.equal([{ audit: "web-1", control: "no-http-listener" }]);
  });

  it("takes what an account in Azure has", () => {
    const account = readAccount(cloud);
    expect(account.roleFaults).to.deep.equal([{ role: "azure-vault-role", delaySeconds: 90, reads: 0 }]);
    expect(account.certificates).to.deep.equal([{ name: "winrm-web-2", dnsName: "web-2.corp.example" }]);
    expect(account.existing[0]).to.deep.include({ id: "/subscriptions/s/resourceGroups/hub", properties: { location: "westeurope" } });
    expect(account).to.include({ runner: "198.51.100.9", imagesTrust: false });
    expect(account.deployer).to.match(/^[0-9a-f-]{36}$/);
  });

  it("issues a certificate for every vault, of the same authority", () => {
    const { pfx, password, dnsName } = new CloudStore(cloud).get("azure:keyvault/certificate", "winrm-web-2")?.properties ?? {};
    const { leaf, others } = openPfx(text(pfx), text(password));
    const ca = new X509Certificate(readFileSync(join(cloud, "ca.pem")));
    const certificate = new X509Certificate(Buffer.from(leaf.der, "base64"));
    expect(text(password)).to.match(/^CANARY-/);
    expect(certificate.checkHost(text(dnsName))).to.equal("web-2.corp.example");
    expect(certificate.checkIssued(ca) && others.length).to.equal(1);
  });

  it("refuses a fault of a host that no cloud has", () => {
    const file = join(root, "wrong.yaml");
    writeFileSync(file, "config:\n  secure-winrm:aws: { hosts: { web-1: {} } }\n  secure-winrm:azure: { hosts: { web-2: {} } }\n  sandbox:faults: [{ audit: web-3, answer: never }]\n");
    expect(() => prepare(file, cloud)).to.throw(/no host; write one of web-1, web-2/);
    writeFileSync(file, readFileSync(file, "utf8").replace("web-3", "web-2"));
    prepare(file, join(root, "other"));
  });

  it("issues a server certificate whose chain ends in a CA that says what it is", () => {
    const { pfx, password } = secret();
    expect(text(password)).to.match(/^CANARY-[0-9a-f]{32}$/);
    const opened = forge.pkcs12.pkcs12FromAsn1(forge.asn1.fromDer(forge.util.decode64(text(pfx))), text(password));
    const type = forge.pki.oids["certBag"] ?? "";
    const pems = (opened.getBags({ bagType: type })[type] ?? []).flatMap(({ cert }) => (cert === undefined ? [] : [forge.pki.certificateToPem(cert)]));
    const leaf = new X509Certificate(pems[0] ?? "");
    const ca = new X509Certificate(readFileSync(join(cloud, "ca.pem")));
    expect(leaf.checkHost("web-1.corp.example")).to.equal("web-1.corp.example");
    expect(leaf.keyUsage).to.deep.equal(["1.3.6.1.5.5.7.3.1"]);
    expect(leaf.checkIssued(ca) && leaf.verify(ca.publicKey)).to.equal(true);
    expect(ca.ca && ca.verify(ca.publicKey)).to.equal(true);
    expect(ca.subject).to.match(/sandbox/);
    expect(leaf.serialNumber).not.to.match(/^-|^[89A-F]/);
  });

  it("keeps a secret and the CA that are there", () => {
    const [before, ca] = [secret(), readFileSync(join(cloud, "ca.pem"), "utf8")];
    prepare(join(root, "stack.yaml"), cloud);
    expect(secret()).to.deep.equal(before);
    expect(readFileSync(join(cloud, "ca.pem"), "utf8")).to.equal(ca);
  });
});
