import { createHash, createPrivateKey, X509Certificate, type KeyObject } from "node:crypto";
import * as forge from "node-forge";
import type { StoredCertificate } from "./state";

/** What Windows can tell about a certificate. The PFX is opened by node-forge, the rest judged by Node's own X.509. */

export interface OpenedPfx {
  readonly leaf: StoredCertificate;
  /** The other certificates in it, base64 of DER. */
  readonly others: readonly string[];
}

export interface Demands {
  readonly name: string;
  readonly eku: string;
  readonly minimumKeyBits: number;
  readonly minimumDaysLeft: number;
}

/** A P-256 key is held to be as strong as an RSA key of 3072 bits. */
const RSA_BITS_OF_CURVE: Readonly<Record<string, number>> = { prime256v1: 3072, secp384r1: 7680, secp521r1: 15360 };

const opened = new Map<string, OpenedPfx>();

/** @throws Error when it is no PKCS#12, the password is wrong, or no certificate in it has its key there. */
export function openPfx(base64: string, password: string): OpenedPfx {
  // Opening derives keys by thousands of rounds in JavaScript, and every run opens the same file again.
  const memo = createHash("sha256").update(`${password.length} ${password}${base64}`).digest("hex");
  const before = opened.get(memo);
  if (before) return before;
  const p12 = forge.pkcs12.pkcs12FromAsn1(forge.asn1.fromDer(forge.util.decode64(base64)), password);
  const bags = (type: string | undefined): forge.pkcs12.Bag[] => (type === undefined ? [] : (p12.getBags({ bagType: type })[type] ?? []));
  const { certBag, keyBag, pkcs8ShroudedKeyBag } = forge.pki.oids;
  const keys = [...bags(pkcs8ShroudedKeyBag), ...bags(keyBag)].flatMap(keyOf);
  const certificates = bags(certBag).map((bag) => new X509Certificate(Buffer.from(forge.asn1.toDer(asn1Of(bag)).getBytes(), "binary")));
  const leaf = certificates.find((certificate) => keys.some((key) => certificate.checkPrivateKey(key)));
  if (!leaf) throw new Error("no certificate with a private key in it");
  const others = certificates.filter((certificate) => certificate !== leaf).map((certificate) => certificate.raw.toString("base64"));
  const result: OpenedPfx = { leaf: { thumbprint: thumbprintOf(leaf), der: leaf.raw.toString("base64"), hasKey: true }, others };
  opened.set(memo, result);
  return result;
}

/** node-forge reads RSA only, and hands out the bare ASN.1 of everything else. */
function asn1Of(bag: forge.pkcs12.Bag): forge.asn1.Asn1 {
  return bag.cert ? forge.pki.certificateToAsn1(bag.cert) : bag.asn1;
}

function keyOf(bag: forge.pkcs12.Bag): KeyObject[] {
  const info = bag.key ? forge.pki.wrapRsaPrivateKey(forge.pki.privateKeyToAsn1(bag.key)) : bag.asn1;
  return [createPrivateKey({ key: Buffer.from(forge.asn1.toDer(info).getBytes(), "binary"), format: "der", type: "pkcs8" })];
}

const known = new Map<string, X509Certificate>();

/** Each run looks at the same few again and again, and reading them was a third of what it took. */
export function read(der: string): X509Certificate {
  const found = known.get(der) ?? new X509Certificate(Buffer.from(der, "base64"));
  if (known.size > 1_000) known.clear();
  known.set(der, found);
  return found;
}

/** As Windows shows it: SHA-1 in capitals without colons. */
export const thumbprintOf = (certificate: X509Certificate): string => certificate.fingerprint.replaceAll(":", "");

export function commonName(certificate: X509Certificate): string {
  return /(?:^|\n)CN=(.+)/.exec(certificate.subject)?.[1] ?? "";
}

function names(certificate: X509Certificate): string[] {
  return (certificate.subjectAltName ?? "").split(", ").flatMap((entry) => (entry.startsWith("DNS:") ? [entry.slice(4).toLowerCase()] : []));
}

