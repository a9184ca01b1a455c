import { createPublicKey, generateKeyPairSync } from "node:crypto";
import * as forge from "node-forge";

/** Real certificates for the model: one key for all of them, because only its size is ever looked at. */

interface Key {
  readonly pem: string;
  readonly private: forge.pki.rsa.PrivateKey;
  readonly public: forge.pki.PublicKey;
}

function makeKey(bits: number): Key {
  const pem = generateKeyPairSync("rsa", { modulusLength: bits }).privateKey.export({ type: "pkcs1", format: "pem" }).toString();
  const publicPem = createPublicKey(pem).export({ type: "spki", format: "pem" }).toString();
  return { pem, private: forge.pki.privateKeyFromPem(pem), public: forge.pki.publicKeyFromPem(publicPem) };
}

const keys = { root: makeKey(2048), other: makeKey(2048), leaf: makeKey(2048), weak: makeKey(1024) };
let serial = 0;

interface Wish {
  readonly name: string;
  readonly alternative?: string;
  readonly from?: string;
  readonly to?: string;
  readonly usage?: "serverAuth" | "clientAuth";
  readonly key?: keyof typeof keys;
  readonly issuer?: { readonly certificate: forge.pki.Certificate; readonly key: Key } | "self";
  readonly ca?: boolean;
}

function issue({ name, alternative = name, from = "2026-01-01", to = "2028-01-01", usage = "serverAuth", key = "leaf", issuer = ROOT, ca = false }: Wish): forge.pki.Certificate {
  serial += 1;
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = keys[key].public;
  certificate.serialNumber = `0${serial.toString(16)}`.slice(-2).padStart(4, "01");
  certificate.validity.notBefore = new Date(from);
  certificate.validity.notAfter = new Date(to);
  const subject = [{ name: "commonName", value: name }];
  certificate.setSubject(subject);
  certificate.setIssuer(issuer === "self" ? subject : issuer.certificate.subject.attributes);
  certificate.setExtensions([
    { name: "basicConstraints", cA: ca },
    ...(ca ? [{ name: "keyUsage", keyCertSign: true }] : [{ name: "extKeyUsage", [usage]: true }, { name: "subjectAltName", altNames: [{ type: 2, value: alternative }] }]),
  ]);
  certificate.sign(issuer === "self" ? keys[key].private : issuer.key.private, forge.md.sha256.create());
  return certificate;
}

const rootCertificate = (name: string, key: "root" | "other"): { certificate: forge.pki.Certificate; key: Key } => ({
  certificate: issue({ name, key, issuer: "self", ca: true, from: "2020-01-01", to: "2040-01-01" }),
  key: keys[key],
});

const ROOT = rootCertificate("Example Root", "root");
const OTHER_ROOT = rootCertificate("Other Root", "other");

const der = (certificate: forge.pki.Certificate): string => forge.util.encode64(forge.asn1.toDer(forge.pki.certificateToAsn1(certificate)).getBytes());
export const ROOT_DER = der(ROOT.certificate);
export const OTHER_ROOT_DER = der(OTHER_ROOT.certificate);

const PASSWORD = "open sesame";

function secretOf(certificate: forge.pki.Certificate, key: keyof typeof keys = "leaf", chain: forge.pki.Certificate[] = []): { pfx: string; password: string } {
  const p12 = forge.pkcs12.toPkcs12Asn1(keys[key].private, [certificate, ...chain], PASSWORD, { algorithm: "3des", count: 1 });
  return { pfx: forge.util.encode64(forge.asn1.toDer(p12).getBytes()), password: PASSWORD };
}

const name = "web-1.corp.example";
const middle = issue({ name: "Example Issuing", key: "other", issuer: ROOT, ca: true, to: "2035-01-01" });

const expired = issue({ name: "Expired Issuing", key: "other", issuer: ROOT, ca: true, to: "2026-06-01" });
const noAuthority = issue({ name: "No Authority", key: "other" });

const good = secretOf(issue({ name }));

/** Secrets as the store holds them, by what is wrong with them. */
export const SECRETS = {
  good: JSON.stringify(good),
  renewed: JSON.stringify(secretOf(issue({ name, to: "2029-01-01" }))),
  /** Issued after all others, and valid for less long than they are. */
  reissued: JSON.stringify(secretOf(issue({ name, from: "2026-11-01", to: "2027-11-01" }))),
  throughIntermediate: JSON.stringify(secretOf(issue({ name, issuer: { certificate: middle, key: keys.other } }), "leaf", [middle])),
  withRoot: JSON.stringify(secretOf(issue({ name }), "leaf", [ROOT.certificate])),
  throughExpired: JSON.stringify(secretOf(issue({ name, issuer: { certificate: expired, key: keys.other } }), "leaf", [expired])),
  throughNoAuthority: JSON.stringify(secretOf(issue({ name, issuer: { certificate: noAuthority, key: keys.other } }), "leaf", [noAuthority])),
  wrongName: JSON.stringify(secretOf(issue({ name: "web-2.corp.example" }))),
  wrongAlternativeName: JSON.stringify(secretOf(issue({ name, alternative: "web-2.corp.example" }))),
  expired: JSON.stringify(secretOf(issue({ name, to: "2026-06-01" }))),
  notYet: JSON.stringify(secretOf(issue({ name, from: "2027-06-01" }))),
  fewDays: JSON.stringify(secretOf(issue({ name, to: "2027-01-05" }))),
  selfSigned: JSON.stringify(secretOf(issue({ name, issuer: "self" }))),
  otherRoot: JSON.stringify(secretOf(issue({ name, issuer: OTHER_ROOT }))),
  weakKey: JSON.stringify(secretOf(issue({ name, key: "weak" }), "weak")),
  clientOnly: JSON.stringify(secretOf(issue({ name, usage: "clientAuth" }))),
  wrongPassword: JSON.stringify({ ...good, password: "wrong" }),
} as const;

export const GOOD_PFX = good.pfx;
export const PFX_PASSWORD = PASSWORD;
