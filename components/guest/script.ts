import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The guest script as it lies beside this file, LF only: the bytes of a document must not depend on who checked it out. */
export const guestScript = (): string => readFileSync(join(__dirname, "secure-winrm.ps1"), "utf8").replaceAll("\r\n", "\n");
