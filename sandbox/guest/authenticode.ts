import { createHash, verify, X509Certificate } from "node:crypto";
import forge from "node-forge";

const BLOCK = /\r\n# SIG # Begin signature block\r\n([\s\S]*?)# SIG # End signature block\s*$/;
const MESSAGE_DIGEST = "1.2.840.113549.1.9.4";
const HASHES: Readonly<Record<string, string>> = { "2.16.840.1.101.3.4.2.1": "sha256", "2.16.840.1.101.3.4.2.2": "sha384", "2.16.840.1.101.3.4.2.3": "sha512" };

type Asn1 = forge.asn1.Asn1;

const der = (node: Asn1): Buffer => Buffer.from(forge.asn1.toDer(node).getBytes(), "binary");
const bytes = ({ value }: Asn1): Buffer => Buffer.from(typeof value === "string" ? value : "", "binary");
const oid = (node: Asn1): string => (typeof node.value === "string" ? forge.asn1.derToOid(node.value) : "");

/** By the positions of RFC 2315; throws where there is none. */
function at(node: Asn1, ...path: readonly number[]): Asn1 {
  return path.reduce((one, index) => {
    const next = typeof one.value === "string" ? undefined : one.value[index];
    if (next === undefined) throw new Error("no such element");
    return next;
  }, node);
}

const list = (node: Asn1): readonly Asn1[] => (typeof node.value === "string" ? [] : node.value);

/** What stands without the outermost tag and length: that is what is hashed of the signed content. */
function contentOf(node: Asn1): Buffer {
  return Buffer.concat(list(node).map(der));
}

/** Whether one of these publishers has signed exactly this script, as Windows judges it, trust in the publisher's own authority left out. */
export function isSignedBy(publishers: readonly string[], script: string): boolean {
  const [block, lines] = BLOCK.exec(script) ?? [];
  if (block === undefined || lines === undefined) return false;
  try {
    const signedData = at(forge.asn1.fromDer(Buffer.from(lines.replace(/[#\s]/g, ""), "base64").toString("binary")), 1, 0);
    const content = at(signedData, 2, 1, 0);
    const contentHash = HASHES[oid(at(content, 1, 0, 0))];
    const signer = at(list(signedData).at(-1) ?? signedData, 0);
    const attributes = at(signer, 3);
    const signerHash = HASHES[oid(at(signer, 2, 0))];
    if (contentHash === undefined || signerHash === undefined) return false;
    const text = Buffer.from(script.slice(0, -block.length), "utf16le");
    if (!createHash(contentHash).update(text).digest().equals(bytes(at(content, 1, 1)))) return false;
    const told = list(attributes).find((one) => oid(at(one, 0)) === MESSAGE_DIGEST);
    if (told === undefined || !createHash(signerHash).update(contentOf(content)).digest().equals(bytes(at(told, 1, 0)))) return false;
    // Signed is the SET, not the implicit tag that it travels with.
    const signed = der(attributes);
    signed[0] = 0x31;
    return publishers.some((pem) => verify(signerHash, signed, new X509Certificate(pem).publicKey, bytes(at(signer, 5))));
  } catch {
    return false;
  }
}
