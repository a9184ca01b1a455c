import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** As it lies beside this file, LF only: the bytes of what a host runs must not depend on who checked it out. */
const text = (file: string): string => readFileSync(join(__dirname, file), "utf8").replaceAll("\r\n", "\n");

/** The parts of the script in `script/`, in the order in which they make it up. */
export const SCRIPT_PARTS: readonly string[] = readdirSync(join(__dirname, "script")).filter((file) => /^\d\d-[a-z-]+\.ps1$/.test(file)).sort();

/** What asks AWS for bytes and secrets: a part of the script, and the only one that fetching it needs. */
const AWS_PART = "15-aws.ps1";

export const guestScript = (): string => SCRIPT_PARTS.map((file) => text(join("script", file))).join("\n");

/** What a host in AWS fetches the script with, and runs it. */
export const fetchScript = (): string => `${text(join("script", AWS_PART))}\n${text("fetch.ps1")}`;