export const bearsName = (certificate: X509Certificate, name: string): boolean => commonName(certificate).toLowerCase() === name.toLowerCase();

function keyBits(certificate: X509Certificate): number {
  const details = certificate.publicKey.asymmetricKeyDetails;
  return details?.modulusLength ?? RSA_BITS_OF_CURVE[details?.namedCurve ?? ""] ?? 0;
}

const issuedBy = (certificate: X509Certificate, issuer: X509Certificate): boolean => certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);

const isValidAt = (certificate: X509Certificate, now: number): boolean => Date.parse(certificate.validFrom) <= now && now < Date.parse(certificate.validTo);

function chains(leaf: X509Certificate, intermediates: readonly X509Certificate[], roots: readonly X509Certificate[], now: number): boolean {
  let current = leaf;
  // No real chain is longer; a circle of cross-signed authorities must end somewhere.
  for (let depth = 0; depth < 8; depth += 1) {
    const from = current;
    const isIssuer = (issuer: X509Certificate): boolean => issuer.ca && isValidAt(issuer, now) && issuedBy(from, issuer);
    if (roots.some(isIssuer)) return true;
    const next = intermediates.find((issuer) => issuer.fingerprint !== from.fingerprint && isIssuer(issuer));
    if (!next) return false;
    current = next;
  }
  return false;
}

const DAY = 86_400_000;

/** Everything that is wrong with a certificate for the listener, in words; empty when nothing is. */
export function faults(der: string, demands: Demands, intermediates: readonly string[], roots: readonly string[], now: string): string[] {
  const certificate = read(der);
  const time = Date.parse(now);
  const result: string[] = [];
  if (!bearsName(certificate, demands.name)) result.push(`subject CN=${commonName(certificate)}`);
  const san = names(certificate);
  if (!san.includes(demands.name.toLowerCase())) result.push(`alternative names ${san.join(" ") || "none"}`);
  // Node calls extended key usages `keyUsage`.
  const usages: readonly string[] = certificate.keyUsage ?? [];
  if (!usages.includes(demands.eku)) result.push(`usages ${usages.join(" ") || "none"}`);
  const bits = keyBits(certificate);
  if (bits < demands.minimumKeyBits) result.push(`key of ${bits} bits`);
  const end = Date.parse(certificate.validTo);
  const daysLeft = Math.floor((end - time) / DAY);
  if (time < Date.parse(certificate.validFrom)) result.push(`not valid before ${day(Date.parse(certificate.validFrom))}`);
  if (end <= time) result.push(`expired on ${day(end)}`);
  else if (daysLeft < demands.minimumDaysLeft) result.push(`${daysLeft} days left`);
  return [...result, ...faultsOfChain(der, intermediates, roots, now)];
}

export function faultsOfChain(der: string, intermediates: readonly string[], roots: readonly string[], now: string): string[] {
  const certificate = read(der);
  if (issuedBy(certificate, certificate)) return ["self-signed"];
  return chains(certificate, intermediates.map(read), roots.map(read), Date.parse(now)) ? [] : ["no chain to a trusted root"];
}

const day = (time: number): string => new Date(time).toISOString().slice(0, 10);

/** The roots that a certificate chains to, of those given. */
export function rootsOf(der: string, intermediates: readonly string[], roots: readonly string[], now: string): string[] {
  return roots.filter((root) => chains(read(der), intermediates.map(read), [read(root)], Date.parse(now)));
}

/** The one that became valid last; of those, the one that is valid longest. */
export function newest(certificates: readonly StoredCertificate[]): StoredCertificate | undefined {
  const times = ({ der }: StoredCertificate): [from: number, to: number] => [Date.parse(read(der).validFrom), Date.parse(read(der).validTo)];
  return [...certificates].sort((a, b) => {
    const [[aFrom, aTo], [bFrom, bTo]] = [times(a), times(b)];
    return bFrom - aFrom || bTo - aTo;
  })[0];
}

/** An authority below a root. A root that travels with a certificate is not trusted for that; only declared ones are. */
export function isIntermediate(der: string): boolean {
  const { subject, issuer } = read(der);
  return subject !== issuer;
}
