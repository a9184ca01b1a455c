import { createHash, createSign, generateKeyPairSync } from "node:crypto";
import forge from "node-forge";

const { asn1, pki } = forge;
type Asn1 = forge.asn1.Asn1;

const node = (type: number, value: Asn1[] | string, isContext = false): Asn1 => asn1.create(isContext ? asn1.Class.CONTEXT_SPECIFIC : asn1.Class.UNIVERSAL, type, typeof value !== "string", value);
const sequence = (...value: Asn1[]): Asn1 => node(asn1.Type.SEQUENCE, value);
const set = (...value: Asn1[]): Asn1 => node(asn1.Type.SET, value);
const oid = (text: string): Asn1 => node(asn1.Type.OID, asn1.oidToDer(text).getBytes());
const octets = (bytes: Buffer): Asn1 => node(asn1.Type.OCTETSTRING, bytes.toString("binary"));
const tagged = (...value: Asn1[]): Asn1 => node(0, value, true);
const der = (one: Asn1): Buffer => Buffer.from(asn1.toDer(one).getBytes(), "binary");
const integer = (value: number): Asn1 => node(asn1.Type.INTEGER, asn1.integerToDer(value).getBytes());

const OIDS = { sha256: "2.16.840.1.101.3.4.2.1", sha1: "1.3.14.3.2.26", indirect: "1.3.6.1.4.1.311.2.1.4", sip: "1.3.6.1.4.1.311.2.1.30", signedData: "1.2.840.113549.1.7.2", contentType: "1.2.840.113549.1.9.3", messageDigest: "1.2.840.113549.1.9.4", rsa: "1.2.840.113549.1.1.1" };

/** A publisher with a certificate of its own, who signs scripts as Authenticode wants it: what osslsigncode does, for machines without it. */
export class Publisher {
  readonly certificate: string;
  readonly #certificate: forge.pki.Certificate;
  readonly #key: string;

  constructor(usage: "codeSigning" | "serverAuth" | "none" = "codeSigning") {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048, publicKeyEncoding: { type: "spki", format: "pem" }, privateKeyEncoding: { type: "pkcs1", format: "pem" } });
    const certificate = pki.createCertificate();
    certificate.publicKey = pki.publicKeyFromPem(publicKey);
    certificate.serialNumber = "01";
    certificate.validity.notBefore = new Date("2026-01-01");
    certificate.validity.notAfter = new Date("2036-01-01");
    const name = [{ name: "commonName", value: "Example Publisher" }];
    certificate.setSubject(name);
    certificate.setIssuer(name);
    if (usage !== "none") certificate.setExtensions([{ name: "extKeyUsage", [usage]: true }]);
    certificate.sign(pki.privateKeyFromPem(privateKey), forge.md.sha256.create());
    this.#certificate = certificate;
    this.#key = privateKey;
    this.certificate = pki.certificateToPem(certificate).replaceAll("\r\n", "\n");
  }

  sign(script: string, hash: "sha256" | "sha1" = "sha256"): string {
    const algorithm = sequence(oid(OIDS[hash]), node(asn1.Type.NULL, ""));
    const content = sequence(sequence(oid(OIDS.sip)), sequence(algorithm, octets(createHash(hash).update(Buffer.from(script, "utf16le")).digest())));
    const told = createHash(hash).update(Buffer.concat((content.value as Asn1[]).map(der))).digest();
    const attributes = [sequence(oid(OIDS.contentType), set(oid(OIDS.indirect))), sequence(oid(OIDS.messageDigest), set(octets(told)))];
    const signature = createSign(hash).update(der(set(...attributes))).sign(this.#key);
    const issuer = (pki.certificateToAsn1(this.#certificate).value as Asn1[])[0]?.value as Asn1[];
    const signer = sequence(integer(1), sequence(issuer[3] ?? set(), issuer[1] ?? set()), algorithm, tagged(...attributes), sequence(oid(OIDS.rsa), node(asn1.Type.NULL, "")), octets(signature));
    const signed = sequence(integer(1), set(algorithm), sequence(oid(OIDS.indirect), tagged(content)), tagged(pki.certificateToAsn1(this.#certificate)), set(signer));
    const lines = der(sequence(oid(OIDS.signedData), tagged(signed))).toString("base64").match(/.{1,64}/g) ?? [];
    return [script, "# SIG # Begin signature block", ...lines.map((line) => `# ${line}`), "# SIG # End signature block", ""].join("\r\n");
  }
}
