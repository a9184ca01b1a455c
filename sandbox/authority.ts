import { createPrivateKey, generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import forge from "node-forge";
import { readIfThere } from "./store/read";

const KEY_BITS = 2048;
const CA_NAME = "secure-winrm sandbox CA (throw-away)";
const DAY_MS = 86_400_000;

interface Issued {
  readonly certificate: forge.pki.Certificate;
  readonly key: forge.pki.rsa.PrivateKey;
}

/** Issues real certificates from a CA that exists in one cloud folder only. */
export class Authority {
  private readonly folder: string;
  private readonly ca: Issued;

  constructor(root: string) {
    this.folder = join(root, "authority");
    mkdirSync(this.folder, { recursive: true });
    this.ca = this.load() ?? this.found();
  }

  get pem(): string {
    return forge.pki.certificateToPem(this.ca.certificate).replaceAll("\r\n", "\n");
  }

  private load(): Issued | undefined {
    const [certificate, key] = [readIfThere(join(this.folder, "ca.pem")), readIfThere(join(this.folder, "ca.key"))];
    if (certificate === undefined || key === undefined) return undefined;
    return { certificate: forge.pki.certificateFromPem(certificate), key: forge.pki.privateKeyFromPem(key) };
  }

  private found(): Issued {
    const key = newKey();
    const certificate = draft(CA_NAME, key, 3650);
    certificate.setIssuer(certificate.subject.attributes);
    certificate.setExtensions([
      { name: "basicConstraints", cA: true, pathLenConstraint: 0, critical: true },
      { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
      { name: "subjectKeyIdentifier" },
    ]);
    certificate.sign(key, forge.md.sha256.create());
    writeFileSync(join(this.folder, "ca.pem"), forge.pki.certificateToPem(certificate));
    writeFileSync(join(this.folder, "ca.key"), forge.pki.privateKeyToPem(key), { mode: 0o600 });
    return { certificate, key };
  }

  /** A server certificate for a name with its key and the CA, as PKCS#12 in base64. */
  issuePfx(dnsName: string, password: string): string {
    const key = newKey();
    const certificate = draft(dnsName, key, 397);
    certificate.setIssuer(this.ca.certificate.subject.attributes);
    certificate.setExtensions([
      { name: "basicConstraints", cA: false, critical: true },
      { name: "keyUsage", digitalSignature: true, keyEncipherment: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      { name: "subjectAltName", altNames: [{ type: 2, value: dnsName }] },
      { name: "subjectKeyIdentifier" },
      { name: "authorityKeyIdentifier", keyIdentifier: this.ca.certificate.generateSubjectKeyIdentifier().getBytes() },
    ]);
    certificate.sign(this.ca.key, forge.md.sha256.create());
    const pfx = forge.pkcs12.toPkcs12Asn1(key, [certificate, this.ca.certificate], password, { algorithm: "3des", friendlyName: dnsName });
    return forge.util.encode64(forge.asn1.toDer(pfx).getBytes());
  }
}

/** Node makes RSA keys some hundred times faster than JavaScript does. */
function newKey(): forge.pki.rsa.PrivateKey {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: KEY_BITS });
  return forge.pki.privateKeyFromPem(createPrivateKey(privateKey.export({ type: "pkcs8", format: "pem" })).export({ type: "pkcs1", format: "pem" }).toString());
}

function draft(commonName: string, key: forge.pki.rsa.PrivateKey, days: number): forge.pki.Certificate {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.rsa.setPublicKey(key.n, key.e);
  // A serial number is a positive integer: its first bit must not be set.
  certificate.serialNumber = `4${randomBytes(16).toString("hex").slice(1)}`;
  certificate.validity.notBefore = new Date(Date.now() - DAY_MS);
  certificate.validity.notAfter = new Date(Date.now() + days * DAY_MS);
  certificate.setSubject([{ name: "commonName", value: commonName }]);
  return certificate;
}
