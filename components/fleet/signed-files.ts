import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Guest } from "../settings/guest";
import type { Problem } from "../settings/problem";
import { signatureProblem, signedName, type Sign } from "../guest/signing";

/** The scripts that are signed outside: a folder of the project where they are put to be signed, and taken from when they are. */
export class SignedFiles {
  readonly #problems: Problem[] = [];

  constructor(private readonly signing: Guest["signing"]) {}

  /** As it is where nothing is to be signed. One without its signature is put into the folder, and remembered. */
  readonly sign: Sign = (script) => {
    const { signing } = this;
    if (signing === undefined) return script;
    const file = join(signing.folder, signedName(script));
    const found = existsSync(file) ? readFileSync(file, "utf8") : undefined;
    const problem = found === undefined ? "is not signed yet, and was put there just now" : signatureProblem(script, found, signing.certificate);
    if (found === undefined) {
      mkdirSync(signing.folder, { recursive: true });
      writeFileSync(file, script);
    }
    if (problem !== undefined) this.#problems.push({ key: "guest.signing.folder", what: `${file} ${problem}`, mend: "sign the file where it lies with the key of guest.signing.certificate (Set-AuthenticodeSignature -HashAlgorithm SHA256, osslsigncode, jsign), commit it, and run again; delete one that is wrong" });
    return found ?? script;
  };

  get problems(): readonly Problem[] {
    return this.#problems;
  }
}
