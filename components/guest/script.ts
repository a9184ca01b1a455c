import { readFileSync } from "node:fs";
import { join } from "node:path";

/** As it lies beside this file, LF only: the bytes of what a host runs must not depend on who checked it out. */
const text = (file: string): string => readFileSync(join(__dirname, file), "utf8").replaceAll("\r\n", "\n");

export const guestScript = (): string => text("secure-winrm.ps1");

/** What a host in AWS fetches the script with, and runs it. */
export const fetchScript = (): string => text("fetch.ps1");
