import { createHash, X509Certificate } from "node:crypto";
import { sha256 } from "./canonical";

/** Authenticode's way to sign a script: what stands before the block is signed, as UTF-16. */
const BLOCK = /^\r\n# SIG # Begin signature block\r\n((?:# [A-Za-z0-9+/=]+\r\n)+)# SIG # End signature block(?:\r\n)?$/;
const DIGESTS = ["sha256", "sha384", "sha512"];

/** Gives a script back with its signature. */
export type Sign = (script: string) => string;

/** How a file to be signed is called: a changed byte makes another file, so no signature is ever taken for another's. */
export const signedName = (script: string): string => `winrm-${sha256(script).slice(0, 32)}.ps1`;

/**
 * What is wrong with a signature, as a phrase that follows the file's name; nothing when it is over this script, with SHA-256
 * or better, and bears this certificate. Whether the key was the right one is for the host, which asks Windows.
 */
export function signatureProblem(script: string, signed: string, certificate: string): string | undefined {
  if (signed === script) return "is not signed yet";
  if (!signed.startsWith(script)) return "is not the script that it is named for";
  const [, lines] = BLOCK.exec(signed.slice(script.length)) ?? [];
  if (lines === undefined) return "does not end with a signature right behind the script";
  const block = Buffer.from(lines.replace(/[#\s]/g, ""), "base64");
  if (!block.includes(new X509Certificate(certificate).raw)) return "is signed with another certificate";
  const digests = DIGESTS.map((name) => createHash(name).update(Buffer.from(script, "utf16le")).digest());
  return digests.some((digest) => block.includes(digest)) ? undefined : "has a signature that is not over this script, or over its SHA-1 only";
}
